"""How classes are written that are no records themselves: the record in whose form each stands, and the way back.

A plan and a schedule are what they were made from and what they answer. A plan is planned again when it is read, and a
schedule checked against its problem: what does not come out as it is written is refused, never passed off as an answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import attrs

from prodstock.codec.faults import Fault
from prodstock.journal.command import Done
from prodstock.journal.commit import Recorded
from prodstock.master.catalog import Catalog
from prodstock.master.definition import Definition
from prodstock.orders.planned import PlannedOrder
from prodstock.planning.action import ActionMessage
from prodstock.planning.lot_sizing.terms import SizedLot
from prodstock.planning.plan import Plan
from prodstock.planning.planner import plan
from prodstock.planning.policy import PlanningPolicy
from prodstock.planning.shortages import Shortage
from prodstock.planning.snapshot import Snapshot
from prodstock.scheduling.policy import Rule, SchedulingPolicy
from prodstock.scheduling.problem import Problem
from prodstock.scheduling.schedule import Placement, Schedule, restored
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@attrs.frozen
class _CatalogForm:
    """How a catalog is written: its definitions, by kind and code."""

    definitions: tuple[Definition, ...]


@attrs.frozen
class _DoneForm:
    """How what a command answered is written."""

    answer: object
    events: Table[Recorded]


@attrs.frozen
class _PlanForm:
    """How a plan is written: what it was made from, and what it says."""

    snapshot: Snapshot
    policy: PlanningPolicy
    until: datetime
    orders: Table[PlannedOrder]
    shortages: Table[Shortage]
    messages: Table[ActionMessage]


@attrs.frozen
class _ScheduleForm:
    """How a schedule is written: what was to be scheduled, how, and where each operation runs."""

    problem: Problem
    policy: SchedulingPolicy
    rule: Rule
    iterations: int
    placements: Table[Placement]


@attrs.frozen
class _SizedLotForm:
    """How a lot that a rule proposes is written."""

    time: int
    quantity: int


class Form(NamedTuple):
    """A record in whose form values of another class are written, and the way there and back."""

    form: type
    close: Callable[[Any], object]
    open: Callable[[Any], object]


def _kept(events: Table[Recorded], _: None) -> Table[Recorded]:
    return events


def _plan_form(made: Plan) -> _PlanForm:
    return _PlanForm(made.snapshot, made.policy, made.until, made.orders, made.shortages, made.messages)


def _planned_again(form: _PlanForm) -> Plan:
    """Return the plan of a document, made anew from the same.

    Raises:
        Fault: if it says something else now than is written: the text was changed, or another release wrote it.
    """
    made = plan(form.snapshot, form.policy, until=form.until)
    for name in ("orders", "shortages", "messages"):
        if getattr(made, name) != getattr(form, name):
            hint = "Read it with the release that wrote it, or plan its snapshot anew"
            raise Fault(
                "planned-otherwise", "are not those that this release plans from the snapshot", hint, path=(name,)
            )
    return made


FORMS: Final[Mapping[type, Form]] = {
    Catalog: Form(
        _CatalogForm, lambda catalog: _CatalogForm(catalog.definitions), lambda form: Catalog(form.definitions)
    ),
    Done: Form(
        _DoneForm,
        lambda done: _DoneForm(done.answer, done.events),
        lambda form: Done(form.answer, _kept, form.events, None),
    ),
    Plan: Form(_PlanForm, _plan_form, _planned_again),
    Schedule: Form(
        _ScheduleForm,
        lambda made: _ScheduleForm(made.problem, made.policy, made.rule, made.iterations, made.placements),
        lambda form: restored(form.problem, form.policy, form.rule, form.iterations, form.placements),
    ),
    SizedLot: Form(_SizedLotForm, lambda lot: _SizedLotForm(*lot), lambda form: SizedLot(form.time, form.quantity)),
}
"""Classes that are no records themselves."""
