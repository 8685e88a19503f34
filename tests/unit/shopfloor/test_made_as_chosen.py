"""Orders of what is made to order: with the lines that apply with the options, from the demand to the shipment."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest

from prodstock.codec.document import dump_document, load_document
from prodstock.errors import InvalidValueError, NotAllowed, Refused, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.condition import Chosen
from prodstock.master.definition import Definition
from prodstock.master.item import Item, Supply
from prodstock.master.measure import EachBegun
from prodstock.master.option import Option
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.stock.expect import Redefine
from prodstock.testing import digest

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
DUE = date(2026, 3, 20)
PLUG = Option("plug", ["EU", "UK", "US"])
CASE = Option("case", ["no", "yes"])


def definitions() -> list[Definition]:
    """Return a device with one plug of three, packed in trays, and a case if one is wanted."""
    return [
        *(Item(code) for code in ("HD-7", "BODY", "PLUG-EU", "PLUG-UK", "PLUG-US", "CASE", "CLOTH", "TRAY")),
        Item("SET", supply=Supply.PHANTOM),
        BillOfMaterial(
            "HD-7",
            [
                BomLine("BODY", 1),
                BomLine("CASE", 1, when=Chosen("case", "yes")),
                *(BomLine(f"PLUG-{one}", 1, when=Chosen("plug", one)) for one in PLUG.values),
                BomLine("SET", 1),
                BomLine("TRAY", 1, per=EachBegun(6), when=~Chosen("plug", "US")),
            ],
        ),
        BillOfMaterial("SET", [BomLine("CLOTH", 2, when=Chosen("case", "yes")), BomLine("CLOTH", 1)]),
    ]


def plant(*options: Option) -> Plant:
    """Return a plant that has all parts."""
    made = Plant(Catalog([*definitions(), *(options or (PLUG, CASE))]), clock=ManualClock(NOW))
    for code in ("BODY", "PLUG-EU", "PLUG-UK", "PLUG-US", "CASE", "CLOTH", "TRAY"):
        made.receive(code, 100)
    return made


def make(quantity: int = 10, segment: str = "", **options: str) -> PlannedMake:
    """Return a proposal made by hand."""
    start, due = NOW, NOW + timedelta(days=1)
    return PlannedMake(ItemCode("HD-7"), Decimal(quantity), start, due, "", segment=segment, options=options)


def takes(order: object) -> dict[str, int]:
    """Return what an order takes by item."""
    found: dict[str, int] = {}
    for line in order.lines:  # type: ignore[attr-defined]  # of orders only
        found[line.item] = found.get(line.item, 0) + int(line.need)
    return found


def test_an_order_takes_the_lines_that_apply() -> None:
    """By hand an order is launched with options; those left out are as usual, and the order says them all."""
    floor = plant()
    order = floor.launch(make(plug="UK"))
    assert order.options == (("case", "no"), ("plug", "UK"))
    assert takes(order) == {"BODY": 10, "PLUG-UK": 10, "CLOTH": 10, "TRAY": 2}
    order = floor.launch(make(case="yes", plug="US"))
    assert takes(order) == {"BODY": 10, "PLUG-US": 10, "CASE": 10, "CLOTH": 30}
    usual = floor.launch(make())
    assert takes(usual) == {"BODY": 10, "PLUG-EU": 10, "CLOTH": 10, "TRAY": 2}


def test_what_applies_is_issued_consumed_and_kept() -> None:
    """Material follows the order's lines to the end, and the log tells the same again."""
    floor = plant()
    order = floor.launch(make(plug="UK", case="yes"))
    floor.issue(floor.reserve(order))
    floor.report(order, "make", good=10)
    floor.complete(order, good=10)
    assert floor.availability("PLUG-UK").physical == 90
    assert floor.availability("PLUG-EU").physical == 100
    assert floor.availability("CLOTH").physical == 70
    text = dump_document(floor._initial, floor.events())
    again = Plant.load(*load_document(text))
    assert digest(again) == digest(floor)
    assert again.production.order(order.code).options == (("case", "yes"), ("plug", "UK"))
    floor.check()


def test_an_order_is_made_as_the_demand_says() -> None:
    """What an order for a demand leaves out is as that one wants it; something else is refused."""
    floor = plant()
    floor.expect(Demand("HD-7", 10, due=DUE, ref="SO-1", options={"plug": "UK"}))
    assert floor.launch(make(segment="own:SO-1")).options == (("case", "no"), ("plug", "UK"))
    with pytest.raises(Refused, match="it is made with plug US, and SO-1 wants UK"):
        floor.launch(make(segment="own:SO-1", plug="US"))
    with pytest.raises(Refused, match="it is made with plug US, and SO-1 wants UK"):
        floor.firm(attrs.evolve(make(segment="own:SO-1", plug="US"), code="make-1"))


def test_a_demand_with_options_is_made_to_order() -> None:
    """Options make a demand one made to order, and cannot be those of a project or of a forecast."""
    demand = Demand("HD-7", 10, due=DUE, options=[("plug", "UK"), ("case", "yes")])
    assert demand.to_order
    assert demand.options == (("case", "yes"), ("plug", "UK"))
    assert not Demand("HD-7", 10, due=DUE, options={}).to_order
    with pytest.raises(InvalidValueError, match="are of a project"):
        Demand("HD-7", 10, due=DUE, project="P-7", options={"plug": "UK"})
    with pytest.raises(InvalidValueError, match="are of a forecast"):
        Demand("HD-7", 10, due=DUE, kind=DemandKind.FORECAST, options={"plug": "UK"})
    with pytest.raises(InvalidValueError, match="name one twice"):
        Demand("HD-7", 10, due=DUE, options={"plug": "UK", "\uff50lug": "US"})


def test_a_demand_is_refused_that_chooses_what_there_is_not() -> None:
    """Unknown options and values are refused when they are expected, and those that decide nothing of the item."""
    floor = plant(PLUG, CASE, Option("colour", ["red", "blue"]))
    for options, said in (
        ({"plugs": "UK"}, "unknown option 'plugs'"),
        ({"plug": "FR"}, "unknown value of option plug 'FR'"),
        ({"colour": "red"}, "unknown option of HD-7 'colour'"),
    ):
        with pytest.raises(UnknownCode, match=said):
            floor.expect(Demand("HD-7", 1, due=DUE, options=options))
    for wish in (floor.launch, floor.firm):
        with pytest.raises(UnknownCode, match="unknown value of option plug 'FR'"):
            wish(attrs.evolve(make(plug="FR"), code="make-1"))


def test_the_options_of_a_demand_stay() -> None:
    """What is made for a demand is made as it says, so that it may not say otherwise later."""
    floor = plant()
    demand = Demand("HD-7", 10, due=DUE, ref="SO-1", options={"plug": "UK"})
    floor.expect(demand)
    floor.expect(attrs.evolve(demand, quantity=12))
    with pytest.raises(NotAllowed, match=r"demand SO-1 is made with plug UK.*Cancel it and expect another"):
        floor.expect(attrs.evolve(demand, options={"plug": "US"}))
    floor.expect(Demand("HD-7", 10, due=DUE, ref="SO-2"))
    with pytest.raises(NotAllowed, match="made with the usual options"):
        floor.expect(Demand("HD-7", 10, due=DUE, ref="SO-2", options={"plug": "UK"}))


def test_what_is_chosen_stays_defined() -> None:
    """A value that an open demand or a settled order has chosen is not removed; another may become the usual one."""
    floor = plant()
    floor.expect(Demand("HD-7", 10, due=DUE, ref="SO-1", options={"plug": "UK"}))
    floor.firm(attrs.evolve(make(case="yes"), code="make-1"))
    without = [one for one in definitions() if not isinstance(one, BillOfMaterial)]
    plain = [*without, BillOfMaterial("HD-7", [BomLine("BODY", 1)]), BillOfMaterial("SET", [BomLine("CLOTH", 1)])]
    with pytest.raises(NotAllowed, match="option plug is named by demand SO-1"):
        floor.do(Redefine(Catalog([*plain, CASE])))
    with pytest.raises(NotAllowed, match="value of option plug UK is named by demand SO-1"):
        floor.do(Redefine(Catalog([*plain, CASE, Option("plug", ["EU", "US"])])))
    with pytest.raises(NotAllowed, match="option case is named by planned make-1"):
        floor.do(Redefine(Catalog([*plain, PLUG])))
    floor.do(Redefine(Catalog([*definitions(), Option("plug", ["EU", "UK", "US"], default="US"), CASE])))
    assert floor.launch(make()).options == (("case", "no"), ("plug", "US"))
    floor.cancel("SO-1")
    floor.cancel("make-1")
    floor.do(Redefine(Catalog(plain)))
    assert floor.launch(make()).options == ()


def test_orders_of_the_same_size_do_not_share_what_differs() -> None:
    """Recipes are kept by what is chosen: orders with other options have other lines, in any order of launching."""
    floor = plant()
    for options in ({"plug": "UK"}, {"plug": "US"}, {}, {"plug": "UK"}, {"plug": "EU"}):
        order = floor.launch(attrs.evolve(make(), options=options))
        assert f"PLUG-{options.get('plug', 'EU')}" in takes(order)
        assert sum(item.startswith("PLUG") for item in takes(order)) == 1


def test_a_demand_chooses_what_goes_together() -> None:
    """A rule is kept by demands, orders by hand and new definitions, and said where it is broken."""
    ruled = attrs.evolve(CASE, requires={"yes": ~Chosen("plug", "US")})
    floor = plant(PLUG, ruled)
    unfit = {"plug": "US", "case": "yes"}
    with pytest.raises(InvalidValueError, match="'case yes' goes only with plug not US, and plug is US"):
        floor.expect(Demand("HD-7", 1, due=DUE, options=unfit))
    with pytest.raises(InvalidValueError, match="'case yes' goes only with plug not US"):
        floor.launch(attrs.evolve(make(), options=unfit))
    floor.expect(Demand("HD-7", 1, due=DUE, ref="SO-1", options={"case": "yes"}))
    with pytest.raises(NotAllowed, match="case yes is named by demand SO-1: forbid is not allowed"):
        floor.do(Redefine(Catalog([*definitions(), attrs.evolve(PLUG, default="US"), ruled])))
    stricter = attrs.evolve(CASE, requires={"yes": Chosen("plug", "UK")})
    with pytest.raises(NotAllowed, match="case yes is named by demand SO-1"):
        floor.do(Redefine(Catalog([*definitions(), PLUG, stricter])))
    floor.plan(until=date(2026, 5, 1)).verify()
