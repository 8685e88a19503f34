"""What the fields of a class may hold, from their annotations."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, Union, get_args, get_origin

import attrs

from prodstock.calendars.exception import CalendarException
from prodstock.errors import InvalidTypeError
from prodstock.journal.stream import Stream
from prodstock.quantities.money import Money

Hint: TypeAlias = Any
"""An annotation: a class, a union, a generic alias. Python has no type for all of them."""

_NAMES: Final[dict[str, object]] = {
    "Callable": Callable,
    "Iterable": Iterable,
    "Iterator": Iterator,
    "Mapping": Mapping,
    "Sequence": Sequence,
    "CalendarException": CalendarException,
    "Money": Money,
    "Decimal": Decimal,
    "Fraction": Fraction,
    "date": date,
    "datetime": datetime,
    "timedelta": timedelta,
    "Stream": Stream,
}
"""Names that modules may import for the type checker only."""

NONE: Final = type(None)

MAPPINGS: Final = frozenset({Mapping, dict, types.MappingProxyType})
"""What an annotation calls a mapping."""


class Field(NamedTuple):
    """A field as it is written: its name in the document, the attribute, what it holds, and its default."""

    name: str
    attribute: str
    hint: Hint
    default: object

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is attrs.NOTHING


_KNOWN: Final[dict[type, tuple[Field, ...]]] = {}


def fields_of(kind: type) -> tuple[Field, ...]:
    """Return the fields with which a value of an attrs class is made, in their order.

    Raises:
        InvalidTypeError: if it is no attrs class.
    """
    if kind in _KNOWN:
        return _KNOWN[kind]
    if not attrs.has(kind):
        raise InvalidTypeError(field="kind", value=kind, reason="is no record", advice="Give a class such as Item")
    attrs.resolve_types(kind, localns=_NAMES)
    found = _KNOWN[kind] = tuple(
        Field(one.alias or one.name, one.name, bare(one.type), _default(one.default))
        for one in attrs.fields(kind)
        if one.init
    )
    return found


def _default(default: Any) -> object:  # noqa: ANN401 - attrs gives factories a type of its own, under a function's name
    return default.factory() if type(default).__name__ == "Factory" else default


def bare(hint: Hint) -> Hint:
    """Return what an annotation means, without the names given to it."""
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    return object if hint is Any or isinstance(hint, TypeVar) else hint


def choices(hint: Hint) -> tuple[Hint, ...]:
    """Return the members of a union, or the one thing that it is."""
    if origin(hint) in (Union, types.UnionType):
        return tuple(bare(one) for one in get_args(hint))
    return (hint,)


def origin(hint: Hint) -> Hint:
    """Return what a generic annotation is made of, or None."""
    return get_origin(hint)


def plain_class(hint: Hint) -> type:
    """Return the class of an annotation, of a generic one its origin."""
    kind = origin(hint) or hint
    if not isinstance(kind, type):
        raise InvalidTypeError(field="kind", value=hint, reason="cannot be read from data")
    return kind


def element(hint: Hint) -> Hint:
    """Return what a collection of one kind holds."""
    arguments = get_args(hint)
    return bare(arguments[0]) if arguments else object
