"""The working week as people write it: `Mo-Fr 06:00-14:00 14:30-22:00; Sa 08:00-12:00`."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from prodstock.errors import InvalidTypeError, InvalidValueError

Shifts: TypeAlias = tuple[tuple[int, int], ...]
"""Working ranges of one day, as minutes after its midnight; an end above 1440 is on the next day."""

Week: TypeAlias = tuple[Shifts | None, ...]
"""Seven days from Monday: their shifts, () when closed, None when the text does not name the day."""

CLOSED = "closed"
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY = 24 * 60
_ADVICE = 'Write "Mo-Fr 06:00-14:00 14:30-22:00; Sa 08:00-12:00", or "closed"'
_LONGEST = 1000


def week(text: str, field: str = "week") -> Week:
    """Return the shifts of each weekday.

    Clauses stand between semicolons: days (`Mo`, `Mo-Fr`, `Mo,We,Fr`, `Sa-Mo`; none for every day), then ranges of
    hours or the word `closed`. A range that ends at or before its start runs into the next day and belongs to the day
    it starts: `22:00-06:00`. `00:00-24:00` is a whole day. Ranges may touch and must not overlap, over midnight too.

    Raises:
        InvalidTypeError: if it is no text.
        InvalidValueError: if it cannot be read, names a day twice, or ranges overlap.

    >>> week("Mo-Th 22:00-06:00; Fr closed")[3:6]
    (((1320, 1800),), (), None)
    """
    if not isinstance(text, str):
        raise InvalidTypeError(field=field, value=text, reason="is not text", advice=_ADVICE)
    try:
        return _week(str(text))
    except _UnreadableError as fault:
        raise InvalidValueError(field=field, value=text, reason=str(fault), advice=_ADVICE) from None


class _UnreadableError(Exception):
    """Why a text is no working week; caught where the field's name is known."""


@lru_cache(maxsize=4096)
def _week(text: str) -> Week:
    if len(text) > _LONGEST:
        raise _UnreadableError(f"is longer than {_LONGEST} characters")
    days: list[Shifts | None] = [None] * 7
    for clause in text.split(";"):
        named, shifts = _clause(clause.split())
        for day in named:
            if days[day] is not None:
                raise _UnreadableError(f"names {_DAYS[day]} twice")
            days[day] = shifts
    _refuse_overlaps(days)
    return tuple(days)


def _clause(words: list[str]) -> tuple[list[int], Shifts]:
    if not words:
        raise _UnreadableError("has an empty clause")
    named = list(range(7))
    if words[0] != CLOSED and not words[0][0].isdigit():
        named = _named(words.pop(0))
    if words == [CLOSED]:
        return named, ()
    if not words:
        raise _UnreadableError("has days without hours")
    return named, tuple(sorted(_range(word) for word in words))


def _named(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in _DAYS or (dash and last not in _DAYS):
            raise _UnreadableError(f"has the unknown days {part[:20]!r}")
        begin = _DAYS.index(first)
        length = (_DAYS.index(last) - begin) % 7 if dash else 0
        days += [(begin + step) % 7 for step in range(length + 1)]
    return days


def _range(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    start, end = _minutes(first), _minutes(last) if dash else None
    if start is None or end is None or start == _DAY:
        raise _UnreadableError(f"has the unreadable hours {text[:20]!r}")
    if start == end:
        raise _UnreadableError(f"has the empty hours {text!r}")
    return start, end if end > start else end + _DAY


def _minutes(text: str) -> int | None:
    """Return minutes after midnight of HH:MM, up to 24:00; None when it is nothing of the kind."""
    if len(text) != 5 or text[2] != ":" or not (text[:2] + text[3:]).isdecimal() or not text.isascii():
        return None
    hours, minutes = int(text[:2]), int(text[3:])
    total = hours * 60 + minutes
    return total if minutes < 60 and total <= _DAY else None


def _refuse_overlaps(days: list[Shifts | None]) -> None:
    """Refuse ranges that overlap, Sunday night with Monday morning included."""
    ranges = [(day * _DAY + start, day * _DAY + end) for day in range(7) for start, end in days[day] or ()]
    ranges.extend((start + 7 * _DAY, end + 7 * _DAY) for start, end in ranges[:1])
    for (_, end), (start, _) in pairwise(ranges):
        if start < end:
            day, minute = divmod(start % (7 * _DAY), _DAY)
            raise _UnreadableError(f"has overlapping hours at {_DAYS[day]} {minute // 60:02}:{minute % 60:02}")
