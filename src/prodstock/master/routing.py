"""Routings: the steps by which an item is made, and which must be done before which."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

import attrs

from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode, listed, nearest
from prodstock.master import checks
from prodstock.master.alternative import Alternative, Secondary, alternatives, check_occupied, secondary
from prodstock.master.codes import (
    code,
    codes,
    item_code,
    optional_resource,
    optional_site,
    optional_skill,
    revision_code,
)
from prodstock.master.definition import Definition
from prodstock.master.lags import Lag, lags
from prodstock.master.setups import attributes
from prodstock.quantities.number import Number

MOST_OPERATIONS = 1_000


class OperationKind(StrEnum):
    """What a step does. Only transform and pack steps change what there is; the others look, treat or wait."""

    TRANSFORM = "transform"
    TEST = "test"
    PACK = "pack"
    LABEL = "label"
    INSPECT = "inspect"
    CLEAN = "clean"
    WAIT = "wait"
    SUBCONTRACT = "subcontract"

    @property
    def moves_material(self) -> bool:
        """Whether components go in and output comes out: in transform and pack steps only."""
        return self in (OperationKind.TRANSFORM, OperationKind.PACK)


_NOBODY = frozenset({OperationKind.WAIT, OperationKind.SUBCONTRACT})
"""Steps on which none of our people work."""


def optional_codes(values: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return codes in their normal form, or None for none given."""
    return None if values is None else codes(values, "after")


def optional_number(value: Number | None) -> Decimal | None:
    """Return a number exactly, or None for none."""
    return None if value is None else checks.number(value)


@attrs.frozen(repr=False)
class Operation:
    """One step of a routing.

    Args:
        code: its name, unique in its routing.
        resource: what it runs on; None: nothing is occupied.
        kind: what it does.
        setup: once per order.
        run_per_unit: per unit of the quantity that goes in.
        queue: waiting before it, on no resource.
        move: transport after it, on no resource.
        after: the steps that must be finished before it. None: the one listed before it; `()`: none.
        scrap: mark-up for what this step loses: q(1 + scrap) go in for q that come out. It accumulates over the step
            and all that come after it.
        skill: what the people must be able to do who work on it for its setup and run; None: nobody's time is counted.
        crew: how many of them it takes.
        attended: how much of the time of each of them it takes, from setup to end: at 0.25 one looks after four of them
            at a time.
        alternatives: what else it may run on, the preferred first: codes, or `Alternative` with a time or speed of its
            own. Plans count on the resource itself; schedules choose.
        secondary: what it occupies besides for as long as it runs: codes of tools and the like, or `Secondary` with
            units of a capacity.
        pauses: whether it may pause while what it runs on does not work; if not, it runs in one stretch.
        attributes: what the machine is set up for: its colour, its die, by attribute. Where the machine has `setups`,
            schedules change it over, in time beside `setup`.
        transfer: after so many units what comes next may begin, and goes on as they come; None: once all are done.
            Schedules overlap the two; plans do not.
        load: how much of the capacity of what runs batches a unit of the quantity takes that goes in, rounded up for
            the operation as a whole. What takes more than there is is run in several batches, one after another and
            alone, with the setup of each. None: the operation takes one.
        lags: how long must or may pass between the end of one before it and its start, of which schedules know.

    >>> Operation("cure", kind=OperationKind.WAIT, setup=timedelta(hours=12))
    <Operation cure, wait>
    """

    code: str = attrs.field(converter=code)
    resource: str | None = attrs.field(kw_only=True, default=None, converter=optional_resource)
    kind: OperationKind = attrs.field(kw_only=True, default=OperationKind.TRANSFORM)
    setup: timedelta = attrs.field(kw_only=True, default=timedelta())
    run_per_unit: timedelta = attrs.field(kw_only=True, default=timedelta())
    queue: timedelta = attrs.field(kw_only=True, default=timedelta())
    move: timedelta = attrs.field(kw_only=True, default=timedelta())
    after: tuple[str, ...] | None = attrs.field(kw_only=True, default=None, converter=optional_codes)
    scrap: Decimal = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.number)
    skill: str | None = attrs.field(kw_only=True, default=None, converter=optional_skill)
    crew: int = attrs.field(kw_only=True, default=1)
    attended: Decimal = attrs.field(kw_only=True, default=checks.ONE, converter=checks.number)
    alternatives: tuple[Alternative, ...] = attrs.field(kw_only=True, default=(), converter=alternatives)
    secondary: tuple[Secondary, ...] = attrs.field(kw_only=True, default=(), converter=secondary)
    pauses: bool = attrs.field(kw_only=True, default=True)
    attributes: tuple[tuple[str, str], ...] = attrs.field(kw_only=True, default=(), converter=attributes)
    transfer: Decimal | None = attrs.field(kw_only=True, default=None, converter=optional_number)
    load: Decimal | None = attrs.field(kw_only=True, default=None, converter=optional_number)
    lags: tuple[Lag, ...] = attrs.field(kw_only=True, default=(), converter=lags)

    def __attrs_post_init__(self) -> None:
        checks.member(self.kind, OperationKind, "kind")
        for field in ("setup", "run_per_unit", "queue", "move"):
            checks.duration(getattr(self, field), field)
        checks.not_negative(self.scrap, "scrap")
        if self.kind is OperationKind.WAIT and self.resource is not None:
            advice = "Leave the resource out, or choose the kind of what the resource does"
            raise InvalidValueError(
                field="resource", value=self.resource, reason="is occupied by waiting", advice=advice
            )
        self._people()
        if self.alternatives or self.secondary:
            check_occupied(self.resource, self.alternatives, self.secondary)
            if self.kind is OperationKind.WAIT:
                advice = "Leave the secondary resources out, or choose the kind of what is done with them"
                raise InvalidValueError(
                    field="secondary", value=self.secondary, reason="are occupied by waiting", advice=advice
                )
        checks.instance(self.pauses, bool, "pauses", "Say True or False")
        for amount in ("transfer", "load"):
            if getattr(self, amount) is not None:
                checks.positive(getattr(self, amount), amount)

    def _people(self) -> None:
        if self.crew != 1 or type(self.crew) is not int:
            checks.whole(self.crew, "crew", least=1)
        if self.skill is None and self.crew != 1:
            advice = "Name their skill too: labour is counted by skill"
            raise InvalidValueError(field="crew", value=self.crew, reason="has no skill", advice=advice)
        if not 0 < self.attended <= 1:
            reason = "is no share of a person's time: it lies above 0, and is 1 at most"
            raise InvalidValueError(field="attended", value=self.attended, reason=reason)
        if self.skill is None and self.attended != 1:
            advice = "Name their skill too: labour is counted by skill"
            raise InvalidValueError(field="attended", value=self.attended, reason="has no skill", advice=advice)
        if self.skill is not None and self.kind in _NOBODY:
            advice = "Leave the skill out, or choose the kind of what the people do"
            raise InvalidValueError(
                field="skill", value=self.skill, reason=f"is not needed to {self.kind.value}", advice=advice
            )

    def __repr__(self) -> str:
        where = f" on {self.resource[:40]}" if self.resource else ""
        return f"<Operation {self.code[:40]}, {self.kind.value}{where}>"


def steps(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return the steps of a routing in the order listed.

    Raises:
        InvalidTypeError: if one is no `Operation`.
        InvalidValueError: if there is none, a code stands twice, or a step comes after one that is not there.
    """
    found = listed(operations, "operations")
    for step in found:
        if not isinstance(step, Operation):
            raise InvalidTypeError(field="operations", value=step, reason="is no Operation")
    if not found:
        raise InvalidValueError(field="operations", value=found, reason="is empty")
    if len(found) > MOST_OPERATIONS:
        raise InvalidValueError(field="operations", value=len(found), reason=f"are more than {MOST_OPERATIONS} steps")
    known = {step.code for step in found}
    if len(known) < len(found):
        twice = next(step.code for step in found if sum(step.code == other.code for other in found) > 1)
        raise InvalidValueError(field="operations", value=twice, reason="stands twice")
    for step in found:
        for before in step.after or ():
            if before not in known:
                advice = f"The steps are {', '.join(other.code for other in found[:10])}"
                reason = f"comes before {step.code!r} and is no step"
                raise InvalidValueError(field="after", value=before, reason=reason, advice=advice)
    return found


@attrs.frozen(repr=False)
class Routing(Definition):
    """How an item is made: steps, and their order as a graph without cycles.

    Args:
        item: what is made.
        operations: the steps; each comes after the one listed before it unless it says otherwise.
        revision: which version.
        site: where it applies; None: every site without a routing of its own.
        effective_from: first day, at the site, on which an order may start with it; None: always.
        effective_until: first day on which it no longer may; None: never ends.

    >>> from datetime import timedelta
    >>> routing = Routing("HD-7", [
    ...     Operation("assemble", resource="bench", run_per_unit=timedelta(minutes=6)),
    ...     Operation("calibrate", resource="chamber", kind=OperationKind.TEST),
    ...     Operation("pack", resource="bench", kind=OperationKind.PACK),
    ... ])
    >>> routing.predecessors("pack"), routing.last_step.code
    (('calibrate',), 'pack')
    """

    item: str = attrs.field(converter=item_code)
    operations: tuple[Operation, ...] = attrs.field(converter=steps)
    revision: str = attrs.field(kw_only=True, default="A", converter=revision_code)
    site: str | None = attrs.field(kw_only=True, default=None, converter=optional_site)
    effective_from: date | None = attrs.field(kw_only=True, default=None)
    effective_until: date | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        checks.period(self.effective_from, self.effective_until)
        self.in_order()
        _check_lags(self.operations)

    @property
    def identity(self) -> tuple[str, ...]:
        """The item, the site and the revision."""
        return (self.item, self.site or "", self.revision)

    def effective_on(self, day: date) -> bool:
        """Tell whether an order may start with this routing on a day of the site."""
        return checks.effective(self.effective_from, self.effective_until, day)

    @property
    def step_codes(self) -> tuple[str, ...]:
        """The codes of the steps, in the order listed."""
        return tuple(step.code for step in self.operations)

    def operation(self, code: str, /) -> Operation:
        """Return the step of that code. O(n) in steps.

        Raises:
            UnknownCode: if there is none.
        """
        for step in self.operations:
            if step.code == code:
                return step
        raise UnknownCode(kind=f"operation of {self.item}", given=code, nearest=nearest(code, self.step_codes))

    def predecessors(self, code: str, /) -> tuple[str, ...]:
        """Return the codes of the steps that must be finished before this one.

        Raises:
            UnknownCode: if there is no such step.
        """
        self.operation(code)
        return _graph(self.operations)[code]

    def in_order(self) -> tuple[Operation, ...]:
        """Return the steps, each after all it must wait for; of those that may be next, the one listed first.

        Raises:
            InvalidValueError: if the steps wait for each other in a circle, with the circle.
        """
        return _ordered(self.operations)

    @property
    def last_step(self) -> Operation:
        """The last transform or pack step: with it the output is there. Without any, the last step of all."""
        ordered = self.in_order()
        return next((step for step in reversed(ordered) if step.kind.moves_material), ordered[-1])

    def input_per_good(self, operation: str | None = None, /) -> Fraction:
        """Return how many must enter a step, per good one that leaves the routing; None: how many are started.

        The product of (1 + scrap) over the step and all that come after it in the graph. Started is what the
        hungriest step needs.

        >>> routing = Routing("CUP", [Operation("press", scrap="0.1"), Operation("fire", scrap="0.2")])
        >>> routing.input_per_good(), routing.input_per_good("fire")
        (Fraction(33, 25), Fraction(6, 5))
        """
        asked = None if operation is None else self.operation(operation).code
        if not any(step.scrap for step in self.operations):
            return Fraction(1)
        inputs = _inputs(self.operations)
        return max(inputs.values()) if asked is None else inputs[asked]

    def __repr__(self) -> str:
        place = f" at {self.site[:30]}" if self.site else ""
        return f"<Routing {self.item[:40]} {self.revision[:20]}{place}, {len(self.operations)} operations>"


def _check_lags(operations: tuple[Operation, ...]) -> None:
    """Refuse lags after what does not come before."""
    befores = _graph(operations) if any(step.lags for step in operations) else {}
    for step in operations:
        for lag in step.lags:
            ahead, waiting = set[str](), list(befores[step.code])
            while waiting:
                one = waiting.pop()
                if one not in ahead:
                    ahead.add(one)
                    waiting += befores[one]
            if lag.operation not in ahead:
                reason = f"does not come before {step.code!r}, which lags behind it"
                advice = f"What comes before it is {', '.join(sorted(ahead)[:10]) or 'nothing'}"
                raise InvalidValueError(field="lags", value=lag.operation, reason=reason, advice=advice)


def _graph(operations: tuple[Operation, ...]) -> Mapping[str, tuple[str, ...]]:
    befores: dict[str, tuple[str, ...]] = {}
    previous: tuple[str, ...] = ()
    for step in operations:
        befores[step.code] = previous if step.after is None else step.after
        previous = (step.code,)
    return befores


def _ordered(operations: tuple[Operation, ...]) -> tuple[Operation, ...]:
    if all(step.after is None for step in operations):
        return operations
    return _sorted(operations)


@lru_cache(maxsize=4096)
def _sorted(operations: tuple[Operation, ...]) -> tuple[Operation, ...]:
    place = {step.code: number for number, step in enumerate(operations)}
    sorter = TopologicalSorter(_graph(operations))
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        advice = "Take one of them out of `after`"
        raise InvalidValueError(field="operations", value=circle, reason="wait for each other", advice=advice) from None
    ready = sorted(sorter.get_ready(), key=place.__getitem__)
    found: list[Operation] = []
    while ready:
        first = ready.pop(0)
        found.append(operations[place[first]])
        sorter.done(first)
        ready = sorted([*ready, *sorter.get_ready()], key=place.__getitem__)
    return tuple(found)


@lru_cache(maxsize=4096)
def _inputs(operations: tuple[Operation, ...]) -> Mapping[str, Fraction]:
    befores = _graph(operations)
    later: dict[str, set[str]] = {step.code: {step.code} for step in operations}
    for step in reversed(_ordered(operations)):
        for before in befores[step.code]:
            later[before] |= later[step.code]
    scrap = {step.code: 1 + Fraction(step.scrap) for step in operations}
    inputs: dict[str, Fraction] = {}
    for start, reached in later.items():
        product = Fraction(1)
        for each in sorted(reached):
            product *= scrap[each]
        inputs[start] = product
    return inputs
