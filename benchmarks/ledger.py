"""The library under measurement, in the ways in which a host may talk to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from benchmarks.workload import REFUSED, START, Answer, LotIn, Reserving, Voiding, Wish

from prodstock.errors import Refused
from prodstock.journal.command import Done
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.plant import Plant
from prodstock.stock.claim import Claim
from prodstock.stock.goods import Reservation
from prodstock.stock.receive import Receive
from prodstock.stock.reservation import Reserve, Void

if TYPE_CHECKING:
    from collections.abc import Iterable

BATCH = 1_000
Asked: TypeAlias = Reserve | Void


def catalog_of(items: Iterable[str]) -> Catalog:
    """Return a catalog of items tracked by lot."""
    return Catalog([Item(item, tracking=Tracking.LOT) for item in items])


def filled(lots: Iterable[LotIn]) -> Plant:
    """Return a plant that holds these lots, received one by one."""
    arrivals = list(lots)
    plant = Plant(catalog_of(dict.fromkeys(lot.item for lot in arrivals)), clock=ManualClock(START))
    for lot in arrivals:
        plant.do(Receive(lot.item, lot.quantity, lot=lot.code, expires=lot.expires))
    return plant


def command(wish: Wish) -> Asked:
    """Return a wish as the library's command."""
    if isinstance(wish, Voiding):
        return Void(f"{wish.ref}/1", key=wish.key)
    return Reserve(Claim(wish.item, wish.quantity, ref=wish.ref, at=wish.at), key=wish.key)


class OneByOne:
    """Each command is made and carried out by itself."""

    def __init__(self, lots: Iterable[LotIn]) -> None:
        self.plant = filled(lots)

    def run(self, wishes: Iterable[Wish]) -> list[object]:
        """Make and carry out the commands one by one."""
        do = self.plant.do
        answers: list[object] = []
        for wish in wishes:
            try:
                if isinstance(wish, Reserving):
                    key, ref, item, quantity, at = wish
                    answers.append(do(Reserve(Claim(item, quantity, ref=ref, at=at), key=key)))
                else:
                    answers.append(do(Void(f"{wish.ref}/1", key=wish.key)))
            except Refused as refused:
                answers.append(refused)
        return answers

    def plain(self, answers: Iterable[object]) -> list[Answer]:
        """Return the picks."""
        return [_plain(answer) for answer in answers]

    def free(self) -> dict[tuple[str, str], int]:
        """Return what is free of each lot."""
        return {(lot.item, lot.lot or ""): int(str(lot.free)) for lot in self.plant.snapshot().lots}


class PicksRead(OneByOne):
    """As above, and the picks of every reservation are looked at, which is when the library writes them out."""

    def run(self, wishes: Iterable[Wish]) -> list[object]:
        """Make and carry out the commands one by one, and read each answer."""
        do = self.plant.do
        answers: list[object] = []
        for wish in wishes:
            try:
                done = do(command(wish))
            except Refused as refused:
                answers.append(refused)
            else:
                if isinstance(done.answer, Reservation):
                    assert done.answer.lines
                answers.append(done)
        return answers


class MadeBefore(OneByOne):
    """The commands are there when the clock starts; each is carried out by itself."""

    def __init__(self, lots: Iterable[LotIn], wishes: Iterable[Wish]) -> None:
        super().__init__(lots)
        self.commands = [command(wish) for wish in wishes]

    def run(self, wishes: Iterable[Wish]) -> list[object]:
        """Carry out the commands one by one; they stand for these wishes."""
        do = self.plant.do
        answers: list[object] = []
        for one, _ in zip(self.commands, wishes, strict=True):
            try:
                answers.append(do(one))
            except Refused as refused:
                answers.append(refused)
        return answers


class Submitted(MadeBefore):
    """The commands are there when the clock starts and are handed over a thousand at a time."""

    def run(self, wishes: Iterable[Wish]) -> list[object]:
        """Submit the commands in batches; they stand for these wishes."""
        del wishes
        submit = self.plant.submit
        answers: list[object] = []
        for first in range(0, len(self.commands), BATCH):
            answers += submit(self.commands[first : first + BATCH])
        return answers


def _plain(answer: object) -> Answer:
    if isinstance(answer, Refused):
        return REFUSED
    assert isinstance(answer, Done)
    if not isinstance(answer.answer, Reservation):
        return ()
    return tuple((line.lot, int(line.quantity)) for line in answer.answer.lines)
