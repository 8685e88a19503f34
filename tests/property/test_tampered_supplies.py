"""A log of purchase and transfer orders that was tampered with is refused, or told again just as it stands."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import prodstock as ps
from prodstock.codec import dumps, load_event
from prodstock.stock.replay import replay

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
DUE = date(2026, 3, 27)
CATALOG = ps.Catalog([ps.Item("MIC"), ps.Site("NORTH")])


@cache
def events() -> tuple[ps.Recorded, ...]:
    """Return what happened to two orders: every event that an order can have."""
    plant = ps.Plant(CATALOG, clock=ps.ManualClock(START))
    plant.receive("MIC", 50, site="NORTH")
    plant.expect(
        ps.PurchaseOrder("MIC", 40, supplier="KNW", due=DUE, ref="PU-7"),
        ps.TransferOrder("MIC", 20, source="NORTH", target="MAIN", due=DUE, ref="TR-1"),
    )
    plant.do(ps.ConfirmSupply("PU-7", parts=[ps.Delivery(30, due=DUE), ps.Delivery(5, due=date(2026, 4, 9))]))
    plant.receive("MIC", 20, against="PU-7")
    plant.do(ps.ReturnToVendor(ps.Goods("MIC", quantity=2, site="MAIN"), against="PU-7"))
    credit = ps.Settlement.CREDIT
    plant.do(ps.ReturnToVendor(ps.Goods("MIC", quantity=3, site="MAIN"), against="PU-7", settlement=credit))
    plant.do(ps.ReviseSupply("PU-7", 42, parts=[ps.Delivery(4, due=DUE), ps.Delivery(15, due=date(2026, 4, 9))]))
    plant.move(ps.Goods("MIC", quantity=9, site="NORTH"), to="IN-TRANSIT", against="TR-1")
    plant.do(ps.Lose("TR-1", ps.Goods("MIC", quantity=1)))
    plant.reverse(plant.do(ps.CloseSupply("PU-7")).events[0])
    plant.cancel("PU-7")
    return tuple(plant.events())


def numbers(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all numbers in a tree, those written as texts included."""
    if isinstance(tree, dict):
        return [found for key, value in tree.items() for found in numbers(value, (*path, key))]
    if isinstance(tree, list):
        return [found for key, value in enumerate(tree) for found in numbers(value, (*path, key))]
    return [path] if str(tree).lstrip("-").replace(".", "", 1).isdigit() else []


PAPERS = [number for number, one in enumerate(events()) if one.stream.startswith("supply:")]
CHANGES = st.sampled_from(("-1", "0", "7", "99999999", "0.5", "1e40"))


@settings(max_examples=80)
@given(st.sampled_from(PAPERS), st.data())
def test_a_changed_figure_is_refused_or_told_again(number: int, data: st.DataObject) -> None:
    """Any figure of any paper changed: the log is refused by an error of the library, or answers as it stands."""
    told = [*events()]
    tree = json.loads(dumps(told[number]))
    found = numbers(tree)[1:]
    path, value = data.draw(st.sampled_from(found)), data.draw(CHANGES)
    place: Any = tree
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value if isinstance(place[path[-1]], str) else int(float(value) % 100)
    try:
        told[number] = load_event(json.dumps(tree))
        plant = ps.Plant.load(CATALOG, told, clock=ps.ManualClock(START))
        plant.supply.orders()
        plant.supply.history("PU-7")
        plant.snapshot()
    except ps.ProdstockError:
        return
    assert sorted(map(dumps, plant.events())) == sorted(map(dumps, told))


def bent(kind: type[ps.Event], **fields: object) -> list[ps.Recorded]:
    """Return the log with fields of the last event of a kind changed."""
    told = [*events()]
    at = max(number for number, one in enumerate(told) if type(one.event) is kind)
    event: Any = told[at].event
    told[at] = attrs.evolve(told[at], event=attrs.evolve(event, **fields))
    return told


def restored(**fields: object) -> list[ps.Recorded]:
    """Return the log with fields of the order that was restored changed."""
    state: Any = next(one.event.state for one in events() if isinstance(one.event, ps.Restored))
    return bent(ps.Restored, state=attrs.evolve(state, **fields))


REELS = (ps.Delivery(ps.Quantity(3, "reel"), due=DUE),)
BENT: dict[str, Callable[[], list[ps.Recorded]]] = {
    "nothing confirmed": lambda: bent(ps.SupplyConfirmed, parts=()),
    "confirmed in a unit": lambda: bent(ps.SupplyConfirmed, parts=REELS),
    "expected in a unit": lambda: bent(ps.SupplyExpected, parts=REELS),
    "less than nothing received": lambda: bent(ps.SupplyReturned, received=Decimal(-1)),
    "less than nothing replaced": lambda: bent(ps.SupplyReturned, replaced=Decimal(-1)),
    "less than nothing credited": lambda: bent(ps.SupplyReturned, credited=Decimal(-1)),
    "less than nothing lost": lambda: bent(ps.SupplyLost, lost=Decimal(-1)),
    "restored in a unit": lambda: restored(parts=REELS),
    "restored with less than nothing": lambda: restored(credited=Decimal(-1)),
    "restored under another name": lambda: restored(
        order=ps.PurchaseOrder("MIC", 40, supplier="KNW", due=DUE, ref="PU-9")
    ),
}


@pytest.mark.parametrize("name", BENT)
def test_what_no_paper_says_is_refused(name: str) -> None:
    """Each way of bending an event of an order is a broken invariant."""
    with pytest.raises(ps.BrokenInvariant):
        replay(CATALOG, BENT[name](), whole=True)


def test_a_word_on_what_was_never_placed_is_refused() -> None:
    """Without its placing, an order cannot be confirmed, returned or lost."""
    for kind in (ps.SupplyConfirmed, ps.SupplyReturned, ps.SupplyLost, ps.SupplyClosed):
        one = next(told for told in events() if type(told.event) is kind)
        alone = attrs.evolve(one, version=1, part=0, parts=1, commit=f"{one.stream}/1")
        with pytest.raises(ps.BrokenInvariant):
            replay(CATALOG, [alone])


def test_the_log_as_it_stands_is_told_again() -> None:
    """What happened is told again in the same words, and over half of its streams it can still be read."""
    plant = ps.Plant.load(CATALOG, events(), clock=ps.ManualClock(START))
    assert tuple(plant.events()) == events()
    assert plant.supply.order("PU-7").status is ps.SupplyStatus.CLOSED
    alone = replay(CATALOG, [one for one in events() if one.stream == "supply:PU-7"])
    assert alone.body("supply:PU-7") == plant._world.body("supply:PU-7")
