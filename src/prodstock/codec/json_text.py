"""JSON as hostile text: read within bounds, written in one way only.

What JSON can say and a document may not (a float, a key given twice, a number too long to be meant) is read as a marker
that no reader accepts, so that the fault is reported at its place.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

from prodstock.errors import Finding, InvalidData, InvalidTypeError, InvalidValueError
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
"""What a written document consists of."""

MAX_LENGTH: Final = 256 * 1024 * 1024
"""Characters of a document, unless the caller says otherwise."""

MAX_DEPTH: Final = 64
"""Objects and lists within one another. Definitions and events need less than ten."""

MAX_TEXT: Final = 1_000_000
"""Characters of one text."""

MAX_DIGITS: Final = 40
"""Digits of one integer."""

_STRETCH: Final = 1 << 20
"""How many characters are looked at together, so that no copy of a document is kept."""

_AS_ONE: Final = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


class Floats(StrEnum):
    """What to do with a float that is read: refuse it, or take the digits it prints."""

    REFUSE = "refuse"
    AS_PRINTED = "as-printed"


class Unreadable:
    """Stands where a document has something that no reader accepts; `reason` says what."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason: str = reason


class Printed:
    """A number with a point or an exponent, as its digits were printed."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text: str = text


def parse(text: str, *, limit: int = MAX_LENGTH) -> object:
    """Return what a JSON text says: dicts, lists, texts, ints, bools, None, and markers for what is refused later.

    Raises:
        InvalidTypeError: if it is no text.
        InvalidData: if it is longer than the limit, nested deeper than 64, no JSON, or a long list.

    O(n), in one pass for the depth and one for the content.
    """
    if not isinstance(text, str):
        raise InvalidTypeError(field="text", value=text, reason="is no text", advice="Decode the bytes as UTF-8 first")
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise InvalidTypeError(field="limit", value=limit, reason="is no whole number")
    if len(text) > limit:
        _refuse("too-long", f"the document has {len(text)} characters, more than {limit}", "Raise the limit")
    if _too_deep(text):
        _refuse("too-deep", f"the document is nested deeper than {MAX_DEPTH}")
    if len(text) > MAX_TEXT and text[:64].lstrip(" \t\r\n").startswith("["):
        _refuse("no-document", "the document is a list, not an object", place="value")  # before it is read
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as fault:
        _refuse("no-json", fault.msg, place=f"line {fault.lineno} column {fault.colno}")
    except (RecursionError, ValueError) as fault:  # text that the depth scan gave up on, and that is no JSON either
        _refuse("no-json", f"the document cannot be read: {type(fault).__name__}")


def write(tree: Json) -> str:
    """Return the one JSON text of a tree: no blanks, keys in the order given, in ASCII.

    ASCII, so that every text survives every database and transport, half surrogate pairs included.

    Raises:
        InvalidValueError: if it is nested deeper than a reader would accept.
    """
    text = json.dumps(tree, separators=(",", ":"), check_circular=False, allow_nan=False)
    if _too_deep(text):
        raise too_deep()
    return text


def too_deep() -> InvalidValueError:
    """Return the error for a value that is nested too deeply to be written."""
    advice = "Store its parts one by one"
    return InvalidValueError(field="value", value="it", reason=f"is nested deeper than {MAX_DEPTH}", advice=advice)


def _refuse(code: str, message: str, hint: str = "", *, place: str = "text") -> NoReturn:
    raise InvalidData(findings=Table([Finding("document", None, place, code, message, hint)])) from None


def _too_deep(text: str) -> bool:
    """Tell whether brackets outside of texts are open more than 64 deep. O(n).

    Pairs of brackets with nothing between them are taken out, level by level; whether a pair fits is the decoder's.
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    brackets = b"".join(_brackets(text))
    for _ in range(MAX_DEPTH):
        before = len(brackets)
        brackets = brackets.replace(b"[]", b"")
        if len(brackets) == before:
            break
    return b"[]" in brackets or brackets.count(b"[") > MAX_DEPTH


def _brackets(text: str) -> Iterator[bytes]:
    """Yield the brackets outside of texts, all as square ones, stretch by stretch."""
    start, quoted = 0, False
    while start < len(text):
        end = start + _STRETCH
        while text[end - 1 : end] == "\\":
            end += 1
        parts = text[start:end].replace("\\\\", "").replace('\\"', "").split('"')
        outside = "".join(parts[quoted::2])
        yield outside.encode("ascii", "replace").translate(_AS_ONE, _NO_BRACKETS)
        quoted ^= len(parts) % 2 == 0
        start = end


def _whole(digits: str) -> object:
    if len(digits) > MAX_DIGITS + 1:
        return Unreadable(f"is an integer of {len(digits)} digits, more than {MAX_DIGITS}")
    return int(digits)


def _constant(name: str) -> Unreadable:
    return Unreadable(f"is {name}, which is no number")


def _object(pairs: list[tuple[str, object]]) -> object:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return Unreadable(f"has the key {twice[:60]!r} twice")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=Printed, parse_constant=_constant
)
