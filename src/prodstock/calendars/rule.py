"""The text of a recurrence rule (RFC 5545, 3.3.10), read key by key; what is unknown or absurd is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from prodstock.calendars.zone import MICROSECOND, dated
from prodstock.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

MOST_COUNTED = 10_000
"""The highest COUNT: a counted rule has to be followed from its start."""

_LONGEST_RULE = 1000
_FREQUENCIES: Final = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
_NUMBERS: Final[Mapping[str, range]] = {
    "INTERVAL": range(1, 10_001),
    "COUNT": range(1, MOST_COUNTED + 1),
    "BYMONTH": range(1, 13),
    "BYMONTHDAY": range(-31, 32),
    "BYYEARDAY": range(-366, 367),
    "BYWEEKNO": range(-53, 54),
    "BYSETPOS": range(-366, 367),
    "BYHOUR": range(24),
    "BYMINUTE": range(60),
}
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_KEYS: Final = ("FREQ", "UNTIL", "WKST", "BYDAY", *_NUMBERS)


class Until(NamedTuple):
    """The last wall time that counts, and whether it is on the clocks of UTC."""

    wall: datetime
    is_utc: bool

    def seen_from(self, zone: tzinfo) -> datetime:
        """Return it as clocks in the zone show it."""
        return self.wall.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if self.is_utc else self.wall


class Rule(NamedTuple):
    """A rule that was read: what dateutil takes, and what is decided here."""

    text: str
    frequency: str
    until: Until | None
    numbers: Mapping[str, tuple[int, ...]]
    days: tuple[tuple[int, int | None], ...]
    week_start: int

    @property
    def interval(self) -> int:
        """How many periods lie from one to the next."""
        return self.numbers.get("INTERVAL", (1,))[0]

    @property
    def times(self) -> int | None:
        """How often it occurs at most; None for no limit."""
        return self.numbers["COUNT"][0] if "COUNT" in self.numbers else None


def refused(text: str, reason: str) -> InvalidValueError:
    """Return the error for a rule that cannot be followed."""
    advice = 'Write "FREQ=WEEKLY;BYDAY=MO", with the keys of RFC 5545'
    return InvalidValueError(field="rule", value=text, reason=reason, advice=advice)


@lru_cache(maxsize=1024)
def read_rule(text: str) -> Rule:
    """Return the rule a text means.

    Raises:
        InvalidValueError: if a key or value is unknown, given twice, out of range, or forbidden beside another.

    >>> read_rule("FREQ=MONTHLY;BYDAY=1MO,-1FR").days
    ((0, 1), (4, -1))
    """
    parts = _parts(text)
    frequency = parts.pop("FREQ", "")
    if frequency not in _FREQUENCIES:
        raise refused(text, f"has no FREQ of {', '.join(_FREQUENCIES)}")
    until = _until(text, parts.pop("UNTIL")) if "UNTIL" in parts else None
    start_of_week = parts.pop("WKST", "MO")
    if start_of_week not in _WEEKDAYS:
        raise refused(text, "has an unknown WKST")
    days = tuple(_weekday(text, day) for day in parts.pop("BYDAY").split(",")) if "BYDAY" in parts else ()
    numbers = {key: _integers(text, key, value) for key, value in parts.items()}
    _refuse_combinations(text, frequency, until, numbers, days)
    return Rule(text, frequency, until, numbers, days, _WEEKDAYS.index(start_of_week))


def _parts(text: str) -> dict[str, str]:
    if len(text) > _LONGEST_RULE:
        raise refused(text, f"is longer than {_LONGEST_RULE} characters")
    parts: dict[str, str] = {}
    for part in text.split(";"):
        key, equals, value = part.partition("=")
        if key not in _KEYS or not equals or not value:
            raise refused(text, f"has the unknown part {part[:20]!r}")
        if key in parts:
            raise refused(text, f"has {key} twice")
        parts[key] = value
    return parts


def _until(text: str, word: str) -> Until:
    """Return the end of a rule: 20261231, 20261231T160000 or 20261231T160000Z."""
    is_date, is_utc = len(word) == 8, word.endswith("Z")
    digits = word.removesuffix("Z").replace("T", "", 1)
    sized = (len(word), len(digits)) in {(8, 8), (15, 14), (16, 14)} and (is_utc or len(word) < 16)
    try:
        if not (sized and digits.isascii() and digits.isdecimal()):
            raise refused(text, "has an unreadable UNTIL")
        pattern = "%Y%m%d" if is_date else "%Y%m%d%H%M%S"
        wall = datetime.strptime(digits, pattern)  # noqa: DTZ007 - a wall time; the zone comes with the question
    except ValueError:
        raise refused(text, "has an unreadable UNTIL") from None
    dated(wall.date(), "rule")
    return Until(wall + timedelta(days=1) - MICROSECOND if is_date else wall, is_utc)


def _integers(text: str, key: str, value: str) -> tuple[int, ...]:
    allowed = _NUMBERS[key]
    numbers = tuple(_integer(text, key, word, allowed) for word in value.split(","))
    if key in {"INTERVAL", "COUNT"} and len(numbers) > 1:
        raise refused(text, f"has {key} more than once")
    return numbers


def _integer(text: str, key: str, word: str, allowed: range) -> int:
    digits = word.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 6 and len(word) - len(digits) <= 1):
        raise refused(text, f"has an unreadable {key}")
    number = int(word)
    # Days, weeks and positions count from one, forwards or backwards.
    if number not in allowed or (allowed.start < 0 and not number):
        raise refused(text, f"has {key} {number}, not from {allowed.start} to {allowed.stop - 1}")
    return number


def _weekday(text: str, word: str) -> tuple[int, int | None]:
    if word[-2:] not in _WEEKDAYS:
        raise refused(text, f"has the unknown day {word[:10]!r}")
    nth = _integer(text, "BYDAY", word[:-2], range(-53, 54)) if word[:-2] else None
    return _WEEKDAYS.index(word[-2:]), nth


def _refuse_combinations(
    text: str,
    frequency: str,
    until: Until | None,
    numbers: Mapping[str, tuple[int, ...]],
    days: tuple[tuple[int, int | None], ...],
) -> None:
    """Refuse what RFC 5545 (3.3.10) forbids, and dateutil would read in its own way."""
    numbered = any(nth is not None for _, nth in days)
    forbidden = {
        "UNTIL beside COUNT": until is not None and "COUNT" in numbers,
        "numbered days, which need FREQ=MONTHLY or YEARLY": numbered and frequency not in {"MONTHLY", "YEARLY"},
        "numbered days beside BYWEEKNO": numbered and "BYWEEKNO" in numbers,
        "BYWEEKNO, which needs FREQ=YEARLY": "BYWEEKNO" in numbers and frequency != "YEARLY",
        "BYYEARDAY, which needs FREQ=YEARLY": "BYYEARDAY" in numbers and frequency not in {"YEARLY", "HOURLY"},
        "BYMONTHDAY, which FREQ=WEEKLY excludes": "BYMONTHDAY" in numbers and frequency == "WEEKLY",
        "BYSETPOS without another BY part": "BYSETPOS" in numbers and not days and len(_by_parts(numbers)) < 2,
    }
    for what, is_so in forbidden.items():
        if is_so:
            raise refused(text, f"has {what}")


def _by_parts(numbers: Mapping[str, tuple[int, ...]]) -> list[str]:
    return [key for key in numbers if key.startswith("BY")]
