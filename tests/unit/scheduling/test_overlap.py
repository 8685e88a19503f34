"""Operations that pass on batches: the next one begins before they are done, counted by hand."""

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.errors import BrokenInvariant, InvalidValueError
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.scheduling.policy import Goal, Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.reasons import SpellKind
from prodstock.scheduling.schedule import Schedule, schedule
from prodstock.scheduling.verify import verify

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
SHOP = [Resource("M", calendar=ALWAYS), Resource("N", calendar=ALWAYS)]
TURN = Operation("turn", resource="M", setup=HOUR, run_per_unit=HOUR, transfer=1)


def made(*operations: Operation, quantity: int = 4, calendar: Calendar = ALWAYS) -> Schedule:
    """Return the schedule of one job."""
    shop = [attrs.evolve(one, calendar=calendar) for one in SHOP]
    problem = Problem(start=MONDAY, resources=shop, jobs=[Job("A", operations, quantity=quantity)])
    found = schedule(problem)
    found.verify()
    spells = found.spells("A")
    assert sum((one.time for one in spells), timedelta()) == found.jobs[0].end - MONDAY
    return found


def hours(found: Schedule) -> dict[str, tuple[float, float]]:
    """Return from which to which hour each operation runs."""
    return {one.operation: ((one.start - MONDAY) / HOUR, (one.end - MONDAY) / HOUR) for one in found.placements}


def test_a_slower_operation_begins_with_the_first_unit() -> None:
    """After an hour of setup and one of turning; and works on long after."""
    found = made(TURN, Operation("mill", resource="N", run_per_unit=2 * HOUR))
    assert hours(found) == {"turn": (0, 5), "mill": (2, 10)}
    assert [(one.operation, one.kind, one.time / HOUR) for one in found.spells("A")] == [
        ("turn", SpellKind.WORK, 2),
        ("mill", SpellKind.WORK, 8),
    ]


def test_a_faster_operation_waits_so_that_it_never_runs_dry() -> None:
    """Half an hour a unit: it ends half an hour after the last unit comes."""
    found = made(TURN, Operation("mill", resource="N", run_per_unit=0.5 * HOUR))
    assert hours(found) == {"turn": (0, 5), "mill": (3.5, 5.5)}


def test_batches_are_moved() -> None:
    """Two at a time, each half an hour on its way: the last two come at half past five."""
    found = made(attrs.evolve(TURN, transfer=2, move=0.5 * HOUR), Operation("mill", resource="N", run_per_unit=HOUR))
    assert hours(found) == {"turn": (0, 5), "mill": (3.5, 7.5)}


def test_without_a_transfer_all_must_be_done() -> None:
    """As before; and a batch of all units is the same."""
    mill = Operation("mill", resource="N", run_per_unit=HOUR)
    for transfer in (None, 4, 99):
        assert hours(made(attrs.evolve(TURN, transfer=transfer), mill))["mill"] == (5, 9)


def test_what_waits_begins_when_all_is_there() -> None:
    """A batch in the oven cures as a whole."""
    found = made(TURN, Operation("cure", kind=OperationKind.WAIT, setup=3 * HOUR))
    assert hours(found)["cure"] == (5, 8)


def test_batches_know_breaks() -> None:
    """Eight hours a day: the first of two units is done on Tuesday at nine."""
    found = made(
        attrs.evolve(TURN, run_per_unit=8 * HOUR),
        Operation("mill", resource="N", run_per_unit=HOUR),
        quantity=2,
        calendar=Calendar("DAY"),
    )
    assert hours(found)["turn"] == (0, 48 + 1)
    assert hours(found)["mill"][0] == 48
    assert hours(found)["mill"][1] == 50


@pytest.mark.parametrize(("start", "length"), [(1, 8), (-0.5, 8)])
def test_the_check_finds_what_begins_too_soon(start: float, length: int) -> None:
    """Before the first batch is done."""
    found = made(TURN, Operation("mill", resource="N", run_per_unit=2 * HOUR))
    rows = list(found.placements)
    begin = MONDAY + start * HOUR
    rows[1] = attrs.evolve(rows[1], start=begin, changed_from=begin, end=begin + length * HOUR)
    with pytest.raises(BrokenInvariant, match="begins when it may"):
        verify(found.problem, rows)


def test_a_search_and_a_repair_keep_overlaps() -> None:
    """Moves of job shops do not know them, so all else is searched; what overlaps still does after a repair."""
    steps = [TURN, Operation("mill", resource="N", run_per_unit=2 * HOUR)]
    problem = Problem(start=MONDAY, resources=SHOP, jobs=[Job(code, steps, quantity=3) for code in "ABC"])
    found = schedule(problem, SchedulingPolicy(goals=[Goal.MAKESPAN], iterations=20))
    found.verify()
    assert found.value(Goal.MAKESPAN) == 20 * HOUR
    again = found.repaired(MONDAY + 3 * HOUR)
    again.verify()
    assert not again.moved


def test_orders_of_a_plan_overlap_too() -> None:
    """The transfer of a routing is a share of the units of its order."""
    steps = [TURN, Operation("mill", resource="N", run_per_unit=2 * HOUR)]
    catalog = Catalog(
        [*SHOP, Item("PART"), Item("BAR"), BillOfMaterial("PART", [BomLine("BAR", 1)]), Routing("PART", steps)]
    )
    plant = Plant(catalog, clock=ManualClock(MONDAY))
    plant.receive("BAR", 10)
    plant.expect(Demand("PART", 4, due=date(2026, 3, 6), ref="SO-1"))
    plan = plant.plan(until=date(2026, 6, 1))
    policy = SchedulingPolicy(rules=[Rule.SLACK])
    planned = plant.schedule(plan, policy=policy)
    launched = plant.schedule([plant.launch(plan.make[0])], policy=policy)
    for found in (planned, launched):
        found.verify()
        first, second = found.placements
        assert second.start - first.start == 2 * HOUR
        assert second.end - second.start == 8 * HOUR


def test_a_transfer_is_of_something() -> None:
    """Neither of nothing nor of less."""
    with pytest.raises(InvalidValueError, match="transfer"):
        attrs.evolve(TURN, transfer=0)
