"""What the translations read of a plan, and the buckets they are in."""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from prodstock.calendars.horizon import TimeBucket, buckets
from prodstock.calendars.zone import from_micros, micros
from prodstock.errors import InvalidTypeError

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from prodstock.calendars.span import Moment
    from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
    from prodstock.planning.action import ActionMessage
    from prodstock.planning.policy import PlanningPolicy
    from prodstock.planning.shortages import Shortage
    from prodstock.planning.snapshot import Snapshot
    from prodstock.tables import Table


@runtime_checkable
class Planned(Protocol):
    """A plan as others read it: what it was made from, what it proposes and reports. `Plan` is one."""

    @property
    def snapshot(self) -> Snapshot:
        """What it was made from."""
        ...

    @property
    def policy(self) -> PlanningPolicy:
        """How it was made."""
        ...

    @property
    def until(self) -> datetime:
        """The end of its horizon."""
        ...

    @property
    def orders(self) -> Table[PlannedMake | PlannedBuy | PlannedMove]:
        """All that it proposes."""
        ...

    @property
    def shortages(self) -> Table[Shortage]:
        """What is late or missing."""
        ...

    @property
    def messages(self) -> Table[ActionMessage]:
        """What the planner should look at."""
        ...

    def projected(
        self, item: str, /, *, site: str = "MAIN", at: Moment | None = None, segment: str | None = ""
    ) -> Decimal:
        """Return what will be free of an item at a moment, of one segment or all."""
        ...


def given(plan: Planned, field: str = "plan") -> Planned:
    """Return a plan.

    Raises:
        InvalidTypeError: if it is none.
    """
    if isinstance(plan, type) or not isinstance(plan, Planned):
        raise InvalidTypeError(field=field, value=plan, reason="is no Plan", advice="Give what plan() returned")
    return plan


def checked_bucket(bucket: TimeBucket) -> TimeBucket:
    """Return a bucket.

    Raises:
        InvalidTypeError: if it is none.
    """
    if not isinstance(bucket, TimeBucket):
        raise InvalidTypeError(field="bucket", value=bucket, reason="is not a TimeBucket", advice="Use TimeBucket.WEEK")
    return bucket


class Periods:
    """Buckets on the midnights of a site's zone, from now until the end of a plan.

    They are half-open and follow one another without a gap. Where something lies beyond the end, there are as many more
    as it takes, and the last one is a whole one; what lies before now is in the first.
    """

    __slots__ = ("ends", "rows", "starts")

    def __init__(self, plan: Planned, bucket: TimeBucket, zone: ZoneInfo, last: int | None = None) -> None:
        now, until = plan.snapshot.at, plan.until
        found = buckets(now, until, checked_bucket(bucket), zone)
        if last is not None and last >= micros(until):
            found = buckets(now, from_micros(last) + timedelta(days=32), bucket, zone)
            found = tuple(pair for pair in found if micros(pair[0]) <= last)
        self.rows: tuple[tuple[datetime, datetime], ...] = tuple(
            (start.astimezone(zone), end.astimezone(zone)) for start, end in found
        )
        self.starts: list[int] = [micros(start) for start, _ in found]
        self.ends: list[int] = [micros(end) for _, end in found]

    def index(self, moment: int) -> int:
        """Return the bucket of a moment; what lies before the first is in the first. O(log buckets)."""
        return max(0, bisect_right(self.starts, moment) - 1)
