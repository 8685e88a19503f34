"""When a line of a bill applies: which values of options must have been chosen. Values, no formulas to evaluate.

A condition is a list of cases, each a list of choices: it holds if in one of the cases every choice does. `&`, `|` and
`~` make others of it, always in this one form, so that spelling the same thing otherwise mostly makes an equal value.
"""

from __future__ import annotations

from itertools import chain, product
from typing import TYPE_CHECKING, TypeAlias

import attrs

from prodstock._render import short
from prodstock.errors import InvalidTypeError, InvalidValueError, listed
from prodstock.master import checks
from prodstock.master.bom_terms import Condition
from prodstock.master.codes import code
from prodstock.master.option import option_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prodstock.master.choices import Choices

__all__ = ["Cases", "Chosen", "Condition"]

MOST_CHOICES = 64
"""Choices in one condition, all told: enough for a shop, too few to be a program."""

Case: TypeAlias = "tuple[Chosen, ...]"


class Combinable(Condition):
    """What `&`, `|` and `~` are defined of."""

    __slots__ = ()

    @property
    def any_of(self) -> tuple[Case, ...]:
        """The cases in one of which every choice must hold."""
        raise NotImplementedError

    @property
    def said(self) -> Choices:
        """Every option and value that it names, by name."""
        pairs = {(one.option, value) for case in self.any_of for one in case for value in one.values}
        return tuple(sorted(pairs))

    def __and__(self, other: Combinable) -> Combinable:
        """Return the condition that both hold.

        Raises:
            InvalidValueError: if they never can, or there would be too many choices in it.
        """
        if not isinstance(other, Combinable):
            return NotImplemented
        found = [_together(chain(*pair)) for pair in product(self.any_of, other.any_of)]
        return _condition([case for case in found if case is not None], f"{self}, and {other}")

    def __or__(self, other: Combinable) -> Combinable:
        """Return the condition that one of them holds, or both.

        Raises:
            InvalidValueError: if there would be too many choices in it.
        """
        if not isinstance(other, Combinable):
            return NotImplemented
        return _condition([*self.any_of, *other.any_of], f"{self}, or {other}")

    def __invert__(self) -> Combinable:
        """Return the condition that it does not hold.

        Raises:
            InvalidValueError: if there would be too many choices in it.
        """
        cases: list[Case] = [()]
        for case in self.any_of:
            against = [attrs.evolve(one, unless=not one.unless) for one in case]
            found = [_together((*before, one)) for before in cases for one in against]
            cases = list(_least([each for each in found if each is not None], f"not {self}"))
        return _condition(cases, f"not {self}")


def option_code(value: str) -> str:
    """Return the code of an option in its normal form."""
    return code(value, "option")


def chosen_values(values: str | Iterable[str]) -> tuple[str, ...]:
    """Return one value, or several, sorted."""
    return tuple(sorted(option_values([values] if isinstance(values, str) else values)))


@attrs.frozen(repr=False)
class Chosen(Combinable):
    """One of some values of an option is chosen.

    Args:
        option: its name.
        values: one value, or several, of which any will do.
        unless: whether it must be any other value instead.

    >>> Chosen("plug", "EU") & ~Chosen("case", ["leather", "cloth"])
    <Cases case neither cloth nor leather and plug EU>
    """

    option: str = attrs.field(converter=option_code)
    values: tuple[str, ...] = attrs.field(converter=chosen_values)
    unless: bool = attrs.field(kw_only=True, default=False)

    def __attrs_post_init__(self) -> None:
        checks.instance(self.unless, bool, "unless", "Use True or False")

    @property
    def any_of(self) -> tuple[Case, ...]:
        """Itself, as the only case."""
        return ((self,),)

    def holds(self, chosen: Mapping[str, str]) -> bool:
        """Tell whether it holds of what is chosen of every option."""
        return (chosen.get(self.option) in self.values) is not self.unless

    def __str__(self) -> str:
        if not self.unless:
            return f"{self.option} {' or '.join(self.values)}"
        neither = "neither " if len(self.values) > 1 else "not "
        return f"{self.option} {neither}{' nor '.join(self.values)}"

    def __repr__(self) -> str:
        return short(f"<Chosen {self}>")


def cases_of(values: Iterable[Iterable[Chosen]]) -> tuple[Case, ...]:
    """Return cases in their one form: choices of the same option taken together, in order, and none said twice.

    Raises:
        InvalidTypeError: if they are no lists of choices.
        InvalidValueError: if none of them can hold, or there are too many choices in them.
    """
    found = []
    for case in listed(values, "any_of"):
        choices = listed(case, "any_of")
        for one in choices:
            if not isinstance(one, Chosen):
                advice = 'Give lists of choices: [[Chosen("plug", "EU")]]'
                raise InvalidTypeError(field="any_of", value=one, reason="is no Chosen", advice=advice)
        found.append(_together(choices))
    cases = _least([case for case in found if case], f"{len(found)} cases")
    if not cases:
        raise InvalidValueError(field="any_of", value=len(found), reason="can never hold")
    return cases


@attrs.frozen(repr=False)
class Cases(Combinable):
    """In one of some cases every choice holds: what `&`, `|` and `~` make of choices.

    Args:
        any_of: the cases, each a list of choices. Put into one form.

    >>> Cases([[Chosen("plug", "EU"), Chosen("case", "yes")], [Chosen("plug", "US")]])
    <Cases case yes and plug EU, or plug US>
    """

    any_of: tuple[Case, ...] = attrs.field(converter=cases_of)

    def holds(self, chosen: Mapping[str, str]) -> bool:
        """Tell whether it holds of what is chosen of every option."""
        return any(all(one.holds(chosen) for one in case) for case in self.any_of)

    def __str__(self) -> str:
        return ", or ".join(" and ".join(map(str, case)) for case in self.any_of)

    def __repr__(self) -> str:
        return short(f"<Cases {self}>")


def _together(choices: Iterable[Chosen]) -> Case | None:
    """Return choices that hold together, one for each option, by name; None: they never can."""
    found: dict[str, Chosen] = {}
    for one in choices:
        known = found.setdefault(one.option, one)
        if known is not one:
            values = set(known.values)
            if known.unless and one.unless:
                values |= set(one.values)
            elif known.unless or one.unless:
                kept, out = (one, known) if known.unless else (known, one)
                values = set(kept.values) - set(out.values)
            else:
                values &= set(one.values)
            if not values:
                return None
            found[one.option] = Chosen(one.option, values, unless=known.unless and one.unless)
    return tuple(found[name] for name in sorted(found))


def _least(cases: Iterable[Case], said: str) -> tuple[Case, ...]:
    """Return cases in order, without those that say more than another one.

    Raises:
        InvalidValueError: if there are too many choices in them.
    """
    each = sorted(set(cases), key=_order)
    if len(each) <= MOST_CHOICES:
        found = tuple(case for case in each if not any(set(other) < set(case) for other in each))
        if sum(map(len, found)) <= MOST_CHOICES:
            return found
    reason, advice = f"says more than {MOST_CHOICES} choices", "Make it several lines"
    raise InvalidValueError(field="when", value=said[:60], reason=reason, advice=advice)


def _order(case: Case) -> list[tuple[str, tuple[str, ...], bool]]:
    return [(one.option, one.values, one.unless) for one in case]


def _condition(cases: Iterable[Case], said: str) -> Combinable:
    found = _least(cases, said)
    if not found:
        raise InvalidValueError(field="when", value=said[:60], reason="can never hold", advice="Leave the line out")
    return found[0][0] if len(found) == 1 and len(found[0]) == 1 else Cases(found)
