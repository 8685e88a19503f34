"""When goods should be there by the parameters of an item, for the check of plans: by code that did not make them."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from prodstock.calendars.span import WorkingDays
from prodstock.calendars.zone import start_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from prodstock.calendars.calendar import Calendar
    from prodstock.calendars.span import Span
    from prodstock.master.catalog import Catalog
    from prodstock.master.item import Item
    from prodstock.master.planning_parameters import PlanningParameters
    from prodstock.orders.demand import Demand
    from prodstock.quantities.quantity import Exact

Wanted = tuple["datetime", "timedelta", Fraction, str]
"""When something is wanted, how long it must be good then, how much, and by which customer, if by one."""


class Wishes:
    """What the planning parameters of a catalog ask for."""

    def __init__(self, catalog: Catalog, now: datetime) -> None:
        self.catalog = catalog
        self.now = now
        self._calendars: dict[str, Calendar] = {}

    def _calendar(self, site: str) -> Calendar:
        found = self._calendars.get(site)
        if found is None:
            one = self.catalog.site(site)
            found = self._calendars[site] = one.calendar.at_site(one.zone)
        return found

    def fence(self, given: PlanningParameters, site: str) -> datetime:
        """Return from when on something new may start."""
        fence = given.planning_time_fence
        return self.now if fence is None else self._calendar(site).shift(self.now, fence)

    def covers(self, item: str, site: str) -> bool:
        """Tell whether the safety stock of an item is so many days of what is wanted."""
        given = self.catalog.planning_parameters(item, site)
        return given is not None and given.days_of_cover is not None

    def windows(self, one: Demand, at: datetime, window: Span) -> tuple[datetime, datetime]:
        """Return from when to when an order that is due at a moment consumes forecasts."""
        given = self.catalog.planning_parameters(one.item, one.site)
        back = window if given is None or given.forecast_backward is None else given.forecast_backward
        ahead = window if given is None or given.forecast_forward is None else given.forecast_forward
        calendar = self._calendar(one.site)
        return calendar.shift_back(at, back), calendar.shift(at, ahead)

    def forecasts_from(self, one: Demand) -> datetime:
        """Return from when on what is left of forecasts counts."""
        given = self.catalog.planning_parameters(one.item, one.site)
        if given is None or given.demand_time_fence is None:
            return self.now
        return self._calendar(one.site).shift(self.now, given.demand_time_fence)

    def hard(self, at: datetime, item: str, site: str) -> datetime:
        """Return when goods must be there that are needed at a moment: a hard safety time before."""
        given = self.catalog.planning_parameters(item, site)
        return at if given is None else self._early(at, site, given.safety_time)

    def _early(self, at: datetime, site: str, span: Span | None) -> datetime:
        if span is None:
            return at
        calendar = self._calendar(site)
        idle = isinstance(span, WorkingDays) and not calendar.is_working(at)
        return calendar.shift_back(calendar.previous_open(at) if idle else at, span)

    def wanted(self, item: Item, site: str, wanted: list[Wanted]) -> list[Wanted]:
        """Return what is wanted, each when it should be there: in working time, all safety time before."""
        given = self.catalog.planning_parameters(item.code, site)
        if given is None:
            return wanted
        calendar, found = self._calendar(site), []
        for at, life, amount, customer in wanted:
            wished = self._early(self.hard(at, item.code, site), site, given.soft_safety_time)
            wished = wished if calendar.is_working(wished) else calendar.previous_open(wished)
            found.append((wished, life, amount, customer))
        return found

    def kept(self, item: Item, site: str, wanted: Iterable[Wanted]) -> list[tuple[datetime, Fraction]]:
        """Return the safety stock by the moments from which on it holds."""
        given = self.catalog.planning_parameters(item.code, site)
        said = None if given is None else given.safety_stock
        steps = [(self.now, self._up(item, item.safety_stock if said is None else said))]
        if given is None:
            return steps
        zone = self.catalog.zone(site)
        steps += [(max(self.now, start_of(day, zone)), self._up(item, amount)) for day, amount in given.safety_steps]
        if given.days_of_cover is None:
            return steps
        since = [(max(self.now, self._early(at, site, given.days_of_cover)), at, q) for at, _, q, _ in wanted]
        moments = {at for at, _ in steps} | {at for at, _, _ in since} | {at for _, at, _ in since if at > self.now}
        found = []
        for moment in sorted(moments):
            cover = sum((q for first, at, q in since if first <= moment < at), Fraction(0))
            found.append((moment, max(cover, [amount for at, amount in steps if at <= moment][-1])))
        return found

    def _up(self, item: Item, amount: Exact) -> Fraction:
        steps = 10**item.scale
        return Fraction(ceil(self.catalog.base(item.code, amount) * steps), steps)
