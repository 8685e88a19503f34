"""The sizes that an order may have: a minimum, a maximum, a multiple, or one fixed quantity."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Final

import attrs

from prodstock._render import brief
from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.master import checks
from prodstock.quantities.scaled import MAX_SCALED

MOST_LOTS: Final = 10_000
"""More orders than a need is ever cut into; beyond, a size is a slip of the pen."""


class LotCut(StrEnum):
    """What a need above the maximum is cut into.

    REMAINDER: lots of the maximum as it is, and only the remainder is rounded to the multiple, as SAP cuts.
    MULTIPLE: every lot is a multiple, so the largest multiple within the maximum takes the maximum's place.
    """

    REMAINDER = "remainder"
    MULTIPLE = "multiple"


@attrs.frozen
class LotSizes:
    """The sizes an order may have, as whole numbers of the smallest steps of an item; 0: no such rule.

    Args:
        minimum: the smallest lot.
        maximum: the largest lot; what is needed beyond is ordered in several.
        multiple: the step of lots; a Fraction where the step of a unit lies between the smallest steps of the item. A
            lot is then the multiple rounded up to whole steps.
        fixed: the one quantity that every lot has; no other rule stands beside it.
        cut: what a need above the maximum is cut into.

    Raises:
        InvalidTypeError: if a size is a float, a bool or no number.
        InvalidValueError: if a size is below zero or above 64 bits, the minimum is above the maximum, no multiple lies
            within the maximum (or, if so `cut`, between the two), or another size stands beside `fixed`.

    301 wanted, of an item that comes in lots of 100 to 200 and in dozens:

    >>> LotSizes(minimum=100, maximum=200, multiple=12).split(301)
    (200, 108)
    >>> LotSizes(minimum=100, maximum=200, multiple=12, cut=LotCut.MULTIPLE).split(301)
    (192, 120)
    >>> LotSizes(fixed=75).split(501)
    (75, 75, 75, 75, 75, 75, 75)
    """

    minimum: int = attrs.field(kw_only=True, default=0)
    maximum: int = attrs.field(kw_only=True, default=0)
    multiple: int | Fraction = attrs.field(kw_only=True, default=0)
    fixed: int = attrs.field(kw_only=True, default=0)
    cut: LotCut = attrs.field(kw_only=True, default=LotCut.REMAINDER)

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        for field in ("minimum", "maximum", "fixed"):
            _size(getattr(self, field), field)
        _step(self.multiple)
        checks.member(self.cut, LotCut, "cut")
        if self.fixed and (self.minimum or self.maximum or self.multiple):
            advice = "Leave out minimum, maximum and multiple, or the fixed size"
            raise InvalidValueError(field="fixed", value=self.fixed, reason="stands beside other sizes", advice=advice)
        if self.maximum and self.minimum > self.maximum:
            raise InvalidValueError(field="minimum", value=self.minimum, reason=f"is above the maximum {self.maximum}")
        if self.maximum and _up(1, self.multiple) > self.maximum:
            reason = f"is above the maximum {self.maximum}"
            raise InvalidValueError(field="multiple", value=str(self.multiple), reason=reason)
        if self._largest() and self._largest() < self.minimum:
            reason = f"has no multiple from {self.minimum} to {self.maximum}"
            raise InvalidValueError(field="multiple", value=str(self.multiple), reason=reason)

    @property
    def free(self) -> bool:
        """Whether an order may have any size."""
        return not (self.minimum or self.maximum or self.multiple or self.fixed)

    def size(self, top: int, bottom: int = 1) -> int:
        """Return what all the lots for a need of `top / bottom` smallest steps are together; nothing for no need.

        Raises:
            InvalidValueError: as `split`.

        >>> LotSizes(minimum=500, multiple=100).size(510)
        600
        """
        if self.maximum or self.fixed:
            return sum(self.split(top, bottom))
        need = -(-top // bottom)
        if need <= 0:
            return 0
        size = self._last(need)
        return size if size <= MAX_SCALED else sum(self._checked(0, 0, (size,)))

    def floor(self, startable: int) -> int:
        """Return the largest lot that is no larger than what can be started; 0: none.

        >>> LotSizes(minimum=100, multiple=12).floor(131), LotSizes(minimum=100, multiple=12).floor(107)
        (120, 0)
        """
        size = min(startable, self.maximum) if self.maximum else startable
        if self.fixed:
            return self.fixed if size >= self.fixed else 0
        if self.multiple and size > 0 and not (size == self.maximum and self.cut is LotCut.REMAINDER):
            size = _up(size * self.multiple.denominator // self.multiple.numerator, self.multiple)
        return size if size >= self.minimum else 0

    def split(self, top: int, bottom: int = 1) -> tuple[int, ...]:
        """Return the lots for a need of `top / bottom` smallest steps, largest first; none for no need.

        The need is rounded up to whole steps. As long as it is above the maximum a lot of the maximum is cut off it
        (of the largest multiple within it, if so `cut`). What is left is raised to the minimum, then to a multiple,
        and never above the maximum: where the next multiple lies beyond, the maximum is a lot of its own. O(lots).

        Raises:
            InvalidValueError: if the lots do not fit 64 bits together, or are more than 10,000.
        """
        need = -(-top // bottom)
        if need <= 0:
            return ()
        if self.fixed:
            return self._checked(self.fixed, -(-need // self.fixed), ())
        whole = self._largest()
        count = (need - 1) // whole if whole else 0
        return self._checked(whole, count, (self._last(need - count * whole),))

    def _largest(self) -> int:
        """Return the lot that is cut off a need above the maximum; 0: never any."""
        if not self.maximum or not self.multiple or self.cut is LotCut.REMAINDER:
            return self.maximum
        return _up(self.maximum // self.multiple, self.multiple)

    def _last(self, need: int) -> int:
        size = max(need, self.minimum)
        if self.multiple:
            count = (size - 1) * self.multiple.denominator // self.multiple.numerator + 1
            size = _up(count, self.multiple)
        return min(size, self.maximum) if self.maximum else size

    def _checked(self, whole: int, count: int, rest: tuple[int, ...]) -> tuple[int, ...]:
        if count > MOST_LOTS:
            reason = f"cuts a need into {count} lots, more than {MOST_LOTS}" if count < 10**9 else "cuts far too small"
            raise InvalidValueError(field="fixed" if self.fixed else "maximum", value=whole, reason=reason)
        size = whole * count + sum(rest)
        if size > MAX_SCALED:
            raise InvalidValueError(field="quantity", value=str(size)[:40], reason="of the lots does not fit 64 bits")
        return (whole,) * count + rest


def _up(count: int, step: int | Fraction) -> int:
    """Return so many multiples, rounded up to whole steps."""
    return -(-count * step.numerator // step.denominator)


def _size(value: int, field: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        advice = "Give a whole number of the item's smallest steps"
        raise InvalidTypeError(field=field, value=value, reason="is no whole number", advice=advice)
    if not 0 <= value <= MAX_SCALED:
        reason = "is below zero" if value < 0 else "does not fit 64 bits"
        raise InvalidValueError(field=field, value=value, reason=reason)


def _step(value: int | Fraction) -> None:
    if isinstance(value, Fraction):
        if not 0 <= value <= MAX_SCALED:
            reason = "is below zero" if value < 0 else "does not fit 64 bits"
            raise InvalidValueError(field="multiple", value=str(value)[:40], reason=reason)
    else:
        _size(value, "multiple")


ANY_SIZE: Final = LotSizes()
"""An order may have any size."""
