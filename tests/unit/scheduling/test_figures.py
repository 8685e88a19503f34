"""Figures of a schedule: counted by hand, and for no jobs at all."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from tests.property.test_schedules_hold import problems

from prodstock.calendars.calendar import Calendar
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation
from prodstock.scheduling.policy import Goal, Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.reasons import SpellKind
from prodstock.scheduling.schedule import schedule

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_figures_are_those_of_a_clerk() -> None:
    """Three jobs of four hours, done after 4, 8 and 12 hours: one of them late by two, one not due."""
    saw = Operation("cut", resource="saw", setup=4 * HOUR)
    jobs = [
        Job("A", [saw], due=MONDAY + 4 * HOUR),
        Job("B", [saw], due=MONDAY + 6 * HOUR),
        Job("C", [saw], release=date(2026, 3, 2)),
    ]
    shop = [Resource("saw", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00")), Resource("idle")]
    made = schedule(Problem(start=MONDAY, resources=shop, jobs=jobs))
    found = made.figures
    assert (found.jobs, found.due, found.on_time, found.service) == (3, 2, 1, Decimal("0.5"))
    assert (found.late_by, found.latest_by) == (2 * HOUR, 2 * HOUR)
    assert (found.makespan, found.lead_time, found.in_process) == (12 * HOUR, 8 * HOUR, Decimal(2))
    assert (found.worked, found.busiest, found.utilisation) == (12 * HOUR, "saw", Decimal(1))
    assert repr(found) == "<ScheduleFigures 3 jobs, 1 of 2 on time, 2:00:00 late, takes 12:00:00, saw 100.0%>"
    assert found.to_dict()["busiest"] == ["saw"]


def test_nothing_to_do_has_figures_too() -> None:
    """No share of nothing is told."""
    found = schedule(Problem(start=MONDAY, resources=[], jobs=[])).figures
    assert (found.jobs, found.service, found.lead_time, found.in_process) == (0, None, None, None)
    assert (found.busiest, found.utilisation, found.makespan) == ("", None, timedelta())


@given(problems())
def test_figures_agree_with_the_tables(problem: Problem) -> None:
    """On time are those that are due and not listed as late; nothing is late by more than all."""
    made = schedule(problem)
    found = made.figures
    assert found.on_time == found.due - len(made.late)
    assert found.latest_by <= found.late_by
    assert found.makespan == made.value(Goal.MAKESPAN)
    assert found.worked == sum((one.work for one in made.placements), timedelta())
    assert found.changeover == made.value(Goal.CHANGEOVER)
    assert found.service is None or 0 <= found.service <= 1


def test_what_is_waited_for_is_ranked() -> None:
    """Three jobs at the saw wait nothing, two and four hours; the press is never waited for, and works more."""
    always = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
    shop = [Resource("saw", calendar=always), Resource("press", calendar=always), Resource("idle", calendar=always)]
    saw = Operation("cut", resource="saw", setup=2 * HOUR)
    press = Operation("press", resource="press", setup=2 * HOUR)
    jobs = [Job(code, [saw, press], due=MONDAY + due * HOUR) for code, due in (("A", 4), ("B", 5), ("C", 9))]
    found = schedule(Problem(start=MONDAY, resources=shop, jobs=jobs), SchedulingPolicy(rules=[Rule.EARLIEST_DUE]))
    assert [
        (one.resource, one.waited / HOUR, one.waited_late / HOUR, one.jobs, one.longest, one.longest_by / HOUR)
        for one in found.bottlenecks
    ] == [("saw", 6, 2, 2, "C", 4), ("press", 0, 0, 0, "", 0), ("idle", 0, 0, 0, "", 0)]
    assert repr(found.bottlenecks[0]) == "<Bottleneck saw, 75.0% busy, 2 jobs wait 6:00:00>"


@given(problems())
def test_what_is_waited_for_is_what_the_reasons_say(problem: Problem) -> None:
    """All told, and for each resource."""
    made = schedule(problem)
    behind = [line for job in made.jobs for line in made.spells(job.job) if line.kind is SpellKind.BEHIND]
    found = {one.resource: one for one in made.bottlenecks}
    assert set(found) == {one.code for one in problem.resources}
    for code, one in found.items():
        assert one.waited == sum((line.time for line in behind if line.resource == code), timedelta())
        assert timedelta() <= one.waited_late <= one.waited
        assert one.longest_by <= one.waited <= one.jobs * one.longest_by
