"""The workload of the reservation benchmarks, as plain data: whoever is measured gets the same lots and wishes.

100 items with 100 lots each, first expired first out; 5 % of the commands are sent twice under the same key, 10 % give
a reservation back. What is needed later than a lot lives must not take that lot.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251  # one seeded source per workload: the same seed, the same workload
from typing import NamedTuple, TypeAlias

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""When everything happens: the clock of whoever is measured stands still there."""

REPEATED = 0.05
CANCELLED = 0.10
LOT_QUANTITY = 60
LARGEST_WISH = 20


class LotIn(NamedTuple):
    """Goods that are there before the clock starts."""

    item: str
    code: str
    quantity: int
    expires: datetime


class Reserving(NamedTuple):
    """A wish for so much of an item, usable at a moment, for a purpose; made once under its key."""

    key: str
    ref: str
    item: str
    quantity: int
    at: datetime


class Voiding(NamedTuple):
    """A reservation (the first made for its purpose) is given back, once under its key."""

    key: str
    ref: str


Wish: TypeAlias = Reserving | Voiding
Answer: TypeAlias = tuple[tuple[str, int], ...] | str
"""What was picked, as lot and quantity in the order of taking; "refused" if there is too little."""

REFUSED = "refused"


class Workload(NamedTuple):
    """Lots that are there, and wishes in their order."""

    items: tuple[str, ...]
    lots: list[LotIn]
    wishes: list[Wish]


def lots_of(items: int, lots: int, seed: int = 1) -> list[LotIn]:
    """Return so many lots of so many items, lot by lot through all items; some lots expire together."""
    random = Random(seed)
    return [
        LotIn(
            item_code(item),
            f"L{lot * items + item:07d}",
            LOT_QUANTITY,
            START + timedelta(days=random.randrange(10, 400)),
        )
        for lot in range(lots)
        for item in range(items)
    ]


def item_code(number: int) -> str:
    """Return the code of an item."""
    return f"I{number:05d}"


def workload(items: int = 100, lots: int = 100, commands: int = 20_000, seed: int = 1, too_much: float = 0) -> Workload:
    """Return a workload; `too_much` is the share of wishes that no item can grant."""
    random = Random(seed)
    wishes: list[Wish] = []
    open_refs: list[str] = []
    while len(wishes) < commands:
        number, chance = len(wishes), random.random()
        if wishes and chance < REPEATED:
            wishes.append(wishes[random.randrange(max(0, number - 200), number)])
        elif open_refs and chance < REPEATED + CANCELLED:
            ref = open_refs.pop(random.randrange(len(open_refs)))
            wishes.append(Voiding(f"k{number}", ref))
        else:
            refused = random.random() < too_much
            quantity = lots * LOT_QUANTITY + 1 if refused else random.randint(1, LARGEST_WISH)
            at = START + timedelta(days=random.randrange(60))
            wish = Reserving(f"k{number}", f"S{number}", item_code(random.randrange(items)), quantity, at)
            wishes.append(wish)
            if not refused:
                open_refs.append(wish.ref)
    return Workload(tuple(map(item_code, range(items))), lots_of(items, lots, seed), wishes)
