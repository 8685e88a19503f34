"""The floor over a host's store: every command by a plant made anew, codes drawn once, streams read together."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import pytest

from prodstock.errors import Refused
from prodstock.journal.commit import Recorded
from prodstock.journal.store import CountingIds, ManualClock, MemoryEvents, RepeatableIds
from prodstock.journal.stream import Stream
from prodstock.master.catalog import Catalog
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.quality.inspection import Verdict
from prodstock.stock.goods import Goods

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


class CountedEvents(MemoryEvents):
    """A store that counts how often it is read."""

    reads = 0

    def read(self, streams: Sequence[Stream], /) -> Iterable[Recorded]:
        """Return the events and count."""
        self.reads += 1
        return super().read(streams)


def test_an_order_runs_through_plants_that_know_nothing(plant: Plant, planned: Callable[..., PlannedMake]) -> None:
    """Launch to recall, each over a new plant, answer as one plant that remembers all would."""
    store, clock = CountedEvents(), ManualClock(NOW)
    catalog = Catalog(plant.catalog.definitions)

    def anew() -> Plant:
        return Plant(catalog, events=store, clock=clock)

    anew().receive("CHIP", 20, lot="CHIPS")
    anew().receive("MIC", 50, lot="M-1")
    anew().receive("BOX", 30)
    order = anew().launch(planned())
    assert order.code == "MO-1"
    assert anew().launch(planned(quantity=1)).code == "MO-2"
    anew().issue(anew().reserve(order))
    anew().report(order, "assemble", good=9, scrapped=1)
    store.reads = 0
    output = anew().complete(order, good=8, scrapped=1)
    assert store.reads < 12
    for criterion in ("burn-in", "label"):
        anew().record(output, criterion, Verdict.PASSED)
    assert anew().release(output).quantity == 8
    assert [goods.quantity for goods in anew().recall("M-1").stock if goods.item == "DEVICE"]
    assert anew().production.balance(order)[-1].in_wip == 1
    anew().check()


def test_a_lot_that_is_not_named_gets_a_code_over_a_store(plant: Plant) -> None:
    """Asking again after reading more draws the same code, so that asking ends."""
    store = MemoryEvents()
    receipt = Plant(plant.catalog, events=store, clock=ManualClock(NOW)).receive("MIC", 5)

    assert receipt.lot == "L-1"
    assert Plant(plant.catalog, events=store, clock=ManualClock(NOW)).receive("MIC", 5).lot == "L-2"


def test_codes_are_drawn_again_until_they_are_kept() -> None:
    """After a rewind the same codes come in the same order, by prefix; after keeping, new ones."""
    ids = RepeatableIds(CountingIds())
    first = [ids.next_code("MO"), ids.next_code("L"), ids.next_code("MO")]
    ids.rewind()

    assert [ids.next_code("MO"), ids.next_code("L"), ids.next_code("MO")] == first == ["MO-1", "L-1", "MO-2"]
    ids.keep()
    assert ids.next_code("MO") == "MO-3"


def test_serials_by_hand_are_read_at_once(plant: Plant) -> None:
    """Naming ten chips costs a few reads, not ten."""
    store = CountedEvents()
    codes = [f"X-{number}" for number in range(40)]
    Plant(plant.catalog, events=store, clock=ManualClock(NOW)).receive("CHIP", 40, lot="C", serials=codes)
    assert store.reads < 8
    store.reads = 0
    with pytest.raises(Refused, match="awaits release"):
        Plant(plant.catalog, events=store, clock=ManualClock(NOW)).release(Goods("CHIP", serials=codes))
    assert store.reads < 8
