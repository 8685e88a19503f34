"""What a command leaves behind when it is refused, repeated or empty: nothing that was not there before."""

from datetime import UTC, datetime

import pytest

from prodstock.errors import InvalidValueError, KeyReused, NotEnough, UnknownCode
from prodstock.journal.command import Done, Together
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Location, LocationKind
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.goods import Goods
from prodstock.stock.move import Move
from prodstock.stock.receive import Receive
from prodstock.stock.reservation import Reserve, Void
from prodstock.testing.digests import digest

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


def plant() -> Plant:
    """A plant with an item tracked by lot, one by serial, and a bin that tolerates three below zero."""
    bin_of_three = Location("BIN", kind=LocationKind.STORES, tolerates=3)
    items = [Item("MIC", tracking=Tracking.LOT), Item("HD", tracking=Tracking.SERIAL), Item("BOX"), bin_of_three]
    return Plant(Catalog(items), clock=ManualClock(START))


def test_a_refused_command_uses_up_no_code() -> None:
    """The next lot is numbered as if the refusal had not been; by one command, by a batch, and over a store."""
    one = plant()
    with pytest.raises(UnknownCode):
        one.receive("MIC", 5, against="NOPE")
    assert one.receive("MIC", 5).lot == "L-1"
    assert one.receive("MIC", 5).lot == "L-2"
    results = one.submit([Receive("MIC", 1), Move(Goods("BOX", quantity=1), to="BIN"), Receive("MIC", 1)])
    assert [result.answer.lot if isinstance(result, Done) else None for result in results] == ["L-3", None, "L-4"]


def test_a_retry_with_a_fresh_record_is_the_same_command() -> None:
    """Only the code of a record is used: record, newer record or code, the same key answers the same."""
    one = plant()
    one.receive("BOX", 9)
    one.expect(Demand("BOX", 4, due=START, ref="SO-1"))
    first = one.do(Reserve("SO-1", key="k"))
    demand = Demand("BOX", 5, due=START, ref="SO-1")
    assert one.do(Reserve(demand, key="k")).answer == first.answer
    one.do(Void(first.answer, key="v"))
    assert one.do(Void(first.answer.code, key="v")).events
    with pytest.raises(KeyReused):
        one.do(Void("SO-1/2", key="v"))


def test_a_key_holds_in_forks() -> None:
    """What the plant did under a key, a fork does not do again; nor does it do it twice itself."""
    one = plant()
    one.do(Receive("BOX", 5, key="k"))
    fork = one.fork("again").assume(Receive("BOX", 5, key="k"), Receive("BOX", 2, key="n"), Receive("BOX", 2, key="n"))
    assert fork.availability("BOX").free == 7
    with pytest.raises(KeyReused):
        one.fork("other").assume(Receive("BOX", 6, key="k"))


def test_to_do_nothing_is_no_commit() -> None:
    """An empty list of promises, or of commands, is answered and leaves the state's digest as it was."""
    one = plant()
    before = digest(one)
    assert one.expect() == ()
    assert not one.do(Together([])).events
    assert digest(one) == before


def test_a_serial_is_never_below_zero() -> None:
    """A place that tolerates less than nothing tolerates it of pieces, not of a serial that was somewhere else."""
    one = plant()
    done = one.do(Receive("HD", 1, serials=["S1"], location="BIN"))
    one.scrap("S1")
    with pytest.raises((NotEnough, InvalidValueError)):
        one.reverse(done.events[0])
    one.check()
