"""What kind of demand a history shows: smooth, intermittent, erratic or lumpy."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

import attrs

from prodstock._render import brief
from prodstock.master import checks
from prodstock.planning.forecast.accuracy import decimal
from prodstock.planning.forecast.history import DemandHistory
from prodstock.tables import Derivation, Table, Tabled

_INTERVAL: Final = Fraction(132, 100)
_VARIATION: Final = Fraction(49, 100)


class DemandPattern(StrEnum):
    """What kind of demand it is, by how often it comes and how much its sizes vary.

    SMOOTH: often, of like sizes. INTERMITTENT: seldom, of like sizes. ERRATIC: often, of unlike sizes. LUMPY: seldom,
    of unlike sizes. NONE: nothing was wanted.
    """

    SMOOTH = "smooth"
    INTERMITTENT = "intermittent"
    ERRATIC = "erratic"
    LUMPY = "lumpy"
    NONE = "none"


@attrs.frozen
class DemandProfile(Tabled["DemandProfile"]):
    """How demand comes: how often, and how much its sizes vary. Six decimals, rounded half-even.

    Attributes:
        pattern: what kind of demand it is.
        buckets: how many are known.
        with_demand: in how many of them something was wanted.
        interval: mean buckets between demands (ADI): known buckets over those with demand; None: there are none.
        variation: squared coefficient of variation of the sizes (CV^2), zeros left out; None: there are no sizes.
    """

    pattern: DemandPattern
    buckets: int
    with_demand: int
    interval: Decimal | None
    variation: Decimal | None

    __repr__ = brief

    def to_table(self) -> Table[DemandProfile]:
        """Return it as the one row of a table."""
        return Table([self])

    def _repr_html_(self) -> str:
        return self.why().to_html()

    def why(self) -> Derivation:
        """Return why it is that kind of demand."""
        causes = []
        if self.interval is not None:
            side = "seldom: above" if self.interval > Decimal("1.32") else "often: not above"
            much = f"{self.with_demand} of {self.buckets} known buckets with demand"
            apart = Derivation(f"{self.interval} buckets apart: {much}")
            causes.append(Derivation(f"comes {side} 1.32 buckets apart", (apart,)))
        if self.variation is not None:
            side = "unlike: above" if self.variation > Decimal("0.49") else "like: not above"
            text = f"CV^2 {self.variation} of the sizes"
            causes.append(Derivation(f"sizes are {side} 0.49", (Derivation(text),)))
        return Derivation(f"{self.pattern.value} demand", tuple(causes))


def classify_demand(history: DemandHistory) -> DemandProfile:
    """Return what kind of demand a history shows, exactly. O(n).

    Source: Syntetos, Boylan and Croston, On the categorization of demand patterns, Journal of the Operational Research
    Society 56 (2005): seldom is a mean interval above 1.32, unlike is a squared coefficient of variation above 0.49.
    The variance of sizes is that of a sample (over n - 1), zero for one size. Unknown buckets are left out.

    >>> from datetime import date
    >>> profile = classify_demand(DemandHistory([0, 0, 6, 0, 0, 6, 0, 8], start=date(2025, 1, 1)))
    >>> profile.pattern.value, str(profile.interval), str(profile.variation)
    ('intermittent', '2.666667', '0.030000')
    """
    checks.instance(history, DemandHistory, "history")
    known = [Fraction(quantity) for quantity in history.quantities if quantity is not None]
    sizes = [quantity for quantity in known if quantity]
    if not sizes:
        return DemandProfile(DemandPattern.NONE, len(known), 0, None, None)
    interval, variation = Fraction(len(known), len(sizes)), _squared_variation(sizes)
    pattern = _PATTERNS[interval > _INTERVAL, variation > _VARIATION]
    return DemandProfile(pattern, len(known), len(sizes), decimal(interval), decimal(variation))


_PATTERNS: Final = {
    (False, False): DemandPattern.SMOOTH,
    (True, False): DemandPattern.INTERMITTENT,
    (False, True): DemandPattern.ERRATIC,
    (True, True): DemandPattern.LUMPY,
}


def _squared_variation(sizes: list[Fraction]) -> Fraction:
    if len(sizes) == 1:
        return Fraction(0)
    mean = sum(sizes, Fraction(0)) / len(sizes)
    squares = sum(((size - mean) ** 2 for size in sizes), Fraction(0))
    return squares / (len(sizes) - 1) / mean**2
