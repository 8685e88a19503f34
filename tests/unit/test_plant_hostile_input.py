"""Hostile input to commands: always an error of the library, at once, and the state is as it was."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from time import perf_counter
from typing import Any

import pytest

from prodstock.errors import InvalidTypeError, ProdstockError
from prodstock.journal.command import Together
from prodstock.journal.store import ManualClock
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import PurchaseOrder
from prodstock.plant import Plant
from prodstock.quantities.quantity import Quantity
from prodstock.stock.claim import Claim
from prodstock.stock.count import Adjust, Count
from prodstock.stock.expect import Cancel, Expect, Redefine
from prodstock.stock.goods import Goods
from prodstock.stock.judge import Judge
from prodstock.stock.move import Move, Scrap
from prodstock.stock.receive import Receive
from prodstock.stock.reservation import Reserve, Void
from prodstock.stock.ship import Ship, TakeBack
from prodstock.testing import digest
from prodstock.testing.machines import START, small_catalog

NO_AMOUNTS: list[Any] = [
    "-0.5", "0.001", 1.5, True, [], "", "one", "NaN", "Infinity", "1e600000", "-1e400", "1/3", "٣",
    Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal("1e600000"), Decimal("1e-600000"), 10**30, 2**63,
    "9" * 100_000, Quantity(1, "kg"), Quantity("1e30", "pcs"), " ", b"5", float("nan"), {"a": 1},
    10**18 * 10,
]  # fmt: skip
NOT_POSITIVE: list[Any] = [0, "0", "-0", None]
CODES: list[Any] = [
    "", " ", " L1", "L1 ", "a\nb", "a\x00b", "a\u202eb", "x" * 101, "x" * 100_000, 7, None, b"L1", ["L1"],
    "no such thing",     "\ud800",
]  # fmt: skip
MOMENTS: list[Any] = [
    datetime(2026, 3, 2, 6),  # noqa: DTZ001 - naive on purpose
    START + timedelta(microseconds=1),
    datetime.max.replace(tzinfo=UTC),
    datetime.min.replace(tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12))),
    date(2026, 3, 2),
    "2026-03-02",
    0,
    1e18,
]


@pytest.fixture
def plant() -> Plant:
    """Return a plant with some of everything."""
    plant = Plant(small_catalog(), clock=ManualClock(START))
    plant.receive("BOX", 5)
    plant.receive("MIC", 5, lot="L1", expires=date(2026, 9, 1))
    plant.receive("HD", 2, lot="H1")
    plant.expect(Demand("MIC", 3, due=date(2026, 3, 5), ref="D1"), PurchaseOrder("MIC", 9, supplier="KNW", due=START))
    plant.reserve("D1")
    return plant


def refused(plant: Plant, wish: Callable[[], Any]) -> None:
    """Check that a wish is refused by an error of the library, quickly, with a short message and without a trace."""
    before, began = digest(plant), perf_counter()
    with pytest.raises(ProdstockError) as error:
        plant.do(wish())
    assert perf_counter() - began < 10
    assert len(str(error.value)) < 2_000
    assert len(repr(error.value)) < 300
    assert digest(plant) == before
    plant.check()


@pytest.mark.parametrize("amount", [*NO_AMOUNTS, *NOT_POSITIVE], ids=lambda _: None)
@pytest.mark.parametrize(
    "wish",
    [
        lambda amount: Receive("BOX", amount),
        lambda amount: Receive("HD", amount, lot="H2"),
        lambda amount: Adjust("BOX", amount),
        lambda amount: Reserve(Claim("BOX", amount, ref="X")),
        lambda amount: Expect([Demand("BOX", amount, due=START, ref="X")]),
        lambda amount: Expect([PurchaseOrder("BOX", amount, supplier="KNW", due=START)]),
    ],
    ids=["receive", "serials", "adjust", "claim", "demand", "purchase"],
)
def test_amounts(plant: Plant, amount: Any, wish: Callable[[Any], Any]) -> None:
    """Numbers that are no quantity of the item are refused by every command that takes one."""
    refused(plant, lambda: wish(amount))


@pytest.mark.parametrize("amount", NO_AMOUNTS, ids=lambda _: None)
def test_parts_of_goods_and_counts(plant: Plant, amount: Any) -> None:
    """So they are as a part of goods, and as what was counted."""
    for wish in (
        lambda: Scrap(Goods("MIC", lot="L1", quantity=amount)),
        lambda: Ship(Goods("MIC", lot="L1", quantity=amount), demand="D1"),
        lambda: Count("BOX", amount),
    ):
        refused(plant, wish)


@pytest.mark.parametrize("code", CODES, ids=lambda value: repr(value)[:12])
@pytest.mark.parametrize(
    "wish",
    [
        lambda code: Receive(code, 1),
        lambda code: Receive("BOX", 1, site=code),
        lambda code: Receive("BOX", 1, location=code if code is not None else ""),
        lambda code: Receive("HD", 1, lot="H2", serials=[code] if code != "no such thing" else ["H1-0001"]),
        lambda code: Receive("MIC", 1, lot="L1", against=code if code is not None else ""),
        lambda code: Judge(code, Quality.BLOCKED),
        lambda code: Scrap(Goods("MIC", lot=code if code is not None else "")),
        lambda code: Scrap(Goods("HD", serials=[code])),
        lambda code: Move("L1", to=code),
        lambda code: Ship("L1", demand=code),
        lambda code: TakeBack("L1", demand=code),
        Reserve,
        Void,
        Cancel,
        lambda code: Count(code, 1),
        lambda code: Reserve(Claim("BOX", 1, ref=code if code != "no such thing" else "")),
    ],
    ids=range(16),
)
def test_codes(plant: Plant, code: Any, wish: Callable[[Any], Any]) -> None:
    """Codes that are no code, or name nothing, are refused wherever one is expected."""
    refused(plant, lambda: wish(code))


@pytest.mark.parametrize("at", MOMENTS, ids=repr)
def test_moments(plant: Plant, at: Any) -> None:
    """A command takes effect at an aware moment between 1900 and now, or not at all."""
    for wish in (
        lambda: Receive("BOX", 1, at=at),
        lambda: Scrap("L1", at=at),
        lambda: Together([Receive("BOX", 1)], at=at),
        lambda: Receive("BOX", 1, at=at, key="k"),
    ):
        refused(plant, wish)


@pytest.mark.parametrize("at", [m for m in MOMENTS if not isinstance(m, date) or m.year in {1, 9999}], ids=repr)
def test_expiries_and_dues(plant: Plant, at: Any) -> None:
    """What is no day and no moment of these centuries is neither an expiry nor a due date."""
    refused(plant, lambda: Receive("MIC", 1, lot="L7", expires=at))
    refused(plant, lambda: Expect([Demand("BOX", 1, due=at, ref="X")]))


@pytest.mark.parametrize("command", [None, 7, "receive", ..., Receive, Goods("BOX"), [Receive("BOX", 1)]], ids=repr)
def test_what_is_no_command(plant: Plant, command: Any) -> None:
    """What is no command is refused as such, alone, in a batch and together with others."""
    refused(plant, lambda: command)
    before = digest(plant)
    with pytest.raises(ProdstockError):
        plant.submit([command])
    with pytest.raises(ProdstockError):
        plant.do(Together([command]))
    assert digest(plant) == before


@pytest.mark.parametrize("goods", [None, 7, ..., ["L1"], b"L1", Receive("BOX", 1), ("MIC", "L1")], ids=repr)
def test_what_is_no_goods(plant: Plant, goods: Any) -> None:
    """What points at no goods is refused by all who take goods."""
    for wish in (
        lambda: Scrap(goods),
        lambda: Move(goods, to="RACK"),
        lambda: Ship(goods, demand="D1"),
        lambda: TakeBack(goods, demand="D1"),
    ):
        refused(plant, wish)


@pytest.mark.parametrize("given", [None, 7, ..., ["D1"], b"D1", Receive("BOX", 1)], ids=repr)
def test_what_is_no_promise(plant: Plant, given: Any) -> None:
    """What names no promise is refused by all who take one."""
    for wish in (lambda: Reserve(given), lambda: Void(given), lambda: Cancel(given), lambda: Expect([given])):
        refused(plant, wish)


def test_what_is_no_state_and_no_catalog(plant: Plant) -> None:
    """Neither is a text a quality state, nor a list a catalog."""
    nothings: list[Any] = ["approved", None, 7, ..., []]
    for nothing in nothings:
        refused(plant, partial(Judge, "L1", nothing))
        refused(plant, partial(Redefine, nothing))


def test_sums_beyond_64_bits(plant: Plant) -> None:
    """What each fits, but not together, is refused before anything is booked."""
    plant.receive("BOX", 2**63 - 6)

    refused(plant, lambda: Receive("BOX", 1))
    refused(plant, lambda: Together([Adjust("BOX", -1), Receive("BOX", 2)]))
    assert plant.availability("BOX").physical == Decimal(2**63 - 1)


def test_keys(plant: Plant) -> None:
    """A key is a code."""
    keys: list[Any] = ["", "a\nb", "x" * 100_000, 7, b"k", "\ud800"]
    for key in keys:
        refused(plant, partial(Receive, "BOX", 1, key=key))


def test_floats_are_refused_by_type(plant: Plant) -> None:
    """The refusal of a float says how to write it."""
    with pytest.raises(InvalidTypeError, match="text"):
        plant.receive("BOX", 0.5)  # type: ignore[arg-type]  # on purpose


def test_an_integer_of_five_thousand_digits(plant: Plant) -> None:
    """It is refused without ever being written out: Python itself refuses to."""
    refused(plant, lambda: Receive("BOX", 10**5_000))
