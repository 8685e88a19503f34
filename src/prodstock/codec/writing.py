"""Writing: each value in one way, so that equal bytes mean equal content.

A field at its default is left out. So a field that a later release adds changes no document that is already written,
and one that is written again is written the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum, Flag
from functools import cache
from types import MappingProxyType, NoneType
from typing import Any, Final, TypeAlias, cast, get_args

import attrs

from prodstock.calendars.downtime import Downtime, Windows
from prodstock.calendars.holidays import Holidays
from prodstock.calendars.recurrence import Recurrence
from prodstock.codec.answer_tags import FORECAST_METHODS
from prodstock.codec.forms import FORMS
from prodstock.codec.hints import MAPPINGS, Hint, bare, choices, element, fields_of, plain_class
from prodstock.codec.json_text import Json, too_deep, write
from prodstock.codec.tags import BASES, MAPPING, SET, TABLE, tag_of
from prodstock.codec.texts import WRITERS, plain_out, whole_out, wrong_type
from prodstock.errors import InvalidTypeError
from prodstock.planning.forecast.answer import ForecastMethod
from prodstock.tables import Table

SCHEMA: Final = 1
"""The number of the form of documents. It grows when old documents need a translation, not when fields are added."""

Write: TypeAlias = Callable[[Any], Json]


def dumps(value: object, /) -> str:
    """Return any public value as one line of JSON that `loads` makes the same value of.

    Definitions, commands, events, answers, catalogs, tables, tuples, mappings, enumerations, quantities, moments. The
    text is canonical: the same for equal values, in every process. It begins with the number of its schema and a tag
    for the type. Decimals keep their digits, and moments are written in UTC.

    A plan is written with what it was made from beside its orders, shortages and messages; `loads` plans it again, and
    refuses what comes out otherwise. A schedule is written with its problem and policy beside where everything runs;
    `loads` checks it, and refuses what does not hold.

    Raises:
        InvalidTypeError: if it is, or holds, what no document can: a float, a list, a host's own object.
        InvalidValueError: if it is nested deeper than 64, or a moment has no time zone.

    O(n), about 10 us for an item.

    >>> from prodstock.master.item import Item
    >>> dumps(Item("WIRE", unit="m", scale=3))
    '{"prodstock":1,"type":"item","code":"WIRE","unit":"m","scale":3}'
    """
    try:
        written = tagged(value)
    except RecursionError:
        raise too_deep() from None
    head: dict[str, Json] = {"prodstock": SCHEMA}
    return write(head | written if isinstance(written, dict) else {**head, "value": written})


def tagged(value: object) -> Json:
    """Return a value with the tag of its type, as it is written where nothing else says what it is."""
    kind = type(value)
    found = _TAGGED.get(kind)
    if found is None:
        found = _TAGGED[kind] = _tagged_writer(kind)
    return found(value)


def _tagged_writer(kind: type) -> Write:
    for base, write_it in () if kind in FORMS else _BY_BASE:
        if issubclass(kind, base):
            return write_it
    tag, inner = tag_of(kind), writer(kind)
    if kind in WRITERS or issubclass(kind, Enum):
        return lambda value: {"type": tag, "value": inner(value)}
    return lambda value: {"type": tag, **inner(value)}  # type: ignore[dict-item]  # records are written as dicts


def _items(values: Iterable[object]) -> list[Json]:
    return [tagged(value) for value in values]


def _entries(values: Mapping[object, object]) -> Json:
    if any(type(key) is not str for key in values):
        raise InvalidTypeError(field="value", value="a mapping", reason="has keys that are no texts")
    keys = cast("list[str]", sorted(cast("Mapping[str, object]", values)))
    return {"type": MAPPING, "entries": {key: tagged(values[key]) for key in keys}}


def _refused(value: object) -> Json:
    kind = type(value).__name__
    advice = {"list": "Give a tuple", "float": "Give a Decimal", "set": "Give a frozenset"}.get(
        kind, "Give a public value"
    )
    raise InvalidTypeError(field="value", value=value, reason=f"is of type {kind}", advice=advice)


_AS_THEY_ARE: Final[Mapping[type, Write]] = {
    str: plain_out,
    int: whole_out,
    bool: bool,
    NoneType: lambda _: None,
    float: _refused,
    list: _refused,
    set: _refused,
}
_TAGGED: Final = dict(_AS_THEY_ARE)
_BY_BASE: Final[tuple[tuple[type, Write], ...]] = (
    (Table, lambda value: {"type": TABLE, "rows": _items(value)}),
    (tuple, _items),
    (dict, _entries),
    (MappingProxyType, _entries),
    (frozenset, lambda value: {"type": SET, "members": _sorted(_items(value))}),
)


def _sorted(written: list[Json]) -> list[Json]:
    return sorted(written, key=write)


@cache
def writer(hint: Hint) -> Write:  # noqa: PLR0911 - one case a line
    """Return how a value of an annotated field is written."""
    several = choices(hint)
    if len(several) > 1:
        return _union_writer(several)
    if hint in _SPECIAL:
        return _SPECIAL[hint]
    kind = plain_class(hint)
    if kind in WRITERS:
        return _checked(kind, WRITERS[kind])
    if kind is str:
        return _text
    if kind in _AS_THEY_ARE:
        return _checked(kind, _AS_THEY_ARE[kind])
    if issubclass(kind, Enum):
        return _enum_writer(kind)
    if kind in FORMS:
        form, opened = FORMS[kind].form, writer(FORMS[kind].form)
        return lambda value: opened(FORMS[kind].close(value)) if type(value) is kind else _misfit(form, value)
    if issubclass(kind, tuple | frozenset) or kind in MAPPINGS:
        return _collection_writer(kind, hint)
    if attrs.has(kind) and kind not in BASES:
        return _record_writer(kind)
    return _some(kind)


def _misfit(kind: type, value: object) -> Json:
    raise wrong_type(f"of type {kind.__name__}", value)


def _checked(kind: type, write_it: Callable[..., object]) -> Write:
    return lambda value: cast("Json", write_it(value)) if type(value) is kind else _misfit(kind, value)


def _text(value: object) -> Json:
    if not isinstance(value, str) or isinstance(value, Enum):
        return _misfit(str, value)
    return plain_out(value)


def _some(base: type) -> Write:
    """Return the writer of a field that holds any of several types: with its tag."""
    return lambda value: tagged(value) if isinstance(value, base) else _misfit(base, value)


def _enum_writer(kind: type[Enum]) -> Write:
    if issubclass(kind, Flag):
        return lambda value: _names(value) if isinstance(value, kind) else _misfit(kind, value)
    return lambda value: cast("str", value.value) if type(value) is kind else _misfit(kind, value)


def _names(flags: Flag) -> Json:
    return [str(one.name).lower() for one in flags]


def _union_writer(several: tuple[Hint, ...]) -> Write:
    writers: dict[type, Write] = {}
    bases: list[tuple[type, Write]] = []
    for one in several:
        kind = plain_class(one)
        write_it = writer(one)
        if attrs.has(kind) and kind not in WRITERS and len([x for x in several if x is not NoneType]) > 1:
            write_it = tagged
        writers[kind] = write_it
        bases.append((kind, write_it))

    def write_one(value: object) -> Json:
        found = writers.get(type(value))
        if found is None:
            found = next((each for kind, each in bases if isinstance(value, kind)), None)
        return _misfit(bases[0][0], value) if found is None else found(value)

    return write_one


def _collection_writer(kind: type, hint: Hint) -> Write:
    if kind in MAPPINGS:
        return _mapping_writer(*(bare(one) for one in get_args(hint)))
    arguments = get_args(hint)
    if kind is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return _fixed_writer(tuple(writer(bare(one)) for one in arguments))
    write_it = writer(element(hint))
    if kind is frozenset:
        return lambda value: (
            _sorted([write_it(one) for one in value]) if isinstance(value, frozenset) else _misfit(kind, value)
        )
    return lambda value: [write_it(one) for one in value] if isinstance(value, tuple) else _misfit(kind, value)


def _fixed_writer(parts: tuple[Write, ...]) -> Write:
    def write_it(value: object) -> Json:
        if not isinstance(value, tuple) or len(value) != len(parts):
            return _misfit(tuple, value)
        return [part(one) for part, one in zip(parts, value, strict=True)]

    return write_it


def _mapping_writer(key: Hint, held: Hint) -> Write:
    write_key, write_held = writer(key), writer(held)

    def write_it(value: object) -> Json:
        if not isinstance(value, Mapping):
            return _misfit(dict, value)
        found = {cast("str", write_key(one)): write_held(other) for one, other in value.items()}
        return {one: found[one] for one in sorted(found)}

    return write_it


def _record_writer(kind: type) -> Write:
    """Return the writer of an attrs class. What equals its default once written is left out."""
    plan: list[tuple[str, str, Write, object, object]] = []

    def write_it(value: object) -> Json:
        if type(value) is not kind:
            return _misfit(kind, value)
        if not plan:
            plan.extend(_plan(kind))
        written: dict[str, Json] = {}
        for name, attribute, write_field, default, default_written in plan:
            held = getattr(value, attribute)
            if held is not default:
                found = write_field(held)
                if found != default_written or type(found) is not type(default_written):
                    written[name] = found
        return written

    return write_it


def _plan(kind: type) -> list[tuple[str, str, Write, object, object]]:
    """Return how the fields of a class are written; made when it is first used, for a class may hold itself."""
    return [
        (
            one.name,
            one.attribute,
            writer(one.hint),
            one.default,
            _NEVER if one.required else writer(one.hint)(one.default),
        )
        for one in fields_of(kind)
    ]


_NEVER: Final = object()


def _holidays(value: object) -> Json:
    if not isinstance(value, frozenset):
        advice = "Make them a value first: listed_holidays(holidays, years)"
        raise InvalidTypeError(field="holidays", value=value, reason="compute their answer", advice=advice)
    return [day.isoformat() for day in sorted(value)]


def _windows(value: object) -> Json:
    if not isinstance(value, Downtime | Recurrence):
        advice = "Give Downtime or Recurrence values"
        raise InvalidTypeError(field="maintenance", value=value, reason="is a host's own object", advice=advice)
    return tagged(value)


def _method(value: object) -> Json:
    if type(value) not in FORECAST_METHODS:
        advice = "Give a method of the library, or leave it out and keep its name"
        raise InvalidTypeError(field="method", value=value, reason="is a host's own method", advice=advice)
    return tagged(value)


_SPECIAL: Final[dict[Hint, Write]] = {
    Holidays: _holidays,
    Windows: _windows,
    ForecastMethod: _method,
    object: tagged,
}
