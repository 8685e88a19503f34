"""A document that was tampered with is refused, or says something else; it never passes for what it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from prodstock.codec import dumps, from_records, loads
from prodstock.errors import InvalidData
from prodstock.master.item import Item
from prodstock.tables import Table
from prodstock.testing.strategies import definitions, recorded

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS = (0, 1, -1, 1.9, 1e300, float("nan"), 10**50)
TEXTS = ("", "false", "1.9", "NaN", "A", "2026-02-30", "P", "9" * 300, "\x00", "1 kg", "\ud800")
NESTED: tuple[object, ...] = ([], [1], {}, {"type": "item"}, {"type": "decimal", "value": "1"}, ["a", "b"], [[]])
JUNK = st.sampled_from([None, True, False, *NUMBERS, *TEXTS, *NESTED])


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all values in a tree."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path] + [found for key, value in inner for found in places(value, (*path, key))]


def at(tree: Any, path: tuple[Any, ...]) -> Any:
    """Return the value at a path."""
    for key in path:
        tree = tree[key]
    return tree


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a document, and the same with one value replaced, removed, converted or added."""
    text = dumps(draw(st.one_of(definitions(), recorded())))
    tree = json.loads(text)
    path = draw(st.sampled_from(places(tree)[1:]))
    holder, key = at(tree, path[:-1]), path[-1]
    match draw(st.sampled_from(("replace", "remove", "convert", "add"))):
        case "replace":
            holder[key] = draw(JUNK)
        case "remove":
            del holder[key]
        case "convert":
            value = holder[key]
            holder[key] = draw(st.sampled_from((str(value), [value], {"value": value}, str(value) + " ", bool(value))))
        case _ if isinstance(holder, dict):
            holder["unheard-of"] = draw(JUNK)
        case _:
            holder.append(draw(JUNK))
    return text, json.dumps(tree)


@given(mutations())
def test_no_mutated_document_passes_for_the_original(pair: tuple[str, str]) -> None:
    """Whatever is changed, the document is refused with the library's own error, or reads as another value."""
    original, mutated = pair
    value, refused = attempt(lambda: loads(mutated))
    if mutated == json.dumps(json.loads(original)):
        assert dumps(value) == original
    elif refused is None:
        assert dumps(value) != original
    else:
        assert refused.findings
        assert all(one.message and one.field for one in refused.findings)


@given(st.text(max_size=200))
def test_no_text_raises_a_foreign_error(text: str) -> None:
    """Any text that is no document is refused with InvalidData."""
    _, refused = attempt(lambda: loads(text))
    assert refused is not None
    assert refused.findings


@given(st.dictionaries(st.sampled_from([field.name for field in attrs.fields(Item)]), JUNK | st.text(max_size=10)))
def test_no_row_raises_a_foreign_error(row: dict[str, object]) -> None:
    """Any row at all is an item, or is refused with its faults."""
    found, refused = attempt(lambda: from_records(Item, [row]))
    if refused is None:
        assert isinstance(found, Table)
        assert len(found) == 1
    else:
        assert all(one.table == "Item" for one in refused.findings)


def attempt(call: Callable[[], object]) -> tuple[object, InvalidData | None]:
    """Return what a call returns, or how it refused; any other error ends the test."""
    try:
        return call(), None
    except InvalidData as refused:
        return None, refused
