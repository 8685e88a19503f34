"""Groups of substitutes: an order has all that a group replaces, or all of its lines, and the rest untouched."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.errors import InvalidValueError
from prodstock.journal.store import ManualClock
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, SubstituteGroup, with_groups
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item
from prodstock.master.measure import EachBegun
from prodstock.master.order_line import order_lines
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
DAY = date(2026, 3, 2)
OWN, OTHERS = ["A", "B", "C", "D"], ["K", "L", "A"]
items = [Item("TOP"), *(Item(code, scale=1) for code in sorted({*OWN, *OTHERS}))]


def lines(codes: list[str]) -> st.SearchStrategy[list[BomLine]]:
    """Draw lines; an item may stand on several."""
    one = st.builds(
        BomLine,
        st.sampled_from(codes),
        st.decimals("0.1", "3", places=1),
        per=st.sampled_from([Basis.UNIT, Basis.ORDER, EachBegun(7)]),
        scrap=st.sampled_from(["0", "0.1"]),
    )
    return st.lists(one, min_size=1, max_size=4)


@st.composite
def bills(draw: st.DrawFn) -> BillOfMaterial:
    """Draw a bill with up to three groups, which may want the same lines."""
    own = draw(lines(OWN))
    needed = sorted({line.item for line in own})
    groups = [
        SubstituteGroup(
            f"G{number}",
            replaces=draw(st.lists(st.sampled_from(needed), min_size=1, unique=True)),
            lines=draw(lines(OTHERS)),
        )
        for number in range(draw(st.integers(1, 3)))
    ]
    return BillOfMaterial("TOP", own, groups=groups)


@settings(max_examples=60, deadline=None)
@given(bills(), st.data(), st.integers(1, 60))
def test_all_or_nothing(bom: BillOfMaterial, data: st.DataObject, quantity: int) -> None:
    """Groups that want different lines replace all of them; of two that want the same nothing is launched."""
    names = data.draw(st.lists(st.sampled_from([group.code for group in bom.groups]), unique=True))
    chosen = [next(group for group in bom.groups if group.code == name) for name in names]
    wanted = [item for group in chosen for item in group.replaces]
    catalog = Catalog([*items, bom])
    plant = Plant(catalog, clock=ManualClock(NOW))
    planned = PlannedMake(ItemCode("TOP"), Decimal(quantity), NOW, NOW, "")

    if len(set(wanted)) < len(wanted):
        try:
            plant.launch(planned, groups=names)
        except InvalidValueError:
            assert not plant.events()
            return
        raise AssertionError(names)

    order = plant.launch(planned, groups=names)

    left = [line for line in bom.lines if line.item not in wanted]
    expected = [*left, *(line for group in chosen for line in group.lines)]
    assert with_groups(bom, names, DAY).lines == tuple(expected)
    alone = order_lines(catalog, BillOfMaterial("TOP", expected), quantity, at=NOW)
    assert [(line.item, line.need, line.exact) for line in order.lines] == [
        (line.item, line.quantity, line.exact) for line in alone
    ]
    assert [line.item for line in plant.launch(planned).lines] == [line.item for line in bom.lines]
