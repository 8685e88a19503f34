"""Time that is taken out of the working hours, whatever they are: maintenance, outages."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs

from prodstock.calendars.span import Moment
from prodstock.calendars.windows import Windows
from prodstock.calendars.zone import aware, dated, start_of
from prodstock.errors import InvalidValueError

__all__ = ["Downtime", "Windows"]


def _moment(_: object, field: attrs.Attribute[Moment], value: Moment) -> None:
    if isinstance(value, datetime):
        aware(value, field.name)
    else:
        dated(value, field.name)


@attrs.frozen
class Downtime:
    """Down once, from `start` until before `end`; a date is its start in the zone of the calendar.

    Raises:
        InvalidTypeError, InvalidValueError: if a moment is unusable, or `end` is not after `start`.

    >>> from datetime import date
    >>> Downtime(date(2026, 8, 3), date(2026, 8, 5)).start
    datetime.date(2026, 8, 3)
    """

    start: Moment = attrs.field(validator=_moment)
    end: Moment = attrs.field(validator=_moment)

    def __attrs_post_init__(self) -> None:
        # Where a date meets a datetime no zone is known yet; such a window may turn out to be empty.
        alike = isinstance(self.start, datetime) == isinstance(self.end, datetime)
        if alike and start_of(self.end, UTC) <= start_of(self.start, UTC):
            raise InvalidValueError(field="end", value=self.end, reason="is not after the start")

    def between(self, start: datetime, end: datetime, /) -> tuple[tuple[datetime, datetime], ...]:
        """Return the one window, if it overlaps start to end."""
        zone = aware(start, "start").tzinfo or UTC
        aware(end, "end")
        begin, finish = start_of(self.start, zone), start_of(self.end, zone)
        return ((begin, finish),) if begin < end and start < finish else ()
