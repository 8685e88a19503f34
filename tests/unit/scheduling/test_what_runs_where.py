"""Alternatives, tools and people, and operations that may not pause: where an operation runs, and why it waits."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.clock import together
from prodstock.errors import BrokenInvariant, InvalidData, InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.alternative import Alternative, Secondary
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.scheduling.policy import Rule, SchedulingPolicy
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.schedule import Schedule, schedule
from prodstock.scheduling.verify import verify

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
NIGHT = Calendar("NIGHT", week="Mo-Fr 22:00-24:00")


def made(
    resources: list[Resource], *operations: Operation, quantity: int = 1, rules: Iterable[Rule] = Rule
) -> Schedule:
    """Return a schedule, that holds, of jobs A, B, C ... of one operation each."""
    jobs = [Job("ABCDEFG"[at], [one], quantity=quantity) for at, one in enumerate(operations)]
    found = schedule(Problem(start=MONDAY, resources=resources, jobs=jobs), SchedulingPolicy(rules=rules))
    found.verify()
    return found


def rows(found: Schedule) -> list[tuple[str, str, str]]:
    """Return which job begins on what and when."""
    return [(one.job, one.resource, f"{one.start:%a %H:%M}") for one in found.placements]


def saw(hours: int = 4, **more: object) -> Operation:
    """Return an operation on the saw."""
    return Operation("saw", resource="saw", setup=hours * HOUR, **more)  # type: ignore[arg-type]


def test_an_operation_runs_where_it_ends_first() -> None:
    """The second saw takes over what would wait longer; of two that end at once the first listed is taken."""
    saws = [Resource("saw"), Resource("saw-2"), Resource("saw-3")]
    either = saw(alternatives=["saw-3", "saw-2"])
    assert rows(made(saws, either, either)) == [("A", "saw", "Mon 08:00"), ("B", "saw-3", "Mon 08:00")]


def test_an_alternative_takes_its_own_time() -> None:
    """Half as fast: 8 hours there end no sooner than 4 after 4 here; with a set-up of its own it is chosen."""
    slow = saw(alternatives=[Alternative("saw-2", speed="0.5")])
    saws = [Resource("saw"), Resource("saw-2")]
    assert [one.resource for one in made(saws, slow, slow).placements] == ["saw", "saw"]
    given = saw(alternatives=[Alternative("saw-2", setup=HOUR, run_per_unit=HOUR, speed="1.5")])
    (one,) = made(saws, given, quantity=2).placements
    assert (one.resource, one.work) == ("saw-2", 2 * HOUR)


def test_a_tool_is_there_once() -> None:
    """Two presses share a mould: the second waits for it, and says so."""
    presses = [Resource("press-1"), Resource("press-2"), Resource("mould")]
    steps = [Operation("press", resource=f"press-{at}", setup=3 * HOUR, secondary=["mould"]) for at in (1, 2)]
    found = made(presses, *steps)
    assert rows(found) == [("A", "press-1", "Mon 08:00"), ("B", "press-2", "Mon 11:00")]
    assert found.placements[0].secondary == (Secondary("mould"),)
    assert "3 h behind A press on mould" in str(found.why("B"))
    assert [(one.resource, one.worked) for one in found.resources] == [
        *(("mould", 6 * HOUR), ("press-1", 3 * HOUR), ("press-2", 3 * HOUR)),
    ]
    assert found.to_svg().count("B press on mould") == 1


def test_units_of_a_resource_are_never_more_than_there_are() -> None:
    """Of ten kilowatts six and four run together, another five wait."""
    steps = [Operation("melt", setup=2 * HOUR, secondary=[Secondary("power", units)]) for units in (6, 4, 5)]
    found = made([Resource("power", capacity=10)], *steps)
    assert rows(found) == [("A", "", "Mon 08:00"), ("B", "", "Mon 08:00"), ("C", "", "Mon 10:00")]
    assert "2 h behind" in str(found.why("C"))


def test_people_with_the_skill_are_occupied() -> None:
    """One welder, who also turns, for two machines; of the group of turners there is one more."""
    people = [Resource("Ann", skills=["weld", "turn"]), Resource("turners", capacity=1, skills=["turn"])]
    machines = [Resource(f"M{at}") for at in (1, 2, 3)]
    weld = [Operation("weld", resource=f"M{at}", setup=2 * HOUR, skill="weld") for at in (1, 2)]
    turn = Operation("turn", resource="M3", setup=2 * HOUR, skill="turn")
    found = made([*people, *machines], *weld, turn)
    assert [(one.job, one.start.hour, one.secondary) for one in found.placements] == [
        ("A", 8, (Secondary("Ann"),)),
        ("C", 8, (Secondary("turners"),)),
        ("B", 10, (Secondary("Ann"),)),
    ]


def test_a_crew_may_come_from_several_groups() -> None:
    """Three lift, of two groups of two; nobody of the skill is there for what no resource has."""
    groups = [Resource("early", capacity=2, skills=["lift"]), Resource("late", capacity=2, skills=["lift"])]
    lift = Operation("lift", setup=2 * HOUR, skill="lift", crew=3)
    found = made(groups, lift, lift, Operation("sing", setup=HOUR, skill="sing"))
    assert rows(found) == [("A", "", "Mon 08:00"), ("C", "", "Mon 08:00"), ("B", "", "Mon 10:00")]
    assert [sum(one.units for one in row.secondary) for row in found.placements] == [3, 0, 3]


def test_work_goes_on_while_all_work() -> None:
    """The machine runs from 6 to 22, who runs it from 8 to 16 with lunch at 12: six hours end at 15."""
    day = Calendar("DAY", week="Mo-Fr 08:00-12:00 13:00-16:00")
    long = Calendar("LONG", week="Mo-Fr 06:00-22:00")
    people = Resource("Ann", calendar=day, skills=["run"])
    step = Operation("run", resource="M", setup=6 * HOUR, skill="run")
    (one,) = made([Resource("M", calendar=long), people], step).placements
    assert (one.start, one.end) == (MONDAY, MONDAY + 7 * HOUR)
    (whole,) = made([Resource("M", calendar=long), people], attrs.evolve(step, setup=4 * HOUR, pauses=False)).placements
    assert (whole.start, whole.end) == (MONDAY, MONDAY + 4 * HOUR)


def test_what_may_not_pause_waits_until_it_can_run_in_one_stretch() -> None:
    """After four hours of sawing only four are left of the day: six without a pause begin on Tuesday."""
    found = made([Resource("saw")], saw(4), saw(6, pauses=False), rules=[Rule.SHORTEST])
    assert rows(found) == [("A", "saw", "Mon 08:00"), ("B", "saw", "Tue 08:00")]
    assert "free, but shorter than the operation" in str(found.why("B"))


def test_what_never_works_together_is_refused_or_left_aside() -> None:
    """Twenty hours without a pause fit no day; a press at night is no alternative for the people of the day."""
    with pytest.raises(InvalidValueError, match=r"saw.*of A takes what never works together for so long"):
        made([Resource("saw")], saw(20, pauses=False))
    night = Resource("saw", calendar=NIGHT)
    with pytest.raises(InvalidValueError, match="never works together"):
        made([night, Resource("Ann", skills=["cut"])], saw(skill="cut"))
    by_day = saw(skill="cut", alternatives=["saw-2"])
    found = made([night, Resource("saw-2"), Resource("Ann", skills=["cut"])], by_day)
    assert rows(found) == [("A", "saw-2", "Mon 08:00")]


def test_the_time_in_which_several_work_is_what_is_common_to_them() -> None:
    """Across zones and the end of a year; of one calendar it is itself."""
    berlin = Calendar("B", week="Mo-Su 08:00-16:00", zone="Europe/Berlin").compiled()
    utc = Calendar("U", week="Mo-Su 00:00-12:00").compiled("UTC")
    both = together([berlin, utc])
    begin = round(datetime(2026, 12, 31, 20, tzinfo=UTC).timestamp() * 10**6)
    hours = [(start - begin) / 3.6e9 for pair in both.intervals(begin, begin + 48 * 3_600_000_000) for start in pair]
    assert hours == [11.0, 16.0, 35.0, 40.0]
    assert together([utc, utc]) is utc


@pytest.mark.parametrize(
    ("which", "to", "invariant"),
    [
        (0, {"secondary": ()}, "secondary"),
        (0, {"secondary": (Secondary("mould"),)}, "crew"),
        (0, {"secondary": (Secondary("Bob"), Secondary("mould"))}, "crew"),
        (1, {"start": MONDAY, "end": MONDAY + 3 * HOUR}, "more at a time"),
        (0, {"resource": "press-2"}, "alternative"),
    ],
)
def test_the_check_finds_what_is_occupied_wrongly(which: int, to: dict[str, object], invariant: str) -> None:
    """A schedule that is changed by hand does not pass."""
    presses = [Resource("press-1"), Resource("press-2"), Resource("mould"), Resource("Bob")]
    people = [Resource("Ann", capacity=2, skills=["press"])]
    steps = [
        Operation("press", resource=f"press-{at}", setup=3 * HOUR, secondary=["mould"], skill="press") for at in (1, 2)
    ]
    found = made([*presses, *people], *steps)
    changed = list(found.placements)
    changed[which] = attrs.evolve(changed[which], **to)  # type: ignore[arg-type]
    with pytest.raises(BrokenInvariant, match=invariant):
        verify(found.problem, changed)


def test_the_check_finds_a_pause_in_what_may_not_pause() -> None:
    """Six hours from Monday noon on pause over the night."""
    found = made([Resource("saw")], saw(6, pauses=False))
    changed = attrs.evolve(found.placements[0], start=MONDAY + 4 * HOUR, end=MONDAY + 26 * HOUR)
    with pytest.raises(BrokenInvariant, match="one stretch"):
        verify(found.problem, [changed])


def test_what_cannot_be_meant_is_refused() -> None:
    """A resource twice, more than there is, alternatives to nothing, people by name and by skill, unknown ones."""
    with pytest.raises(InvalidValueError, match="occupied already"):
        saw(secondary=["saw"])
    with pytest.raises(InvalidValueError, match="instead of nothing"):
        Operation("saw", alternatives=["saw"])
    with pytest.raises(InvalidValueError, match="waiting"):
        Operation("wait", kind=OperationKind.WAIT, secondary=["saw"])
    with pytest.raises(InvalidTypeError, match="is no Alternative"):
        saw(alternatives=[Secondary("saw-2")])
    with pytest.raises(InvalidTypeError, match="is no Secondary"):
        saw(secondary=[Alternative("saw-2")])
    with pytest.raises(InvalidTypeError, match="pauses"):
        saw(pauses="no")
    with pytest.raises(InvalidValueError, match="speed"):
        Alternative("saw", speed=0)
    with pytest.raises(UnknownCode, match="saw-3"):
        made([Resource("saw")], saw(alternatives=["saw-3"]))
    with pytest.raises(InvalidValueError, match="there are 2"):
        made([Resource("saw"), Resource("power", capacity=2)], saw(secondary=[Secondary("power", 3)]))
    with pytest.raises(InvalidValueError, match="work on 'saw' of A, there are 1"):
        made([Resource("saw"), Resource("Ann", skills=["cut"])], saw(skill="cut", crew=2))
    with pytest.raises(InvalidValueError, match="not both"):
        made([Resource("saw", skills=["cut"])], saw(skill="cut"))
    with pytest.raises(InvalidData, match="saw-3"):
        Catalog([Resource("saw"), Item("X"), Routing("X", [saw(alternatives=["saw-3"])])])


def test_a_launched_order_goes_on_where_it_runs() -> None:
    """What is not begun may run on an alternative, with the mould; what is begun runs on, set up."""
    step = Operation(
        "press", resource="press", setup=HOUR, run_per_unit=HOUR, alternatives=["press-2"], secondary=["mould"]
    )
    catalog = Catalog(
        [
            *(Resource("press"), Resource("press-2"), Resource("mould", capacity=2)),
            *(Item("X"), Item("P"), BillOfMaterial("X", [BomLine("P", 1)]), Routing("X", [step])),
        ]
    )
    plant = Plant(catalog, clock=ManualClock(MONDAY))
    plant.receive("P", 100)
    plant.expect(*(Demand("X", 3, due=date(2026, 3, day), ref=f"SO-{day}") for day in (3, 10)))
    orders = [plant.launch(one) for one in plant.plan(until=date(2026, 4, 1)).make]
    found = plant.schedule(orders)
    found.verify()
    assert [(one.resource, one.work, one.secondary) for one in found.placements] == [
        ("press", 4 * HOUR, (Secondary("mould"),)),
        ("press-2", 4 * HOUR, (Secondary("mould"),)),
    ]
    for order in orders:
        plant.issue(plant.reserve(order))
        plant.report(order, "press", good=1)
    assert [(one.resource, one.work) for one in plant.schedule(orders).placements] == [("press", 2 * HOUR)] * 2
