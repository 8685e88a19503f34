"""Dispatch lists: all that a resource does, in order, by shift, with what comes next."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from tests.property.test_schedules_hold import problems

from prodstock.calendars.calendar import Calendar
from prodstock.errors import UnknownCode
from prodstock.master.alternative import Secondary
from prodstock.master.location import Site
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.schedule import Schedule, schedule

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHIFTS = Calendar("SHIFTS", week="Mo-Fr 05:00-09:00 10:00-13:00")


def pressed() -> Schedule:
    """Return a schedule of two jobs on a press with a mould and a fitter, then on a bench that never closes."""
    press = Operation("press", resource="press", setup=3 * HOUR, secondary=["mould"], skill="fitting")
    bench = Operation("pack", resource="bench", setup=2 * HOUR)
    shop = [
        *(Resource("press", calendar=SHIFTS), Resource("mould", calendar=SHIFTS, capacity=2)),
        *(Resource("Ann", calendar=SHIFTS, skills=["fitting"]), Resource("bench", site="NORTH")),
    ]
    north = Site("NORTH", zone="Europe/Berlin", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00"))
    jobs = [Job("A", [press, bench], due=date(2026, 3, 2)), Job("B", [press, bench], due=MONDAY + 4 * HOUR, weight=2)]
    return schedule(Problem(start=MONDAY, resources=shop, jobs=jobs, sites=[north]))


def test_a_list_says_what_is_next_for_whom_and_with_what() -> None:
    """Of a machine: in which shift, when it is due, how late, what it takes besides, and where the job goes."""
    first, second = pressed().dispatch("press")
    assert (first.place, first.job, first.lane, first.then) == (1, "B", 1, ("bench",))
    assert first.shift == MONDAY - HOUR
    assert first.needs == (Secondary("Ann"), Secondary("mould"))
    assert (first.due, first.late_by) == (MONDAY + 4 * HOUR, HOUR)
    assert (second.place, second.job, second.shift) == (2, "A", MONDAY + 4 * HOUR)
    assert (second.start, second.end) == (MONDAY + 4 * HOUR, MONDAY + 7 * HOUR)
    assert repr(first) == "<DispatchLine press 1: B press, 2026-03-02 06:00, late>"


def test_tools_people_and_what_never_closes_have_lists_too() -> None:
    """A tool and a person do what the machine does; a day of what is always open begins at midnight of its site."""
    made = pressed()
    for other in ("mould", "Ann"):
        lines = made.dispatch(other)
        assert [(one.job, one.start, one.lane) for one in lines] == [
            (one.job, one.start, 1) for one in made.dispatch("press")
        ]
        assert {"press", "mould", "Ann"} - {other} == {one.resource for one in lines[0].needs}
    packed = made.dispatch("bench")
    assert [one.then for one in packed] == [(), ()]
    assert {one.shift for one in packed} == {datetime(2026, 3, 1, 23, tzinfo=UTC)}
    with pytest.raises(UnknownCode, match="bench"):
        made.dispatch("benhc")


@given(problems())
def test_lists_have_all_that_runs_once(problem: Problem) -> None:
    """Each operation stands on the list of each resource that it occupies, and on no other, in order."""
    made = schedule(problem)
    found = []
    for resource in problem.resources:
        lines = made.dispatch(resource.code)
        assert [one.place for one in lines] == list(range(1, len(lines) + 1))
        assert [one.start for one in lines] == sorted(one.start for one in lines)
        assert all(one.shift <= one.start for one in lines)
        found += [(resource.code, one.job, one.operation, one.start, one.end) for one in lines]
    expected = [
        (code, one.job, one.operation, one.start, one.end)
        for one in made.placements
        for code in {one.resource, *(other.resource for other in one.secondary)} - {""}
    ]
    assert sorted(found) == sorted(expected)
