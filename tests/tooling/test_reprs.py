"""What people see of a value: one short line in a log, escaped HTML in a notebook."""

from __future__ import annotations

import copy
import pickle  # noqa: TID251 - to see that values survive it; documents are the format
from datetime import date
from html.parser import HTMLParser
from unittest import mock

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import prodstock
from prodstock.master.item import Item
from prodstock.plant import Plant
from prodstock.tables import Derivation, Table
from prodstock.testing import strategies
from prodstock.testing.strategies import PUBLIC, values

SHORTEST_THAT_IS_TOO_LONG = 120
PICTURES = {"svg", "defs", "pattern", "title", "desc", "g", "rect", "line", "path", "text"}
SCRIPT = "<script>alert('x')</script>"


def long_codes() -> st.SearchStrategy[str]:
    """Return codes as long as hosts make them, and some that mean something to HTML."""
    return st.one_of(st.text("ABCXYZ0123456789-äß<&", min_size=1, max_size=60), st.just(SCRIPT))


STRATEGIES: dict[type[object], st.SearchStrategy[object]] = {}
"""What was made already: making a strategy takes longer than drawing from it."""


def drawn(data: st.DataObject, kind: type[object]) -> object:
    """Draw a value all of whose texts are long codes, as they are once the library has let them in."""
    leaves = {**strategies._LEAVES, str: long_codes}
    with mock.patch.multiple(strategies, _LEAVES=leaves, codes=long_codes):
        return data.draw(STRATEGIES.setdefault(kind, values(kind)))


@pytest.mark.parametrize("kind", PUBLIC, ids=lambda kind: kind.__name__)
@settings(max_examples=3, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate])
@given(data=st.data())
def test_every_value_is_shown_and_copied(kind: type[object], data: st.DataObject) -> None:
    """A value of every public type is one short line in a log, escaped in a notebook, and equal to its copies."""
    value = drawn(data, kind)

    assert_one_short_line(repr(value))
    assert_harmless(value)
    for twin in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):  # noqa: S301 - our own
        assert type(twin) is type(value)
        assert twin == value
        if getattr(value, "__hash__", None) is not None:
            assert hash(twin) == hash(value)


def assert_one_short_line(text: str) -> None:
    """Fail where a text is several lines, or 120 characters or more."""
    assert "\n" not in text
    assert 0 < len(text) < SHORTEST_THAT_IS_TOO_LONG, text


def assert_harmless(value: object) -> None:
    """Fail where a code or a note becomes HTML, by the value's own form or in a table."""
    own = getattr(value, "_repr_html_", None)
    for html in ([own()] if own else []) + [Table([value]).to_html()]:
        assert "<script" not in html
        assert tags_in(html) <= {"table", "thead", "tbody", "tr", "th", "td", "p", "ul", "li", "h4"} | PICTURES


def test_public_records_can_be_keys() -> None:
    """Only what a command answered, which may hold a whole day's events, has no hash."""
    without = {kind.__name__ for kind in PUBLIC if getattr(kind, "__hash__", None) is None}
    assert without == {"Done"}


class Tags(HTMLParser):
    """Collects the tags that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, _: object) -> None:
        """Keep the tag."""
        self.seen.add(tag)


def tags_in(html: str) -> set[str]:
    """Return the tags that a browser would see."""
    parser = Tags()
    parser.feed(html)
    return parser.seen


def test_trees_are_escaped_too() -> None:
    """A derivation is shown as nested lists of text."""
    assert tags_in(Derivation(SCRIPT, (Derivation(SCRIPT),))._repr_html_()) == {"ul", "li"}


def test_answers_of_a_plant_show_themselves() -> None:
    """What a plant answers renders in a notebook, and the plant, its parts and its scenarios are one line."""
    plant = Plant(prodstock.Catalog([Item("BOX", name=SCRIPT)]))
    plant.receive("BOX", 5, by=SCRIPT, because=SCRIPT)
    plan = plant.plan(until=date(2200, 1, 1))

    for answer in (plant.availability("BOX"), plan, plant.events(), plant.stock.postings("BOX")):
        assert "<script" not in answer._repr_html_()
    for one in (
        plant,
        plant.fork("x" * 200),
        plant.stock,
        plant.supply,
        plant.production,
        plant.quality,
        plant.trace,
        plan,
    ):
        assert_one_short_line(repr(one))


def test_a_long_list_in_a_cell_says_how_long_it_is() -> None:
    """A table shows the first few of many; a data frame and a short list keep all."""

    @attrs.frozen
    class Lot:
        serials: tuple[str, ...]

    many = Table([Lot(tuple(f"HD-{number:04d}" for number in range(118)))])

    assert str(many).splitlines()[1] == "118 items: HD-0000, HD-0001, HD-0002, ..."
    assert "HD-0117" not in many.to_html()
    assert len(many.to_dict()["serials"][0]) == 118  # type: ignore[arg-type]  # a tuple, as it was
    assert str(Table([Lot(("A", "B", "C", "D"))])).splitlines()[1] == "A, B, C, D"
