"""How long must and may pass between operations: counted by hand, and against all starts there are."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.downtime import Downtime
from prodstock.errors import BrokenInvariant, InvalidTypeError, InvalidValueError
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.lags import Lag
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, Routing
from prodstock.master.setups import Changeover, Setups
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.scheduling.exceeded import ExceededLag
from prodstock.scheduling.policy import Goal, Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.reasons import SpellKind
from prodstock.scheduling.schedule import Schedule, schedule
from prodstock.scheduling.standing import OperationStatus, Standing
from prodstock.scheduling.verify import verify

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = Calendar("ALWAYS", week="Mo-Su 00:00-24:00")
SHIFTS = {"M": ALWAYS, "D": Calendar("DAY", week="Mo-Su 08:00-16:00"), "N": Calendar("NIGHT", week="Mo-Su 20:00-24:00")}
SHOP = [Resource(code, calendar=calendar) for code, calendar in SHIFTS.items()]
MIX = Operation("mix", resource="M", setup=2 * HOUR)


def step(code: str, on: str, hours: float, *lags: Lag) -> Operation:
    """Return an operation of so many hours."""
    return Operation(code, resource=on, setup=hours * HOUR, lags=lags)


def made(
    jobs: Sequence[Job], *, goals: Sequence[Goal] = (Goal.TARDINESS,), stands: Sequence[Standing] = ()
) -> Schedule:
    """Return a schedule that holds, and in which all time has a cause."""
    found = schedule(
        Problem(start=MONDAY, resources=SHOP, jobs=jobs, standings=stands),
        SchedulingPolicy(rules=[Rule.EARLIEST_DUE], goals=list(goals)),
    )
    found.verify()
    for job in found.jobs:
        assert sum((one.time for one in found.spells(job.job)), timedelta()) == job.end - job.release
    return found


def hours(found: Schedule, job: str = "A") -> dict[str, tuple[float, float]]:
    """Return from which to which hour each operation of a job runs."""
    return {
        one.operation: ((one.start - MONDAY) / HOUR, (one.end - MONDAY) / HOUR)
        for one in found.placements
        if one.job == job
    }


def test_so_long_passes_as_must() -> None:
    """Cast by two, stripped not before fourteen; the time between is that of the lag."""
    found = made([Job("A", [MIX, step("strip", "M", 1, Lag("mix", least=12 * HOUR))])])
    assert hours(found) == {"mix": (0, 2), "strip": (14, 15)}
    assert [(one.operation, one.kind, one.time / HOUR) for one in found.spells("A")] == [
        ("mix", SpellKind.WORK, 2),
        ("strip", SpellKind.LAG, 12),
        ("strip", SpellKind.WORK, 1),
    ]
    assert "until so long has passed as must" in str(found.why("A"))


def test_what_must_follow_soon_is_begun_later() -> None:
    """The day machine opens at eight, and what is mixed keeps for one hour: so it is mixed from five to seven."""
    found = made([Job("A", [MIX, step("spray", "D", 1, Lag("mix", most=HOUR))])])
    assert hours(found) == {"mix": (5, 7), "spray": (8, 9)}
    assert [(one.operation, one.kind, one.time / HOUR) for one in found.spells("A")] == [
        ("mix", SpellKind.HELD, 5),
        ("mix", SpellKind.WORK, 2),
        ("spray", SpellKind.CLOSED, 1),
        ("spray", SpellKind.WORK, 1),
    ]


def test_it_waits_for_the_machine_that_another_job_has() -> None:
    """The first job sprays from eight to two; the second one's mix is held back for it, the first one's is not."""
    jobs = [
        Job("A", [step("mix", "M", 2), step("spray", "D", 6, Lag("mix", most=6 * HOUR))], due=date(2026, 3, 2)),
        Job("B", [step("mix", "M", 2), step("spray", "D", 2, Lag("mix", most=HOUR))], due=date(2026, 3, 3)),
    ]
    found = made(jobs)
    assert hours(found) == {"mix": (0, 2), "spray": (8, 14)}
    assert hours(found, "B") == {"mix": (11, 13), "spray": (14, 16)}


def test_a_lag_reaches_over_what_comes_between() -> None:
    """Cleaned, measured, and within six hours coated, by night: so cleaned in the afternoon."""
    operations = [
        step("clean", "D", 1),
        step("measure", "M", 3),
        step("coat", "N", 1, Lag("clean", most=6 * HOUR)),
    ]
    found = made([Job("A", operations)])
    assert hours(found) == {"clean": (13, 14), "measure": (14, 17), "coat": (20, 21)}


def test_what_never_follows_so_soon_is_refused() -> None:
    """The day machine closes four hours before the night machine opens; or what comes between takes too long."""
    apart = [step("mix", "D", 1), step("spray", "N", 1, Lag("mix", most=3 * HOUR))]
    between = [step("mix", "M", 1), step("rest", "M", 5), step("spray", "M", 1, Lag("mix", most=4 * HOUR))]
    for operations in (apart, between):
        with pytest.raises(InvalidValueError, match="never begins so soon after 'mix' as it must") as refused:
            made([Job("A", operations)])
        assert refused.value.field == "lags"
        assert refused.value.value == "spray"


def test_what_is_changed_over_for_waits_for_its_lag_too() -> None:
    """Where the change needs the material, it begins when the lag is over; else it ends then."""
    for early, begins in ((False, 15), (True, 14)):
        setups = Setups([Changeover("ink", "*", "*", time=HOUR)], before_material=early)
        shop = [*SHOP, Resource("P", calendar=ALWAYS, setups=setups)]
        print_it = Operation(
            "print", resource="P", setup=HOUR, attributes={"ink": "red"}, lags=[Lag("mix", least=12 * HOUR)]
        )
        problem = Problem(start=MONDAY, resources=shop, jobs=[Job("A", [MIX, print_it])], set_up={"P": {"ink": "blue"}})
        found = schedule(problem)
        found.verify()
        assert hours(found)["print"] == (begins, begins + 1)


def test_just_in_time_keeps_what_must_pass() -> None:
    """Due at midnight: stripped in the last hour, mixed twelve hours before; what may lag only so far stays."""
    strip = step("strip", "M", 1, Lag("mix", least=12 * HOUR))
    midnight = MONDAY + 24 * HOUR
    found = made([Job("A", [MIX, strip], due=midnight)], goals=[Goal.EARLINESS, Goal.IN_PROCESS])
    assert hours(found) == {"mix": (9, 11), "strip": (23, 24)}
    tied = step("strip", "M", 1, Lag("mix", least=12 * HOUR, most=13 * HOUR))
    found = made([Job("A", [MIX, tied], due=midnight)], goals=[Goal.EARLINESS])
    assert hours(found) == {"mix": (0, 2), "strip": (14, 15)}


def test_what_is_finished_is_counted_from_when_it_ended() -> None:
    """Four hours before the start: eight are left; and what may lag only so far goes before what is due sooner."""
    ended = Standing("A", "mix", OperationStatus.FINISHED, end=MONDAY - 4 * HOUR)
    strip = step("strip", "M", 1, Lag("mix", least=12 * HOUR))
    assert hours(made([Job("A", [MIX, strip])], stands=[ended])) == {"strip": (8, 9)}
    soon = step("strip", "M", 1, Lag("mix", most=4 * HOUR))
    other = Job("B", [step("saw", "M", 5)], due=date(2026, 3, 2))
    found = made([Job("A", [MIX, soon]), other], stands=[ended])
    assert hours(found) == {"strip": (0, 1)}
    assert hours(found, "B") == {"saw": (1, 6)}


def test_what_runs_is_followed_as_soon_as_may_be() -> None:
    """It may be late all the same: its machine is closed."""
    runs = Standing("A", "mix", OperationStatus.STARTED, resource="M", left=HOUR)
    found = made([Job("A", [MIX, step("spray", "D", 1, Lag("mix", most=HOUR))])], stands=[runs])
    assert hours(found) == {"mix": (0, 1), "spray": (8, 9)}
    assert list(found.exceeded_lags) == [ExceededLag("A", "spray", "mix", HOUR, 6 * HOUR)]
    assert repr(found.exceeded_lags[0]) == "<ExceededLag A spray after mix, 6:00:00 too late>"


def test_what_is_exceeded_is_listed_the_worst_first() -> None:
    """It is counted from when a finished one ended, or from the start if nobody says; what is kept is not listed."""
    jobs = [
        Job(code, [MIX, step("spray", "D", 1, Lag("mix", most=hours * HOUR))])
        for code, hours in (("A", 1), ("B", 4), ("C", 8), ("E", 2))
    ]
    earlier = MONDAY - 5 * HOUR
    ends = {"A": None, "B": earlier, "C": None}
    stands = [Standing(code, "mix", OperationStatus.FINISHED, end=end) for code, end in ends.items()]
    locked = Standing("E", "spray", OperationStatus.LOCKED, resource="D", start=MONDAY + 32 * HOUR)
    runs = Standing("E", "mix", OperationStatus.STARTED, resource="M", left=HOUR)
    found = made(jobs, stands=[*stands, runs, locked])
    starts = {one.job: one.start for one in found.placements if one.operation == "spray"}
    assert max(starts, key=lambda code: starts[code]) == "E"
    passed = {
        "A": starts["A"] - MONDAY,
        "B": starts["B"] - earlier,
        "C": starts["C"] - MONDAY,
        "E": 31 * HOUR,
    }
    most = {"A": HOUR, "B": 4 * HOUR, "C": 8 * HOUR, "E": 2 * HOUR}
    over = {code: passed[code] - most[code] for code in passed if passed[code] > most[code]}
    assert "E" in over
    assert {one.job: one.exceeded_by for one in found.exceeded_lags} == over
    assert [one.exceeded_by for one in found.exceeded_lags] == sorted(over.values(), reverse=True)


def test_repair_keeps_them() -> None:
    """A breakdown of the mixer moves both; nothing else is in the way."""
    jobs = [Job("A", [MIX, step("spray", "D", 1, Lag("mix", most=HOUR))])]
    before = made(jobs)
    down = attrs.evolve(ALWAYS, code="DOWN", maintenance=[Downtime(MONDAY + 4 * HOUR, MONDAY + 12 * HOUR)])
    broken = [attrs.evolve(one, calendar=down) if one.code == "M" else one for one in SHOP]
    after = before.repaired(MONDAY + HOUR, problem=attrs.evolve(before.problem, resources=broken))
    after.verify()
    assert hours(after) == {"mix": (12, 14), "spray": (14, 15)}


def test_orders_of_a_plan_keep_them_too() -> None:
    """From a routing, planned and launched."""
    steps = [MIX, step("spray", "D", 1, Lag("mix", most=HOUR))]
    catalog = Catalog(
        [*SHOP, Item("PART"), Item("BAR"), BillOfMaterial("PART", [BomLine("BAR", 1)]), Routing("PART", steps)]
    )
    plant = Plant(catalog, clock=ManualClock(MONDAY))
    plant.receive("BAR", 10)
    plant.expect(Demand("PART", 1, due=date(2026, 3, 20), ref="SO-1"))
    plan = plant.plan(until=date(2026, 6, 1))
    policy = SchedulingPolicy(rules=[Rule.SLACK])
    for found in (plant.schedule(plan, policy=policy), plant.schedule([plant.launch(plan.make[0])], policy=policy)):
        found.verify()
        first, second = found.placements
        assert timedelta() <= second.start - first.end <= HOUR


def test_what_breaks_them_is_found() -> None:
    """Later than may be, or sooner than must be."""
    found = made([Job("A", [MIX, step("spray", "M", 1, Lag("mix", least=2 * HOUR, most=3 * HOUR))])])
    first, second = found.placements
    for moved, broken in ((-HOUR, "as must"), (2 * HOUR, "than may")):
        start = second.start + moved
        wrong = attrs.evolve(second, start=start, end=second.end + moved, changed_from=start)
        with pytest.raises(BrokenInvariant, match=broken):
            verify(found.problem, [first, wrong])


def test_lags_are_after_what_comes_before() -> None:
    """Of a routing's steps; each once; no more at least than at most."""
    with pytest.raises(InvalidValueError, match="does not come before 'spray'"):
        Job("A", [MIX, step("spray", "M", 1, Lag("spray"))])
    with pytest.raises(InvalidValueError, match="does not come before 'spray'"):
        Routing("PART", [MIX, attrs.evolve(step("spray", "M", 1, Lag("mix")), after=[])])
    with pytest.raises(InvalidValueError, match="stands twice"):
        step("spray", "M", 1, Lag("mix"), Lag("mix", least=HOUR))
    with pytest.raises(InvalidTypeError, match="is no Lag"):
        Operation("spray", lags=["mix"])  # type: ignore[list-item]
    with pytest.raises(InvalidValueError, match="pass at least"):
        Lag("mix", least=2 * HOUR, most=HOUR)


def _soonest(operations: Sequence[Operation], horizon: int) -> int | None:
    """Return by which hour a chain can be done, of all whole starts there are; None: by none of them."""
    ends: list[int] = []
    for starts in product(range(horizon), repeat=len(operations)):
        done: dict[str, int] = {}
        for one, start in zip(operations, starts, strict=True):
            assert one.resource is not None
            calendar, begins = SHIFTS[one.resource], MONDAY + start * HOUR
            fits = all(
                done[lag.operation] + lag.least / HOUR <= start
                and (lag.most is None or start <= done[lag.operation] + lag.most / HOUR)
                for lag in one.lags
            )
            if not fits or start < max(done.values(), default=0) or not calendar.is_working(begins):
                break
            done[one.code] = round((calendar.add(begins, one.setup) - MONDAY) / HOUR)
        else:
            ends.append(max(done.values()))
    return min(ends, default=None)


@st.composite
def chains(draw: st.DrawFn) -> list[Operation]:
    """Return three operations on any machines, with any lags among them."""
    found: list[Operation] = []
    for number in range(3):
        behind = draw(st.lists(st.sampled_from([one.code for one in found]), unique=True)) if found else []
        lags = [
            Lag(
                code,
                least=(least := draw(st.integers(0, 4))) * HOUR,
                most=draw(st.none() | st.integers(least, 9).map(HOUR.__mul__)),
            )
            for code in behind
        ]
        found.append(step(f"s{number}", draw(st.sampled_from("MDN")), draw(st.integers(1, 4)), *lags))
    return found


@given(chains())
def test_a_chain_alone_ends_as_soon_as_it_can(operations: list[Operation]) -> None:
    """As all starts there are say; what is refused has none."""
    soonest = _soonest(operations, 34)
    try:
        found = made([Job("A", operations)])
    except InvalidValueError:
        assert soonest is None
        return
    end = (found.jobs[0].end - MONDAY) / HOUR
    assume(soonest is not None or end > 34)
    assert soonest is None or end == soonest
