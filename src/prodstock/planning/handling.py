"""How an item is planned at a site: its parameters in instants and smallest steps, made for one plan."""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.horizon import TimeBucket
from prodstock.calendars.zone import micros, start_of
from prodstock.master import checks
from prodstock.master.planning_parameters import BY_QUANTITY, NEAR, LotRule
from prodstock.planning.lot_sizing.economic import PeriodicOrderQuantity, average_rate, economic_order_quantity
from prodstock.planning.lot_sizing.heuristics import (
    Groff,
    LeastUnitCost,
    PartPeriodBalancing,
    PartPeriodLook,
    SilverMeal,
)
from prodstock.planning.lot_sizing.periods import PeriodOfSupply
from prodstock.planning.lot_sizing.terms import LotTerms, merged
from prodstock.planning.lot_sizing.wagner_whitin import WagnerWhitin
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import power_of_ten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from prodstock.calendars.span import Span
    from prodstock.master.catalog import Catalog
    from prodstock.master.item import Item
    from prodstock.master.planning_parameters import PlanningParameters
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.lot_sizing.terms import LotSizingRule
    from prodstock.quantities.quantity import Exact

Level = tuple[int, int]
"""A moment, and the safety stock from then on."""

_MOST_OPENINGS = 10
_MICROSECOND = timedelta(microseconds=1)

_RULES: dict[LotRule, LotSizingRule] = {
    LotRule.LEAST_UNIT_COST: LeastUnitCost(),
    LotRule.PART_PERIOD: PartPeriodBalancing(),
    LotRule.PART_PERIOD_AHEAD: PartPeriodBalancing(look=PartPeriodLook.AHEAD),
    LotRule.PART_PERIOD_AROUND: PartPeriodBalancing(look=PartPeriodLook.AROUND),
    LotRule.SILVER_MEAL: SilverMeal(),
    LotRule.GROFF: Groff(),
    LotRule.WAGNER_WHITIN: WagnerWhitin(),
}
"""The rules of lot sizing that need no number of their own."""


class Handling:
    """The planning parameters of an item at a site, for one plan.

    `fence` is when the planning time fence ends; 0: there is none. `level` is up to which stock is replenished.
    """

    __slots__ = ("_rule", "_times", "fence", "given", "item", "level", "now", "plain", "site", "steps")

    def __init__(
        self, given: PlanningParameters, item: Item, site: str, catalog: Catalog, times: LeadTimes, now: int
    ) -> None:
        self.given = given
        self.item = item
        self.site = site
        self.now = now
        self._times = times
        self._rule: LotSizingRule | None = None
        self.fence = self._shifted(now, given.planning_time_fence) if given.planning_time_fence is not None else 0
        replenished = given.lot_rule is LotRule.REPLENISH
        self.level: int = catalog.scaled(item.code, given.lot_quantity) if replenished else 0
        self.steps: list[Level] = self._static(catalog, times.day(now, site))
        timed = given.safety_time is not None or given.soft_safety_time is not None
        special = given.days_of_cover is not None or bool(given.safety_steps) or timed or bool(self.fence)
        sized = given.lot_rule is not LotRule.LOT_FOR_LOT or bool(catalog.base(item.code, given.maximum))
        self.plain: bool = not (special or sized)

    def _static(self, catalog: Catalog, today: date) -> list[Level]:
        """Return the safety stock that is said, by the moments from which on it holds, the first of them now."""
        item, zone = self.item, self._times.zone(self.site)
        said = item.safety_stock if self.given.safety_stock is None else self.given.safety_stock
        steps = self.given.safety_steps
        past = [amount for day, amount in steps if day <= today]
        found = [(self.now, _steps(catalog, item, past[-1] if past else said))]
        found += [(micros(start_of(day, zone)), _steps(catalog, item, one)) for day, one in steps if day > today]
        return found

    def levels(self, wants: Iterable[tuple[int, int]]) -> list[Level]:
        """Return the safety stock by the moments from which on it holds: what is said, or the cover if that is more.

        `wants` are (moment, quantity): what is wanted at a moment is to be there a span before, until it is taken.
        """
        cover = self.given.days_of_cover
        if cover is None:
            return self.steps
        changes: dict[int, int] = dict.fromkeys([moment for moment, _ in self.steps], 0)
        for at, quantity in wants:
            if at > self.now:
                since = max(self.now, self._back(at, cover))
                changes[since] = changes.get(since, 0) + quantity
                changes[at] = changes.get(at, 0) - quantity
        found: list[Level] = []
        covered = 0
        for moment in sorted(changes):
            covered += changes[moment]
            level = max(covered, level_at(self.steps, moment))
            if not found or found[-1][1] != level:
                found.append((moment, level))
        return found

    # Safety time

    @property
    def timed(self) -> bool:
        """Whether goods are to be there before they are needed."""
        return self.given.safety_time is not None or self.given.soft_safety_time is not None

    def latest(self, at: int) -> int:
        """Return when goods must be there that are needed at a moment."""
        return self._back(at, self.given.safety_time)

    @property
    def covering(self) -> bool:
        """Whether what is wanted later is to be there already."""
        return self.given.days_of_cover is not None

    def wished(self, at: int, life: int = 0) -> int:
        """Return when goods should be there that are needed at a moment, and good for some time then."""
        latest = self.latest(at)
        return self._fresh(at + life, latest, self._back(latest, self.given.soft_safety_time))

    def covered_from(self, at: int, life: int = 0) -> int:
        """Return when goods should be there that are needed at a moment, the days of cover included."""
        wished = self._back(self.wished(at, life), self.given.days_of_cover)
        return self._fresh(at + life, self.latest(at), wished)

    def _fresh(self, until: int, latest: int, wished: int) -> int:
        """Return a working moment put off until goods that come then are still good when they are used."""
        worked = self._times.worked(wished, self.site)
        if self.item.shelf_life is None:
            return worked
        fresh = until + 1 - self.item.shelf_life // _MICROSECOND
        return min(latest, max(worked, self._times.opens(fresh, self.site)))

    def usable(self, at: int) -> int:
        """Return from when on goods may be used that come at a moment."""
        span = self.given.safety_time
        if span is None:
            return at
        found = (
            self._shifted(self._times.opens(at, self.site), span) if self._counted(span) else self._shifted(at, span)
        )
        for _ in range(_MOST_OPENINGS):
            if self.latest(found) >= at:
                break
            found = self._times.opens(found + 1, self.site)
        return found

    def _counted(self, span: Span) -> bool:
        return self._times.counted(span)

    def _back(self, at: int, span: Span | None) -> int:
        if span is None:
            return at
        worked = self._times.worked(at, self.site) if self._counted(span) else at
        return self._times.shift_at(self.site, worked, span, back=True)

    def _shifted(self, at: int, span: Span) -> int:
        return self._times.shift_at(self.site, at, span, back=False)

    # Lots

    @property
    def looks_ahead(self) -> bool:
        """Whether the lot rule looks at later needs too."""
        return self.given.lot_rule not in NEAR

    @property
    def replenishes(self) -> bool:
        """Whether an order brings stock up to a level."""
        return self.given.lot_rule in BY_QUANTITY and bool(self.level)

    def economic(self, needs: Sequence[tuple[int, int]]) -> int:
        """Return the quantity of every order where the rule is the economic order quantity; 0: it is another."""
        if self.given.lot_rule is not LotRule.ECONOMIC_ORDER_QUANTITY:
            return 0
        terms, wanted = self._terms(), merged(self._in_periods(needs))
        return economic_order_quantity(average_rate(wanted), setup=terms.setup, holding=terms.holding)

    def covers(self, needs: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """Return how much the first order covers of net requirements, and up to which moment: as the rule says.

        The rule is asked with the number of the period in which each need falls, and with what nothing covers of it.
        O(needs), save that Wagner-Whitin and some heuristics sort them.
        """
        wanted = merged(self._in_periods(needs))
        terms = self._terms()
        if self._rule is None:
            self._rule = _rule(self.given, wanted, terms)
        lot = self._rule.lots(wanted, terms)[0]
        rest, through = lot.quantity, needs[0][0]
        for at, quantity in needs:
            if rest <= 0:
                break
            rest, through = rest - quantity, at
        return lot.quantity, through

    def _terms(self) -> LotTerms:
        step = power_of_ten(self.item.scale)
        setup, holding = self.given.setup_cost, self.given.holding_cost
        return LotTerms(setup=setup, holding=LotTerms(holding=holding).holding / step)

    def _in_periods(self, needs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        bucket = self.given.period
        return [(_period(self._times.day(max(at, self.now), self.site), bucket), quantity) for at, quantity in needs]


def apart(given: PlanningParameters) -> PlanningParameters:
    """Return how an item is planned for a project or a demand made to order: nothing is kept, or ordered for later."""
    fixed = given.lot_rule is LotRule.FIXED
    return attrs.evolve(
        given,
        lot_rule=LotRule.FIXED if fixed else LotRule.LOT_FOR_LOT,
        lot_quantity=given.lot_quantity if fixed else checks.ZERO,
        lot_periods=1,
        safety_stock=checks.ZERO,
        safety_steps=(),
        days_of_cover=None,
    )


def level_at(levels: Sequence[Level], moment: int) -> int:
    """Return the safety stock at a moment; 0 before the first.

    >>> level_at([(5, 100), (9, 20)], 8)
    100
    """
    place = bisect_right(levels, moment, key=_moment) - 1
    return levels[place][1] if place >= 0 else 0


def rises(levels: Sequence[Level]) -> list[int]:
    """Return the moments at which a safety stock rises."""
    before = [0, *(level for _, level in levels)]
    return [at for (at, level), last in zip(levels, before, strict=False) if level > last]


def _moment(level: Level) -> int:
    return level[0]


def _steps(catalog: Catalog, item: Item, amount: Exact) -> int:
    return round_scaled(catalog.base(item.code, amount), item.scale, Rounding.NEED)


def _period(day: date, bucket: TimeBucket) -> int:
    match bucket:
        case TimeBucket.DAY:
            return day.toordinal()
        case TimeBucket.WEEK:
            return (day.toordinal() - 1) // 7
        case TimeBucket.MONTH:
            return day.year * 12 + day.month


def _rule(given: PlanningParameters, wanted: list[tuple[int, int]], terms: LotTerms) -> LotSizingRule:
    """Return the rule of lot sizing; where it needs a demand of a period, that of what is wanted now."""
    simple = _RULES.get(given.lot_rule)
    if simple is not None:
        return simple
    if given.lot_rule is LotRule.PERIODIC_ORDER_QUANTITY:
        return PeriodOfSupply(PeriodicOrderQuantity().periods(wanted, terms))
    return PeriodOfSupply(given.lot_periods)
