"""Transfer lanes: which site supplies which other site, with what, and how long that takes."""

from datetime import date

import attrs

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.span import Span
from prodstock.errors import InvalidValueError
from prodstock.master import checks
from prodstock.master.codes import optional_item, site_code
from prodstock.master.definition import Definition
from prodstock.quantities.quantity import Exact


@attrs.frozen(repr=False)
class TransferLane(Definition):
    """The way on which goods come to a site from another one.

    Goods leave when the source works and are usable when the target works; in between they travel on the calendar of
    the transport. Lanes of an item between two sites replace the general ones between them, in both directions.

    Args:
        source: the site that they leave.
        target: the site that they come to.
        item: what travels; None: every item.
        lead_time: from leaving to usable.
        calendar: of the transport; None: that of the source.
        minimum: smallest transfer; 0: none. Only of a lane for one item.
        multiple: step of transfers; 0: none. Only of a lane for one item.
        priority: lower is preferred to other sources of the item at the target; making has 0. Where lanes and other
            sources are equal the lane goes first, lanes among each other by source.
        effective_from: first day of the source on which goods may leave; None: always.
        effective_until: first day on which they no longer may; None: never ends.

    >>> from prodstock.calendars.span import working_days
    >>> TransferLane("CENTRAL", "NORTH", item="MIC", lead_time=working_days(2), multiple=100)
    <TransferLane CENTRAL to NORTH of MIC>
    """

    source: str = attrs.field(converter=site_code)
    target: str = attrs.field(converter=site_code)
    item: str | None = attrs.field(kw_only=True, default=None, converter=optional_item)
    lead_time: Span = attrs.field(kw_only=True)
    calendar: Calendar | None = attrs.field(kw_only=True, default=None)
    minimum: Exact = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.quantity)
    multiple: Exact = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.quantity)
    priority: int = attrs.field(kw_only=True, default=0)
    effective_from: date | None = attrs.field(kw_only=True, default=None)
    effective_until: date | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        if self.source == self.target:
            raise InvalidValueError(field="target", value=self.target, reason="is also the source")
        checks.span(self.lead_time, "lead_time")
        if self.calendar is not None:
            checks.instance(self.calendar, Calendar, "calendar")
        for field in ("minimum", "multiple"):
            value: Exact = getattr(self, field)
            checks.not_negative(value, field)
            if self.item is None and value != checks.ZERO:
                advice = "Give the lane an item"
                raise InvalidValueError(field=field, value=value, reason="counts for one item only", advice=advice)
        checks.whole(self.priority, "priority")
        checks.period(self.effective_from, self.effective_until)

    @property
    def identity(self) -> tuple[str, ...]:
        """The target, the source, the item and the first day."""
        start = "" if self.effective_from is None else self.effective_from.isoformat()
        return (self.target, self.source, self.item or "", start)

    def effective_on(self, day: date) -> bool:
        """Tell whether goods may leave on a day of the source."""
        return checks.effective(self.effective_from, self.effective_until, day)

    def __repr__(self) -> str:
        of = "" if self.item is None else f" of {self.item[:30]}"
        return f"<TransferLane {self.source[:30]} to {self.target[:30]}{of}>"
