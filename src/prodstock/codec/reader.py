"""The functions that read each annotation strictly: cattrs generates those of records, the rest is written out here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import Enum, Flag
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast, get_args

import attrs
from cattrs import Converter
from cattrs.errors import IterableValidationError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from prodstock.calendars.downtime import Downtime, Windows
from prodstock.calendars.holidays import Holidays
from prodstock.calendars.recurrence import Recurrence
from prodstock.codec.answer_tags import FORECAST_METHODS
from prodstock.codec.faults import MOST_FINDINGS, Fault, described, not_a
from prodstock.codec.forms import FORMS
from prodstock.codec.hints import MAPPINGS, Hint, bare, choices, element, fields_of, plain_class
from prodstock.codec.json_text import MAX_TEXT, Floats, Printed
from prodstock.codec.tags import BASES, KINDS, MAPPING, SET, TABLE, TAGS
from prodstock.codec.texts import READERS, WRITERS
from prodstock.errors import InvalidTypeError, nearest, shown
from prodstock.planning.forecast.answer import ForecastMethod
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

Read: TypeAlias = Callable[[Any, object], Any]
"""Reads a part of a parsed document. The second argument is what cattrs passes on, the annotation; it is not used."""


class Pace(Enum):
    """Whether a reader stops at the first fault, or goes on to name them all."""

    FAST = "fast"
    THOROUGH = "thorough"


class Reader:
    """Makes and keeps the functions that read each annotation."""

    def __init__(self, floats: Floats, pace: Pace) -> None:
        self._floats = floats
        self._pace = pace
        self._converter = Converter(detailed_validation=pace is Pace.THOROUGH)
        self._made: dict[Hint, Read] = {}

    def of(self, hint: Hint) -> Read:
        """Return how a field of that annotation is read."""
        found = self._made.get(hint)
        if found is None:
            # A class may hold itself: until its reader is made, the name stands for it.
            self._made[hint] = lambda value, _: self._made[hint](value, _)  # noqa: PLW0108 - looked up when called
            found = self._made[hint] = self._make(hint)
        return found

    def _make(self, hint: Hint) -> Read:  # noqa: PLR0911 - one case a line
        several = choices(hint)
        if len(several) > 1:
            return self._union(several)
        if hint is object:
            return self._anything(object)
        if hint in _SPECIAL:
            return _SPECIAL[hint](self)
        kind = plain_class(hint)
        if kind in WRITERS:
            return self._text(frozenset({kind}))
        if kind in _PLAIN:
            return _plain(kind, *_PLAIN[kind])
        if issubclass(kind, Enum):
            return self._flags(kind) if issubclass(kind, Flag) else _enum(kind)
        if kind in MAPPINGS:
            return self._mapping(*(bare(one) for one in get_args(hint)))
        if kind in FORMS:
            inner, back = self.of(FORMS[kind].form), FORMS[kind].open
            return lambda value, _: back(inner(value, _))
        if issubclass(kind, tuple | frozenset):
            return self._collection(kind, hint)
        return self._record(kind) if attrs.has(kind) and kind not in BASES else self._anything(kind)

    def _record(self, kind: type) -> Read:
        """Return the function that cattrs generates for a record, behind the check that there is an object."""
        fields = fields_of(kind)
        # cattrs types every keyword of it as a switch; those named after fields are overrides.
        generated = cast("Any", make_dict_structure_fn)(
            kind,
            self._converter,
            _cattrs_forbid_extra_keys=True,
            _cattrs_detailed_validation=self._pace is Pace.THOROUGH,
            **{one.attribute: override(rename=one.name, struct_hook=self.of(one.hint)) for one in fields},
        )

        def read_it(value: object, _: object) -> object:
            if type(value) is not dict:
                raise not_a(f"an object: {TAGS.get(kind, kind.__name__)}", value)
            return generated(value, kind)

        return read_it

    def _text(self, kinds: frozenset[type]) -> Read:
        from_text = READERS[kinds]
        wanted = _named(kinds)
        by_digits = self._floats is Floats.AS_PRINTED and not kinds.isdisjoint(_NUMBERS)

        def read_it(value: object, _: object) -> object:
            if type(value) is str:
                return from_text(value)
            if by_digits and type(value) is int:
                return from_text(str(value))
            if by_digits and type(value) is Printed:
                return from_text(value.text)
            raise not_a(wanted, value, _hint_for(kinds, value))

        return read_it

    def _union(self, several: tuple[Hint, ...]) -> Read:
        """Return the reader of a choice: null, an object with its tag, a text, or another plain value."""
        kinds = [plain_class(one) for one in several if one is not NoneType]
        if len(kinds) == 1:
            return self._optional(self.of(next(one for one in several if one is not NoneType)))
        texts = frozenset(kind for kind in kinds if kind in WRITERS or issubclass(kind, Enum))
        by_type: dict[type, Read] = {}
        if texts:
            by_type[str] = self._text(texts) if texts in READERS else self._only_text(texts)
        by_type |= {kind: self.of(kind) for kind in kinds if kind in (str, int, bool)}
        if NoneType in several:
            by_type[NoneType] = _nothing
        records = tuple(kind for kind in kinds if kind not in texts and kind not in by_type)
        if records:
            by_type[dict] = self.tagged(records)
        wanted = " or ".join(
            [*([_named(texts)] if texts else []), *(TAGS.get(kind, kind.__name__) for kind in records)]
        )
        fallback = by_type.get(str, _nothing) if texts else None

        def read_it(value: object, _: object) -> object:
            found = by_type.get(type(value))
            if found is not None:
                return found(value, _)
            if fallback is not None and not isinstance(value, list):
                return fallback(value, _)
            raise not_a(wanted, value)

        return read_it

    def _only_text(self, texts: frozenset[type]) -> Read:
        if len(texts) > 1:
            names = ", ".join(sorted(kind.__name__ for kind in texts))
            raise InvalidTypeError(field="kind", value=names, reason="cannot be told apart as texts")
        return self.of(next(iter(texts)))

    def _optional(self, inner: Read) -> Read:
        return lambda value, _: None if value is None else inner(value, _)

    def _anything(self, base: type) -> Read:
        """Return the reader of a field that holds any of several types: by tag, plain values as they are."""
        of_kinds = self.tagged((base,))
        many = self._sequence(self.of(object)) if issubclass(tuple, base) else None

        def read_it(value: object, _: object) -> object:
            if type(value) is dict:
                return of_kinds(value, _)
            if many is not None and type(value) is list:
                return tuple(many(value, _))
            if isinstance(value, base) and (value is None or type(value) in _PLAIN):
                return self.of(type(value))(value, _) if value is not None else None
            raise not_a(f"a tagged {base.__name__}" if base is not object else "a value", value)

        return read_it

    def tagged(self, bases: tuple[type, ...]) -> Read:
        """Return the reader of an object that says by its tag which of several types it is."""

        def read_it(value: object, _: object) -> object:
            if type(value) is not dict:
                raise not_a("an object", value)
            if "type" not in value:
                raise Fault("missing", "is missing", "Give the tag of its type", path=("type",))
            tag = value["type"]
            rest = value.copy()
            del rest["type"]
            if object in bases and tag in _COLLECTIONS:
                return self._tagged_collection(tag, rest)
            kind = KINDS.get(tag) if type(tag) is str else None
            if kind is None or not issubclass(kind, bases):
                raise _unknown_tag(tag, bases)
            if kind in WRITERS or issubclass(kind, Enum):
                return self.of(kind)(_only(rest, "value"), kind)
            return self.of(kind)(rest, kind)

        return read_it

    def _tagged_collection(self, tag: str, rest: dict[str, object]) -> object:
        if tag == MAPPING:
            return self._mapping(str, object)(_only(rest, "entries"), None)
        if tag == SET:
            return _distinct(self._sequence(self.of(object))(_only(rest, "members"), None))
        return Table(self._sequence(self.of(object))(_only(rest, "rows"), None))

    def _collection(self, kind: type, hint: Hint) -> Read:
        arguments = get_args(hint)
        if kind is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
            return self._fixed(tuple(self.of(bare(one)) for one in arguments))
        members = self._sequence(self.of(element(hint)))
        if kind is frozenset:
            return lambda value, _: _distinct(members(value, _))
        return lambda value, _: kind(members(value, _))

    def _sequence(self, one: Read) -> Callable[[Any, object], list[Any]]:
        def fast(value: object, _: object) -> list[Any]:
            if type(value) is not list:
                raise not_a("a list", value)
            return [one(each, None) for each in value]

        def thorough(value: object, _: object) -> list[Any]:
            if type(value) is not list:
                raise not_a("a list", value)
            return _each((number, one, each) for number, each in enumerate(value))

        return fast if self._pace is Pace.FAST else thorough

    def _fixed(self, parts: tuple[Read, ...]) -> Read:
        def read_it(value: object, _: object) -> object:
            if type(value) is not list or len(value) != len(parts):
                raise not_a(f"a list of {len(parts)}", value)
            pairs = enumerate(zip(parts, value, strict=True))
            return tuple(_each((number, part, each) for number, (part, each) in pairs))

        return read_it

    def _mapping(self, key: Hint, held: Hint) -> Read:
        read_key, read_held = self.of(key), self.of(held)

        def read_it(value: object, _: object) -> object:
            if type(value) is not dict:
                raise not_a("an object", value)
            keys = _each((each, read_key, each) for each in value)
            return dict(zip(keys, _each((name, read_held, each) for name, each in value.items()), strict=True))

        return read_it

    def _flags(self, kind: type[Flag]) -> Read:
        names = {one.name.lower(): one for one in kind if one.name}

        def read_it(value: object, _: object) -> object:
            if type(value) is not list:
                raise not_a(f"a list of {', '.join(names)}", value)
            found = kind(0)
            for one in value:
                if type(one) is not str or one not in names:
                    raise not_a(f"one of {', '.join(names)}", one)
                if names[one] in found:
                    raise Fault("twice", f"{one} stands twice")
                found |= names[one]
            return found

        return read_it


def _each(parts: Iterable[tuple[int | str, Read, Any]]) -> list[Any]:
    """Return what each part reads as; the faults of all of them are raised together."""
    found: list[Any] = []
    wrong: list[Exception] = []
    for place, one, value in parts:
        try:
            found.append(one(value, None))
        except Exception as error:  # noqa: BLE001 - kept with its place, and raised with the others
            error.add_note(IterableValidationNote("", place, None))
            wrong.append(error)
            if len(wrong) > MOST_FINDINGS:
                break
    if wrong:
        raise IterableValidationError("", wrong, tuple)
    return found


def _distinct(members: list[Any]) -> frozenset[Any]:
    found = frozenset(members)
    if len(found) < len(members):
        raise Fault("twice", "a member stands twice")
    return found


def _only(rest: dict[str, object], name: str) -> object:
    """Return the one field of a tagged value that is no record."""
    if rest.keys() != {name}:
        raise Fault("wrong-fields", f"the fields are {shown(sorted(rest))}, not just {name!r}")
    return rest[name]


def _unknown_tag(tag: object, bases: tuple[type, ...]) -> Fault:
    known = sorted(each for each, kind in KINDS.items() if issubclass(kind, bases))
    close = nearest(tag, known) if isinstance(tag, str) else ()
    listed = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    hint = f"Did you mean {' or '.join(map(repr, close))}?" if close else f"Tags here are {listed}"
    return Fault("unknown-tag", f"{described(tag)} is no tag of a type that may stand here", hint, path=("type",))


def _nothing(_: object, __: object) -> None:
    return None


def _plain(kind: type, wanted: str, fits: Callable[[Any], bool]) -> Read:
    def read_it(value: object, _: object) -> object:
        if type(value) is kind and fits(value):
            return value
        if type(value) is str and kind is str:
            raise Fault("too-long", f"a text has {len(value)} characters, more than {MAX_TEXT}")
        raise not_a(wanted, value)

    return read_it


def _enum(kind: type[Enum]) -> Read:
    members: dict[object, Enum] = {one.value: one for one in kind}

    def read_it(value: object, _: object) -> object:
        if type(value) is str and value in members:
            return members[value]
        close = nearest(value, map(str, members)) if type(value) is str else ()
        hint = (
            f"Did you mean {' or '.join(map(repr, close))}?" if close else f"Use one of {', '.join(map(str, members))}"
        )
        raise not_a(f"a {TAGS.get(kind, kind.__name__)}", value, hint)

    return read_it


def _named(kinds: frozenset[type]) -> str:
    return " or ".join(sorted(TAGS.get(kind, kind.__name__) for kind in kinds)) + " as text"


def _hint_for(kinds: frozenset[type], value: object) -> str:
    if type(value) is int and not kinds.isdisjoint(_NUMBERS):
        return f'Write it as text ("{value}"), or read with floats=Floats.AS_PRINTED'
    return ""


_SPECIAL: Final[dict[Hint, Callable[[Reader], Read]]] = {
    Holidays: lambda reader: reader.of(frozenset[date]),
    Windows: lambda reader: reader.tagged((Downtime, Recurrence)),
    ForecastMethod: lambda reader: reader.tagged(tuple(FORECAST_METHODS)),
}
_NUMBERS: Final = frozenset(
    kind for kinds in READERS for kind in kinds if READERS[kinds].__name__ in {"number_in", "ratio_in"}
)
_PLAIN: Final[dict[type, tuple[str, Callable[[Any], bool]]]] = {
    str: ("a text", lambda value: len(value) <= MAX_TEXT),
    int: ("a whole number", lambda _: True),
    bool: ("true or false", lambda _: True),
}
_COLLECTIONS: Final = frozenset({TABLE, MAPPING, SET})
