"""The contracts of lot tables, clocks and sources of codes, on their twins and on ones that break them."""

# ruff: noqa: D102 - the port says what its methods do

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from prodstock.journal.store import CountingIds, ManualClock, SystemClock
from prodstock.master.item import LotOrder
from prodstock.stock.allocation import OpenLot
from prodstock.testing.contracts import ClockContract, IdSourceContract, LotSourceContract

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class SqlLots:
    """A host's table of lots."""

    def __init__(self, lots: Sequence[OpenLot]) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute("create table lots (part text, lot text, free text, received text, expires text)")
        rows = [(o.item, o.lot, str(o.free), o.received.isoformat(), o.expires and o.expires.isoformat()) for o in lots]
        self.db.executemany("insert into lots values (?, ?, ?, ?, ?)", rows)

    def open_lots(self, items: Sequence[str], order: LotOrder, /) -> Iterator[OpenLot]:
        marks = ",".join("?" * len(items))
        by = {LotOrder.FEFO: "expires, received", LotOrder.FIFO: "received"}[order]
        query = f"select * from lots where part in ({marks}) order by {by}, lot"  # noqa: S608 - marks only
        for part, lot, free, received, expires in self.db.execute(query, list(items)):
            ends = datetime.fromisoformat(expires) if expires else None
            yield OpenLot(part, free, lot=lot, received=datetime.fromisoformat(received), expires=ends)


class PlainLots:
    """The lots themselves, in any order."""

    def __init__(self, lots: Sequence[OpenLot]) -> None:
        self.lots = lots

    def open_lots(self, items: Sequence[str], order: LotOrder, /) -> Iterable[OpenLot]:  # noqa: ARG002 - any order will do
        return [one for one in self.lots if one.item in items]


class TestSqlLots(LotSourceContract):
    """A host's own table keeps the contract."""

    def source(self, lots: Sequence[OpenLot]) -> SqlLots:
        return SqlLots(lots)


class TestPlainLots(LotSourceContract):
    """A list keeps it."""

    def source(self, lots: Sequence[OpenLot]) -> PlainLots:
        return PlainLots(lots)


class TestManualClock(ClockContract):
    """The clock that stands still keeps the contract."""

    def clock(self) -> ManualClock:
        return ManualClock(NOON)


class TestSystemClock(ClockContract):
    """The machine's clock keeps it."""

    def clock(self) -> SystemClock:
        return SystemClock()


class TestCountingIds(IdSourceContract):
    """Counting keeps the contract."""

    def ids(self) -> CountingIds:
        return CountingIds()


class EverythingLots(PlainLots):
    """Ignores what it was asked for."""

    def open_lots(self, items: Sequence[str], order: LotOrder, /) -> Iterable[OpenLot]:  # noqa: ARG002 - broken
        return self.lots


class FirstItemLots(PlainLots):
    """Takes the first item only."""

    def open_lots(self, items: Sequence[str], order: LotOrder, /) -> Iterable[OpenLot]:
        return super().open_lots(items[:1], order)


class WholeLots(PlainLots):
    """Cuts decimals off."""

    def open_lots(self, items: Sequence[str], order: LotOrder, /) -> Iterable[OpenLot]:
        for one in super().open_lots(items, order):
            yield OpenLot(one.item, int(str(one.free).partition(".")[0]), lot=one.lot, received=one.received)


class OnceLots(PlainLots):
    """A cursor that is used up."""

    def open_lots(self, items: Sequence[str], order: LotOrder, /) -> Iterable[OpenLot]:
        found, self.lots = super().open_lots(items, order), ()
        return found


@pytest.mark.parametrize("broken", [EverythingLots, FirstItemLots, WholeLots, OnceLots])
def test_the_contract_catches_broken_tables(broken: Callable[[Sequence[OpenLot]], PlainLots]) -> None:
    """Every way of breaking a table of lots fails at least one test of the contract."""

    class Contract(LotSourceContract):
        def source(self, lots: Sequence[OpenLot]) -> PlainLots:
            return broken(lots)

    assert _fails(Contract)


class NaiveClock:
    """Knows no time zone."""

    def now(self) -> datetime:
        return NOON.replace(tzinfo=None)


class BackwardClock:
    """Runs backwards."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        self.moment -= timedelta(seconds=1)
        return self.moment


@pytest.mark.parametrize("broken", [NaiveClock, BackwardClock])
def test_the_contract_catches_broken_clocks(broken: Callable[[], BackwardClock]) -> None:
    """A clock without a zone and one that runs backwards fail."""

    class Contract(ClockContract):
        def clock(self) -> BackwardClock:
            return broken()

    assert _fails(Contract)


class SameId:
    """Always the same."""

    def next_code(self, prefix: str, /) -> str:
        return prefix


class BlankId(CountingIds):
    """No code at all."""

    def next_code(self, prefix: str, /) -> str:
        return super().next_code(prefix) + " "


@pytest.mark.parametrize("broken", [SameId, BlankId])
def test_the_contract_catches_broken_sources_of_codes(broken: Callable[[], CountingIds]) -> None:
    """A code given twice, and one that is no code, fail."""

    class Contract(IdSourceContract):
        def ids(self) -> CountingIds:
            return broken()

    assert _fails(Contract)


def _fails(contract: type[object]) -> list[str]:
    failed = []
    for name in dir(contract):
        if name.startswith("test_"):
            try:
                getattr(contract(), name)()
            except Exception:  # noqa: BLE001 - whatever it is, the contract noticed
                failed.append(name)
    return failed
