"""The operations of a planning case as ways in which its stock points come by goods."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice, product
from typing import TYPE_CHECKING, Any, NamedTuple

from prodstock.master.lot_sizes import LotSizes
from prodstock.testing.planning_cases.capacity import FOREVER, Capacity, Load, loads_of
from prodstock.testing.planning_cases.case import SECOND, STEPS, moment, steps
from prodstock.testing.planning_cases.working import Working

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prodstock.testing.planning_cases.case import Case


_MOST_CHOICES = 24
"""Combinations of alternates that are tried."""


class Line(NamedTuple):
    """A material line that takes: of the item so much per smallest step of the order, and so much for each order."""

    item: str
    number: int
    per: Fraction
    fixed: Fraction
    at_end: bool
    offset: int
    working: Working
    before: tuple[Phase, ...] = ()

    @property
    def at_start(self) -> bool:
        """Whether it is always taken at the start: a line may say otherwise."""
        return False

    @property
    def to_phantom(self) -> bool:
        """Whether it takes a phantom: there are none."""
        return False

    @property
    def limits(self) -> bool:
        """Whether what is made is good no longer than it: nothing expires."""
        return False

    def need(self, started: int) -> int:
        """Return what an order of so many steps takes, rounded to whole steps: they are six decimals."""
        return round(Fraction(self.per * started + self.fixed * STEPS))

    @property
    def whole_need(self) -> Callable[[int], int]:
        """The function `need`."""
        return self.need

    def exact(self, started: Fraction | int, *, per_order: bool) -> Fraction:  # noqa: ARG002  # as parts of bills
        """Return the same before rounding."""
        return Fraction(self.per * started + self.fixed * STEPS)

    def moment(self, start: int, due: int, started: int) -> int:
        """Return when it is taken: at the start or the end, or after some phases, shifted in working time."""
        at = due if self.at_end and not self.before else start
        for phase in self.before:
            at = phase.working.advance(at, phase.length(started))
        if self.offset > 0:
            return self.working.advance(at, self.offset)
        return self.working.retreat(at, -self.offset) if self.offset else at


class Phase(NamedTuple):
    """A stretch of an order's time: fixed and per smallest step, in the working time of its calendars."""

    name: str
    fixed: int
    per: Fraction
    working: Working
    loads: tuple[Load, ...] = ()

    def length(self, quantity: int) -> int:
        """Return how long it takes."""
        return self.fixed + round(self.per * quantity)


class Way:
    """One operation that brings a stock point goods, with all the phases and lines it has at a time."""

    def __init__(
        self, name: str, point: str, parents: tuple[str, ...], lots: LotSizes, phases: tuple[Phase, ...]
    ) -> None:
        self.name = name
        self.point = point
        self.parents = parents
        self.lots = lots
        self.phases = phases
        self.parts: tuple[Line, ...] = ()
        self.outputs: list[tuple[str, Fraction, Fraction]] = []
        self.offset = 0
        self.post = 0
        self.fence = 0
        self.priority: float = 1
        self.cost: float = 0
        self.share: Fraction | None = None
        self.until = 2**62
        self.since = -(2**62)
        self.working = Working((), 0)

    def takes_from(self, site: str) -> str:
        """Return the site at which an order for a site takes its parts: a case has one."""
        return site

    def to_start(self, missing: int) -> tuple[int, int]:
        """Return the quantity of an order that brings what is missing of its stock point, as a ratio."""
        per, fixed = next((per, fixed) for item, per, fixed in self.outputs if item == self.point)
        exact = max((missing - fixed * STEPS) / per, Fraction(0))
        return exact.numerator, exact.denominator

    def brings(self, quantity: int, made: str) -> int:
        """Return how much of a stock point an order brings."""
        return sum(round(per * quantity + fixed * STEPS) for item, per, fixed in self.outputs if item == made)

    def good(self, quantity: int) -> int:
        """Return how much of its stock point an order brings."""
        return self.brings(quantity, self.point)

    def start(self, quantity: int, end: int) -> int:
        """Return when an order must start to end at a moment."""
        for phase in reversed(self.phases):
            end = phase.working.retreat(end, phase.length(quantity))
        return end

    def end(self, quantity: int, start: int) -> int:
        """Return when an order ends that starts at a moment."""
        for phase in self.phases:
            start = phase.working.advance(start, phase.length(quantity))
        return start

    def latest(self, quantity: int, end: int, capacity: Capacity, earliest: int) -> list[tuple[int, int]] | None:
        """Return the spans of the phases that end by a moment as late as resources have room; None: before earliest."""
        spans: list[tuple[int, int]] = []
        for phase in reversed(self.phases):
            while True:
                start = phase.working.retreat(end, phase.length(quantity))
                if start < earliest:
                    return None
                full = capacity.conflict(phase.loads, start, end)
                if full is None:
                    break
                end = full[0]
            end = phase.working.advance(start, phase.length(quantity))
            spans.append((start, end))
            end = start
        return spans[::-1]

    def soonest(self, quantity: int, start: int, capacity: Capacity) -> list[tuple[int, int]]:
        """Return the spans of the phases that start at a moment or as soon after as resources have room."""
        spans: list[tuple[int, int]] = []
        for phase in self.phases:
            while True:
                end = phase.working.advance(start, phase.length(quantity))
                full = capacity.conflict(phase.loads, start, end)
                if full is None or end >= FOREVER:
                    break
                start = full[1]
            spans.append((start, end))
            start = end
        return spans

    def available(self, end: int) -> int:
        """Return when the output of an order that ends at a moment is there."""
        return self.working.advance(end, self.offset) if self.offset else end

    def ended(self, available: int) -> int:
        """Return when an order must end whose output is there at a moment."""
        return self.working.retreat(available, self.offset) if self.offset else available


class Network:
    """All ways of a case, by the stock point that they bring goods to, the preferred one first."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.lines: list[Line] = []
        self.made: dict[str, list[list[Way]]] = {}
        self._workings: dict[tuple[str, ...], Working] = {}
        for name in sorted({*case.points, *self._produced()}):
            self.made[name] = list(self._makers(name))
        for demand in case.demands:
            if demand.get("delivery_operation"):
                self._deliver(case.operations[demand["delivery_operation"]])

    def _deliver(self, operation: dict[str, Any]) -> None:
        """Let a delivery operation bring what is delivered by it, as if that were goods of its own."""
        point = f"delivered by {operation['name']}"
        if point not in self.made:
            found = self._alternatives(operation, point, ())
            for _, ways in found:
                for way in ways:
                    way.outputs.append((point, Fraction(1), Fraction(0)))
            self.made[point] = [ways for _, ways in found]

    def alone(self, operation: dict[str, Any]) -> Way:
        """Return an operation that nothing asks for, as the way it is."""
        lines = [(line, self.case.point_of(line, operation)) for line in operation.get("materials", ())]
        made = next((name for line, name in lines if line["quantity"] > 0), "")
        return self._way(operation, made, (), lines, 0, 2**62)

    def rename(self, names: Mapping[str, str]) -> None:
        """Let lines name the stock points as netting knows them."""
        for several in self.made.values():
            for ways in several:
                for way in ways:
                    way.parts = tuple(line._replace(item=names[line.item]) for line in way.parts)
        self.lines[:] = [line._replace(item=names[line.item]) for line in self.lines]

    def _produced(self) -> Iterator[str]:
        for one in self.case.operations.values():
            for line in one.get("materials", ()):
                yield self.case.point_of(line, one)
            if one.get("item"):
                yield self.case.point(one["item"], one.get("location"))
        for one in self.case.suppliers:
            yield self.case.point(one["item"], one.get("location"))

    def _makers(self, point: str) -> Iterator[list[Way]]:
        """Yield what brings a stock point goods, by priority; each as the ways it is at different times."""
        case = self.case
        known = case.points.get(point, {})
        named = known.get("replenished_by")
        found: list[tuple[float, int, list[Way]]] = []
        for place, operation in enumerate(case.operations.values()):
            steps_of = [
                one["operation"] for other in case.operations.values() for one in other.get("suboperations", ())
            ]
            if named is None:
                chosen = operation.get("item") and case.point(operation["item"], operation.get("location")) == point
                chosen = chosen and operation["name"] not in steps_of
            else:
                chosen = operation["name"] == named
            if chosen:
                for rank, ways in self._alternatives(operation, point, ()):
                    found.append((operation.get("priority", 1) if named is None else rank, place, ways))
        if named is None:
            for place, supplier in enumerate(case.suppliers):
                if case.point(supplier["item"], supplier.get("location")) == point and supplier.get("priority", 1):
                    found.append((supplier.get("priority", 1), 1000 + place, [self._purchase(supplier, point)]))
        found.sort(key=lambda one: (one[0], one[1]))
        return iter([ways for priority, _, ways in found if priority])

    def _alternatives(
        self, operation: dict[str, Any], point: str, parents: tuple[str, ...]
    ) -> list[tuple[float, list[Way]]]:
        """Return an operation, or the operations it is a choice of, with their priority."""
        case = self.case
        if operation["type"] in {"alternate", "split"}:
            above = (*parents, operation["name"])
            under = [
                (one.get("priority", 1), self._alternatives(case.operations[one["operation"]], point, above))
                for one in operation["suboperations"]
            ]
            found = [(priority, ways) for priority, several in under if priority for _, ways in several]
            if operation["type"] == "split":
                _share(found)
            by_cost = operation.get("search") in {"MINCOST", "MINCOSTPENALTY"}
            found.sort(key=lambda one: one[1][0].cost if by_cost else one[0])
            return [(place + 1, ways) for place, (_, ways) in enumerate(found)]
        priority = operation.get("priority", 1)
        return [(priority, ways) for ways in self._ways(operation, point, parents)]

    def _ways(self, operation: dict[str, Any], point: str, parents: tuple[str, ...]) -> list[list[Way]]:
        """Return an operation with each choice among its alternates, as it is at different times."""
        lines = [(line, self.case.point_of(line, operation)) for line in operation.get("materials", ())]
        for step in _steps(operation):
            of = self.case.operations[step["operation"]]
            lines += [({**line, "step": of["name"]}, self.case.point_of(line, of)) for line in of.get("materials", ())]
        borders = sorted(
            {moment(line[0][end]) for line in lines for end in ("effective_start", "effective_end") if line[0].get(end)}
        )
        spans = list(zip([-(2**62), *borders], [*borders, 2**62], strict=True))
        found = []
        for left_out in _choices([line for line, _ in lines]):
            kept = [line for place, line in enumerate(lines) if place not in left_out]
            for without in _choices(operation.get("loads", ())):
                loads = [load for place, load in enumerate(operation.get("loads", ())) if place not in without]
                one = {**operation, "loads": loads}
                found.append([self._way(one, point, parents, kept, since, until) for since, until in spans])
        return found

    def _way(
        self,
        operation: dict[str, Any],
        point: str,
        parents: tuple[str, ...],
        lines: list[tuple[dict[str, Any], str]],
        since: int,
        until: int,
    ) -> Way:
        phases = tuple(self._phases(operation))
        way = Way(operation["name"], point, parents, _lots(operation), phases)
        way.since, way.until = since, until
        way.post = round(operation.get("post_time_s", 0) * SECOND)
        way.fence = round(operation.get("fence_s", 0) * SECOND)
        way.cost = self._cost(operation)
        way.working = self._working(operation, loads=False)
        outputs: dict[str, list[Fraction]] = {}
        for line, name in [(line, name) for line, name in lines if _valid(line, since)]:
            per, fixed = _exact(line["quantity"]), _exact(line.get("quantity_fixed", 0))
            if per > 0 or (per == 0 and fixed > 0):
                found = outputs.setdefault(name, [Fraction(0), Fraction(0)])
                found[0] += per
                found[1] += fixed
                way.offset = round(line.get("offset_s", 0) * SECOND) if name == point else way.offset
            else:
                way.parts += (self._line(line, name, -per, -fixed, way),)
        if not outputs and operation.get("item"):
            outputs[point] = [Fraction(1), Fraction(0)]
        way.outputs = [(name, per, fixed) for name, (per, fixed) in sorted(outputs.items())]
        return way

    def _line(self, line: dict[str, Any], name: str, per: Fraction, fixed: Fraction, way: Way) -> Line:
        offset = round(line.get("offset_s", 0) * SECOND)
        at_end = line.get("when") == "end"
        names = [phase.name for phase in way.phases]
        place = names.index(line["step"]) + at_end if line.get("step") in names else 0
        made = Line(name, len(self.lines), per, fixed, at_end, offset, way.working, way.phases[:place])
        self.lines.append(made)
        return made

    def _phases(self, operation: dict[str, Any]) -> Iterator[Phase]:
        if operation["type"] == "routing":
            for step in _steps(operation):
                yield from self._phases(self.case.operations[step["operation"]])
            return
        fixed = round(operation.get("duration_s", 0) * SECOND)
        per = Fraction(str(operation.get("duration_per_unit_s", 0))) * SECOND / STEPS
        yield Phase(operation["name"], fixed, per, self._working(operation, loads=True), loads_of(operation))

    def _cost(self, operation: dict[str, Any]) -> float:
        parts = [self.case.operations[one["operation"]] for one in operation.get("suboperations", ())]
        return float(operation.get("cost", 0)) + sum(self._cost(one) for one in parts)

    def _working(self, operation: dict[str, Any], *, loads: bool) -> Working:
        case = self.case
        names = [operation.get("available_calendar"), self._of_location(operation.get("location"))]
        for load in operation.get("loads", ()) if loads else ():
            resource = case.resources.get(load["resource"], {})
            names += [resource.get("available_calendar"), self._of_location(resource.get("location"))]
        key = tuple(sorted({name for name in names if name}))
        if key not in self._workings:
            self._workings[key] = Working([case.calendars[name] for name in key], case.now)
        return self._workings[key]

    def _of_location(self, location: str | None) -> str | None:
        found = self.case.locations.get(location or "", {})
        return found.get("available_calendar")

    def _purchase(self, supplier: dict[str, Any], point: str) -> Way:
        name = f"Purchase {point} from {supplier['supplier']}"
        lead = round(supplier.get("lead_time_s", 0) * SECOND)
        way = Way(name, point, (), _lots(supplier), (Phase(name, lead, Fraction(0), Working((), 0)),))
        way.outputs = [(point, Fraction(1), Fraction(0))]
        way.fence = round(supplier.get("fence_s", 0) * SECOND)
        way.since = moment(supplier["effective_start"]) if supplier.get("effective_start") else way.since
        way.until = moment(supplier["effective_end"]) if supplier.get("effective_end") else way.until
        return way


def _steps(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the steps of a routing in their order; of anything else none."""
    if operation["type"] != "routing":
        return []
    return sorted(operation["suboperations"], key=lambda one: float(one.get("priority", 1)))


def _choices(rows: Sequence[dict[str, Any]]) -> Iterator[frozenset[int]]:
    """Yield which rows to leave out so that of each group of alternates one stays, the preferred ones first."""
    groups: dict[object, list[int]] = {}
    for place, row in sorted(enumerate(rows), key=lambda one: float(one[1].get("priority", 1))):
        if row.get("alternate_group") is not None:
            groups.setdefault((row.get("step"), row["alternate_group"]), []).append(place)
    every = {place for places in groups.values() for place in places}
    chosen = sorted(
        product(*groups.values()),
        key=lambda one: sum(places.index(at) for places, at in zip(groups.values(), one, strict=True)),
    )
    for one in islice(chosen, _MOST_CHOICES):
        yield frozenset(every - set(one))


def _share(found: list[tuple[float, list[Way]]]) -> None:
    """Let ways bring their shares of what is missing, in proportion to their priorities."""
    total = sum(Fraction(str(priority)) for priority, _ in found)
    for priority, ways in found:
        for way in ways:
            way.share = Fraction(str(priority)) / total


def _valid(line: dict[str, Any], since: int) -> bool:
    start = moment(line["effective_start"]) if line.get("effective_start") else -(2**62)
    end = moment(line["effective_end"]) if line.get("effective_end") else 2**62
    return start <= since < end


def _exact(value: float | None) -> Fraction:
    return Fraction(str(value or 0))


def _lots(sized: dict[str, Any]) -> LotSizes:
    multiple = sized.get("size_multiple")
    return LotSizes(minimum=steps(sized.get("size_minimum") or 0), multiple=steps(multiple) if multiple else 0)
