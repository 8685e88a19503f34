"""When an order must start to be there in time, and when it is there if it starts: on working calendars, exactly."""

from __future__ import annotations

from datetime import UTC, date
from typing import TYPE_CHECKING, NamedTuple

from prodstock.calendars.span import WorkingDays
from prodstock.calendars.zone import end_of, from_micros, micros, start_of, zone
from prodstock.errors import InvalidValueError
from prodstock.planning.ways import MICROSECOND, Recipe, Route, Terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from prodstock.calendars.calendar import Calendar
    from prodstock.calendars.clock import WorkClock
    from prodstock.calendars.span import Span
    from prodstock.master.catalog import Catalog
    from prodstock.master.transfer_lane import TransferLane
    from prodstock.planning.kernel import Drawn
    from prodstock.planning.ways import Buying, Way

_DAY = 86_400_000_000
_FIRST_DAY = date(1970, 1, 1).toordinal()
_MOST_OPENINGS = 1_000
"""Ends of work that are tried for one that two calendars share: more are calendars that never meet."""


class Bought(NamedTuple):
    """When goods are ordered, shipped, received and usable. Without a time for the transport `ship` is `receive`."""

    order: int
    ship: int
    receive: int
    ready: int


class Worked(dict[int, int]):
    """By moment: itself if a site works up to it or from it on, else the last end of work before; found when asked."""

    __slots__ = ("_clock",)

    def __init__(self, clock: WorkClock) -> None:
        self._clock = clock

    def __missing__(self, moment: int) -> int:
        found = self[moment] = _until(self._clock, moment)
        return found


class Back(dict[int, int]):
    """By moment: the one a lead time earlier; found when asked."""

    __slots__ = ("_calendar", "_span", "_times")

    def __init__(self, times: LeadTimes, calendar: Calendar, span: Span) -> None:
        self._times = times
        self._calendar = calendar
        self._span = span

    def __missing__(self, due: int) -> int:
        found = self[due] = self._times.shift(self._calendar, due, self._span, back=True)
        return found


class LeadTimes:
    """The calendars of a catalog, in the form in which planning asks them.

    A bought item is ordered on a day on which orders are taken, takes its sourcing's lead time on the supplier's
    calendar, leaves while the supplier works and travels on the calendar of the transport, where a transport time is
    said, comes in on a day of delivery while the site works, and takes its inspection time on the site's calendar. A
    moved one leaves while its source works, takes its lane's lead time on the calendar of the transport, and is usable
    while its target works. A made item takes `Item.lead_time`, on the site's calendar; without one its routing's time:
    the longest path through its steps, each of them queue, setup and run for what goes into it, and move. Setup and run
    are worked time of the resource (of its site, where the resource has no calendar), queue and move worked time of the
    site. A step without a resource works on the site's calendar, save waiting and subcontracting, which take time as it
    passes. A timedelta as lead time is time as it passes too. After all that it takes its inspection time, on the
    site's calendar.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._sites: dict[str, tuple[Calendar, WorkClock, tzinfo]] = {}
        self._resources: dict[str, WorkClock] = {}
        self._suppliers: dict[tuple[str, str], Calendar] = {}
        self._lanes: dict[tuple[Calendar | None, str], Calendar] = {}
        self._calendars: dict[Calendar, Calendar] = {}
        self._shifted: dict[tuple[int, int, int], int] = {}
        self._worked: dict[str, Worked] = {}
        self._back: dict[tuple[int, Span], Back] = {}

    def zone(self, site: str) -> tzinfo:
        """Return the zone of a site."""
        return self._site(site)[2]

    def day(self, moment: int, site: str) -> date:
        """Return the day it is at a site."""
        own = self._site(site)[2]
        if own is UTC:
            return date.fromordinal(_FIRST_DAY + moment // _DAY)
        return from_micros(moment).astimezone(own).date()

    def day_start(self, moment: int, site: str) -> int:
        """Return the first microsecond of the day it is at a site."""
        return micros(start_of(self.day(moment, site), self._site(site)[2]))

    def day_end(self, moment: int, site: str) -> int:
        """Return the last microsecond of the day it is at a site."""
        return micros(end_of(self.day(moment, site), self._site(site)[2])) - 1

    def worked(self, moment: int, site: str) -> int:
        """Return the moment itself if the site works up to it or from it on, else the last end of work before."""
        return self.last_worked(site)[moment]

    def last_worked(self, site: str) -> Mapping[int, int]:
        """Return `worked` of a site as a mapping from every moment."""
        found = self._worked.get(site)
        if found is None:
            found = self._worked[site] = Worked(self._site(site)[1])
        return found

    def opens(self, moment: int, site: str) -> int:
        """Return the moment itself if the site works up to it or from it on, else the next start of work."""
        return _from(self._site(site)[1], moment)

    def starts(self, way: Recipe | Terms, site: str, drawn: Drawn) -> Iterable[int]:
        """Return when to order or start what is drawn up, each for its due moment: `start` for all of them.

        The way has neither days of its own nor an inspection time.
        """
        if isinstance(way, Recipe):
            if way.lead_time is None:
                pairs = zip(drawn.quantity, drawn.due, strict=True)
                return [self._make_start(way, site, quantity, due) for quantity, due in pairs]
            calendar, span = self._site(site)[0], way.lead_time
        else:
            calendar, span = self._supplier(way.sourcing.supplier, site), way.sourcing.lead_time
        key = (id(calendar), span)
        found = self._back.get(key)
        if found is None:
            found = self._back[key] = Back(self, calendar, span)
        return map(found.__getitem__, drawn.due)

    def shift_at(self, site: str, moment: int, span: Span, *, back: bool) -> int:
        """Return the moment a span later, or earlier: time as it passes, or working days of the site."""
        return self.shift(self._site(site)[0], moment, span, back=back)

    @staticmethod
    def counted(span: Span) -> bool:
        """Whether a span is counted in working days."""
        return isinstance(span, WorkingDays)

    def begins(self, way: Way | None, moment: int) -> int:
        """Return the first moment from one on at which an order may start."""
        if isinstance(way, Route):
            return self.opens(moment, way.lane.source)
        if isinstance(way, Terms) and way.buying is not None and way.buying.orders is not None:
            return _from(way.buying.orders, moment)
        return moment

    def start(self, way: Way, site: str, quantity: int, due: int) -> int:
        """Return when to order or start a quantity, scaled, that must be there at `due`."""
        if isinstance(way, Recipe):
            return self._make_start(way, site, quantity, self.finish(way, site, due))
        if isinstance(way, Route):
            lane = way.lane
            return self.worked(self.shift(self._transport(lane), due, lane.lead_time, back=True), lane.source)
        if way.buying is not None:
            return self._buy_start(way, way.buying, site, due)
        return self.shift(self._supplier(way.sourcing.supplier, site), due, way.sourcing.lead_time, back=True)

    def placed(self, way: Way, site: str, quantity: int, due: int) -> tuple[int, int]:
        """Return when to order or start a quantity, scaled, and when it is there: where it comes on days, before."""
        start = self.start(way, site, quantity, due)
        by_days = isinstance(way, Terms) and way.buying is not None
        return start, self.end(way, site, quantity, start) if by_days else due

    def end(self, way: Way, site: str, quantity: int, start: int) -> int:
        """Return when a quantity, scaled, is there that is ordered or started at `start`."""
        if isinstance(way, Recipe):
            return self.usable(self._make_end(way, site, quantity, start), site, way.inspection_time)
        if isinstance(way, Route):
            leaves = self.opens(start, way.lane.source)
            return self.opens(self.shift(self._transport(way.lane), leaves, way.lane.lead_time, back=False), site)
        return self.bought(way, site, start).ready

    def bought(self, way: Terms, site: str, start: int) -> Bought:
        """Return when goods are ordered, shipped, received and usable that are ordered at a moment, or soon after."""
        calendar, buying = self._supplier(way.sourcing.supplier, site), way.buying
        if buying is None:
            end = self.shift(calendar, start, way.sourcing.lead_time, back=False)
            return Bought(start, end, end, end)
        order = self.begins(way, start)
        ship = receive = self.shift(calendar, order, way.sourcing.lead_time, back=False)
        if buying.transport_time is not None:
            ship = _from(calendar.compiled(), ship)
            receive = self.shift(buying.transport, ship, buying.transport_time, back=False)
        receive = self._received(buying, site, receive, back=False)
        if buying.transport_time is None:
            ship = receive
        return Bought(order, ship, receive, self.usable(receive, site, buying.inspection_time))

    def usable(self, received: int, site: str, inspection_time: Span | None) -> int:
        """Return when goods that come in or are made at a moment may be used.

        What comes in by the end of a day comes in by the end of work on it; on a day off, when work begins again.
        """
        if inspection_time is None:
            return received
        came = self.worked(received, site)
        if self.day(came, site) != self.day(received, site):
            came = self.opens(received, site)
        return self.opens(self.shift(self._site(site)[0], came, inspection_time, back=False), site)

    def received(self, due: int, site: str, inspection_time: Span | None) -> int:
        """Return when goods must come in or be made that are to be usable at a moment: while the site works."""
        if inspection_time is None:
            return due
        at = self.shift(self._site(site)[0], self.worked(due, site), inspection_time, back=True)
        return self.worked(at, site)

    def finish(self, way: Recipe, site: str, due: int) -> int:
        """Return when goods must be made that are to be usable at a moment."""
        return due if way.inspection_time is None else self.received(due, site, way.inspection_time)

    def next_in(self, way: Terms, site: str, at: int) -> int:
        """Return when goods may be used that come in from a moment on as soon as they may."""
        buying = way.buying
        if buying is None:
            return self.opens(at, site)
        return self.usable(self._received(buying, site, at, back=False), site, buying.inspection_time)

    def _buy_start(self, way: Terms, buying: Buying, site: str, due: int) -> int:
        calendar = self._supplier(way.sourcing.supplier, site)
        at = self.last_in(buying, site, due)
        if buying.transport_time is not None:
            at = _until(calendar.compiled(), self.shift(buying.transport, at, buying.transport_time, back=True))
        at = self.shift(calendar, at, way.sourcing.lead_time, back=True)
        return at if buying.orders is None else _until(buying.orders, at)

    def last_in(self, buying: Buying, site: str, due: int) -> int:
        """Return when goods that are to be usable at a moment must come in: on a day of delivery."""
        return self._received(buying, site, self.received(due, site, buying.inspection_time), back=True)

    def _received(self, buying: Buying, site: str, at: int, *, back: bool) -> int:
        """Return the moment itself if goods may come in then, else the last before or the next after it.

        Raises:
            InvalidValueError: if the supplier never delivers while the site works.
        """
        align = _until if back else _from
        for _ in range(_MOST_OPENINGS):
            found = at if buying.deliveries is None else align(buying.deliveries, at)
            found = self.worked(found, site) if back else self.opens(found, site)
            if found == at:
                return at
            at = found
        advice = "Give it hours of the site's calendar"
        reason = f"has no deliveries while {site} works"
        raise InvalidValueError(field="delivery_calendar", value=str(buying.deliveries), reason=reason, advice=advice)

    def _make_start(self, recipe: Recipe, site: str, started: int, due: int) -> int:
        if recipe.lead_time is not None:
            return self.shift(self._site(site)[0], due, recipe.lead_time, back=True)
        own = self._site(site)[1]
        start = due
        reached: dict[str, int] = {}
        for step in recipe.steps_back:
            near = min([reached[after] for after in step.neighbours], default=due)
            near = own.retreat(near, step.move)
            work = step.setup - (-started * step.run_top // step.run_bottom)
            near = near - work if step.elapsed else self._clock(step.resource, own).retreat(near, work)
            reached[step.code] = near = own.retreat(near, step.queue)
            start = min(start, near)
        return start

    def _make_end(self, recipe: Recipe, site: str, started: int, start: int) -> int:
        if recipe.lead_time is not None:
            return self.shift(self._site(site)[0], start, recipe.lead_time, back=False)
        own = self._site(site)[1]
        end = start
        reached: dict[str, int] = {}
        for step in recipe.steps:
            near = max([reached[before] for before in step.neighbours], default=start)
            near = own.advance(near, step.queue)
            work = step.setup - (-started * step.run_top // step.run_bottom)
            near = near + work if step.elapsed else self._clock(step.resource, own).advance(near, work)
            reached[step.code] = near = own.advance(near, step.move)
            end = max(end, near)
        return end

    def _clock(self, resource: str | None, own: WorkClock) -> WorkClock:
        if resource is None:
            return own
        found = self._resources.get(resource)
        if found is None:
            one = self._catalog.resource(resource)
            site = self._catalog.site(one.site)
            calendar = one.calendar if one.calendar is not None else site.calendar
            found = self._resources[resource] = calendar.compiled(site.zone)
        return found

    def _site(self, site: str) -> tuple[Calendar, WorkClock, tzinfo]:
        found = self._sites.get(site)
        if found is None:
            one = self._catalog.site(site)
            own: tzinfo = UTC if one.zone == "UTC" else self._catalog.zone(site)
            found = self._sites[site] = (one.calendar.at_site(one.zone), one.calendar.compiled(one.zone), own)
        return found

    def _transport(self, lane: TransferLane) -> Calendar:
        found = self._lanes.get((lane.calendar, lane.source))
        if found is None:
            calendar = self._site(lane.source)[0]
            if lane.calendar is not None:
                calendar = lane.calendar.at_site(self._catalog.site(lane.source).zone)
            found = self._lanes[lane.calendar, lane.source] = self._calendars.setdefault(calendar, calendar)
        return found

    def _supplier(self, supplier: str, site: str) -> Calendar:
        found = self._suppliers.get((supplier, site))
        if found is None:
            calendar = self._catalog.supplier(supplier).calendar.at_site(self._catalog.site(site).zone)
            found = self._suppliers[supplier, site] = self._calendars.setdefault(calendar, calendar)
        return found

    def shift(self, calendar: Calendar, moment: int, span: Span, *, back: bool) -> int:
        """Return the moment a lead time later, or earlier; back from a day that is not worked: from the last before."""
        if not isinstance(span, WorkingDays):
            passed = span // MICROSECOND
            return moment - passed if back else moment + passed
        count = -span.count if back else span.count
        key = (id(calendar), moment, count)
        found = self._shifted.get(key)
        if found is None:
            at = from_micros(moment)
            if not back:
                shifted = calendar.add_working_days(at, span.count)
            else:
                idle = span.count > 0 and not calendar.is_working_day(
                    at.astimezone(zone(calendar.zone or "UTC")).date()
                )
                shifted = calendar.subtract_working_days(at, span.count + idle)
            found = self._shifted[key] = micros(shifted)
        return found


def _until(clock: WorkClock, moment: int) -> int:
    """Return the moment itself if work is done up to it or from it on, else the last end of work before."""
    return moment if clock.is_working(moment) else clock.previous_open(moment)


def _from(clock: WorkClock, moment: int) -> int:
    """Return the moment itself if work is done up to it or from it on, else the next start of work."""
    if clock.is_working(moment) or clock.previous_open(moment) == moment:
        return moment
    return clock.next_open(moment)
