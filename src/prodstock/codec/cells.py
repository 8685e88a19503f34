"""Cells: what a csv file, a database, a data frame or JSON has in one place, read as what its column holds.

The four say the same in different ways: `"3"`, `3`, `Decimal("3")`, `3.0`. Each reads as the same value or is refused;
nothing is rounded, and nothing is guessed: a bare number is no duration, a number is no code (its leading zeros are
gone), a moment has a time zone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, Flag
from fractions import Fraction
from types import NoneType
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast, get_args

import attrs

from prodstock.calendars.downtime import Downtime, Windows
from prodstock.calendars.holidays import Holidays
from prodstock.calendars.recurrence import Recurrence
from prodstock.calendars.span import WorkingDays
from prodstock.codec import texts, times
from prodstock.codec.faults import (
    MOST_FINDINGS,
    WRONG,
    Fault,
    Faults,
    Path,
    described,
    listed,
    missing_field,
    not_a,
    unknown_field,
)
from prodstock.codec.hints import Hint, bare, choices, fields_of, origin, plain_class
from prodstock.codec.json_text import MAX_TEXT, Floats
from prodstock.codec.tags import BASES, KINDS, TAGS
from prodstock.errors import InvalidTypeError, nearest, shown
from prodstock.master.bom import Substitute
from prodstock.master.bom_terms import Condition
from prodstock.master.condition import Chosen, Combinable
from prodstock.quantities.money import Money
from prodstock.quantities.number import exact
from prodstock.quantities.quantity import Quantity

T = TypeVar("T")

Cell: TypeAlias = Callable[[Any], object]
"""Reads one cell that is not empty."""

_NAMED_BY: Final[tuple[Hint, ...]] = (str, date)
"""What values are named by in one cell."""

_ABSENT: Final = frozenset({"NAType", "NaTType"})


def _records(kind: type) -> tuple[type, ...]:
    """Return the record that a class is, or those made from it where it is a base of several."""
    if attrs.has(kind):
        return (kind,)
    return tuple(one for one in KINDS.values() if issubclass(one, kind)) if kind in BASES else ()


def empty(value: object) -> bool:
    """Tell whether a cell holds nothing: None, blanks, NaN, or what data frames have for nothing.

    >>> [empty(value) for value in (None, " ", float("nan"), 0, "NaN")]
    [True, True, True, False, False]
    """
    if isinstance(value, str):
        return not value or value.isspace()
    if value is None:
        return True
    if isinstance(value, float):
        return value != value  # noqa: PLR0124 - NaN alone is not itself
    return type(value).__name__ in _ABSENT or (isinstance(value, Decimal) and value.is_nan())


class Cells:
    """Makes and keeps the functions that read the cells of each annotation."""

    def __init__(self, floats: Floats) -> None:
        self._floats = floats
        self._made: dict[Hint, Cell] = {}

    def of(self, hint: Hint) -> Cell:
        """Return how a cell of that annotation is read."""
        found = self._made.get(hint)
        if found is None:
            # A class may hold itself: until its reader is made, this stands for it.
            self._made[hint] = lambda value: self._made[hint](value)  # noqa: PLW0108 - looked up when called
            found = self._made[hint] = self._make(hint)
        return found

    def _make(self, hint: Hint) -> Cell:  # noqa: PLR0911 - one case a line
        kinds = frozenset(one if origin(one) else plain_class(one) for one in choices(hint) if one is not NoneType)
        if kinds in _BY_KINDS:
            return _BY_KINDS[kinds](self)
        if hint in _SPECIAL:
            return _SPECIAL[hint](self)
        if len(kinds) > 1:
            return self._choice(tuple(one for one in choices(hint) if one is not NoneType))
        only = next(iter(kinds))
        kind = plain_class(only)
        if issubclass(kind, Flag):
            return self._flags(kind)
        if issubclass(kind, Enum):
            return _enum(kind)
        if issubclass(kind, tuple):
            return self._several(only)
        if issubclass(kind, Mapping):
            return self._mapping(only)
        if attrs.has(kind):
            return Record(kind, self)
        advice = "Write it with dumps and read it with loads"
        raise InvalidTypeError(field="kind", value=kind, reason="cannot be read from rows", advice=advice)

    # Numbers

    def digits(self, value: object) -> object:
        """Return a number as one that is exact: a float's printed digits if the caller wants them."""
        if not isinstance(value, float):
            return value
        if self._floats is Floats.REFUSE:
            advice = f'Write it as text ("{value!r}"), or read with floats=Floats.AS_PRINTED'
            raise Fault("float", f"{value!r} is a float, which is not exact", advice)
        if not math.isfinite(value):
            raise not_a("a finite number", value)
        return float.__repr__(value)

    def number(self, value: object) -> Decimal:
        """Return a decimal number."""
        value = self.digits(value)
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise not_a("a number", value)
        return exact(value, field="")

    def whole(self, value: object) -> int:
        """Return a whole number; 3.0 is one, 1.9 is none."""
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 18:
            return int(value)
        number = self.number(value)
        # The number is below 1e80, so this expands nothing.
        whole = int(number)
        if whole != number:
            raise not_a("a whole number", value)
        return whole

    def amount(self, value: object) -> Decimal | Quantity:
        """Return a number, or a quantity with its unit."""
        if isinstance(value, str):
            text = value.strip()
            return self.quantity(text) if " " in text else exact(text, field="")
        if isinstance(value, Quantity | Mapping):
            return self.quantity(value)
        return self.number(value)

    def quantity(self, value: object) -> Quantity:
        """Return a quantity: `0.2 km`, or an object with amount and unit."""
        if isinstance(value, Quantity):
            return value
        if isinstance(value, Mapping):
            number, unit = _pair(value, "amount", "unit")
            return Quantity(self.number(number), _text(unit))
        if isinstance(value, str):
            number, _, unit = value.strip().partition(" ")
            return Quantity(texts.ratio_in(number) if "/" in number else exact(number, field=""), unit.strip())
        raise not_a("a quantity with its unit", value, 'Write "0.2 km"')

    def ratio(self, value: object) -> Fraction:
        """Return a ratio: `1/3`, or a number."""
        if isinstance(value, Fraction):
            return value
        return texts.ratio_in(value) if isinstance(value, str) and "/" in value else Fraction(self.number(value))

    def money(self, value: object) -> Money:
        """Return money: `1.20 EUR`, or an object with amount and currency."""
        if isinstance(value, Money):
            return value
        if isinstance(value, Mapping):
            number, currency = _pair(value, "amount", "currency")
            return Money(self.number(number), _text(currency))
        if isinstance(value, str) and " " in (text := value.strip()):
            number, _, currency = text.partition(" ")
            return Money(exact(number, field=""), currency.strip())
        raise not_a("an amount of money", value, 'Write "1.20 EUR", or use columns for amount and currency')

    # Choices and collections

    def condition(self, value: object) -> object:
        """Return when a line applies: `plug=EU|UK; case!=no`, of which all must hold, or an object with its type."""
        if not isinstance(value, str):
            return self._choice((Condition,))(value)
        found: Combinable | None = None
        for part in value.split(";"):
            name, sign, values = part.partition("=")
            if not sign:
                raise not_a("a condition", value, 'Write "plug=EU|UK", or "case!=no"')
            unless = name.endswith("!")
            one = Chosen(name.removesuffix("!").strip(), [each.strip() for each in values.split("|")], unless=unless)
            found = one if found is None else found & one
        return found

    def _choice(self, several: tuple[Hint, ...]) -> Cell:
        """Return the reader of a choice between records, by their tags, and at most one kind of text."""
        records = tuple(record for one in several for record in _records(plain_class(one)))
        plain = [one for one in several if not _records(plain_class(one))]
        from_text = self.of(plain[0]) if plain else None

        def read(value: object) -> object:
            if isinstance(value, records):
                return value
            if isinstance(value, Mapping):
                return self._tagged(value, records)
            if from_text is None:
                raise not_a(" or ".join(TAGS[one] for one in records), value)
            return from_text(value)

        return read

    def _tagged(self, value: Mapping[Any, object], kinds: tuple[type, ...]) -> object:
        tag = value.get("type")
        kind = KINDS.get(tag) if isinstance(tag, str) else None
        if kind not in kinds:
            names = [TAGS[one] for one in kinds]
            raise Fault("unknown-tag", f"{described(tag)} is none of {', '.join(names)}", path=("type",))
        return self.of(kind)({name: held for name, held in value.items() if name != "type"})

    def tagged(self, kinds: tuple[type, ...]) -> Cell:
        """Return the reader of an object that says by its tag which of several records it is."""
        return self._choice(kinds)

    def _several(self, hint: Hint) -> Cell:
        arguments = get_args(hint)
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            inner = bare(arguments[0])
            if origin(inner) is tuple and bare(get_args(inner)[0]) in _NAMED_BY and len(get_args(inner)) == 2:
                return self._pairs(bare(get_args(inner)[0]), bare(get_args(inner)[1]))
            return self._list(inner)
        return self._fixed([self.of(bare(one)) for one in arguments])

    def _list(self, inner: Hint) -> Cell:
        """Return the reader of a list, which a text writes with semicolons: `label;packaging`."""
        one = self.of(inner)
        from_code = attrs.has(plain_class(inner)) and inner is Substitute

        def read(value: object) -> tuple[Any, ...]:
            if isinstance(value, str):
                value = [part.strip() for part in value.split(";") if part.strip()]
            elif not isinstance(value, list | tuple):
                raise not_a("a list", value, 'Write "a;b", or give a list')
            if from_code:
                value = [Substitute(part) if isinstance(part, str) else part for part in value]
            return tuple(_each(((number, one, part) for number, part in enumerate(value))))

        return read

    def _pairs(self, by: Hint, held: Hint) -> Cell:
        """Return the reader of named values, which a text writes `reel=250;box=12`; names may be days."""
        named, one = _text if by is str else self.of(by), self.of(held)

        def read(value: object) -> tuple[tuple[Any, Any], ...]:
            if isinstance(value, str):
                value = [part.strip().partition("=")[::2] for part in value.split(";") if part.strip()]
            pairs = list(value.items()) if isinstance(value, Mapping) else value
            if not isinstance(pairs, list | tuple) or any(
                not isinstance(p, list | tuple) or len(p) != 2 for p in pairs
            ):
                raise not_a("named values", value, 'Write "reel=250;box=12", or give an object')
            names = [named(name) for name, _ in pairs]
            if len(set(names)) < len(names):
                raise Fault("twice", "a name stands twice")
            found = _each((str(name), one, part) for name, (_, part) in zip(names, pairs, strict=True))
            return tuple(zip(names, found, strict=True))

        return read

    def _fixed(self, parts: list[Cell]) -> Cell:
        def read(value: object) -> tuple[Any, ...]:
            if not isinstance(value, list | tuple) or len(value) != len(parts):
                raise not_a(f"a list of {len(parts)}", value)
            return tuple(_each((at, part, one) for at, (part, one) in enumerate(zip(parts, value, strict=True))))

        return read

    def _mapping(self, hint: Hint) -> Cell:
        held = self.of(bare(get_args(hint)[1]))

        def read(value: object) -> dict[str, Any]:
            if not isinstance(value, Mapping):
                raise not_a("an object", value)
            return dict(zip(map(_text, value), _each((str(k), held, v) for k, v in value.items()), strict=True))

        return read

    def _flags(self, kind: type[Flag]) -> Cell:
        names = {one.name.lower(): one for one in kind if one.name}

        def read(value: object) -> object:
            if isinstance(value, kind):
                return value
            parts = re.split(r"[;|]", value) if isinstance(value, str) else value
            if not isinstance(parts, list | tuple):
                raise not_a(f"some of {', '.join(names)}", value, 'Write "net;value"')
            found = kind(0)
            for part in parts:
                word = part.strip() if isinstance(part, str) else ""
                if word not in names and word != "none":
                    raise not_a(f"one of {', '.join(names)}", part)
                found |= names.get(word, found)
            return found

        return read

    def holidays(self, value: object) -> object:
        """Return days off: a list of dates, or `2026-01-01;2026-05-01`."""
        if isinstance(value, Mapping | set | frozenset):
            value = sorted(value)
        return frozenset(cast("Iterable[date]", self.of(tuple[date, ...])(value)))


class Record(Generic[T]):
    """Reads an object (a dict of cells) as a record, all its faults at once."""

    def __init__(self, kind: type[T], cells: Cells) -> None:
        self.kind = kind
        self._cells = cells
        self._fields = {one.name: one for one in fields_of(kind)}
        self._readers: dict[str, Cell] = {}

    @property
    def names(self) -> list[str]:
        """The names of its fields, in their order."""
        return list(self._fields)

    def hint(self, name: str) -> Hint:
        """Return what a field holds."""
        return self._fields[name].hint

    def __call__(self, value: object) -> T:
        """Return the record of an object; a value that is one already is itself."""
        if isinstance(value, self.kind):
            return value
        if type(value) is not dict and not isinstance(value, Mapping):
            raise not_a(f"an object: {TAGS.get(self.kind, self.kind.__name__)}", value)
        readers = self._readers or self._made()
        try:
            return self.kind(**{name: readers[name](held) for name, held in value.items() if not empty(held)})
        except WRONG as error:
            first = error
        raise Faults(list(self._faults(value)) or listed(first))

    def _made(self) -> dict[str, Cell]:
        self._readers = {name: self._cells.of(one.hint) for name, one in self._fields.items()}
        return self._readers

    def _faults(self, value: Mapping[Any, Any]) -> list[Fault]:
        found: list[Fault] = []
        for name, held in value.items():
            if empty(held):
                continue
            if name not in self._fields:
                found.append(unknown_field(str(name), self.names))
                continue
            try:
                self._readers[name](held)
            except WRONG as error:
                found += [within(fault, (name,)) for fault in listed(error)]
        given = {name for name, held in value.items() if not empty(held)}
        return found + [
            missing_field(one.name) for one in self._fields.values() if one.required and one.name not in given
        ]


def within(fault: Fault, path: Path) -> Fault:
    """Return a fault as it is seen from outside, where a path leads to it."""
    inner = tuple(step for step in fault.path if step != "")
    return Fault(fault.code, fault.message, fault.hint, path=(*path, *(() if inner == path else inner)))


def _each(parts: Iterable[tuple[str | int, Cell, object]]) -> list[object]:
    """Return what each part reads as; the faults of all of them are raised together."""
    found: list[object] = []
    wrong: list[Fault] = []
    for place, one, value in parts:
        try:
            found.append(one(value))
        except WRONG as error:
            wrong += [within(fault, (place,)) for fault in listed(error)]
            if len(wrong) > MOST_FINDINGS:
                break
    if wrong:
        raise Faults(wrong)
    return found


def _pair(value: Mapping[Any, Any], first: str, second: str) -> tuple[Any, Any]:
    if value.keys() != {first, second}:
        raise Fault("wrong-fields", f"the fields are {shown(list(value))}, not {first} and {second}")
    return value[first], value[second]


def _text(value: object) -> str:
    if isinstance(value, str) and not isinstance(value, Enum):
        if len(value) > MAX_TEXT:
            raise Fault("too-long", f"a text has {len(value)} characters, more than {MAX_TEXT}")
        return value
    if isinstance(value, Enum) and isinstance(value, str):
        return str(value.value)
    hint = "Read the column as text, so that leading zeros stay" if isinstance(value, int | float) else ""
    raise not_a("a text", value, hint)


def _truth(value: object) -> bool:
    """Return true or false, as a bool or as the word; nothing else stands for them."""
    found = _TRUTHS.get(value.strip().lower()) if isinstance(value, str) else value
    if isinstance(found, bool):
        return found
    raise not_a("true or false", value)


_TRUTHS: Final[Mapping[str, bool]] = {"true": True, "false": False}


def _enum(kind: type[Enum]) -> Cell:
    members: dict[object, Enum] = {one.value: one for one in kind}

    def read(value: object) -> object:
        if isinstance(value, kind):
            return value
        word = value.strip() if isinstance(value, str) else value
        if isinstance(word, str) and word in members:
            return members[word]
        close = nearest(word, map(str, members)) if isinstance(word, str) else ()
        hint = (
            f"Did you mean {' or '.join(map(repr, close))}?" if close else f"Use one of {', '.join(map(str, members))}"
        )
        raise not_a(f"a {TAGS.get(kind, kind.__name__)}", value, hint)

    return read


_BY_KINDS: Final[dict[frozenset[Any], Callable[[Cells], Cell]]] = {
    frozenset({str}): lambda _: _text,
    frozenset({int}): lambda cells: cells.whole,
    frozenset({bool}): lambda _: _truth,
    frozenset({Decimal}): lambda cells: cells.number,
    frozenset({Fraction}): lambda cells: cells.ratio,
    frozenset({Quantity}): lambda cells: cells.quantity,
    frozenset({Decimal, Quantity}): lambda cells: cells.amount,
    frozenset({Money}): lambda cells: cells.money,
    frozenset({timedelta}): lambda _: times.duration_of,
    frozenset({WorkingDays}): lambda _: times.working_days_of,
    frozenset({timedelta, WorkingDays}): lambda _: times.span_of,
    frozenset({date}): lambda _: times.date_of,
    frozenset({datetime}): lambda _: times.datetime_of,
    frozenset({date, datetime}): lambda _: times.moment_of,
    frozenset({Condition}): lambda cells: cells.condition,
}
_SPECIAL: Final[dict[Hint, Callable[[Cells], Cell]]] = {
    Holidays: lambda cells: cells.holidays,
    Windows: lambda cells: cells.tagged((Downtime, Recurrence)),
}
