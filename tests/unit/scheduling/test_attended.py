"""People who look after several machines at a time, counted by hand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter

import attrs
import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.errors import BrokenInvariant, InvalidValueError
from prodstock.journal.store import ManualClock
from prodstock.master.alternative import Secondary
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing
from prodstock.orders.demand import Demand
from prodstock.planning.translations.capacity import labour_hours
from prodstock.plant import Plant
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.reasons import SpellKind
from prodstock.scheduling.schedule import Schedule, schedule
from prodstock.scheduling.verify import verify

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
ANN = Resource("Ann", calendar=ALWAYS, skills=["mould"])


def mould(share: str, hours: int = 2, crew: int = 1) -> Operation:
    """Return an operation on any of many presses that takes a share of people."""
    return Operation("mould", resource="press", setup=hours * HOUR, skill="mould", crew=crew, attended=share)


def made(*operations: Operation, people: Sequence[Resource] = (ANN,)) -> Schedule:
    """Return a schedule that holds of one job for each operation, in which all time has a cause."""
    presses = Resource("press", calendar=ALWAYS, capacity=9)
    jobs = [Job(f"J{number}", [one]) for number, one in enumerate(operations)]
    found = schedule(Problem(start=MONDAY, resources=[presses, *people], jobs=jobs))
    found.verify()
    for job in found.jobs:
        assert sum((one.time for one in found.spells(job.job)), timedelta()) == job.end - job.release
    return found


def starts(found: Schedule) -> list[float]:
    """Return in which hour each operation begins."""
    return [(one.start - MONDAY) / HOUR for one in sorted(found.placements, key=attrgetter("job"))]


def test_one_looks_after_four() -> None:
    """The fifth waits for one of them, and says so."""
    found = made(*[mould("0.25")] * 5)
    assert sorted(starts(found)) == [0, 0, 0, 0, 2]
    last = next(one for one in found.placements if one.start > MONDAY)
    assert last.secondary == (Secondary("Ann"),)
    first = found.spells(last.job)[0]
    assert (first.kind, first.resource, first.time) == (SpellKind.BEHIND, "Ann", 2 * HOUR)
    ann = next(one for one in found.resources if one.resource == "Ann")
    assert (ann.worked, ann.operations) == (2.5 * HOUR, 5)
    assert str(ann.share) == "0.6250"
    assert [f"Ann {lane}" in found.gantt()._repr_html_() for lane in (1, 4, 5)] == [True, True, False]


def test_shares_of_different_size_fill_a_person() -> None:
    """A half, three tenths and a fifth at once; what needs all of her comes after, and so does a little too much."""
    assert starts(made(mould("0.5"), mould("0.3"), mould("0.2"), mould("1"))) == [0, 0, 0, 2]
    assert starts(made(mould("0.5"), mould("0.3"), mould("0.21"))) == [0, 0, 2]


def test_a_crew_shares_itself() -> None:
    """Two people, half of each: two such operations at a time; one person is no crew of two."""
    pair = attrs.evolve(ANN, capacity=2)
    assert sorted(starts(made(*[mould("0.5", crew=2)] * 3, people=[pair]))) == [0, 0, 2]
    two = [ANN, attrs.evolve(ANN, code="Bob")]
    found = made(*[mould("0.5", crew=2)] * 3, people=two)
    assert sorted(starts(found)) == [0, 0, 2]
    assert {one.secondary for one in found.placements} == {(Secondary("Ann"), Secondary("Bob"))}
    with pytest.raises(InvalidValueError, match="crew"):
        made(mould("0.5", crew=2))


def test_what_takes_a_person_by_name_takes_all_of_her() -> None:
    """Beside a quarter of her there is no room for that."""
    named = Operation("check", resource="Ann", setup=HOUR)
    assert sorted(starts(made(mould("0.25"), named))) in ([0, 1], [0, 2])


def test_too_much_at_a_time_is_found() -> None:
    """Five quarters of one person."""
    found = made(*[mould("0.25")] * 5)
    wrong = [attrs.evolve(one, start=MONDAY, end=MONDAY + 2 * HOUR, changed_from=MONDAY) for one in found.placements]
    with pytest.raises(BrokenInvariant, match="Ann runs 5/4"):
        verify(found.problem, wrong)


def test_a_share_is_a_share() -> None:
    """Above nothing, all of a person at most, and of somebody."""
    for share in ("0", "-0.5", "1.5"):
        with pytest.raises(InvalidValueError, match="attended"):
            mould(share)
    with pytest.raises(InvalidValueError, match="has no skill"):
        Operation("mould", resource="press", attended="0.5")


def test_plans_and_orders_know_it() -> None:
    """A quarter of eight hours is asked of people; planned and launched orders run four at a time."""
    press = Resource("press", calendar=ALWAYS, capacity=9)
    steps = [mould("0.25", hours=8)]
    catalog = Catalog(
        [press, ANN, Item("PART"), Item("BAR"), BillOfMaterial("PART", [BomLine("BAR", 1)]), Routing("PART", steps)]
    )
    plant = Plant(catalog, clock=ManualClock(MONDAY))
    plant.receive("BAR", 10)
    plant.expect(Demand("PART", 1, due=date(2026, 3, 20), ref="SO-1"))
    plan = plant.plan(until=date(2026, 6, 1))
    assert sum((one.setup + one.run for one in labour_hours(plan)), timedelta()) == 2 * HOUR
    planned = plant.schedule(plan)
    orders = [plant.launch(one) for one in plan.make]
    assert (
        sum((one.setup + one.run for one in labour_hours(plant.plan(until=date(2026, 6, 1)))), timedelta()) == 2 * HOUR
    )
    for found in (planned, plant.schedule(orders)):
        ann = next(one for one in found.resources if one.resource == "Ann")
        assert ann.worked == 2 * HOUR
