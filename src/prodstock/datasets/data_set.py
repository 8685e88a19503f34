"""A company as data: its definitions, and the commands that bring its plant to the day on which it is met."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import attrs

from prodstock.errors import Refused
from prodstock.journal.command import Command
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.plant import Plant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prodstock.journal.store import Clock, EventStore


def _commands(values: Iterable[Command[Any]]) -> tuple[Command[Any], ...]:
    return tuple(values)


@attrs.frozen(repr=False)
class DataSet:
    """A company on a day: what it makes of what, what it has, what it owes and what is on its way.

    Attributes:
        name: what it is, in a few words.
        catalog: its definitions.
        opening: the commands that bring an empty plant to `today`, in their order.
        today: the moment at which it is met.
        until: a sensible horizon to plan to.

    >>> from prodstock.datasets.furniture import furniture
    >>> furniture().plant().availability("TABLE").free
    Decimal('4')
    """

    name: str
    catalog: Catalog
    opening: tuple[Command[Any], ...] = attrs.field(converter=_commands)
    today: datetime = attrs.field(kw_only=True)
    until: date = attrs.field(kw_only=True)

    def plant(self, *, clock: Clock | None = None, events: EventStore | None = None) -> Plant:
        """Return a new plant of the company, opened.

        Args:
            clock: tells the time; None: one that stands still at `today`.
            events: where its events are kept, empty so far; None: in memory.
        """
        plant = Plant(self.catalog, clock=clock or ManualClock(self.today), events=events)
        for done in plant.submit(self.opening):
            if isinstance(done, Refused):
                raise done
        return plant

    def __repr__(self) -> str:
        return f"<DataSet {self.name[:60]}: {len(self.catalog.items)} items, {len(self.opening)} commands>"
