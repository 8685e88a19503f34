"""What nobody needs and what it is worth, and what each item is there for."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.errors import InvalidTypeError
from prodstock.master.bom import BillOfMaterial, BomLine, BomStatus
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.location import Site
from prodstock.master.quality_state import Quality
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand, DemandKind
from prodstock.orders.purchase import PurchaseOrder
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.snapshot import Held, Snapshot
from prodstock.planning.translations.usage import PartUsage, usage
from prodstock.quantities.money import Money
from prodstock.stock.allocation import OpenLot

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
LAMPS: tuple[Any, ...] = (
    Site("MAIN", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00")),
    Item("LAMP", lead_time=2 * DAY, minimum=50),
    Item("BULB", safety_stock=5),
    Item("SHADE"),
    Item("CORD"),
    Item("OLD"),
    BillOfMaterial("LAMP", [BomLine("BULB", 2), BomLine("SHADE", 1)]),
    BillOfMaterial("LAMP", [BomLine("OLD", 1)], revision="0", status=BomStatus.OBSOLETE),
    Sourcing("BULB", supplier="LUX", lead_time=10 * DAY, minimum=120, price=Money("2.00", "EUR")),
    Sourcing("SHADE", supplier="TEX", lead_time=3 * DAY, price=Money("5.00", "EUR")),
    Sourcing("SHADE", supplier="CLOTH", lead_time=40 * DAY, priority=1),
    Sourcing("CORD", supplier="TEX", lead_time=3 * DAY),
)


def lamps(*promises: Any, **given: Any) -> Plan:
    """Return a plan of lamps."""
    snapshot = Snapshot(catalog=Catalog(LAMPS), at=NOW, promises=promises, **given)
    return plan(snapshot, until=date(2026, 7, 1))


def lot(item: str, free: int, **more: Any) -> OpenLot:
    """Return a lot."""
    return OpenLot(item, free, received=NOW - DAY, **more)


def plain(value: object) -> object:
    """Return a value that compares with anything."""
    return value


def test_what_the_lot_size_makes_too_much_is_said_with_its_value() -> None:
    """Forty of fifty lamps are for nobody, at nine euros of material; of the bulbs fifteen, five keep the stock."""
    made = lamps(Demand("LAMP", 10, due=date(2026, 4, 10), ref="SO-1"))
    assert plain([(row.item, row.source, row.made, row.quantity, row.value) for row in made.excess]) == [
        ("BULB", "planned", False, 15, Money("30", "EUR")),
        ("LAMP", "planned", True, 40, Money("360", "EUR")),
    ]


def test_forecasts_that_are_left_are_no_excess() -> None:
    """Production for what orders did not consume of a forecast is needed, that for a forecast of the past is not."""
    order = Demand("LAMP", 20, due=date(2026, 4, 10), ref="SO-1")
    forecast = Demand("LAMP", 50, due=date(2026, 4, 12), ref="FC-1", kind=DemandKind.FORECAST)
    stock = [lot("LAMP", 60)]
    assert [row.quantity for row in lamps(order, forecast, lots=stock).excess.where(item="LAMP")] == [10]
    past = Demand("LAMP", 50, due=date(2026, 2, 12), ref="FC-1", kind=DemandKind.FORECAST)
    assert [row.quantity for row in lamps(order, past, lots=stock).excess.where(item="LAMP")] == [40]


def test_all_that_is_there_is_needed_or_excess() -> None:
    """Receipts and stock count, expired stock does not, and what goes off before it is needed says when."""
    made = lamps(
        Demand("SHADE", 3, due=date(2026, 4, 10), ref="SO-1"),
        PurchaseOrder("SHADE", 9, supplier="TEX", due=date(2026, 3, 20), ref="PU-1"),
        lots=[
            lot("CORD", 7, expires=date(2026, 3, 9)),
            lot("OLD", 4),
            lot("OLD", 9, expires=date(2026, 2, 9)),
        ],
    )
    assert plain([(row.item, row.supply, row.quantity, row.value, row.expires) for row in made.excess]) == [
        ("BULB", made.buy[0].code, 115, Money("230", "EUR"), None),
        ("CORD", "CORD", 7, None, date(2026, 3, 9)),
        ("OLD", "OLD", 4, None, None),
        ("SHADE", "PU-1", 6, Money("30", "EUR"), None),
    ]
    assert [row.item for row in lamps().excess] == ["BULB"]


def used(made: Plan) -> dict[str, PartUsage]:
    """Return what each item is there for."""
    return {row.item: row for row in made.usage()}


def test_stock_of_what_nothing_uses_is_an_orphan() -> None:
    """An obsolete bill does not count, a bill in force does, and so does a demand for the item itself."""
    found = used(
        lamps(
            Demand("CORD", 1, due=date(2026, 4, 1), ref="SO-1"),
            lots=[lot("OLD", 4, quality=Quality.BLOCKED), lot("SHADE", 2), lot("CORD", 3), lot("LAMP", 1)],
            held=[Held("SO-1", "CORD", 1)],
        )
    )
    assert [item for item, row in found.items() if row.orphan] == ["OLD"]
    assert plain((found["OLD"].stock, found["OLD"].bills, found["OLD"].live, found["OLD"].value)) == (4, 0, False, None)
    assert (found["SHADE"].bills, found["SHADE"].value) == (1, Money("10", "EUR"))
    assert plain((found["CORD"].stock, found["CORD"].demands, found["CORD"].supplier)) == (4, ("SO-1",), "TEX")
    assert found["LAMP"].live


def test_the_most_critical_part_comes_first() -> None:
    """Who would be late if it were lost: bulbs take ten days and come from one supplier only, shades do not."""
    made = lamps(
        Demand("LAMP", 10, due=date(2026, 3, 8), ref="SO-1"),
        Demand("LAMP", 10, due=date(2026, 4, 10), ref="SO-2"),
        lots=[lot("BULB", 99), lot("SHADE", 99)],
    )
    rows = made.usage()
    assert [row.item for row in rows[:2]] == ["BULB", "LAMP"]
    found = used(made)
    assert found["BULB"].at_risk == ("SO-1",)
    assert found["BULB"].long_lead
    assert (found["BULB"].supplier, found["BULB"].takes) == ("LUX", 10 * DAY)
    assert (found["SHADE"].supplier, found["SHADE"].at_risk) == ("", ())
    assert found["BULB"].demands == ("SO-1", "SO-2")
    assert repr(found["BULB"]) == "<PartUsage BULB 99 pcs, 1 bills, 10 days: 1 of 2 demands at risk>"


def test_what_has_no_source_puts_all_its_demands_at_risk() -> None:
    """An item that nobody can supply cannot be had anew."""
    found = used(lamps(Demand("OLD", 1, due=date(2026, 6, 1), ref="SO-1"), lots=[lot("OLD", 4)]))
    assert (found["OLD"].takes, found["OLD"].at_risk) == (None, ("SO-1",))


def test_usage_and_excess_are_shown() -> None:
    """Both are tables; junk is refused."""
    made = lamps(Demand("LAMP", 10, due=date(2026, 4, 10), ref="SO-1"))
    assert "<table>" in made.excess.to_html()
    assert made.usage().to_dict()["bills"] == [1, 0, 1]
    assert all(len(repr(row)) < 120 for row in (*made.excess, *made.usage()))
    assert made.usage() == usage(made)
    assert sum(Decimal(row.quantity) for row in made.excess) == 55
    with pytest.raises(InvalidTypeError):
        usage(None)  # type: ignore[arg-type]
