"""The same wishes with the library `eventsourcing`: an aggregate for each item, its recorder in memory.

The aggregates stay in the application's cache, uncopied: the fastest setting that the library has.
"""
# The library is an extra: without it these lines cannot be typed, with it they are.
# mypy: disable-error-code="import-not-found", allow-subclassing-any, allow-untyped-decorators, allow-any-unimported

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

from benchmarks.workload import REFUSED, START, Answer, LotIn, Reserving, Voiding, Wish
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

if TYPE_CHECKING:
    from collections.abc import Iterable

Lines = list[list[str | int]]


class ItemStock(Aggregate):
    """The lots and reservations of an item."""

    @event("Opened")
    def __init__(self, item: str) -> None:
        self.item = item
        self.lots: dict[str, list[int]] = {}
        self.order: list[tuple[float, float, str]] = []
        self.reservations: dict[str, Lines] = {}
        self.keys: dict[str, tuple[list[object], Lines]] = {}

    @staticmethod
    def create_id(item: str) -> UUID:
        """Return the identity of an item's aggregate."""
        return uuid5(NAMESPACE_URL, item)

    @event("Received")
    def receive(self, lot: str, quantity: int, received: float, expires: float) -> None:
        """Take in a lot."""
        self.lots[lot] = [quantity, 0]
        insort(self.order, (expires, received, lot))

    def pick(self, quantity: int, at: float) -> Lines | None:
        """Return what to take, or None if there is too little."""
        lines: Lines = []
        for expires, _, code in self.order:
            if expires <= at:
                continue
            there, reserved = self.lots[code]
            taken = min(there - reserved, quantity)
            if taken > 0:
                lines.append([code, taken])
                quantity -= taken
                if not quantity:
                    return lines
        return None

    @event("Reserved")
    def reserve(self, key: str, command: list[object], ref: str, lines: Lines) -> None:
        """Bind the lots that were picked."""
        for lot, quantity in lines:
            self.lots[str(lot)][1] += int(quantity)
        self.reservations[ref] = lines
        self.keys[key] = command, lines

    @event("Voided")
    def void(self, key: str, command: list[object], ref: str) -> None:
        """Give lots back."""
        for lot, quantity in self.reservations.pop(ref):
            self.lots[str(lot)][1] -= int(quantity)
        self.keys[key] = command, []


class EventsLedger:
    """Stock in aggregates."""

    def __init__(self, lots: Iterable[LotIn]) -> None:
        settings = {"AGGREGATE_CACHE_MAXSIZE": "0", "AGGREGATE_CACHE_FASTFORWARD": "n"}
        self.app: Application[UUID] = Application(env=settings | {"DEEPCOPY_FROM_AGGREGATE_CACHE": "n"})
        self.item_of: dict[str, str] = {}
        stocks: dict[str, ItemStock] = {}
        for lot in lots:
            stock = stocks.get(lot.item)
            if stock is None:
                stock = stocks[lot.item] = ItemStock(lot.item)
            stock.receive(lot.code, lot.quantity, START.timestamp(), lot.expires.timestamp())
        for stock in stocks.values():
            self.app.save(stock)
        self.ids = {item: stock.id for item, stock in stocks.items()}

    def run(self, wishes: Iterable[Wish]) -> list[object]:
        """Carry out the wishes one by one, each kept by itself."""
        return [self._do(wish) for wish in wishes]

    def plain(self, answers: Iterable[object]) -> list[Answer]:
        """Return the picks."""
        return [
            answer if isinstance(answer, str) else tuple((str(lot), int(quantity)) for lot, quantity in answer)
            for answer in answers
            if isinstance(answer, str | list)
        ]

    def free(self) -> dict[tuple[str, str], int]:
        """Return what is free of each lot."""
        free: dict[tuple[str, str], int] = {}
        for item, number in self.ids.items():
            stock: ItemStock = self.app.repository.get(number)
            free |= {(item, code): there - held for code, (there, held) in stock.lots.items() if there > held}
        return free

    def _do(self, wish: Wish) -> object:
        item = wish.item if isinstance(wish, Reserving) else self.item_of[wish.ref]
        stock: ItemStock = self.app.repository.get(self.ids[item])
        command = list[object](wish) if isinstance(wish, Voiding) else [*wish[:4], wish.at.timestamp()]
        earlier = stock.keys.get(wish.key)
        if earlier is not None:
            if earlier[0] != command:
                raise ValueError(wish.key)
            return earlier[1]
        lines: Lines | None = []
        if isinstance(wish, Reserving):
            lines = stock.pick(wish.quantity, wish.at.timestamp())
            if lines is None:
                return REFUSED
            self.item_of[wish.ref] = wish.item
            stock.reserve(wish.key, command, wish.ref, lines)
        else:
            stock.void(wish.key, command, wish.ref)
        self.app.save(stock)
        return lines
