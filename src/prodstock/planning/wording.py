"""How a plan says amounts, days and spans of time to people."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from prodstock.calendars.span import WorkingDays
from prodstock.calendars.zone import from_micros
from prodstock.quantities.scaled import from_scaled

if TYPE_CHECKING:
    from datetime import date

    from prodstock.calendars.span import Span
    from prodstock.master.item import Item
    from prodstock.planning.netting import Netting
    from prodstock.planning.rows import SupplyRow
    from prodstock.planning.ways import Terms

HOUR = 3_600_000_000
DAY = 24 * HOUR


def amount(item: Item, steps: int) -> str:
    """Return a quantity of an item as people read it."""
    return f"{from_scaled(steps, item.scale):f} {item.unit} {item.code}"


def at_most(item: Item, terms: Terms) -> str:
    """Say how much of an item a supplier delivers in a period."""
    one = terms.sourcing
    return f"{one.supplier} delivers at most {amount(item, terms.capacity or 0)} a {one.capacity_per}"


def ago(micros: int) -> str:
    """Return how long ago something was, as people say it: in whole days, or in whole hours of less than a day.

    >>> ago(2 * DAY + HOUR), ago(DAY), ago(5 * HOUR), ago(HOUR), ago(HOUR - 1)
    ('2 days ago', '1 day ago', '5 hours ago', '1 hour ago', 'less than an hour ago')
    """
    return f"{span(micros)} ago"


def span(micros: int) -> str:
    """Return a length of time as people say it: in whole days, or in whole hours of less than a day.

    >>> span(3 * DAY), span(HOUR), span(1)
    ('3 days', '1 hour', 'less than an hour')
    """
    for length, name in ((DAY, "day"), (HOUR, "hour")):
        whole = micros // length
        if whole:
            return f"{whole} {name}{'s' if whole > 1 else ''}"
    return "less than an hour"


def last_day(netting: Netting, site: str, supply: SupplyRow) -> date:
    """Return the last day, at the site, on which a supply that expires may be used."""
    return netting.times.day(supply.expires - 1, site)


@lru_cache(maxsize=4096)
def day(instant: int) -> str:
    """Return the day of a moment, in UTC; those of a plan are few, and asked for often."""
    return f"{from_micros(instant):%Y-%m-%d}"


def counted(item: Item, steps: int) -> str:
    """Return a quantity of an item with its unit."""
    return f"{from_scaled(steps, item.scale):f} {item.unit}"


def lasting(length: Span | None) -> str:
    """Return a length of time as definitions say it: in working days, or as time passes."""
    return f"{length.count} working days" if isinstance(length, WorkingDays) else str(length)


def clock(instant: int) -> str:
    """Return the day and time of a moment, in UTC."""
    return f"{from_micros(instant):%Y-%m-%d %H:%M}"
