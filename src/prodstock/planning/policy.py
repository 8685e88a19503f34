"""How a plan is made."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

import attrs

from prodstock._render import brief
from prodstock.master import checks
from prodstock.master.bom_terms import Substitution


class Mode(StrEnum):
    """What a plan may not do.

    UNCONSTRAINED: orders are placed back from the moment at which they are needed, into the past if they must be; what
    would have had to start before now is reported. Everybody is served in the order of time.
    CONSTRAINED: nothing starts before now or before its parts are there. Everybody is served in the order of priority,
    then time, and gets what cannot be there in time as early as it can, in parts if it must be.
    """

    UNCONSTRAINED = "unconstrained"
    CONSTRAINED = "constrained"


class SafetyStock(StrEnum):
    """When a safety stock that is too low is restored.

    PATIENT: with the first order that is needed anyway, or when an order that starts now is there: never by one that
    would have had to start before now.
    AT_ONCE: at the moment at which it is too low, by an order that may have to start before now.
    """

    PATIENT = "patient"
    AT_ONCE = "at-once"


@attrs.frozen(kw_only=True)
class PlanningPolicy:
    """How a plan is made.

    Attributes:
        mode: what it may not do.
        forecast_window: how far an order reaches, back and then forward, for forecasts of its item and site to consume.
        safety: when a safety stock that is too low is restored.
        use_late_receipts: whether a receipt that comes after the need serves it where no new order could be there
            on an earlier day, with a message to expedite it; if not, a new order that starts in the past is proposed.
        expedite_within: how much later than a need a receipt may come and still serve it, with a message to expedite
            it, though a new order could be there sooner; zero: it is ordered anew.
        expedite_tolerance: how late a receipt may come for its need before a message says so.
        defer_tolerance: how much sooner than its need a receipt may come before a message says so.
        quantity_tolerance: which share of a receipt may be too much before a message says so: "0.05" is five in a
            hundred.
        launch_ahead: how long before its start a message says that an order is to be placed or launched.
        order_ahead: how much sooner than needed something may be bought so that what is ordered from its supplier that
            day reaches `Supplier.minimum_value`; zero: nothing is, and a message says what is missing.
        price_breaks: whether as much is bought as a price break of the terms asks for where the whole order then costs
            less than what is needed at its own price; if not, breaks only say what it costs.
        substitutes: when what may stand in on the line of a bill serves; a substitute may say otherwise for itself.
    """

    mode: Mode = Mode.UNCONSTRAINED
    forecast_window: timedelta = attrs.field(default=timedelta(days=30))
    safety: SafetyStock = SafetyStock.PATIENT
    use_late_receipts: bool = True
    expedite_within: timedelta = timedelta()
    expedite_tolerance: timedelta = timedelta()
    defer_tolerance: timedelta = timedelta()
    quantity_tolerance: Decimal = attrs.field(default=checks.ZERO, converter=checks.number)
    launch_ahead: timedelta = timedelta(days=1)
    order_ahead: timedelta = timedelta()
    price_breaks: bool = False
    substitutes: Substitution = Substitution.NEVER

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        checks.member(self.mode, Mode, "mode")
        checks.duration(self.forecast_window, "forecast_window")
        checks.member(self.safety, SafetyStock, "safety")
        checks.instance(self.use_late_receipts, bool, "use_late_receipts")
        checks.instance(self.price_breaks, bool, "price_breaks")
        for field in ("expedite_within", "expedite_tolerance", "defer_tolerance", "launch_ahead", "order_ahead"):
            checks.duration(getattr(self, field), field)
        checks.not_negative(self.quantity_tolerance, "quantity_tolerance")
        checks.member(self.substitutes, Substitution, "substitutes")
