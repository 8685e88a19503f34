"""Rules that cover a stretch of time with one order: so many periods, or the weeks and months of a calendar."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import attrs

from prodstock._render import brief
from prodstock.errors import InvalidValueError, listed
from prodstock.master import checks
from prodstock.planning.lot_sizing.forward import forward
from prodstock.planning.lot_sizing.terms import FREE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodstock.planning.lot_sizing.terms import LotTerms, SizedLot


@attrs.frozen
class PeriodOfSupply:
    """One order for what is wanted within so many periods from the first requirement that nothing covers.

    Args:
        periods: how many, at least one. Where times are days, 7 is a week's supply.

    >>> PeriodOfSupply(2).lots([(1, 10), (2, 62), (3, 12), (4, 130)])
    (SizedLot(time=1, quantity=72), SizedLot(time=3, quantity=142))
    """

    periods: int

    def __attrs_post_init__(self) -> None:
        checks.whole(self.periods, "periods", least=1)

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms = FREE) -> tuple[SizedLot, ...]:
        """Return lots that each cover so many periods, in the sizes that orders may have. O(n log n)."""

        def reach(wanted: Sequence[tuple[int, int]], position: int) -> int:
            past = wanted[position][0] + self.periods
            return bisect_left(wanted, (past, 0), lo=position) - position

        return forward(requirements, terms, reach)


def _starts(values: Iterable[int]) -> tuple[int, ...]:
    found = listed(values, "starts")
    for value in found:
        checks.whole(value, "starts")
    if list(found) != sorted(set(found)):
        raise InvalidValueError(field="starts", value=found, reason="do not ascend")
    return found


@attrs.frozen
class CalendarPeriods:
    """One order for what is wanted within each period of a calendar: days, weeks, months (SAP: TB, WB, MB).

    Args:
        starts: the times at which periods start, ascending; each lasts until the next, the last one without end, and
            what is wanted before the first is one period too.

    >>> CalendarPeriods([0, 31, 59]).lots([(3, 10), (30, 5), (31, 7), (90, 1)])  # days of January, February, March
    (SizedLot(time=3, quantity=15), SizedLot(time=31, quantity=7), SizedLot(time=90, quantity=1))
    """

    starts: tuple[int, ...] = attrs.field(converter=_starts)

    __repr__ = brief

    def lots(self, requirements: Sequence[tuple[int, int]], terms: LotTerms = FREE) -> tuple[SizedLot, ...]:
        """Return a lot for each period, at its first requirement, in the sizes that orders may have. O(n log n)."""

        def reach(wanted: Sequence[tuple[int, int]], position: int) -> int:
            after = bisect_right(self.starts, wanted[position][0])
            if after == len(self.starts):
                return len(wanted) - position
            return bisect_left(wanted, (self.starts[after], 0), lo=position) - position

        return forward(requirements, terms, reach)
