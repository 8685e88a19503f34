"""What a line of a bill may be counted by beside each unit or each order: steps, packs begun, and exact formulas.

A `Measure` says how many times a line's quantity is needed for so many units of the parent. The vocabulary is closed,
and its words are values: they compare, hash, travel as documents and show up in the difference of two revisions, which
a text formula or a function would not; nothing is evaluated. A number that several lines share is a variable of the
Python code that writes the bill; a function of one's own becomes steps with `Stepped.read_off`.

Every measure is exact, nothing for nothing, never below zero, and never falls as the quantity grows: netting, which
may make an order larger, never finds that it needs less for it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs

from prodstock.errors import InvalidTypeError, InvalidValueError, listed
from prodstock.master import checks
from prodstock.master.bom_terms import Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prodstock.quantities.number import Number

__all__ = ["EachBegun", "Greatest", "Least", "Linear", "Measure", "RoundedUp", "Stepped", "Total"]

MOST_PARTS = 32
"""Words in one measure, all told: enough for a shop, too few to be a program."""

MOST_STEPS = 1_000
"""Steps in one measure."""

_NOTHING, _ONE = Fraction(0), Fraction(1)


def _steps(
    given: Mapping[Any, Number] | Iterable[tuple[Number, Number]],
) -> tuple[tuple[Decimal, Decimal], ...]:
    pairs: tuple[object, ...] = tuple(given.items()) if isinstance(given, Mapping) else listed(given, "steps")
    if len(pairs) > MOST_STEPS:
        raise InvalidValueError(field="steps", value=len(pairs), reason=f"are more than {MOST_STEPS}")
    found = []
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            advice = "Each is a pair: (from this quantity, so many)"
            raise InvalidTypeError(field="steps", value=pair, reason="is no pair", advice=advice)
        found.append((checks.number(pair[0]), checks.number(pair[1])))
    return tuple(sorted(found))


@attrs.frozen(repr=False)
class Stepped(Measure):
    """So many from one quantity on, more from the next: a table.

    Args:
        steps: pairs, or a mapping: from this quantity on, so many. Below the first one none are needed; a first step
            from 0 is that of any quantity at all. Sorted by quantity; the count never falls.

    Raises:
        InvalidValueError: if there is no step, one stands twice, is below zero, or counts less than the one before.

    >>> pallets = Stepped([(0, 1), (100, 2), (200, 3)])
    >>> [int(pallets.count(Fraction(started))) for started in (0, 1, 99, 100, 250)]
    [0, 1, 1, 2, 3]
    """

    steps: tuple[tuple[Decimal, Decimal], ...] = attrs.field(converter=_steps)

    def __attrs_post_init__(self) -> None:
        if not self.steps:
            raise InvalidValueError(field="steps", value=(), reason="say nothing", advice="Use [(0, 1), (100, 2)]")
        before = None
        for start, count in self.steps:
            checks.not_negative(start, "steps")
            checks.not_negative(count, "steps")
            if before is not None and start == before[0]:
                raise InvalidValueError(field="steps", value=start, reason="stands twice")
            if before is not None and count < before[1]:
                advice = "A larger order never needs less; make two bills if this one does"
                reason = f"is less than the {before[1]:f} needed before it"
                raise InvalidValueError(field="steps", value=count, reason=reason, advice=advice)
            before = (start, count)

    @classmethod
    def read_off(cls, function: Callable[[int], Number], starts: Iterable[int], /) -> Stepped:
        """Return the steps of a function of one's own, asked once for each start; it is not kept.

        Between two starts it is taken to be that of the lower one: list every quantity at which it rises. What the
        function raises is raised.

        >>> Stepped.read_off(lambda started: 1 + started // 100, range(0, 300, 100))
        <Stepped 1 from 0, 2 from 100, 3 from 200>
        """
        if not callable(function):
            raise InvalidTypeError(field="function", value=function, reason="cannot be called")
        found: list[tuple[int, Number]] = []
        for start in listed(starts, "starts"):
            if len(found) == MOST_STEPS:
                raise InvalidValueError(field="starts", value=MOST_STEPS + 1, reason=f"are more than {MOST_STEPS}")
            found.append((start, function(start)))
        return cls(found)

    def count(self, served: Fraction) -> Fraction:
        """Return the count of the last step that a quantity reaches. O(log n)."""
        place = bisect_right(self.steps, served, key=lambda step: Fraction(step[0]))
        return Fraction(self.steps[place - 1][1]) if place and served else _NOTHING

    def __str__(self) -> str:
        shown = ", ".join(f"{count:f} from {start:f}" for start, count in self.steps[:3])
        return shown + (f", ... {len(self.steps)} steps" if len(self.steps) > 3 else "")

    def __repr__(self) -> str:
        return f"<Stepped {str(self)[:90]}>"


@attrs.frozen(repr=False)
class EachBegun(Measure):
    """One for each so many that are begun: for 25 started, two cartons of 24.

    >>> [int(EachBegun(24).count(Fraction(started))) for started in (0, 1, 24, 25)]
    [0, 1, 1, 2]
    """

    size: Decimal = attrs.field(converter=checks.number)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.size, "size")

    def count(self, served: Fraction) -> Fraction:
        """Return the quantity divided by the size, rounded up."""
        return Fraction(-(-served // Fraction(self.size)))

    def __str__(self) -> str:
        return f"begun {self.size:f}"

    def __repr__(self) -> str:
        return f"<EachBegun {str(self.size)[:40]}>"


@attrs.frozen(repr=False)
class Linear(Measure):
    """So many for each unit, and so many more for the order: what heats the kettle, and what goes into it.

    Args:
        per_unit: for each base unit of what is made.
        fixed: once, if there is anything to make.

    >>> [str(Linear("0.02", fixed=5).count(Fraction(started))) for started in (0, 1, 100)]
    ['0', '251/50', '7']
    """

    per_unit: Decimal = attrs.field(converter=checks.number)
    fixed: Decimal = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.number)

    def __attrs_post_init__(self) -> None:
        checks.not_negative(self.per_unit, "per_unit")
        checks.not_negative(self.fixed, "fixed")
        if not self.per_unit and not self.fixed:
            raise InvalidValueError(field="per_unit", value=0, reason="with nothing fixed is never any")

    def count(self, served: Fraction) -> Fraction:
        """Return the straight line's value; nothing for nothing."""
        return Fraction(self.per_unit) * served + Fraction(self.fixed) if served else _NOTHING

    def __str__(self) -> str:
        fixed = f"{self.fixed:f}" if self.fixed else ""
        slope = f"{self.per_unit:f} x" if self.per_unit else ""
        return " + ".join(part for part in (fixed, slope) if part)

    def __repr__(self) -> str:
        return f"<Linear {str(self)[:90]}>"


def _part(value: Measure | Number) -> Measure:
    return value if isinstance(value, Measure) else Linear(0, fixed=checks.number(value))


def _parts(values: Iterable[Measure | Number]) -> tuple[Measure, ...]:
    found = listed(values, "parts")
    if not 1 < len(found) < MOST_PARTS:
        advice = "Two at least; nest no further than a reader can follow"
        raise InvalidValueError(field="parts", value=len(found), reason=f"are not 2 to {MOST_PARTS - 1}", advice=advice)
    return tuple(map(_part, found))


def words(measure: Measure) -> int:
    """Return of how many words a measure consists."""
    if isinstance(measure, _Several):
        return 1 + sum(map(words, measure.parts))
    return 1 + words(measure.of) if isinstance(measure, RoundedUp) else 1


def _few(measure: Measure) -> None:
    """Refuse a measure of too many words: each of its parts has few, so that counting them ends."""
    count = words(measure)
    if count > MOST_PARTS:
        raise InvalidValueError(field="parts", value=count, reason=f"are more than {MOST_PARTS} words in all")


@attrs.frozen(repr=False)
class RoundedUp(Measure):
    """Another measure, rounded up to a multiple: 7 feet of film in lengths of 3 are 9.

    >>> RoundedUp(Linear("0.5"), 3).count(Fraction(13))
    Fraction(9, 1)
    """

    of: Measure = attrs.field(converter=_part)
    multiple: Decimal = attrs.field(converter=checks.number)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.multiple, "multiple")
        _few(self)

    def count(self, served: Fraction) -> Fraction:
        """Return the smallest multiple that is no less."""
        step = Fraction(self.multiple)
        return -(-self.of.count(served) // step) * step

    def __str__(self) -> str:
        return f"({self.of}) up to {self.multiple:f}s"

    def __repr__(self) -> str:
        return f"<RoundedUp {str(self)[:90]}>"


class _Several(Measure):
    """Measures taken together."""

    __slots__ = ()
    parts: tuple[Measure, ...]


@attrs.frozen(repr=False)
class Greatest(_Several):
    """The greatest of several measures; a number is one that is the same for every quantity.

    >>> Greatest([EachBegun(24), 5]).count(Fraction(48))
    Fraction(5, 1)
    """

    parts: tuple[Measure, ...] = attrs.field(converter=_parts)

    def __attrs_post_init__(self) -> None:
        _few(self)

    def count(self, served: Fraction) -> Fraction:
        """Return the greatest count."""
        return max(part.count(served) for part in self.parts)

    def __str__(self) -> str:
        return f"greatest of ({'; '.join(map(str, self.parts))})"

    def __repr__(self) -> str:
        return f"<{str(self)[:90].capitalize()}>"


@attrs.frozen(repr=False)
class Least(_Several):
    """The least of several measures: no more than 5, however many are made.

    >>> Least([EachBegun(24), 5]).count(Fraction(1_000))
    Fraction(5, 1)
    """

    parts: tuple[Measure, ...] = attrs.field(converter=_parts)

    def __attrs_post_init__(self) -> None:
        _few(self)

    def count(self, served: Fraction) -> Fraction:
        """Return the least count."""
        return min(part.count(served) for part in self.parts)

    def __str__(self) -> str:
        return f"least of ({'; '.join(map(str, self.parts))})"

    def __repr__(self) -> str:
        return f"<{str(self)[:90].capitalize()}>"


@attrs.frozen(repr=False)
class Total(_Several):
    """The sum of several measures: a tube for each rack of 96 begun, and two for controls.

    >>> Total([EachBegun(96), 2]).count(Fraction(100))
    Fraction(4, 1)
    """

    parts: tuple[Measure, ...] = attrs.field(converter=_parts)

    def __attrs_post_init__(self) -> None:
        _few(self)

    def count(self, served: Fraction) -> Fraction:
        """Return the sum of the counts."""
        return sum((part.count(served) for part in self.parts), _NOTHING)

    def __str__(self) -> str:
        return f"total of ({'; '.join(map(str, self.parts))})"

    def __repr__(self) -> str:
        return f"<{str(self)[:90].capitalize()}>"
