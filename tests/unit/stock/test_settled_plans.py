"""A planned order is checked when it is made and when it is settled, and what was settled can be given free again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

import prodstock as ps

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
DUE = START + timedelta(days=3)
UNTIL = date(2026, 7, 1)
CATALOG = ps.Catalog(
    [
        ps.Item("DEV"),
        ps.Item("MIC"),
        ps.Site("NORTH"),
        ps.BillOfMaterial("DEV", [ps.BomLine("MIC", 2)], revision="A"),
        ps.BillOfMaterial("DEV", [ps.BomLine("MIC", 3)], revision="B", status=ps.BomStatus.DRAFT),
        ps.Sourcing("MIC", supplier="KNW", lead_time=timedelta(days=7)),
    ]
)
MAKE = ps.PlannedMake(ps.ItemCode("DEV"), Decimal(5), START, DUE, "A", code="plan-1")


@pytest.fixture
def plant() -> ps.Plant:
    """Nothing is there and nothing is wanted."""
    return ps.Plant(CATALOG, clock=ps.ManualClock(START))


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": -2},
        {"quantity": 0},
        {"quantity": 0.5},
        {"quantity": Decimal("NaN")},
        {"quantity": Decimal("1e900000000")},
        {"start": datetime(2026, 3, 2)},  # noqa: DTZ001 - on purpose
        {"start": DUE + timedelta(days=1)},
        {"due": "tomorrow"},
        {"site": ""},
        {"revision": 5},
        {"code": "\ud800"},
        {"serves": "SO-1"},
        {"serves": [5]},
        {"good": -1},
        {"from_stock": 5},
        {"from_stock": {"KIT": 0}},
    ],
    ids=str,
)
def test_a_proposal_that_means_nothing_cannot_be_made(wrong: dict[str, Any]) -> None:
    """Amounts are exact and above zero, moments aware and in order, codes are codes: refused by the field's name."""
    with pytest.raises((ps.InvalidValueError, ps.InvalidTypeError), match=next(iter(wrong))) as caught:
        attrs.evolve(MAKE, **wrong)
    assert len(str(caught.value)) < 300


def test_a_proposal_takes_what_people_type() -> None:
    """An int and a text are amounts, a moment of another zone is that moment in UTC."""
    east = datetime(2026, 3, 2, 8, tzinfo=ZoneInfo("Europe/Helsinki"))
    made = ps.PlannedMake("DEV", 5, east, DUE, "A", code="plan-1")
    assert made == MAKE
    assert repr(made) == "<PlannedMake 5 DEV 2026-03-02 to 2026-03-05>"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"quantity": Decimal("0.5")}, "more than 0 decimals"),
        ({"item": ps.ItemCode("DEB")}, "DEB"),
        ({"site": "SOUTH"}, "SOUTH"),
        ({"revision": "C"}, "revision of DEV"),
        ({"good": Decimal("0.5")}, "good"),
        ({"from_stock": {"KIT": 1}}, "KIT"),
    ],
)
def test_what_later_plans_could_not_count_with_is_not_settled(
    plant: ps.Plant, wrong: dict[str, Any], message: str
) -> None:
    """An unknown item, site or revision, or half a piece, is refused as it is when it is expected."""
    with pytest.raises((ps.InvalidValueError, ps.UnknownCode), match=message):
        plant.firm(attrs.evolve(MAKE, **wrong))
    assert not plant.events()


def test_moves_and_purchases_are_checked_as_well(plant: ps.Plant) -> None:
    """A move goes from one known site to another; the same code twice in one command is a mistake."""
    buy = ps.PlannedBuy(ps.ItemCode("MIC"), Decimal(5), START, DUE, "KNW", code="plan-2")
    with pytest.raises(ps.InvalidValueError, match="also the source"):
        ps.PlannedMove(ps.ItemCode("MIC"), Decimal(5), START, DUE, "MAIN", "MAIN")
    for source, target in (("SOUTH", "MAIN"), ("MAIN", "SOUTH")):
        move = ps.PlannedMove(ps.ItemCode("MIC"), Decimal(5), START, DUE, source, target, code="plan-3")
        with pytest.raises(ps.UnknownCode, match="SOUTH"):
            plant.firm(move)
    with pytest.raises(ps.InvalidValueError, match="twice"):
        plant.firm(buy, attrs.evolve(buy, quantity=Decimal(6)))


def test_what_was_settled_can_be_given_free(plant: ps.Plant) -> None:
    """Cancelled by its code it is gone from the plan, once; it may be settled again; a replay tells the same."""
    plant.firm(MAKE)
    assert [one.code for one in plant.plan(until=UNTIL).make] == ["plan-1"]
    plant.cancel("plan-1")
    assert plant.plan(until=UNTIL).orders == ()
    with pytest.raises(ps.UnknownCode, match="plan-1"):
        plant.cancel("plan-1")
    document = ps.load_document(ps.dump_document(CATALOG, plant.events()))
    again = ps.Plant.load(*document, clock=ps.ManualClock(START))
    assert again.plan(until=UNTIL).orders == ()
    plant.firm(MAKE)
    order = plant.launch(MAKE)
    with pytest.raises(ps.NotAllowed, match=f"ordered as {order.code}"):
        plant.cancel("plan-1")
    plant.check()


def test_a_settled_code_that_names_something_else_too_is_ambiguous(plant: ps.Plant) -> None:
    """A demand and a planned order of one code: neither is cancelled by guess."""
    plant.firm(MAKE)
    plant.expect(ps.Demand("DEV", 5, due=date(2026, 4, 1), ref="plan-1"))
    with pytest.raises(ps.AmbiguousCode, match="planned order plan-1"):
        plant.cancel("plan-1")


@pytest.mark.parametrize("revision", ["A", "B"])
def test_the_revision_of_a_settled_order_stays(plant: ps.Plant, revision: str) -> None:
    """The bill it is to be made with cannot be removed until it is given free; the other one can."""
    plant.firm(attrs.evolve(MAKE, revision=revision))
    others = [one for one in CATALOG.definitions if getattr(one, "revision", revision) != revision]
    rest = ps.Catalog([one for one in CATALOG.definitions if getattr(one, "revision", "") != revision])
    assert len(others) == 1
    with pytest.raises(ps.NotAllowed, match=f"revision {revision} of DEV.*planned plan-1"):
        plant.do(ps.Redefine(rest))
    other = ps.Catalog([one for one in CATALOG.definitions if one is not others[0]])
    plant.do(ps.Redefine(other))
    assert plant.plan(until=UNTIL).make[0].revision == revision
    plant.cancel("plan-1")
    plant.do(ps.Redefine(rest))
    assert plant.plan(until=UNTIL).make == ()


@pytest.mark.parametrize("change", ["DEV", "NORTH"])
def test_item_and_site_of_a_settled_order_stay(plant: ps.Plant, change: str) -> None:
    """So do its item and its site."""
    plant.firm(attrs.evolve(MAKE, site="NORTH"))
    left = [
        one for one in CATALOG.definitions if change not in {getattr(one, "code", None), getattr(one, "item", None)}
    ]
    with pytest.raises(ps.NotAllowed, match=change):
        plant.do(ps.Redefine(ps.Catalog(left)))
