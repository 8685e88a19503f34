"""Whatever is answered travels: as JSON that reads back equal, as a data frame of plain columns, as HTML.

The classes are read off the annotations of all public calls, so that an answer that is new cannot be forgotten.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from enum import Enum
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import prodstock as ps
from prodstock.codec.answer_tags import ANSWERS, COMPARISONS, FORECASTS, LOT_SIZING, PLAN_ANSWERS
from prodstock.codec.tags import BASES, TAGS
from prodstock.tables import Table, Tabled
from prodstock.testing.strategies import values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ASKED = {
    "Plant", "Scenario", "StockAnswers", "SupplyAnswers", "ProductionAnswers", "QualityAnswers", "TraceAnswers",
}  # fmt: skip
"""Who is asked, and no answer: their state is `dump_document`, what is assumed is `scenario.changes`."""

WITHIN = {
    "WorkClock", "Structure", "Reached", "Variants", "Parameter", "Run", "World", "Book", "Shelf",
    "Record", "Booking", "State", "Effort", "Chart",
}  # fmt: skip
"""What engines hand to each other: nobody is told about it; and pictures of answers, which these make again."""

GIVEN = {ps.DemandHistory, ps.LotSizes}
"""What is given to be answered."""

KINDS: Mapping[type, str] = {**ANSWERS, **PLAN_ANSWERS, **FORECASTS, **LOT_SIZING, **COMPARISONS}


WORD = re.compile(r"[A-Za-z_]\w*")


class Found(NamedTuple):
    """A class that something public answers with: by itself, as a row of tables and tuples, or as both; and where."""

    kind: type
    whole: bool
    row: bool
    where: str


@cache
def imported(module: str) -> dict[str, tuple[str, str]]:
    """Return where the names of a module come from, those included that only a type checker imports."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {
        one.asname or one.name: (node.module or "", one.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for one in node.names
    }


def named(module: str, word: str) -> Iterator[type]:
    """Yield the classes of this library that a word of an annotation means."""
    held = vars(sys.modules[module]).get(word)
    if not isinstance(held, type) and word in imported(module):
        home, name = imported(module)[word]
        held = getattr(importlib.import_module(home), name, None) if home.startswith("prodstock") else None
    for one in get_args(held) or (held,):
        if isinstance(one, type) and one.__module__.startswith("prodstock."):
            yield one


def said(module: str, annotation: object, where: str) -> Iterator[Found]:
    """Yield what an annotation names: whole unless it stands within brackets."""
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    for word in WORD.finditer(text):
        depth = text[: word.start()].count("[") - text[: word.start()].count("]")
        for kind in named(module, word.group()):
            yield Found(kind, depth == 0, depth > 0, where)


def members(kind: type) -> Iterator[Found]:
    """Yield what the public fields, properties and methods of a class answer with."""
    for base in kind.__mro__:
        if base.__module__.startswith("prodstock."):
            for name, annotation in vars(base).get("__annotations__", {}).items():
                if not name.startswith("_"):
                    yield from said(base.__module__, annotation, f"{kind.__name__}.{name}")
            for name, member in vars(base).items():
                function = asked(member)
                if function is not None and not name.startswith("_"):
                    annotation = function.__annotations__.get("return", "")
                    yield from said(function.__module__, annotation, f"{kind.__name__}.{name}")


def asked(member: object) -> Any:
    """Return the function behind a method or property, or None."""
    if isinstance(member, property):
        return member.fget
    if isinstance(member, cached_property):
        member = member.func
    if isinstance(member, classmethod | staticmethod):
        member = member.__func__
    return inspect.unwrap(member) if inspect.isfunction(member) else None


def answers() -> dict[type, Found]:
    """Return every class that a public function, class or what these answer with answers with."""
    todo: list[Found] = []
    for name in ps.__all__:
        public = getattr(ps, name) if not name.startswith("_") else None
        if inspect.isfunction(public):
            todo += said(public.__module__, public.__annotations__.get("return", ""), name)
        elif isinstance(public, type) and public is not Table:
            todo += members(public)
    found: dict[type, Found] = {}
    for one in todo:
        known = found.get(one.kind)
        if known is None:
            todo += members(one.kind)
        else:
            one = Found(one.kind, one.whole or known.whole, one.row or known.row, known.where)  # noqa: PLW2901 - both
        found[one.kind] = one
    return found


class Frame(dict[str, list[object]]):
    """A frame as the data frame libraries make it, of plain columns."""


def test_every_answer_has_a_tag() -> None:
    """No public call answers with what documents cannot hold, but for who is asked, bases and ports."""
    lost = {
        one.kind.__name__: one.where
        for one in answers().values()
        if one.kind not in TAGS
        and one.kind not in BASES
        and not issubclass(one.kind, Exception)
        and not getattr(one.kind, "_is_protocol", False)
    }
    assert lost.keys() == ASKED | WITHIN, {name: lost[name] for name in lost.keys() - ASKED - WITHIN}


def test_every_answer_of_a_plan_or_an_estimate_is_a_frame_and_a_page() -> None:
    """What is answered by itself makes data frames and HTML by itself; all else is a row of a table, which does."""
    found = [one for one in answers().values() if one.whole and one.kind in KINDS and one.kind not in ANSWERS]
    alone = {one.kind for one in found if not one.row} - GIVEN
    assert {ps.Plan, ps.Schedule, ps.PlanChanges, ps.Comparison, ps.ChangeImpact, ps.MethodChoice} <= alone
    assert not [kind.__name__ for kind in alone if not issubclass(kind, Tabled)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=3)
@given(data=st.data())
def test_each_answer_is_a_frame_of_plain_columns(kind: type[Any], data: st.DataObject) -> None:
    """Alone or as a row, its columns are of one length and hold nothing of this library; its HTML is whole."""
    value = data.draw(values(kind))
    assert isinstance(repr(value), str)
    assert isinstance(str(value), str)
    tables: list[Table[Any] | Tabled[Any]] = [Table([value])]
    for table in [*tables, value] if isinstance(value, Tabled) else tables:
        frame = table.to_frame(Frame)
        assert frame or table.to_dict() == {}
        assert len({len(column) for column in frame.values()}) <= 1
        assert not [one for column in frame.values() for one in column if isinstance(one, Enum) or attrs.has(type(one))]
        page = table._repr_html_()
        assert page.startswith("<")
        assert page.count("<td>") == page.count("</td>")
