"""Maintenance that comes back: recurrence rules of RFC 5545, under a budget.

The only module that knows dateutil. dateutil never ends a rule with INTERVAL=0, follows one that matches nothing to
the year 9999, and counts from the rule's start however long ago that was. Here every key of a rule is checked, a rule
starts close to the time asked for, and is followed no further than its end.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import attrs
from dateutil import rrule

from prodstock._render import brief
from prodstock.calendars.rule import Rule, read_rule, refused
from prodstock.calendars.span import Moment
from prodstock.calendars.zone import MICROSECOND, aware, dated, from_micros, instant_of, micros
from prodstock.calendars.zone import zone as zone_named
from prodstock.errors import InvalidTypeError, InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo

BUDGET = 20_000
"""The most steps or occurrences one question may take: every hour of two years."""

_LONGEST_WINDOW = timedelta(days=366)
_SLACK = timedelta(days=2)
_FREQUENCIES: Final[Mapping[str, tuple[int, timedelta]]] = {
    "YEARLY": (rrule.YEARLY, timedelta(days=365)),
    "MONTHLY": (rrule.MONTHLY, timedelta(days=28)),
    "WEEKLY": (rrule.WEEKLY, timedelta(days=7)),
    "DAILY": (rrule.DAILY, timedelta(days=1)),
    "HOURLY": (rrule.HOURLY, timedelta(hours=1)),
}


def _rule(_: object, field: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str):
        raise InvalidTypeError(field=field.name, value=value, reason="is not text")
    read_rule(value)


def _start(_: object, field: attrs.Attribute[Moment], value: Moment) -> None:
    if not isinstance(value, datetime):
        dated(value, field.name)
    elif aware(value, field.name).microsecond:
        raise InvalidValueError(field=field.name, value=value, reason="is not a whole second")


def _duration(_: object, field: attrs.Attribute[timedelta], value: object) -> None:
    if not isinstance(value, timedelta):
        raise InvalidTypeError(field=field.name, value=value, reason="is not a timedelta")
    if not timedelta() < value <= _LONGEST_WINDOW:
        raise InvalidValueError(field=field.name, value=value, reason="is not between nothing and 366 days")


def _zone(_: object, __: attrs.Attribute[str | None], value: str | None) -> None:
    if value is not None:
        zone_named(value)


@attrs.frozen
class Recurrence:
    """Windows that come back by a rule: each starts at an occurrence and lasts for the same elapsed time.

    Args:
        rule: an RRULE of RFC 5545, such as `FREQ=WEEKLY;INTERVAL=2;BYDAY=MO`: yearly to hourly, without seconds. A
            bare date as UNTIL includes that day; one without Z is on the wall clocks of the zone. COUNT is at most
            10,000.
        start: from when on, and at which time of day where the rule does not say; itself an occurrence only if it
            matches. A date is its first minute.
        duration: how long each window lasts, up to 366 days.
        zone: IANA name of the zone whose wall clocks the rule is on; None for that of the calendar that asks.

    Raises:
        InvalidTypeError, InvalidValueError, UnknownCode: if any of them is unusable.

    >>> service = Recurrence("FREQ=MONTHLY;BYDAY=1MO", datetime(2026, 1, 5, 6, tzinfo=UTC), timedelta(hours=2))
    >>> len(service.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)))
    12
    """

    rule: str = attrs.field(validator=_rule)
    start: Moment = attrs.field(validator=_start)
    duration: timedelta = attrs.field(validator=_duration)
    zone: str | None = attrs.field(kw_only=True, default=None, validator=_zone)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        rule, first = read_rule(self.rule), _wall(self.start, UTC)
        if rule.until is not None and rule.until.wall < first - _SLACK:
            raise refused(self.rule, "ends before its start")
        try:
            _Followed(rule, first, first, first, UTC)
        except ValueError as fault:
            raise refused(self.rule, f"never matches: {fault}") from fault

    def between(self, start: datetime, end: datetime, /) -> tuple[tuple[datetime, datetime], ...]:
        """Return the windows that overlap start to end, by their start, in UTC.

        O(windows found + steps of the rule between start and end); a counted rule is followed from its own start.

        Raises:
            InvalidValueError: if that takes more than 20,000 steps, or finds more windows.
        """
        low, high, length = micros(start), micros(end), self.duration // MICROSECOND
        zone = zone_named(self.zone) if self.zone is not None else start.tzinfo or UTC
        since = start.astimezone(zone).replace(tzinfo=None) - self.duration - _SLACK
        until = end.astimezone(zone).replace(tzinfo=None) + _SLACK
        # All of them first: a rule beyond the budget is refused before anything is made of it.
        walls = list(_Followed(read_rule(self.rule), _wall(self.start, zone), since, until, zone))
        begins = (instant_of(wall, zone) for wall in walls)
        return tuple((from_micros(at), from_micros(at + length)) for at in begins if at < high and at + length > low)


def _wall(start: Moment, zone: tzinfo) -> datetime:
    if isinstance(start, datetime):
        return start.astimezone(zone).replace(tzinfo=None)
    return datetime.combine(start, datetime.min.time())


class _PastEnd(Exception):
    """The rule was followed as far as the question reaches."""


class _Steps(int):
    """An INTERVAL that allows so many steps.

    dateutil adds it once for every period it tries, also for those that match nothing, which nothing else bounds: it
    compares with UNTIL only what it found.
    """

    left: int

    def __radd__(self, other: int) -> int:
        self._take()
        return other + int(self)

    def __mul__(self, other: int) -> int:
        self._take()
        return int(self) * other

    def __rmul__(self, other: int) -> int:
        self._take(other)
        return other * int(self)

    def _take(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise _PastEnd


class _Followed:
    """The occurrences of a rule between two wall times, ascending."""

    def __init__(self, rule: Rule, start: datetime, since: datetime, until: datetime, zone: tzinfo) -> None:
        self._rule = rule
        self._since = max(since, start)
        self._until = until if rule.until is None else min(until, rule.until.seen_from(zone))
        begin = start if rule.times else _near(rule, start, since)
        _, period = _FREQUENCIES[rule.frequency]
        needed = max(self._until - begin, timedelta()) // (period * rule.interval) + _SPARE_STEPS
        if needed > BUDGET and not rule.times:
            raise self._too_much()
        self._is_cut = needed > BUDGET
        self._steps = _Steps(rule.interval)
        self._steps.left = min(needed, BUDGET)
        self._occurrences = _dateutil_rule(rule, self._steps, start, begin)

    def __iter__(self) -> Iterator[datetime]:
        found = 0
        try:
            for wall in self._occurrences:
                found += 1
                if wall > self._until:
                    return
                if found > BUDGET:
                    raise self._too_much()
                if wall >= self._since:
                    yield wall
        except _PastEnd:
            if self._is_cut:
                raise self._too_much() from None

    def _too_much(self) -> InvalidValueError:
        advice = "Ask for a shorter time, start a counted rule later, or let it come back less often"
        reason = f"takes more than {BUDGET} steps to follow until {self._until:%Y-%m-%d}"
        return InvalidValueError(field="rule", value=self._rule.text, reason=reason, advice=advice)


# The first period is tried without a step, and a step may end a little before the period does.
_SPARE_STEPS = 30


def _near(rule: Rule, start: datetime, since: datetime) -> datetime:
    """Return a begin for the rule in the same rhythm, a whole interval and more before `since`, not before the start.

    A period may be cut short by where the rule begins, which BYSETPOS would notice; the next ones are whole.
    """
    interval = rule.interval
    match rule.frequency:
        case "YEARLY":
            periods = (since.year - start.year) // interval - 1
            moved = datetime(start.year + periods * interval, 1, 1) if periods > 0 else start  # noqa: DTZ001 - wall time
        case "MONTHLY":
            months = start.year * 12 + start.month - 1
            periods = (since.year * 12 + since.month - 1 - months) // interval - 1
            year, month = divmod(months + periods * interval, 12)
            moved = datetime(year, month + 1, 1) if periods > 0 else start  # noqa: DTZ001 - wall time
        case _:
            _, period = _FREQUENCIES[rule.frequency]
            moved = start + max(0, (since - start) // (period * interval) - 1) * (period * interval)
    return moved


def _dateutil_rule(rule: Rule, steps: _Steps, start: datetime, begin: datetime) -> rrule.rrule:
    """Return dateutil's rule from `begin` on, with everything named that it would take from its start."""
    given: dict[str, tuple[object, ...]] = {
        key.lower(): numbers for key, numbers in rule.numbers.items() if key.startswith("BY")
    }
    if rule.days:
        given["byweekday"] = tuple(rrule.weekday(day, nth) for day, nth in rule.days)
    if not given.keys() & {"byweekno", "byyearday", "bymonthday", "byweekday"}:
        given.update(_implied_days(rule.frequency, start, given))
    if rule.frequency != "HOURLY":
        given.setdefault("byhour", (start.hour,))
    given.setdefault("byminute", (start.minute,))
    frequency, _ = _FREQUENCIES[rule.frequency]
    return rrule.rrule(
        frequency,
        dtstart=begin,
        interval=steps,
        count=rule.times,
        wkst=rule.week_start,
        bysecond=start.second,
        **given,
    )


def _implied_days(frequency: str, start: datetime, given: Mapping[str, object]) -> dict[str, tuple[int, ...]]:
    match frequency:
        case "YEARLY":
            month = {} if "bymonth" in given else {"bymonth": (start.month,)}
            return {**month, "bymonthday": (start.day,)}
        case "MONTHLY":
            return {"bymonthday": (start.day,)}
        case "WEEKLY":
            return {"byweekday": (start.weekday(),)}
        case _:
            return {}
