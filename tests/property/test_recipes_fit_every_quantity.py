"""What an order copies is what `order_lines` says of its quantity, whatever was launched before it."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.journal.store import ManualClock
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, LineRole, ScrapBasis
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item, Supply
from prodstock.master.order_line import order_lines
from prodstock.master.routing import Operation, Routing
from prodstock.orders.planned import PlannedMake
from prodstock.orders.sheet import sheet_of
from prodstock.plant import Plant
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.shopfloor.launch import Launch

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
ITEMS = [
    Item("CASE", unit="kg", scale=1),
    Item("KIT", supply=Supply.PHANTOM),
    Item("BAG", supply=Supply.PHANTOM, scale=3),
    Item("SCREW"),
    Item("GLUE", unit="l", scale=3),
    Item("LID", scale=1),
]
losses = st.sampled_from(["0", "0.03", "0.25"])


def bom_lines(items: list[str], *steps: str) -> st.SearchStrategy[list[BomLine]]:
    """Return lines that take some of these items, per unit or per order, with losses, at a step or at the start."""
    one = st.builds(
        BomLine,
        st.sampled_from(items),
        st.decimals("0.001", "9", places=3),
        scrap=losses,
        per=st.sampled_from(Basis),
        scrap_basis=st.sampled_from(ScrapBasis),
        role=st.sampled_from([LineRole.COMPONENT, LineRole.COMPONENT, LineRole.REWORK]),
        operation=st.sampled_from([None, *steps]),
    )
    return st.lists(one, min_size=1, max_size=5)


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Draw a case made with a kit, which may hold a bag: phantoms both, whose lines stand in for them."""
    parts = ["SCREW", "GLUE", "LID"]
    case = BillOfMaterial("CASE", draw(bom_lines(["KIT", "BAG", *parts], "press", "paint")), scrap=draw(losses))
    kit = BillOfMaterial("KIT", draw(bom_lines(["BAG", *parts])))
    bag = BillOfMaterial("BAG", draw(bom_lines(parts)))
    routing = Routing("CASE", [Operation("press", scrap=draw(losses)), Operation("paint", scrap=draw(losses))])
    return Catalog([*ITEMS, case, kit, routing, *draw(st.sampled_from([[], [bag]]))])


quantities = st.decimals("0.1", "900", places=1)


@settings(max_examples=80, deadline=None)
@given(catalogs(), st.lists(quantities, min_size=1, max_size=4))
def test_lines_do_not_depend_on_what_was_launched_before(catalog: Catalog, wanted: list[Decimal]) -> None:
    """Orders of several sizes, one after the other, have the needs that each of them has by itself."""
    plant = Plant(catalog, clock=ManualClock(NOW))
    bom = catalog.bom("CASE", NOW)
    assert bom is not None
    for quantity in wanted:
        order = plant.do(Launch(PlannedMake(ItemCode("CASE"), quantity, NOW, NOW, ""))).answer
        alone = [line for line in order_lines(catalog, bom, quantity, at=NOW) if line.role is not LineRole.REWORK]

        assert [(line.item, line.need, line.exact) for line in order.lines] == [
            (line.item, line.quantity, line.exact) for line in alone
        ]
        assert (
            Plant(catalog, clock=ManualClock(NOW))
            .do(Launch(PlannedMake(ItemCode("CASE"), quantity, NOW, NOW, ""), code=order.code))
            .answer
            == order
        )


@settings(max_examples=80, deadline=None)
@given(catalogs(), quantities, st.integers(0, 9000))
def test_the_sheet_counts_what_the_lines_say(catalog: Catalog, quantity: Decimal, entered: int) -> None:
    """Of units that entered a step each line takes its share of the exact need, rounded up, or all if it is fixed."""
    order = (
        Plant(catalog, clock=ManualClock(NOW)).do(Launch(PlannedMake(ItemCode("CASE"), quantity, NOW, NOW, ""))).answer
    )
    for line, counted in zip(order.lines, sheet_of(order, catalog).lines, strict=True):
        share = Fraction(entered, 10) / (line.units or Fraction(order.quantity))
        exact = line.exact * (bool(entered) if line.fixed else share)

        assert counted.needed(entered) == round_scaled(exact, catalog.item(line.item).scale, Rounding.NEED)
