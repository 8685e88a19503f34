"""How a machine is changed over from one operation to the next: what that takes depends on both."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock._render import lasting, short
from prodstock.errors import InvalidTypeError, InvalidValueError, listed, paired
from prodstock.master import checks
from prodstock.master.codes import code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ANY = "*"
"""Any value, other than the one on the other side."""

MOST_RULES = 10_000


class Combine(StrEnum):
    """What changing several attributes at once takes: the sum of their times, or, done side by side, the longest."""

    SUM = "sum"
    LONGEST = "longest"


def _attribute(value: str) -> str:
    return code(value, "attribute")


def _before(value: str) -> str:
    return code(value, "before")


def _after(value: str) -> str:
    return code(value, "after")


@attrs.frozen(repr=False)
class Changeover:
    """A rule of what it takes to change an attribute of a machine from one value to another.

    Args:
        attribute: what is changed: the colour, the die, the width.
        before: the value of what ran before; `*`: any other than `after`.
        after: the value of what runs next; `*`: any other than `before`.
        time: how long the machine is changed, of its working time.
        cost: what that costs besides, in whatever money counts.

    >>> Changeover("colour", "black", "*", time=timedelta(hours=2))
    <Changeover colour black > *, 2:00:00>
    """

    attribute: str = attrs.field(converter=_attribute)
    before: str = attrs.field(converter=_before)
    after: str = attrs.field(converter=_after)
    time: timedelta = attrs.field(kw_only=True, default=timedelta())
    cost: Decimal = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.number)

    def __attrs_post_init__(self) -> None:
        checks.duration(self.time, "time")
        checks.not_negative(self.cost, "cost")

    def fits(self, before: str, after: str) -> bool:
        """Whether it is a rule for these two values. A value that stays as it is fits only a rule that names it twice.

        >>> rule = Changeover("colour", "*", "white")
        >>> rule.fits("black", "white"), rule.fits("white", "white"), rule.fits("white", "black")
        (True, False, False)
        """
        if before == after:
            return self.before == before and self.after == after
        return self.before in (ANY, before) and self.after in (ANY, after)

    def __repr__(self) -> str:
        what = f"{self.attribute[:30]} {self.before[:20]} > {self.after[:20]}"
        return short(f"<Changeover {what}, {lasting(self.time)}>")


def _rules(values: Iterable[Changeover]) -> tuple[Changeover, ...]:
    found = listed(values, "rules")
    for one in found:
        checks.instance(one, Changeover, "rules", "Give Changeovers")
    if len(found) > MOST_RULES:
        raise InvalidValueError(field="rules", value=len(found), reason=f"are more than {MOST_RULES}")
    return found


@attrs.frozen(repr=False)
class Setups:
    """What it takes to change a machine over, by the attributes of the operation before and of the next one.

    For each attribute the first rule that fits counts; without one, it takes nothing. An operation that has no value of
    an attribute leaves the machine as it is.

    Args:
        rules: what changes take, in the order in which they are looked at.
        combine: how the times of several attributes that change at once count; their costs are added up.
        before_material: whether the machine may be changed before the operation could begin: its material need not be
            there, only what is changed.
        clean_after: after so many operations in a row without a change that takes time it is cleaned before the next;
            None: never.
        cleaning: how long that takes.

    >>> hour = timedelta(hours=1)
    >>> Setups([Changeover("colour", "black", "*", time=3 * hour), Changeover("colour", "*", "*", time=hour)])
    <Setups of colour, 2 rules>
    """

    rules: tuple[Changeover, ...] = attrs.field(converter=_rules)
    combine: Combine = attrs.field(kw_only=True, default=Combine.SUM)
    before_material: bool = attrs.field(kw_only=True, default=True)
    clean_after: int | None = attrs.field(kw_only=True, default=None)
    cleaning: timedelta = attrs.field(kw_only=True, default=timedelta())

    def __attrs_post_init__(self) -> None:
        checks.member(self.combine, Combine, "combine")
        checks.instance(self.before_material, bool, "before_material", "Say True or False")
        checks.duration(self.cleaning, "cleaning")
        if self.clean_after is not None:
            checks.whole(self.clean_after, "clean_after", least=1)
        if (self.clean_after is None) != (not self.cleaning):
            advice = "Say after how many operations, and how long it takes, or neither"
            raise InvalidValueError(
                field="cleaning", value=self.cleaning, reason="goes with clean_after", advice=advice
            )

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that count, in the order of their first rules."""
        return tuple(dict.fromkeys(one.attribute for one in self.rules))

    def __repr__(self) -> str:
        of = ", ".join(self.attributes)[:50]
        return f"<Setups of {of or 'nothing'}, {len(self.rules)} rules>"


def setups(value: Setups | Iterable[Changeover] | None) -> Setups | None:
    """Return how a machine is set up; rules alone are Setups of them."""
    return value if value is None or isinstance(value, Setups) else Setups(_rules(value))


def attributes(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return values of attributes, by attribute.

    Raises:
        InvalidValueError: if one is `*`, which stands for any.
    """
    if values == ():
        return ()
    found = []
    for name, value in paired(values, "attributes").items():
        found.append((code(name, "attributes"), code(value, "attributes")))
        if value == ANY:
            raise InvalidValueError(field="attributes", value=value, reason="stands for any value", advice="Name one")
    return tuple(sorted(found))


def set_up(
    values: Mapping[str, Mapping[str, str]] | Iterable[tuple[str, Mapping[str, str] | Iterable[tuple[str, str]]]],
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return what machines are set up for, by machine."""
    if values == ():
        return ()
    found = []
    for machine, one in paired(values, "set_up").items():
        if isinstance(one, str):
            advice = "Give values of attributes, by attribute"
            raise InvalidTypeError(field="set_up", value=one, reason="is one text", advice=advice)
        found.append((code(machine, "set_up"), attributes(one)))
    return tuple(sorted(found))
