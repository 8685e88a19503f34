"""Reading events straight gives the very commits that reading them by the clear way, through a draft, gives."""

from __future__ import annotations

from random import Random  # noqa: TID251 - seeded by hypothesis
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import prodstock as ps
from prodstock.datasets.hearing import hearing_device
from prodstock.demo.company import Company
from prodstock.demo.story import tell
from prodstock.errors import BrokenInvariant, InvalidTypeError, ProdstockError
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.plant import Plant
from prodstock.stock.reading import Reader
from prodstock.stock.replay import in_order, replay
from prodstock.stock.translate import compile_commit
from prodstock.stock.world import World
from prodstock.testing.machines import START, Wishes, small_catalog, small_ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodstock.journal.commit import Recorded
    from prodstock.master.catalog import Catalog


def compare(catalog: Catalog, events: Iterable[Recorded]) -> None:
    """Read events in both ways, commit by commit."""
    straight, clear = World(catalog), World(catalog)
    reader = Reader(straight, whole=True)
    for told in in_order(events):
        expected = compile_commit(clear, told)
        reader.read(told)
        clear.apply(expected)
        assert straight.log[-1] == expected


@given(st.integers(0, 2**32))
@settings(max_examples=15)
def test_straight_is_as_good_as_clear(seed: int) -> None:
    """Random lives, late entries and reversals of names among them, are read alike."""
    dice, paper, clock = Random(seed), small_ledger(), ManualClock(START)  # noqa: S311 - seeded by hypothesis
    plant = Plant(small_catalog(), clock=clock)
    for _ in range(40):
        wish = Wishes(dice.choice, paper).one()
        try:
            plant.do(wish.command)
        except ProdstockError:
            continue
        paper.attempt(clock.now(), None, wish.on_paper)
    compare(small_catalog(), plant.events())


def test_the_story_is_read_alike() -> None:
    """So is the story of the demo, with orders, papers and shipments."""
    company = Company.opened(hearing_device())
    for _ in tell(company):
        pass
    compare(company.plant._initial, company.plant.events())


def test_what_is_told_beside_is_read_alike() -> None:
    """So is what was entered in another unit, weighed, paid and tested, under definitions that change."""
    catalog = ps.Catalog([ps.Item("SALT", unit="kg", scale=1, tracking=ps.Tracking.LOT)])
    plant = Plant(catalog, clock=ManualClock(START))
    plant.do(ps.Receive("SALT", ps.Quantity(5, "t"), lot="A", cost=ps.Money("1.20", "EUR")))
    plant.do(ps.Redefine(ps.Catalog([ps.Item("SALT", unit="kg", scale=3, tracking=ps.Tracking.LOT)])))
    plant.receive("SALT", "0.125", lot="B")
    plant.do(ps.Together([ps.Receive("SALT", 1, lot="C"), ps.Scrap(ps.Goods("SALT", quantity=1, lot="A"))]))
    compare(catalog, plant.events())


def _box() -> tuple[Plant, MemoryEvents]:
    store = MemoryEvents()
    return Plant(ps.Catalog([ps.Item("BOX"), ps.Item("MIC")]), events=store, clock=ManualClock(START)), store


class Careless(MemoryEvents):
    """Gives all it has, whatever it is asked for."""

    def read(self, _: Sequence[ps.Stream], /) -> Iterable[Recorded]:
        """Return every event."""
        return super().read(list(self._streams))


class Stuttering(MemoryEvents):
    """Gives every row twice."""

    def read(self, streams: Sequence[ps.Stream], /) -> Iterable[Recorded]:
        """Return every event two times."""
        return [event for event in super().read(streams) for _ in range(2)]


@pytest.mark.parametrize("kind", [Careless, Stuttering])
def test_a_store_that_gives_too_much_is_refused(kind: type[MemoryEvents]) -> None:
    """Streams that were not asked for, or rows told twice, are no plant."""
    plant, good = _box()
    plant.receive("BOX", 5)
    plant.receive("MIC", 5)
    store = kind()
    store._streams = good._streams
    with pytest.raises(BrokenInvariant):
        Plant(plant.catalog, events=store, clock=ManualClock(START)).availability("BOX")


@pytest.mark.parametrize("given", [None, 5, [None], ["text"]])
def test_what_are_no_events_is_refused(given: object) -> None:
    """Other things than events in their envelopes are a bad call."""
    plant, _ = _box()
    with pytest.raises(InvalidTypeError):
        Plant.load(plant.catalog, given)  # type: ignore[arg-type]


def test_half_a_commit_in_a_store_is_found_by_a_full_check() -> None:
    """A store that lost a stream goes unnoticed by who reads another one, and not by a check of everything."""
    plant, store = _box()
    plant.do(ps.Together([ps.Receive("BOX", 5), ps.Receive("MIC", 5)]))
    del store._streams[ps.Stream("stock:MIC@MAIN")]
    fresh = Plant(plant.catalog, events=store, clock=ManualClock(START))
    assert fresh.availability("BOX").physical == 5
    with pytest.raises(BrokenInvariant, match="2 events, 1"):
        fresh.check()


def test_a_movement_between_sites_can_be_read_at_one_of_them() -> None:
    """Of goods that went to another site, who reads one site alone sees their leaving."""
    store, clock = MemoryEvents(), ManualClock(START)
    catalog = ps.Catalog([ps.Item("BOX"), ps.Site("B")])
    plant = Plant(catalog, events=store, clock=clock)
    plant.receive("BOX", 5)
    plant.move(ps.Goods("BOX", quantity=2), to="STORES", site="B")
    assert Plant(catalog, events=store, clock=clock).availability("BOX", site="B").physical == 2
    stock = store.read([ps.Stream("stock:BOX@MAIN")])
    assert len(replay(catalog, stock)) == 2
