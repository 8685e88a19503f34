"""Lengths of time as people promise them, and the moments they run between."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypeAlias

import attrs

from prodstock.errors import InvalidTypeError, InvalidValueError

MOST_WORKING_DAYS = 100_000
"""More than the working days from 1900 to 2200 in any five-day week."""


def _counted(_: object, field: attrs.Attribute[int], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        advice = "Give a whole number of days, or a timedelta for hours"
        raise InvalidTypeError(field=field.name, value=value, reason="is not a whole number", advice=advice)
    if not 0 <= value <= MOST_WORKING_DAYS:
        raise InvalidValueError(field=field.name, value=value, reason=f"is not between 0 and {MOST_WORKING_DAYS}")


@attrs.frozen
class WorkingDays:
    """A number of working days; which days those are is for a calendar to say.

    Raises:
        InvalidTypeError: if the count is no whole number.
        InvalidValueError: if it is negative or above 100,000.
    """

    count: int = attrs.field(validator=_counted)


def working_days(count: int) -> WorkingDays:
    """Return a lead time of `count` working days.

    >>> working_days(21)
    WorkingDays(count=21)
    """
    return WorkingDays(count)


Span: TypeAlias = timedelta | WorkingDays
"""A lead time: a timedelta is plain elapsed time, `WorkingDays` are counted on a calendar."""

Moment: TypeAlias = date | datetime
"""An aware datetime, or a bare date, which is a whole day of the site's zone."""
