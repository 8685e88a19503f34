"""Options: what may be chosen of an item that is made to order, with the values there are and the usual one."""

from collections.abc import Iterable, Mapping

import attrs

from prodstock._render import short
from prodstock.errors import InvalidValueError, paired
from prodstock.master import checks
from prodstock.master.bom_terms import Condition
from prodstock.master.codes import code, codes
from prodstock.master.definition import Definition

MOST_VALUES = 1_000
"""Values of one option."""


def option_values(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values of an option, in the order given.

    Raises:
        InvalidTypeError: if they are no texts, or one text.
        InvalidValueError: if there is none, one is no code, or one stands twice.
    """
    found = codes(values, "values")
    if not found or len(found) > MOST_VALUES:
        reason = "are none" if not found else f"are more than {MOST_VALUES}"
        raise InvalidValueError(field="values", value=len(found), reason=reason, advice='Use ["EU", "UK"]')
    if len(set(found)) < len(found):
        raise InvalidValueError(field="values", value=found[:10], reason="name one twice")
    return found


def optional_value(value: str | None) -> str | None:
    """Return a value in its normal form, or None for none given."""
    return None if value is None else code(value, "default")


def requirements(
    values: Mapping[str, Condition] | Iterable[tuple[str, Condition]],
) -> tuple[tuple[str, Condition], ...]:
    """Return values with the condition under which each may be chosen, by value.

    Raises:
        InvalidTypeError: if it is no mapping of texts to conditions.
        InvalidValueError: if a value is no code.
    """
    if values == ():
        return ()
    found = {code(value, "requires"): when for value, when in paired(values, "requires").items()}
    for when in found.values():
        checks.instance(when, Condition, "requires", 'Use {"yes": Chosen("plug", "EU")}')
    return tuple((value, found[value]) for value in sorted(found))


@attrs.frozen(repr=False)
class Option(Definition):
    """What may be chosen of items made to order: the lines of their bills say with which values they apply.

    An option means the same wherever it is named, at every level: what a demand chooses holds for all that is made for
    it. Whatever nobody chooses has the usual value, and so has all that is made for stock.

    Args:
        code: its name.
        values: what there is to choose, in the order in which people should see it.
        default: the usual value; None: the first.
        requires: what else must be chosen with a value, by value: a rule of what goes together.

    >>> Option("plug", ["EU", "UK", "US"])
    <Option plug: EU, UK, US>
    """

    code: str = attrs.field(converter=code)
    values: tuple[str, ...] = attrs.field(converter=option_values)
    default: str | None = attrs.field(kw_only=True, default=None, converter=optional_value)
    requires: tuple[tuple[str, Condition], ...] = attrs.field(kw_only=True, default=(), converter=requirements)

    def __attrs_post_init__(self) -> None:
        if self.default is not None and self.default not in self.values:
            advice = f"Its values are {', '.join(self.values[:10])}"
            raise InvalidValueError(field="default", value=self.default, reason="is no value of it", advice=advice)
        for value, _ in self.requires:
            if value not in self.values:
                advice = f"Its values are {', '.join(self.values[:10])}"
                raise InvalidValueError(field="requires", value=value, reason="is no value of it", advice=advice)

    @property
    def identity(self) -> tuple[str, ...]:
        """The name."""
        return (self.code,)

    @property
    def usual(self) -> str:
        """The value it has where nobody chooses."""
        return self.values[0] if self.default is None else self.default

    def __repr__(self) -> str:
        usual = "" if self.default is None else f", {self.default[:20]} usual"
        return short(f"<Option {self.code[:30]}: {', '.join(self.values[:10])[:40]}{usual}>")
