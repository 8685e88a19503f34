"""The form of documents as JSON Schema (draft 2020-12), for readers and writers in other languages.

Made from what the reader reads: the fields of the classes and the closed list of tags. What only a reader can see is
left to it: that a code means something, that quantities fit their item.
"""

from __future__ import annotations

from datetime import date
from enum import Enum, Flag
from functools import partial
from inspect import cleandoc
from itertools import takewhile
from types import NoneType
from typing import TYPE_CHECKING, Final, TypeAlias, get_args

import attrs

from prodstock.calendars.downtime import Downtime, Windows
from prodstock.calendars.holidays import Holidays
from prodstock.calendars.recurrence import Recurrence
from prodstock.codec.answer_tags import FORECAST_METHODS
from prodstock.codec.document import Document
from prodstock.codec.forms import FORMS
from prodstock.codec.hints import MAPPINGS, bare, choices, element, fields_of, plain_class
from prodstock.codec.tags import BASES, KINDS, MAPPING, SET, TAGS, tag_of
from prodstock.codec.texts import PATTERNS
from prodstock.codec.writing import SCHEMA, writer
from prodstock.errors import InvalidTypeError, InvalidValueError, nearest
from prodstock.planning.forecast.answer import ForecastMethod
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prodstock.codec.hints import Field, Hint
    from prodstock.codec.json_text import Json

Schema: TypeAlias = "dict[str, Json]"

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
ANYTHING: Final = "any-value"
"""The definition of a field that may hold any value of the library."""


def document_schema(tag: str | None = None, /) -> Schema:
    """Return the JSON Schema of a document, in draft 2020-12.

    A document that `dump_document` or `dumps` wrote fits it, and what `load_document` or `loads` reads with
    `Floats.REFUSE` does. What does not fit is refused by them as well, but for whole numbers written `1.0`; they also
    refuse what no schema can say, such as a key given twice. Definitions, each under the tag of its type, stand under
    `$defs`; a name that begins with `tagged-` is the same where the document has to say which type it is.

    Args:
        tag: the type whose documents are meant, such as `item`, or `recorded` for the events of an event store; None:
            a plant's whole document.

    Raises:
        InvalidTypeError: if the tag is no text.
        InvalidValueError: if no type has this tag.

    O(n) in the classes that may occur.

    >>> bill = document_schema("bill-of-material")
    >>> bill["required"]
    ['prodstock', 'type', 'item', 'lines']
    >>> sorted(bill["$defs"])[:3]
    ['basis', 'bom-line', 'bom-status']
    """
    made = _Definitions()
    body = made.record(Document) if tag is None else made.tagged(_kind(tag))
    return made.whole(body, "A plant's document" if tag is None else f"A document of type {tag}")


def _kind(tag: str) -> type:
    if not isinstance(tag, str):
        raise InvalidTypeError(field="tag", value=tag, reason="is no text", advice='Give one such as "item"')
    if tag not in KINDS:
        close = nearest(tag, KINDS)
        advice = f"Did you mean {' or '.join(map(repr, close))}?" if close else 'Give one such as "item" or "recorded"'
        raise InvalidValueError(field="tag", value=tag, reason="is the tag of no type", advice=advice)
    return KINDS[tag]


class _Definitions:
    """Makes the schema of each annotation, and keeps that of each type once, under its name."""

    def __init__(self) -> None:
        self._made: Schema = {}

    def whole(self, body: Schema, title: str) -> Schema:
        """Return the schema of a document: its number in front, the definitions behind."""
        number: Schema = {"const": SCHEMA, "description": "The number of the form of the document."}
        properties, required = body["properties"], body["required"]
        if not isinstance(properties, dict) or not isinstance(required, list):
            raise TypeError(body)
        return {
            "$schema": DRAFT,
            "title": title,
            **body,
            "properties": {"prodstock": number, **properties},
            "required": ["prodstock", *required],
            "$defs": {name: self._made[name] for name in sorted(self._made)},
        }

    # Types

    def record(self, kind: type) -> Schema:
        """Return an object with the fields of a class, and no others."""
        fields = fields_of(FORMS[kind].form if kind in FORMS else kind)
        summary, told = _told(kind)
        properties: Schema = {one.name: self._field(one, told.get(one.attribute, "")) for one in fields}
        return _object(properties, [one.name for one in fields if one.required], summary)

    def tagged(self, kind: type) -> Schema:
        """Return an object that says its type."""
        head: Schema = {"type": {"const": tag_of(kind)}}
        if kind is Table:
            return _object({**head, "rows": _array(self.of(object))}, ["type", "rows"])
        if kind in PATTERNS or issubclass(kind, Enum):
            return _object({**head, "value": self.of(kind)}, ["type", "value"])
        plain = self.record(kind)
        if isinstance(plain["properties"], dict) and isinstance(plain["required"], list):
            plain["properties"] = {**head, **plain["properties"]}
            plain["required"] = ["type", *plain["required"]]
        return plain

    def _field(self, field: Field, told: str) -> Schema:
        found = dict(self.of(field.hint))
        if told:
            found["description"] = told
        if not field.required and field.default is not None:
            found["default"] = writer(field.hint)(field.default)
        return found

    def _named(self, name: str, make: Callable[[], Schema]) -> Schema:
        """Return the reference to a definition; it is made when first asked for, for a class may hold itself."""
        if name not in self._made:
            self._made[name] = {}
            self._made[name] = make()
        return {"$ref": f"#/$defs/{name}"}

    # Annotations

    def of(self, hint: Hint) -> Schema:  # noqa: PLR0911 - one case a line
        """Return what a field of an annotation may hold."""
        several = choices(hint)
        if len(several) > 1:
            return self._union(several)
        if hint is object:
            return self._named(ANYTHING, self._anything)
        if hint in _SPECIAL:
            return _SPECIAL[hint](self)
        kind = plain_class(hint)
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if kind in PATTERNS:
            return self._named(tag_of(kind), lambda: _text(kind))
        if issubclass(kind, Enum):
            return self._named(tag_of(kind), lambda: _enum(kind))
        if kind in MAPPINGS:
            return self._mapping(*(bare(one) for one in get_args(hint)))
        if issubclass(kind, tuple | frozenset) and kind not in FORMS:
            return self._collection(kind, hint)
        if kind in FORMS or (attrs.has(kind) and kind not in BASES):
            return self._named(TAGS.get(kind, kind.__name__), lambda: self.record(kind))
        return _any_of(self._of_base(kind))

    def _union(self, several: tuple[Hint, ...]) -> Schema:
        """Return a choice: of records each with its tag, unless there is but one."""
        given = [one for one in several if one is not NoneType]
        if len(given) > 1:
            records = tuple(plain_class(one) for one in given if _needs_tag(plain_class(one)))
            plain = [one for one in given if not _needs_tag(plain_class(one))]
            found = [self.of(one) for one in plain] + self._tags(records)
        else:
            found = [self.of(given[0])]
        return _any_of([*found, {"type": "null"}] if NoneType in several else found)

    def _mapping(self, key: Hint, held: Hint) -> Schema:
        names: Schema = {} if key is str else {"propertyNames": self.of(key)}
        return {"type": "object", **names, "additionalProperties": self.of(held)}

    def _collection(self, kind: type, hint: Hint) -> Schema:
        arguments = get_args(hint)
        if kind is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
            return _tuple([self.of(bare(one)) for one in arguments])
        found = _array(self.of(element(hint)))
        return {**found, "uniqueItems": True} if kind is frozenset else found

    def _of_base(self, base: type) -> list[Schema]:
        """Return what stands where a base class is named: anything made from it, with its tag."""
        lists = [_array(self.of(object))] if issubclass(tuple, base) else []
        return [*(dict(held) for kind, held in _PLAIN.items() if issubclass(kind, base)), *lists, *self._tags((base,))]

    def _tags(self, bases: tuple[type, ...]) -> list[Schema]:
        kinds = [kind for kind in KINDS.values() if issubclass(kind, bases)] if bases else []
        return [self._named(f"tagged-{tag_of(kind)}", partial(self.tagged, kind)) for kind in kinds]

    def one_of(self, kinds: Iterable[type]) -> Schema:
        """Return a choice of types, each with its tag."""
        return _any_of(self._tags(tuple(kinds)))

    def _anything(self) -> Schema:
        entries: Schema = {"type": {"const": MAPPING}, "entries": self._mapping(str, object)}
        members: Schema = {"type": {"const": SET}, "members": {**_array(self.of(object)), "uniqueItems": True}}
        collections = [_object(entries, ["type", "entries"]), _object(members, ["type", "members"])]
        return _any_of([{"type": "null"}, *self._of_base(object), *collections])


def _needs_tag(kind: type) -> bool:
    return kind not in _PLAIN and kind not in PATTERNS and not issubclass(kind, Enum)


def _object(properties: Schema, required: Iterable[str], summary: str = "") -> Schema:
    told: Schema = {"description": summary} if summary else {}
    names: list[Json] = list(required)
    held: Schema = {"type": "object", "properties": properties, "required": names, "additionalProperties": False}
    return told | held


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _tuple(parts: Iterable[Json]) -> Schema:
    parts = list(parts)
    return {"type": "array", "prefixItems": parts, "minItems": len(parts), "items": False}


def _any_of(several: list[Schema]) -> Schema:
    return several[0] if len(several) == 1 else {"anyOf": list(several)}


def _text(kind: type) -> Schema:
    summary, pattern = PATTERNS[kind]
    return {"description": summary, "type": "string", "pattern": f"^(?:{pattern})$"}


def _enum(kind: type[Enum]) -> Schema:
    told: Schema = {"description": _told(kind)[0]}
    if issubclass(kind, Flag):
        names: list[Json] = [one.name.lower() for one in kind if one.name]
        return told | {**_array({"type": "string", "enum": names}), "uniqueItems": True}
    return told | {"type": "string", "enum": [str(one.value) for one in kind]}


# Docstrings


def _told(kind: type) -> tuple[str, dict[str, str]]:
    """Return the first paragraph of a class's docstring, and what it says of each field."""
    lines = cleandoc(kind.__doc__ or "").splitlines()
    summary = " ".join(takewhile(str.strip, lines))
    told: dict[str, str] = {}
    for head in _SECTIONS.intersection(lines):
        names: list[str] = []
        for line in takewhile(lambda line: not line or line.startswith(" "), lines[lines.index(head) + 1 :]):
            if line[4:5].strip():  # a continuation stands deeper
                names, line = _entry(line)  # noqa: PLW2901 - the rest of the line
            told |= {name: f"{told.get(name, '')} {line.strip()}".strip() for name in names}
    return summary, told


def _entry(line: str) -> tuple[list[str], str]:
    """Return the fields that a line begins to describe, and what it says of them."""
    names, _, text = line.partition(":")
    return [name.strip() for name in names.split(",")], text


_SECTIONS: Final = frozenset({"Args:", "Attributes:"})
_PLAIN: Final[dict[type, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
}
_SPECIAL: Final[dict[Hint, Callable[[_Definitions], Schema]]] = {
    Holidays: lambda made: made.of(frozenset[date]),
    Windows: lambda made: made.one_of((Downtime, Recurrence)),
    ForecastMethod: lambda made: made.one_of(FORECAST_METHODS),
}
