"""How a plan is made."""

from datetime import timedelta
from enum import StrEnum

import attrs

from prodstock._render import brief
from prodstock.master import checks


class Mode(StrEnum):
    """Whether planning looks at capacity.

    Unconstrained, orders are placed back from their due dates by lead times; what would have had to start before now is
    reported.
    """

    UNCONSTRAINED = "unconstrained"


@attrs.frozen(kw_only=True)
class PlanningPolicy:
    """How a plan is made.

    Attributes:
        mode: whether capacity limits it.
        forecast_window: how far an order reaches, back and then forward, for forecasts of its item and site to consume.
    """

    mode: Mode = Mode.UNCONSTRAINED
    forecast_window: timedelta = attrs.field(default=timedelta(days=30))

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        checks.member(self.mode, Mode, "mode")
        checks.duration(self.forecast_window, "forecast_window")
