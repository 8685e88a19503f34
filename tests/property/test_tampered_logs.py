"""A log that was tampered with is refused, or tells of another plant in full; it never passes for what it was."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.codec import dumps, load_event
from prodstock.codec.document import dump_document, load_document
from prodstock.datasets.hearing import hearing_device
from prodstock.demo.company import Company
from prodstock.demo.story import tell
from prodstock.errors import BrokenInvariant, ProdstockError, UnknownCode
from prodstock.journal.stream import Stream
from prodstock.plant import Plant
from prodstock.stock.events import StockPosted
from prodstock.stock.replay import in_order, replay

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodstock.journal.commit import Recorded
    from prodstock.master.catalog import Catalog
    from prodstock.tables import Table


@cache
def demo() -> tuple[Catalog, Table[Recorded]]:
    """Return the definitions the demo began with, and all that happened."""
    company = Company.opened(hearing_device())
    for _ in tell(company):
        pass
    return company.plant._initial, company.plant.events()


def numbers(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all numbers in a tree, those written as texts included."""
    if isinstance(tree, dict):
        return [found for key, value in tree.items() for found in numbers(value, (*path, key))]
    if isinstance(tree, list):
        return [found for key, value in enumerate(tree) for found in numbers(value, (*path, key))]
    text = str(tree)
    return [path] if type(tree) is int or text.lstrip("-").replace(".", "", 1).isdigit() else []


def changed(tree: Any, path: tuple[Any, ...], change: Callable[[Decimal], object]) -> None:
    """Change a number in a tree, in the way it is written there."""
    for key in path[:-1]:
        tree = tree[key]
    value = tree[path[-1]]
    found = change(Decimal(value))
    tree[path[-1]] = int(str(found)) if type(value) is int else str(found)


CHANGES: tuple[Callable[[Decimal], object], ...] = (
    lambda n: n + 1000,
    lambda n: n - 1,
    lambda n: -n,
    lambda n: n * 10,
    lambda _: 0,
    lambda _: 99_999_999,
)


@st.composite
def tampered(draw: st.DrawFn) -> list[Recorded]:
    """Draw the demo's events with one number changed, or one event left out, told twice or in another place."""
    events = [*demo()[1]]
    at = draw(st.integers(0, len(events) - 1))
    match draw(st.sampled_from(("number", "number", "number", "drop", "twice", "swap"))):
        case "number":
            tree = json.loads(dumps(events[at]))
            if found := numbers(tree)[1:]:
                changed(tree, draw(st.sampled_from(found)), draw(st.sampled_from(CHANGES)))
            events[at] = load_event(json.dumps(tree))
        case "drop":
            del events[at]
        case "twice":
            events.insert(draw(st.integers(0, len(events))), events[at])
        case _:
            other = draw(st.integers(0, len(events) - 1))
            events[at], events[other] = events[other], events[at]
    return events


@given(st.data())
@settings(max_examples=60)
def test_a_tampered_log_is_refused_or_told_again_as_it_stands(data: st.DataObject) -> None:
    """Loading refuses with an error of the library, or gives a plant that tells exactly what was read."""
    try:
        events = data.draw(tampered())
        plant = Plant.load(demo()[0], events)
    except ProdstockError:
        return
    assert sorted(map(dumps, plant.events())) == sorted(map(dumps, events))


def test_the_log_as_it_stands_is_told_again() -> None:
    """The document of the demo is read and written again byte by byte."""
    text = dump_document(*demo())
    catalog, events = load_document(text)
    assert dump_document(catalog, Plant.load(catalog, events).events()) == text


def edited(kind: str, change: Callable[[Recorded], Recorded]) -> list[Recorded]:
    """Return the demo's events with the last one of a kind changed."""
    events = [*demo()[1]]
    at = max(n for n, one in enumerate(events) if type(one.event).__name__ == kind)
    events[at] = change(events[at])
    return events


def leg(place: int, **fields: Any) -> Callable[[Recorded], Recorded]:
    """Return a change of one leg of an event."""

    def change(one: Recorded) -> Recorded:
        assert isinstance(one.event, StockPosted)
        event: Any = one.event
        legs = [*event.legs]
        inner = {name: value for name, value in fields.items() if name not in ("quantity", "reserved", "movement")}
        outer = {name: value for name, value in fields.items() if name not in inner}
        legs[place] = attrs.evolve(legs[place], parcel=attrs.evolve(legs[place].parcel, **inner), **outer)
        return attrs.evolve(one, event=attrs.evolve(event, legs=tuple(legs)))

    return change


def inside(**fields: Any) -> Callable[[Recorded], Recorded]:
    """Return a change of fields of an event."""

    def change(one: Recorded) -> Recorded:
        event: Any = one.event
        return attrs.evolve(one, event=attrs.evolve(event, **fields))

    return change


BENT: dict[str, Callable[[], list[Recorded]]] = {
    "goods from nowhere": lambda: edited("StockPosted", leg(0, quantity=Decimal(1020))),
    "the other side of a movement": lambda: edited("StockPosted", leg(-1, quantity=Decimal(-1))),
    "a leg at another site": lambda: edited("StockPosted", leg(0, site="x")),
    "no state of release": lambda: edited("StockPosted", leg(0, release="x")),
    "no quality": lambda: edited("StockPosted", leg(0, quality="x")),
    "reserved for nobody": lambda: edited("StockPosted", leg(0, reserved=Decimal(1))),
    "holders who are none": lambda: edited("StockPosted", inside(holders=("x",))),
    "a line that no order has": lambda: edited("LinesChanged", inside(lines=((99_999_999, Decimal(1), Decimal(1)),))),
    "a line before the first": lambda: edited("LinesChanged", inside(lines=((-1, Decimal(1), Decimal(1)),))),
    "less than nothing lost": lambda: edited("StepsConfirmed", inside(scrapped=Decimal(-5))),
    "less than nothing shipped": lambda: edited("DemandShipped", inside(shipped=Decimal(-5))),
    "a part before the first": lambda: edited("LinesChanged", lambda one: attrs.evolve(one, part=-1)),
    "another number of parts": lambda: edited("LinesChanged", lambda one: attrs.evolve(one, parts=one.parts + 1)),
    "an author of his own": lambda: edited("LinesChanged", lambda one: attrs.evolve(one, by="someone else")),
    "a version below one": lambda: edited("LotOpened", lambda one: attrs.evolve(one, version=0)),
    "another lot's card": lambda: edited("LotOpened", lambda one: attrs.evolve(one, stream=Stream("lot:MIC/other"))),
    "an order of another name": lambda: edited(
        "OrderLaunched", lambda one: attrs.evolve(one, stream=Stream("order:MO-99"))
    ),
}


@pytest.mark.parametrize("name", BENT)
def test_what_contradicts_itself_is_refused(name: str) -> None:
    """Each way of bending one event of the demo is a broken invariant, or names what there is not."""
    with pytest.raises((BrokenInvariant, UnknownCode)):
        replay(demo()[0], BENT[name](), whole=True)


def test_every_event_is_missed() -> None:
    """Without any one event of a commit that has several, the log is half and refused."""
    catalog, events = demo()
    parts = [one for one in events if one.parts > 1][::7]
    for lost in parts:
        with pytest.raises(BrokenInvariant):
            replay(catalog, [one for one in events if one is not lost], whole=True)


def test_half_a_commit_can_still_be_read_on_demand() -> None:
    """Streams may be left out where somebody reads on demand: what was read of a commit is judged alone."""
    catalog, events = demo()
    stock = [one for one in events if one.stream.startswith("stock:")]
    world = replay(catalog, stock)
    assert len(world) == len({one.commit for one in stock})


def test_commits_begin_with_their_name() -> None:
    """The demo's commits are complete, in order, and named by their first event."""
    for told in in_order(demo()[1]):
        assert [one.part for one in told] == list(range(told[0].parts))
        assert told[0].commit == f"{told[0].stream}/{told[0].version}"
