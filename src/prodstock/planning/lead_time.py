"""When an order must start to be there in time, and when it is there if it starts: on working calendars, exactly."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from prodstock.calendars.span import WorkingDays
from prodstock.calendars.zone import from_micros, micros
from prodstock.master.routing import OperationKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo
    from fractions import Fraction

    from prodstock.calendars.calendar import Calendar
    from prodstock.calendars.clock import WorkClock
    from prodstock.calendars.span import Span
    from prodstock.master.catalog import Catalog
    from prodstock.master.routing import Operation
    from prodstock.master.sourcing import Sourcing
    from prodstock.planning.sources import Recipe

MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000
_FIRST_DAY = date(1970, 1, 1).toordinal()
_ELAPSED = frozenset({OperationKind.WAIT, OperationKind.SUBCONTRACT})


class LeadTimes:
    """The calendars of a catalog, in the form in which planning asks them.

    A bought item takes its sourcing's lead time on the supplier's calendar. A made item takes `Item.lead_time`, on the
    site's calendar; without one its routing's time: the longest path through its steps, each of them queue, setup and
    run for what goes into it, and move. Setup and run are worked time of the resource (of its site, where the resource
    has no calendar), queue and move worked time of the site. A step without a resource works on the site's calendar,
    save waiting and subcontracting, which take time as it passes. A timedelta as lead time is time as it passes too.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._sites: dict[str, tuple[Calendar, WorkClock, tzinfo]] = {}
        self._resources: dict[str, WorkClock] = {}
        self._suppliers: dict[tuple[str, str], Calendar] = {}
        self._calendars: dict[Calendar, Calendar] = {}
        self._shifted: dict[tuple[int, int, int], int] = {}

    def zone(self, site: str) -> tzinfo:
        """Return the zone of a site."""
        return self._site(site)[2]

    def day(self, moment: int, site: str) -> date:
        """Return the day it is at a site."""
        zone = self._site(site)[2]
        if zone is UTC:
            return date.fromordinal(_FIRST_DAY + moment // _DAY)
        return from_micros(moment).astimezone(zone).date()

    def worked(self, moment: int, site: str) -> int:
        """Return the moment itself if the site works up to it or from it on, else the last end of work before."""
        clock = self._site(site)[1]
        return moment if clock.is_working(moment) else clock.previous_open(moment)

    def buy_start(self, sourcing: Sourcing, site: str, due: int) -> int:
        """Return when to order what must be there at `due`."""
        return self._shift(self._supplier(sourcing.supplier, site), due, sourcing.lead_time, back=True)

    def buy_end(self, sourcing: Sourcing, site: str, start: int) -> int:
        """Return when what is ordered at `start` is there."""
        return self._shift(self._supplier(sourcing.supplier, site), start, sourcing.lead_time, back=False)

    def make_start(self, recipe: Recipe, site: str, started: Fraction, due: int) -> int:
        """Return when to start a quantity, in base units, whose good ones must be there at `due`."""
        if recipe.lead_time is not None:
            return self._shift(self._site(site)[0], due, recipe.lead_time, back=True)
        return self._along(recipe, site, started, due, back=True)

    def make_end(self, recipe: Recipe, site: str, started: Fraction, start: int) -> int:
        """Return when the good ones are there of a quantity that starts at `start`."""
        if recipe.lead_time is not None:
            return self._shift(self._site(site)[0], start, recipe.lead_time, back=False)
        return self._along(recipe, site, started, start, back=False)

    def _along(self, recipe: Recipe, site: str, started: Fraction, moment: int, *, back: bool) -> int:
        """Return the far end of the longest path through the steps, from `moment` backwards or forwards."""
        far = moment
        reached: dict[str, int] = {}
        choose: Callable[[int, int], int] = min if back else max
        for step, share, neighbours in recipe.steps_back if back else recipe.steps:
            near = moment
            for neighbour in neighbours:
                near = choose(near, reached[neighbour])
            found = reached[step.code] = self._step(step, site, started * share, near, back=back)
            far = choose(far, found)
        return far

    def _step(self, step: Operation, site: str, entering: Fraction, moment: int, *, back: bool) -> int:
        own = self._site(site)[1]
        work = step.setup // MICROSECOND + _ceil(entering * (step.run_per_unit // MICROSECOND))
        before, after = step.queue // MICROSECOND, step.move // MICROSECOND
        clock = None if step.resource is None and step.kind in _ELAPSED else self._clock(step.resource, own)
        if back:
            end = own.retreat(moment, after)
            start = end - work if clock is None else clock.retreat(end, work)
            return own.retreat(start, before)
        start = own.advance(moment, before)
        end = start + work if clock is None else clock.advance(start, work)
        return own.advance(end, after)

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
            zone: tzinfo = UTC if one.zone == "UTC" else self._catalog.zone(site)
            found = self._sites[site] = (one.calendar.at_site(one.zone), one.calendar.compiled(one.zone), zone)
        return found

    def _supplier(self, supplier: str, site: str) -> Calendar:
        found = self._suppliers.get((supplier, site))
        if found is None:
            calendar = self._catalog.supplier(supplier).calendar.at_site(self._catalog.site(site).zone)
            found = self._suppliers[supplier, site] = self._calendars.setdefault(calendar, calendar)
        return found

    def _shift(self, calendar: Calendar, moment: int, span: Span, *, back: bool) -> int:
        if not isinstance(span, WorkingDays):
            passed = span // MICROSECOND
            return moment - passed if back else moment + passed
        count = -span.count if back else span.count
        key = (id(calendar), moment, count)
        found = self._shifted.get(key)
        if found is None:
            counted = calendar.subtract_working_days if back else calendar.add_working_days
            found = self._shifted[key] = micros(counted(from_micros(moment), span.count))
        return found


def _ceil(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
