"""Which change of a scenario does what: plans with its changes one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import attrs

from prodstock.planning.planner import plan
from prodstock.planning.policy import PlanningPolicy
from prodstock.scenario.change import label
from prodstock.scenario.figures import Figures, figures
from prodstock.scenario.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prodstock.calendars.span import Moment
    from prodstock.planning.snapshot import Snapshot
    from prodstock.tables import Progress
    from prodstock.view import View

K = TypeVar("K", bound="str | tuple[str, str]")
V = TypeVar("V")


class Path(NamedTuple):
    """The way from the first scenario to another one.

    Attributes:
        scenario: the name of the other one.
        labels: what happens at each step, on one line.
        figures: what is planned before the first step, and after each.
    """

    scenario: str
    labels: list[str]
    figures: list[Figures]

    @property
    def first(self) -> Figures:
        """What the first scenario means."""
        return self.figures[0]

    @property
    def last(self) -> Figures:
        """What the other one means."""
        return self.figures[-1]

    def moves(self) -> Iterator[tuple[str, Figures, Figures]]:
        """Yield each step, with what is planned before and after it."""
        yield from zip(self.labels, self.figures, self.figures[1:], strict=False)

    def differing(
        self, figure: Callable[[Figures], Mapping[K, V]], told: Callable[[V | None, V | None], str]
    ) -> Iterator[tuple[K, str]]:
        """Yield what differs at the end in a figure, by its key, and the step that does it, with those that alter it.

        That is the first step after which it differs from the beginning, and does so to the end. Of several steps each
        says what it does, as `told` tells it of what was there before and after it.
        """
        figures = [figure(one) for one in self.figures]
        for key in sorted({*figures[0], *figures[-1]}):
            values = [one.get(key) for one in figures]
            if values[0] != values[-1]:
                same = max(number for number, value in enumerate(values) if value == values[0])
                altered = [at for at in range(same, len(self.labels)) if values[at] != values[at + 1]]
                steps = [(self.labels[at], told(values[at], values[at + 1])) for at in altered]
                several = len(steps) > 1
                yield key, "; then ".join(f"{name} ({does})" if several else name for name, does in steps)


def _state(view: View) -> int:
    """Return what tells states apart: one object is one state. Another object may be an equal one."""
    return id(view._world)  # noqa: SLF001 - scenarios keep the states that they have in common


class _Planner:
    """Plans states as of one moment, each once."""

    def __init__(self, views: Sequence[View], until: Moment, progress: Progress | None) -> None:
        taken = [(view.snapshot(), view) for view in views]
        self.snapshots = {_state(view): snapshot for snapshot, view in taken}
        self.moment = max(snapshot.at for snapshot, _ in taken)
        self.until = until
        self.progress = progress
        self.done = self.total = 0
        self.roots: list[tuple[Snapshot, PlanningPolicy, Figures]] = []
        self.by_state: dict[tuple[int, PlanningPolicy], Figures] = {}

    def of(self, view: View) -> Figures:
        """Return what a view means."""
        policy = view.policy if isinstance(view, Scenario) else PlanningPolicy()
        key = (_state(view), policy)
        if key not in self.by_state:
            snapshot = self.snapshots.get(_state(view)) or view.snapshot()
            root = not (isinstance(view, Scenario) and view.changes)
            self.by_state[key] = self._planned(snapshot, policy, root=root)
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.total)
        return self.by_state[key]

    def _planned(self, snapshot: Snapshot, policy: PlanningPolicy, *, root: bool) -> Figures:
        """Return what a state means; those before any change are mostly equal, and then planned once."""
        if snapshot.at != self.moment:
            snapshot = attrs.evolve(snapshot, at=self.moment)
        for known, by, found in self.roots if root else ():
            if by == policy and known == snapshot:
                return found
        found = figures(plan(snapshot, policy, until=self.until))
        if root:
            self.roots.append((snapshot, policy, found))
        return found


def paths(base: View, others: Sequence[View], until: Moment, progress: Progress | None) -> tuple[Figures, list[Path]]:
    """Return what the first view means, and the way from it to each of the others."""
    planner = _Planner((base, *others), until, progress)
    ways = [_way(base, other) for other in others]
    planner.total = 1 + sum(len(steps) for steps in ways)
    first = planner.of(base)
    found = []
    for other, steps in zip(others, ways, strict=True):
        path = Path(other.name, [], [first])
        for name, view, is_change in steps:
            after = planner.of(view)
            if is_change or after is not path.last:
                path.labels.append(name)
                path.figures.append(after)
        found.append(path)
    return first, found


class _Step(NamedTuple):
    """A step from one view to another: what it is, what is there after it, and whether it is an assumption."""

    label: str
    view: View
    is_change: bool = False


def _way(base: View, other: View) -> list[_Step]:
    """Return the steps from one view to another: back to what they have in common, then on."""
    steps = other.steps if isinstance(other, Scenario) else (other,)
    made = zip(other.changes, steps[1:], strict=True) if isinstance(other, Scenario) else ()
    after = [_Step(label(change), step, True) for change, step in made]
    back: list[_Step] = []
    if isinstance(base, Scenario):
        common = _in_common(base, other) if isinstance(other, Scenario) else 0
        kept = max(common - 1, 0)
        if len(base.changes) > kept:
            left_out = ", ".join(label(change) for change in base.changes[kept:])
            back = [_Step(f"without: {left_out}", base.steps[kept])]
        if common:
            return [*back, *after[kept:]]
    return [*back, _Step("another state to begin with", steps[0]), *after]


def _in_common(one: Scenario, other: Scenario) -> int:
    """Return how many steps two scenarios have in common from the beginning, whatever they are called."""
    for number, (mine, theirs) in enumerate(zip(one.steps, other.steps, strict=False)):
        if _state(mine) != _state(theirs) and mine.fork("one state") != theirs.fork("one state"):
            return number
    return min(len(one.steps), len(other.steps))
