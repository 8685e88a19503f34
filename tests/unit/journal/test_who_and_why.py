"""Who says so and why are texts of bounded length that print; where they are not, nothing happens."""

from datetime import UTC, date, datetime

import pytest

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.journal.command import Command, Together
from prodstock.journal.store import ManualClock, MemoryEvents
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.claim import Claim
from prodstock.stock.expect import Expect
from prodstock.stock.receive import Receive
from prodstock.stock.reservation import Reserve, Void
from prodstock.testing import digest

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
COMMANDS = {
    "a receipt": lambda **stamp: Receive("BOX", 1, **stamp),
    "several": lambda **stamp: Together([Receive("BOX", 1)], **stamp),
    "a claim": lambda **stamp: Reserve(Claim("BOX", 1, ref="LAB"), **stamp),
    "a claim for what is known": lambda **stamp: Reserve("SO-1", **stamp),
    "an end of one": lambda **stamp: Void("OLD/1", **stamp),
    "a promise": lambda **stamp: Expect([Demand("BOX", 1, due=date(2026, 4, 1), ref="SO-2")], **stamp),
}
TOO_LONG = {"by": ("a" * 201, "longer than 200"), "because": ("a" * 2_001, "longer than 2000")}
NOT_PRINTED = ("a\0b", "\ud800", "\u202eanna", "\x1b[31m")


@pytest.fixture(params=[None, MemoryEvents], ids=["in memory", "over a store"])
def plant(request: pytest.FixtureRequest) -> Plant:
    """Return a plant with stock, a demand and a reservation."""
    plant = Plant(Catalog([Item("BOX")]), events=request.param() if request.param else None, clock=ManualClock(NOW))
    plant.receive("BOX", 10)
    plant.expect(Demand("BOX", 1, due=date(2026, 4, 1), ref="SO-1"))
    plant.reserve(Claim("BOX", 2, ref="OLD"))
    return plant


@pytest.mark.parametrize("make", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("field", ["by", "because"])
def test_what_does_not_print_or_end_is_refused(plant: Plant, make: type[Command[object]], field: str) -> None:
    """A name or reason that is too long, no text, or would not print is refused before anything has changed."""
    before = digest(plant)
    long, said = TOO_LONG[field]
    with pytest.raises(InvalidValueError, match=f"{field}.*{said}"):
        plant.do(make(**{field: long}))  # type: ignore[arg-type]  # a stamp
    for text in NOT_PRINTED:
        with pytest.raises(InvalidValueError, match=f"{field} .*do not print"):
            plant.do(make(**{field: text}))  # type: ignore[arg-type]  # a stamp
    with pytest.raises(InvalidTypeError):
        plant.do(make(**{field: 4711}))  # type: ignore[arg-type]  # the fault that is looked for
    assert digest(plant) == before
    plant.check()


@pytest.mark.parametrize("make", COMMANDS.values(), ids=COMMANDS)
def test_what_people_write_is_kept(plant: Plant, make: type[Command[object]]) -> None:
    """Names in any script and reasons of several lines are kept as they are, up to their last character."""
    by, because = "Zoë Łukasz 山田".ljust(200, "."), "first line\n\tsecond line, 4 °C\n".ljust(2_000, "-")
    event = plant.do(make(by=by, because=because)).events[0]
    assert (event.by, event.because) == (by, because)
