"""How an item is planned at a site: lot rule, safety stock and time, fences, and how orders consume forecasts."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import attrs

from prodstock.calendars.horizon import TimeBucket
from prodstock.calendars.span import Span
from prodstock.errors import InvalidValueError, paired
from prodstock.master import checks
from prodstock.master.codes import item_code, optional_site
from prodstock.master.definition import Definition
from prodstock.master.lot_sizes import LotCut
from prodstock.quantities.quantity import Amount, Exact, amount


class LotRule(StrEnum):
    """How many of the needs of an item one order covers.

    LOT_FOR_LOT: those of one moment. FIXED: orders of `lot_quantity`, as many as a need takes. REPLENISH: what is
    missing, and the stock up to `lot_quantity` besides. PERIOD_OF_SUPPLY: those of `lot_periods` periods from the
    first. The others weigh `setup_cost` against `holding_cost`, each by the rule of its name in
    `prodstock.planning.lot_sizing`; where a rule asks for the demand of a period, it is that of the net requirements
    from the first to the last.
    """

    LOT_FOR_LOT = "lot-for-lot"
    FIXED = "fixed"
    REPLENISH = "replenish"
    PERIOD_OF_SUPPLY = "period-of-supply"
    PERIODIC_ORDER_QUANTITY = "periodic-order-quantity"
    ECONOMIC_ORDER_QUANTITY = "economic-order-quantity"
    LEAST_UNIT_COST = "least-unit-cost"
    PART_PERIOD = "part-period"
    PART_PERIOD_AHEAD = "part-period-ahead"
    PART_PERIOD_AROUND = "part-period-around"
    SILVER_MEAL = "silver-meal"
    GROFF = "groff"
    WAGNER_WHITIN = "wagner-whitin"


BY_QUANTITY = frozenset({LotRule.FIXED, LotRule.REPLENISH})
"""The rules that ask for a quantity."""

NEAR = BY_QUANTITY | {LotRule.LOT_FOR_LOT}
"""The rules that look at the needs of one moment only."""

BY_COST = frozenset(LotRule) - NEAR - {LotRule.PERIOD_OF_SUPPLY}
"""The rules that ask for costs."""


def _steps(values: Mapping[date, Amount] | Iterable[tuple[date, Amount]]) -> tuple[tuple[date, Exact], ...]:
    """Return amounts by the day from which on they hold, in the order of the days."""
    if values == ():
        return ()
    given = paired(values, "safety_steps")
    for day, value in given.items():
        checks.period(day, None)
        checks.not_negative(amount(value), "safety_steps")
    return tuple(sorted((day, amount(value)) for day, value in given.items()))


@attrs.frozen(repr=False)
class PlanningParameters(Definition):
    """How an item is planned at a site; what is not said is planned as without them.

    They hold for all days: what changes with the days is the safety stock, by steps. Spans are elapsed time, or working
    days of the site.

    Args:
        item: what is planned.
        site: where; None: every site without parameters of its own.
        lot_rule: how many needs one order covers.
        lot_quantity: of every order (FIXED), or up to which stock is replenished (REPLENISH).
        lot_periods: how many periods one order covers (PERIOD_OF_SUPPLY).
        period: the unit of time of the lot rule: days, weeks from Monday or months, at the site. What falls into one
            week or month is one need of the rule; costs of holding are for one such period.
        setup_cost: of one order, whatever its size.
        holding_cost: of keeping one base unit for one period.
        maximum: largest order; 0: none. What is needed beyond is ordered in several. The minimum and the multiple are
            those of the item where it is made, of the sourcing where it is bought, of the lane where it is moved.
        cut: what a need above the maximum is cut into.
        safety_stock: what planning keeps in stock; None: what the item says.
        safety_steps: what it keeps from days on, by day; before the first, the safety stock.
        days_of_cover: planning keeps what is wanted within so long, where that is more than the safety stock.
        safety_time: goods are to be there so long before they are needed, always: else what needs them is late.
        soft_safety_time: and so much longer before that, save where an order would have to start before now or the
            end of the planning time fence, or where a receipt comes in between.
        planning_time_fence: nothing new starts before so long from now; what should have starts at its end.
        demand_time_fence: forecasts that are due before so long from now count for nothing.
        forecast_backward: how far back an order reaches for forecasts to consume; None: what the policy says.
        forecast_forward: how far ahead, after that; None: what the policy says.

    >>> PlanningParameters("MIC", lot_rule=LotRule.PERIOD_OF_SUPPLY, lot_periods=2, period=TimeBucket.WEEK)
    <PlanningParameters MIC, period-of-supply>
    """

    item: str = attrs.field(converter=item_code)
    site: str | None = attrs.field(kw_only=True, default=None, converter=optional_site)
    lot_rule: LotRule = attrs.field(kw_only=True, default=LotRule.LOT_FOR_LOT)
    lot_quantity: Exact = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.quantity)
    lot_periods: int = attrs.field(kw_only=True, default=1)
    period: TimeBucket = attrs.field(kw_only=True, default=TimeBucket.DAY)
    setup_cost: Decimal = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.number)
    holding_cost: Decimal = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.number)
    maximum: Exact = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.quantity)
    cut: LotCut = attrs.field(kw_only=True, default=LotCut.REMAINDER)
    safety_stock: Exact | None = attrs.field(
        kw_only=True, default=None, converter=attrs.converters.optional(checks.quantity)
    )
    safety_steps: tuple[tuple[date, Exact], ...] = attrs.field(kw_only=True, default=(), converter=_steps)
    days_of_cover: Span | None = attrs.field(kw_only=True, default=None)
    safety_time: Span | None = attrs.field(kw_only=True, default=None)
    soft_safety_time: Span | None = attrs.field(kw_only=True, default=None)
    planning_time_fence: Span | None = attrs.field(kw_only=True, default=None)
    demand_time_fence: Span | None = attrs.field(kw_only=True, default=None)
    forecast_backward: Span | None = attrs.field(kw_only=True, default=None)
    forecast_forward: Span | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        checks.member(self.lot_rule, LotRule, "lot_rule")
        checks.member(self.period, TimeBucket, "period")
        checks.member(self.cut, LotCut, "cut")
        for field in ("lot_quantity", "setup_cost", "holding_cost", "maximum"):
            checks.not_negative(getattr(self, field), field)
        if self.safety_stock is not None:
            checks.not_negative(self.safety_stock, "safety_stock")
        for field in SPANS:
            if getattr(self, field) is not None:
                checks.span(getattr(self, field), field)
        _rule(self)

    @property
    def identity(self) -> tuple[str, ...]:
        """The item and the site."""
        return (self.item, self.site or "")

    def __repr__(self) -> str:
        place = f" at {self.site[:30]}" if self.site else ""
        return f"<PlanningParameters {self.item[:40]}{place}, {self.lot_rule.value}>"


SPANS = (
    "days_of_cover",
    "safety_time",
    "soft_safety_time",
    "planning_time_fence",
    "demand_time_fence",
    "forecast_backward",
    "forecast_forward",
)
"""The fields that are lengths of time."""


def _rule(one: PlanningParameters) -> None:
    """Refuse a lot rule without the numbers that it asks for, or with one that it does not know."""
    rule = one.lot_rule
    checks.whole(one.lot_periods, "lot_periods", least=1)
    if rule in BY_QUANTITY:
        checks.positive(one.lot_quantity, "lot_quantity")
    elif one.lot_quantity is not checks.ZERO and amount(one.lot_quantity) != 0:
        _not_asked("lot_quantity", one.lot_quantity, rule)
    if one.lot_periods != 1 and rule is not LotRule.PERIOD_OF_SUPPLY:
        _not_asked("lot_periods", one.lot_periods, rule)
    if rule is LotRule.FIXED and one.maximum is not checks.ZERO and amount(one.maximum) != 0:
        _not_asked("maximum", one.maximum, rule)
    if rule in BY_COST:
        checks.positive(one.setup_cost, "setup_cost")
        checks.positive(one.holding_cost, "holding_cost")


def _not_asked(field: str, value: object, rule: LotRule) -> None:
    advice = "Leave it out, or choose another lot_rule"
    raise InvalidValueError(field=field, value=str(value)[:40], reason=f"is not asked by {rule.value}", advice=advice)
