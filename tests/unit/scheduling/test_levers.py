"""What would let a job end sooner, counted by hand, and tried on any problem."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from tests.property.test_schedules_hold import problems

from prodstock.calendars.calendar import Calendar
from prodstock.errors import UnknownCode
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation
from prodstock.scheduling.levers import LeverKind, longer_days
from prodstock.scheduling.policy import Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.schedule import Schedule, schedule

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def made(*jobs: Job) -> Schedule:
    """Return the schedule of jobs by their due dates on a chamber that works eight hours a day."""
    problem = Problem(start=MONDAY, resources=[Resource("chamber")], jobs=jobs)
    return schedule(problem, SchedulingPolicy(rules=[Rule.EARLIEST_DUE]))


def test_each_lever_saves_what_a_clerk_counts() -> None:
    """Six hours of another job first, and a night between: sixteen hours by a second shift, and so on."""
    steps = [Operation("soak", resource="chamber", setup=6 * HOUR)]
    jobs = [Job("A", steps, due=date(2026, 3, 2)), Job("B", steps, due=date(2026, 3, 2))]
    found = made(*jobs)
    assert found.jobs[1].end == MONDAY + 28 * HOUR
    saved = {(one.kind, one.resource): one.saves / HOUR for one in found.levers("B")}
    assert saved == {
        (LeverKind.FIRST, ""): 22,
        (LeverKind.ONE_MORE, "chamber"): 22,
        (LeverKind.MORE_HOURS, "chamber"): 16,
    }
    first = found.levers(jobs[1])[0]
    assert (first.kind, first.end) == (LeverKind.FIRST, MONDAY + 6 * HOUR)
    assert {one.kind: round(one.late_by / HOUR, 6) for one in found.levers("B")} == {
        LeverKind.FIRST: 0,
        LeverKind.ONE_MORE: 12,
        LeverKind.MORE_HOURS: 12,
    }
    assert repr(first) == "<Lever first saves 22:00:00>"


def test_what_waits_for_material_may_have_it() -> None:
    """Nothing else helps it."""
    found = made(Job("A", [Operation("soak", resource="chamber", setup=HOUR)], material={"soak": date(2026, 3, 4)}))
    assert [(one.kind, one.saves) for one in found.levers("A")] == [(LeverKind.MATERIAL, 48 * HOUR)]


def test_what_is_alone_and_at_once_has_no_lever() -> None:
    """Work takes its time; who is unknown is named."""
    found = made(Job("A", [Operation("soak", resource="chamber", setup=HOUR)]))
    assert not found.levers("A")
    with pytest.raises(UnknownCode):
        found.levers("Z")


@pytest.mark.parametrize(
    ("week", "longer"),
    [
        ("Mo,We 08:00-16:00", "Mo 08:00-24:00; We 08:00-24:00"),
        ("Mo-Tu 22:00-06:00", "Mo 22:00-14:00; Tu 22:00-14:00"),
        ("Sa-Su 00:00-20:00", "Sa 00:00-24:00; Su 00:00-24:00"),
    ],
)
def test_longer_days_end_where_the_next_one_begins(week: str, longer: str) -> None:
    """Eight hours more, or up to the next shift; what always works has no more."""
    found = longer_days(Calendar("C", week=week))
    assert found is not None
    assert found.week == longer
    assert longer_days(Calendar("ALL", week="Mo-Su 00:00-24:00")) is None


@given(problems(most_jobs=4))
def test_levers_save_what_they_say(problem: Problem) -> None:
    """Each saves something, none more than the job takes, and the end is that much sooner or more."""
    found = schedule(problem, SchedulingPolicy(rules=[Rule.SHORTEST]))
    for job in found.jobs:
        for lever in found.levers(job.job):
            assert timedelta() < lever.saves
            assert lever.end + lever.saves <= job.end
