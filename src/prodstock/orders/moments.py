"""What a promise may say for a moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from prodstock.calendars.zone import aware, dated
from prodstock.errors import InvalidTypeError

if TYPE_CHECKING:
    from prodstock.calendars.span import Moment


def moment(value: Moment, field: str) -> None:
    """Refuse what is neither a day nor an aware moment within the years 1900 to 2200."""
    if isinstance(value, datetime):
        aware(value, field)
    elif isinstance(value, date):
        dated(value, field)
    else:
        raise InvalidTypeError(
            field=field, value=value, reason="is no moment", advice="Use a date or an aware datetime"
        )
