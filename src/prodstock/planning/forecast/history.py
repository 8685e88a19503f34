"""A history of demand: exact quantities in buckets of time that follow one another, gaps said."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import attrs

from prodstock._render import short
from prodstock.calendars.horizon import TimeBucket
from prodstock.calendars.zone import dated
from prodstock.errors import InvalidValueError, entries, listed
from prodstock.master import checks
from prodstock.quantities.number import exact
from prodstock.quantities.quantity import Amount, Quantity
from prodstock.quantities.scaled import from_scaled, to_scaled
from prodstock.quantities.unit import unit_code

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_BUCKETS: Final = 10_000
"""More than a history or a forecast has: days of 27 years."""


def bucket_start(start: date, bucket: TimeBucket, count: int) -> date:
    """Return the first day of the bucket that comes so many after the one that starts on a day.

    Raises:
        InvalidValueError: if it lies outside the years 1900 to 2200.

    >>> bucket_start(date(2025, 11, 1), TimeBucket.MONTH, 3)
    datetime.date(2026, 2, 1)
    """
    try:
        return dated(_counted(start, bucket, count), "start")
    except (OverflowError, ValueError):
        advice = "The buckets lead out of the years 1900 to 2200"
        raise InvalidValueError(field="start", value=start, reason="is too near the end", advice=advice) from None


def _counted(start: date, bucket: TimeBucket, count: int) -> date:
    match bucket:
        case TimeBucket.DAY:
            return start + timedelta(days=count)
        case TimeBucket.WEEK:
            return start + timedelta(days=7 * count)
        case TimeBucket.MONTH:
            years, month = divmod(start.month - 1 + count, 12)
            return date(start.year + years, month + 1, 1)


def _as_given(values: Iterable[Amount | None]) -> tuple[Amount | None, ...]:
    return listed(values, "quantities")


@attrs.frozen(repr=False)
class DemandHistory:
    """What was wanted of an item in each of several buckets that follow one another.

    Args:
        quantities: of each bucket, from the first on; None: not known, which is not zero. A plain number is in the
        unit;
            a `Quantity` is converted. Kept as Decimals with the decimals of the scale.
        start: first day of the first bucket; of a month, its first day. A week may start on any day.
        bucket: how long each of them is.
        unit: the base unit of the item.
        scale: decimals of the item, 0 to 18.

    Raises:
        InvalidTypeError: if a quantity is a float or no number, or the start no date.
        InvalidValueError: if a quantity is below zero or finer than the scale, there are none or more than 10,000, or a
            month does not start on its first day.

    >>> sold = DemandHistory([40, 52, None, 47], start=date(2025, 11, 1))
    >>> sold
    <DemandHistory 4 months from 2025-11-01, 139 pcs, 1 unknown>
    >>> sold.starts[-1], sold.until
    (datetime.date(2026, 2, 1), datetime.date(2026, 3, 1))
    """

    quantities: tuple[Decimal | None, ...] = attrs.field(converter=_as_given)
    start: date = attrs.field(kw_only=True)
    bucket: TimeBucket = attrs.field(kw_only=True, default=TimeBucket.MONTH)
    unit: str = attrs.field(kw_only=True, default="pcs", converter=unit_code)
    scale: int = attrs.field(kw_only=True, default=0)

    def __attrs_post_init__(self) -> None:
        dated(self.start, "start")
        checks.member(self.bucket, TimeBucket, "bucket")
        if self.bucket is TimeBucket.MONTH and self.start.day != 1:
            advice = "Give the first day of the month"
            raise InvalidValueError(field="start", value=self.start, reason="is no start of a month", advice=advice)
        if not 0 < len(self.quantities) <= MOST_BUCKETS:
            reason = f"are not 1 to {MOST_BUCKETS} buckets"
            raise InvalidValueError(field="quantities", value=len(self.quantities), reason=reason)
        kept = tuple([_kept(value, self.unit, self.scale) for value in self.quantities])
        object.__setattr__(self, "quantities", kept)
        bucket_start(self.start, self.bucket, len(kept))

    @classmethod
    def collect(
        cls,
        rows: Iterable[tuple[date, Amount]],
        *,
        start: date,
        until: date,
        bucket: TimeBucket = TimeBucket.MONTH,
        unit: str = "pcs",
        scale: int = 0,
    ) -> DemandHistory:
        """Return the history of what was wanted on single days, such as shipments; a bucket without any is zero.

        Args:
            rows: (day, quantity), in any order.
            start: first day of the first bucket.
            until: first day after the last bucket: the start of another.
            bucket: how long each of them is.
            unit: the base unit of the item.
            scale: decimals of the item.

        Raises:
            InvalidValueError: if a day lies outside, `until` is no start of a bucket, or as the class.

        >>> rows = [(date(2026, 1, 9), 4), (date(2026, 1, 30), 2), (date(2026, 3, 2), 5)]
        >>> DemandHistory.collect(rows, start=date(2026, 1, 1), until=date(2026, 4, 1)).quantities
        (Decimal('6'), Decimal('0'), Decimal('5'))
        """
        checks.member(bucket, TimeBucket, "bucket")
        edges = _edges(dated(start, "start"), dated(until, "until"), bucket)
        sums = [Fraction(0)] * (len(edges) - 1)
        for day, quantity in entries(rows, "rows"):
            index = bisect_right(edges, dated(day, "day")) - 1
            if not 0 <= index < len(sums):
                reason = f"is not from {start} until {until}"
                raise InvalidValueError(field="day", value=day, reason=reason, advice="Leave it out, or go further")
            sums[index] += _amount(quantity, unit_code(unit))
        kept = tuple([from_scaled(to_scaled(one, scale), scale) for one in sums])
        return cls(kept, start=start, bucket=bucket, unit=unit, scale=scale)

    def __len__(self) -> int:
        return len(self.quantities)

    @property
    def starts(self) -> tuple[date, ...]:
        """The first day of each bucket."""
        return tuple([bucket_start(self.start, self.bucket, count) for count in range(len(self))])

    @property
    def until(self) -> date:
        """The first day after the last bucket, on which a forecast starts."""
        return bucket_start(self.start, self.bucket, len(self))

    @property
    def values(self) -> list[float | None]:
        """The quantities as floats, as statistics takes them."""
        return [None if quantity is None else float(quantity) for quantity in self.quantities]

    def first(self, count: int) -> DemandHistory:
        """Return the history as it was after so many buckets.

        Raises:
            InvalidValueError: if there are not so many, or none is asked for.
        """
        checks.whole(count, "count", least=1)
        if count > len(self):
            raise InvalidValueError(field="count", value=count, reason=f"is more than the {len(self)} buckets")
        return attrs.evolve(self, quantities=self.quantities[:count])

    def __repr__(self) -> str:
        known = [quantity for quantity in self.quantities if quantity is not None]
        total = from_scaled(sum([to_scaled(one, self.scale) for one in known]), self.scale)
        gaps = f", {len(self) - len(known)} unknown" if len(known) < len(self) else ""
        length = f"{len(self)} {self.bucket.value}s from {self.start}"
        return short(f"<DemandHistory {length}, {total:f} {self.unit[:20]}{gaps}>")


def _kept(value: Amount | None, unit: str, scale: int) -> Decimal | None:
    if value is None:
        return None
    found = _amount(value, unit)
    if found < 0:
        advice = "Net returns against the bucket in which the goods were wanted"
        raise InvalidValueError(field="quantities", value=str(value), reason="is below zero", advice=advice)
    return from_scaled(to_scaled(found, scale, field="quantities"), scale)


def _amount(value: Amount, unit: str) -> Fraction:
    return value.to(unit).exact if isinstance(value, Quantity) else Fraction(exact(value, field="quantities"))


def _edges(start: date, until: date, bucket: TimeBucket) -> list[date]:
    edges = [start]
    while edges[-1] < until and len(edges) <= MOST_BUCKETS:
        edges.append(bucket_start(start, bucket, len(edges)))
    if edges[-1] != until or len(edges) < 2:
        reason = f"is not the start of a {bucket.value} after {start}"
        raise InvalidValueError(field="until", value=until, reason=reason, advice="Name the start of a bucket")
    return edges
