"""Reading: strict, within bounds, and with all faults at once.

A fast pass stops at the first fault; then a thorough one says where each of them is. Nothing is converted into another
kind of value: what a field cannot hold as it stands is a fault.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, overload

from prodstock.codec.faults import described, findings
from prodstock.codec.json_text import MAX_LENGTH, Floats, parse
from prodstock.codec.reader import Pace, Reader
from prodstock.codec.tags import KINDS
from prodstock.codec.writing import SCHEMA
from prodstock.errors import Finding, InvalidData, InvalidTypeError
from prodstock.journal.commit import Recorded
from prodstock.master import checks
from prodstock.tables import Table

if TYPE_CHECKING:
    from prodstock.codec.hints import Hint

T = TypeVar("T")


@overload
def loads(text: str, /, *, floats: Floats = ..., limit: int = ...) -> object: ...
@overload
def loads(text: str, kind: type[T], /, *, floats: Floats = ..., limit: int = ...) -> T: ...
def loads(
    text: str, kind: type[object] = object, /, *, floats: Floats = Floats.REFUSE, limit: int = MAX_LENGTH
) -> object:
    """Return the value that a text of `dumps` says.

    Args:
        text: one JSON document.
        kind: what it must be, such as `Item`; any value of the library if left out.
        floats: whether numbers with a point, which `dumps` writes as texts, are refused or taken by their digits; whole
            numbers too are then taken where a decimal is expected.
        limit: the most characters it may have.

    Raises:
        InvalidData: with every fault at its place: an unknown, missing or repeated key, a value of another kind than
            its field, a value that its class refuses, a newer schema, a document too large or too deep.
        InvalidTypeError: if the text is no text.

    O(n).

    >>> from prodstock.codec.writing import dumps
    >>> from prodstock.master.item import Item
    >>> loads(dumps(Item("WIRE", unit="m", scale=3)), Item)
    <Item WIRE, m with 3 decimals>
    >>> loads('{"prodstock":1,"type":"item","code":"WIRE","scale":"3","unti":"m"}')
    Traceback (most recent call last):
    ...
    prodstock.errors.InvalidData: 2 faults: item, scale: '3' is not a whole number; item, unti: is no field (Did you \
mean 'unit'?). See .findings for all of them
    """
    if not isinstance(kind, type):
        raise InvalidTypeError(field="kind", value=kind, reason="is no class", advice="Give one such as Item")
    checks.member(floats, Floats, "floats")
    body = opened(parse(text, limit=limit))
    tree = body["value"] if body.keys() == {"value"} else body
    value = read(object, tree, floats=floats, table=_table(tree))
    if not isinstance(value, kind):
        reason = f"is of type {type(value).__name__}, not {kind.__name__}"
        raise InvalidData(findings=Table([Finding(_table(tree), None, "type", "wrong-type", f"the document {reason}")]))
    return value


def load_event(text: str, /) -> Recorded:
    """Return the event, in its envelope, that `dumps` wrote: what an event store reads back.

    Raises:
        InvalidData: if it is anything else, with every fault.
    """
    return loads(text, Recorded)


def opened(tree: object) -> dict[str, Any]:
    """Return a document without the number of its schema.

    Raises:
        InvalidData: if it has none, or one that this release does not know.
    """
    if not isinstance(tree, dict):
        raise _refusal("value", f"the document is {described(tree)}, not an object")
    if "prodstock" not in tree:
        raise _refusal(
            "prodstock", "is missing: the document does not say which schema it has", f'Write "prodstock": {SCHEMA}'
        )
    schema = tree["prodstock"]
    if type(schema) is not int or schema < 1:
        raise _refusal("prodstock", f"{described(schema)} is no schema number", f"Schemas up to {SCHEMA} are known")
    if schema > SCHEMA:
        raise _refusal(
            "prodstock", f"the document has schema {schema}, and this release knows {SCHEMA}", "Upgrade prodstock"
        )
    return {key: value for key, value in tree.items() if key != "prodstock"}


def _refusal(field: str, message: str, hint: str = "") -> InvalidData:
    return InvalidData(findings=Table([Finding("document", None, field, "no-document", message, hint)]))


def _table(tree: object) -> str:
    tag = tree.get("type") if isinstance(tree, dict) else None
    return tag if isinstance(tag, str) and tag in KINDS else "document"


def read(hint: Hint, tree: object, *, floats: Floats, table: str) -> object:
    """Return the value of a parsed document.

    Raises:
        InvalidData: with every fault.
    """
    try:
        return _reader(floats, Pace.FAST).of(hint)(tree, hint)
    except Exception:  # noqa: BLE001 - whatever it is, the thorough pass names it and its place
        return _explained(hint, tree, floats, table)


def _explained(hint: Hint, tree: object, floats: Floats, table: str) -> object:
    try:
        return _reader(floats, Pace.THOROUGH).of(hint)(tree, hint)
    except Exception as error:  # noqa: BLE001 - the border: no foreign error leaves it
        found = findings(error, table)
    raise InvalidData(findings=found)


@cache
def _reader(floats: Floats, pace: Pace) -> Reader:
    return Reader(floats, pace)
