"""Methods for demand that comes now and then: Croston, Syntetos and Boylan, Teunter, Syntetos and Babai."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock.master import checks
from prodstock.planning.forecast.estimating import Estimator, Parameter, Run, brief_figure, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.quantities.number import Number

_NOTHING = "nothing was wanted yet"


class CrostonKind(StrEnum):
    """Croston's own estimate, or that of Syntetos and Boylan (SBA), which takes off its bias."""

    CLASSIC = "classic"
    SBA = "sba"


def _alpha(value: Number | None) -> Decimal | None:
    return share(value, "alpha")


def _beta(value: Number | None) -> Decimal | None:
    return share(value, "beta")


@attrs.frozen(repr=False)
class Croston(Estimator):
    """The size of a demand over the interval between demands, each smoothed where a demand comes.

    Source: Croston, Forecasting and stock control for intermittent demands, Operational Research Quarterly 23 (1972).
    SBA: times `1 - beta / 2` (Syntetos and Boylan, The accuracy of intermittent demand estimates, International
    Journal of Forecasting 21 (2005)). The first size is that of the first demand, the first interval the buckets up to
    it. An unknown bucket belongs to no interval. Errors are taken to be as large at any distance.

    Args:
        alpha: share of the size, 0 to 1; None: searched for up to 0.3.
        beta: share of the interval, 0 to 1; None: as alpha.
        kind: whose estimate.

    >>> from datetime import date
    >>> from prodstock.planning.forecast.history import DemandHistory
    >>> history = DemandHistory([0, 0, 6, 0, 0, 3, 0, 9], start=date(2025, 1, 1))
    >>> Croston("0.2").forecast(history, 1).why(date(2025, 9, 1)).causes[0].causes[0].text
    'size 6.12 every 2.8 buckets'
    """

    alpha: Decimal | None = attrs.field(default=None, converter=_alpha)
    beta: Decimal | None = attrs.field(default=None, converter=_beta)
    kind: CrostonKind = attrs.field(kw_only=True, default=CrostonKind.CLASSIC)

    def __attrs_post_init__(self) -> None:
        checks.member(self.kind, CrostonKind, "kind")

    @property
    def name(self) -> str:
        """What people call the method."""
        return "Croston" if self.kind is CrostonKind.CLASSIC else "Syntetos-Boylan"

    def parameters(self) -> tuple[Parameter, ...]:
        """Return its numbers, given or to be searched for."""
        alpha = Parameter("alpha", self.alpha, high=300, usual=100)
        return (alpha,) if self.beta is None else (alpha, Parameter("beta", self.beta))

    def run(self, values: Sequence[float | None], numbers: Sequence[float], periods: int) -> Run:
        """Return what it says of a history with certain numbers."""
        alpha, beta = numbers[0], numbers[-1]
        less = 1.0 if self.kind is CrostonKind.CLASSIC else 1 - beta / 2
        size = interval = mean = 0.0
        since = 0
        fitted: list[float | None] = []
        for value in values:
            fitted.append(mean if interval else None)
            since += value is not None
            if value:
                size = size + alpha * (value - size) if interval else value
                interval = interval + beta * (since - interval) if interval else float(since)
                mean, since = less * size / interval, 0
        part = f"size {brief_figure(size)} every {brief_figure(interval)} buckets" if interval else _NOTHING
        part += f", less bias times {brief_figure(less)}" if interval and less != 1 else ""
        begun = "starts with the first demand and the buckets up to it"
        return Run(fitted, [mean] * periods, [1.0] * periods, [part] * periods, begun)


@attrs.frozen(repr=False)
class TSB(Estimator):
    """The size of a demand times the probability of one, which falls in every bucket without: for parts that die out.

    Source: Teunter, Syntetos and Babai, Intermittent demand: linking forecasting to inventory obsolescence, European
    Journal of Operational Research 214 (2011). The first size is that of the first demand, the first probability one
    over the buckets up to it. Errors are taken to be as large at any distance.

    Args:
        alpha: share of the size, 0 to 1; None: searched for up to 0.3.
        beta: share of the probability, 0 to 1; None: searched for up to 0.3.

    >>> from datetime import date
    >>> from prodstock.planning.forecast.history import DemandHistory
    >>> history = DemandHistory([0, 4, 0, 4, 0, 0, 0, 0], start=date(2025, 1, 1))
    >>> TSB("0.2", "0.1").forecast(history, 1).why(date(2025, 9, 1)).causes[0].causes[0].text
    'size 4 with probability 0.33133'
    """

    alpha: Decimal | None = attrs.field(default=None, converter=_alpha)
    beta: Decimal | None = attrs.field(default=None, converter=_beta)

    @property
    def name(self) -> str:
        """What people call the method."""
        return "Teunter-Syntetos-Babai"

    def parameters(self) -> tuple[Parameter, ...]:
        """Return its numbers, given or to be searched for."""
        alpha = Parameter("alpha", self.alpha, high=300, usual=100)
        return alpha, Parameter("beta", self.beta, high=300, usual=100)

    def run(self, values: Sequence[float | None], numbers: Sequence[float], periods: int) -> Run:
        """Return what it says of a history with certain numbers."""
        alpha, beta = numbers
        size = chance = 0.0
        since = 0
        fitted: list[float | None] = []
        for value in values:
            fitted.append(chance * size if size else None)
            since += value is not None
            if value:
                chance = chance + beta * (1 - chance) if size else 1 / since
                size = size + alpha * (value - size) if size else value
            elif value is not None and size:
                chance -= beta * chance
        part = f"size {brief_figure(size)} with probability {brief_figure(chance)}" if size else _NOTHING
        begun = "starts with the first demand and one over the buckets up to it"
        return Run(fitted, [chance * size] * periods, [1.0] * periods, [part] * periods, begun)
