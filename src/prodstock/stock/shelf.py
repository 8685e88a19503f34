"""The parcels of one item at one site: what is hot in one row a parcel, what is open to reserve in one sorted list."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from typing import TYPE_CHECKING, TypeAlias

from prodstock.stock.history import EMPTY, FULL, SIZE, History, added
from prodstock.stock.history import ENTRY as _ENTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.master.item import LotOrder

Row: TypeAlias = tuple[int, int, History]
"""Quantity, reserved, and their history: one value, so that they cannot be written apart."""

OpenKey: TypeAlias = tuple[int, int, str, int]
"""Expiry, receipt (the other way round for first-in-first-out), code, parcel: the order in which stock is taken."""

_WIDE = 16
_NONE: Row = (0, 0, EMPTY)
_pack = _ENTRY.pack


class Shelf:
    """The parcels of an item at a site. A parcel is a number; its row holds quantity, reserved and history.

    `ten` is how many smallest steps one base unit has. `keys` holds, for a parcel in a place one may reserve from, its
    key in `open`; `open` lists the keys of those with free stock, sorted. `live` lists the parcels that hold anything
    in real places (`real`), sorted: what left for customers or was consumed is behind us. A parcel is found by its
    lot's chain: `newest` names a lot's latest parcel, `older` the one before it. A lot that was in many places keeps
    besides, from when it is first asked for, its parcels by place and those of them that are live.
    `counted` holds for a parcel when it was counted and by which commit.
    """

    __slots__ = (
        "_columns", "_live", "_open", "_wide", "book", "counted", "crowds", "ident", "item", "keys", "live", "newest",
        "number", "older", "open", "order", "place", "real", "rows", "site", "ten", "token", "version",
    )  # fmt: skip

    def __init__(self, item: str, site: str, number: int, book: int, order: LotOrder, ten: int, token: object) -> None:
        self.item: str = item
        self.site: str = site
        self.number: int = number
        self.book: int = book
        self.order: LotOrder = order
        self.ten: int = ten
        self.token: object = token
        self.version: int = 0
        self.rows: list[Row] = []
        self.keys: list[OpenKey | None] = []
        self.open: list[OpenKey] = []
        self.live = array("i")
        self.ident: array[int] = array("i")
        self.place: array[int] = array("i")
        self.newest: array[int] = array("i")
        self.older: array[int] = array("i")
        self.real: bytearray = bytearray()
        self.counted: dict[int, tuple[tuple[int, int], ...]] = {}
        self._columns = self._open = self._live = token
        self._wide: dict[int, dict[int, int]] = {}
        self.crowds: dict[int, list[int]] = {}

    def owned(self, token: object) -> Shelf:
        """Return the shelf to write to: itself, or a copy that belongs to the asker.

        The rows are copied at once. The other columns stay shared until one of them changes: a reservation in a fork
        costs a list of rows, no more.
        """
        if self.token is token:
            return self
        twin: Shelf = Shelf.__new__(Shelf)
        twin.item, twin.site, twin.number, twin.book = self.item, self.site, self.number, self.book
        twin.order, twin.ten, twin.token, twin.version = self.order, self.ten, token, self.version
        twin.rows = self.rows.copy()
        twin.keys, twin.open, twin.live = self.keys, self.open, self.live
        twin.ident, twin.place, twin.newest, twin.older = self.ident, self.place, self.newest, self.older
        twin.real = self.real
        twin._columns, twin._open, twin._live = self._columns, self._open, self._live
        twin.counted = self.counted.copy() if self.counted else {}
        twin._wide = {}
        twin.crowds = {}
        return twin

    def _own_columns(self) -> None:
        if self._columns is not self.token:
            self._columns = self.token
            self.keys, self.ident, self.place = self.keys.copy(), self.ident[:], self.place[:]
            self.newest, self.older, self.real = self.newest[:], self.older[:], self.real[:]

    def reopen(self, order: LotOrder, keys: list[OpenKey | None], real: bytearray) -> None:
        """Take new keys for all parcels, after definitions have changed; the shelf must be the writer's."""
        self._columns = self._open = self._live = self.token
        self.ident, self.place, self.newest, self.older = self.ident[:], self.place[:], self.newest[:], self.older[:]
        self.order, self.keys, self.real = order, keys, real
        self.open = sorted(key for key, row in zip(keys, self.rows, strict=True) if key is not None and row[0] > row[1])
        self.live = array("i", [parcel for parcel, row in enumerate(self.rows) if row[0] and real[parcel]])
        self.crowds = {}

    def find(self, ident: int, place: int) -> int:
        """Return the parcel of a lot or serial in a place, or -1. A lot in many places is found by a dictionary."""
        if ident >= len(self.newest):
            return -1
        parcel = self.newest[ident]
        for _ in range(_WIDE):
            if parcel < 0 or self.place[parcel] == place:
                return parcel
            parcel = self.older[parcel]
        if ident not in self._wide:
            self._wide[ident] = {self.place[p]: p for p in self.parcels_of(ident)}
        return self._wide[ident].get(place, -1)

    def parcels_of(self, ident: int) -> Iterator[int]:
        """Yield the parcels a lot or serial ever had here, latest first."""
        parcel = self.newest[ident] if ident < len(self.newest) else -1
        while parcel >= 0:
            yield parcel
            parcel = self.older[parcel]

    def here(self, ident: int) -> list[int]:
        """Return the live parcels of a lot or serial, the oldest first: what of it is there now. Not to be written to.

        O(parcels it ever had), up to 16; for a lot that had more O(1) after the first time.
        """
        crowd = self.crowds.get(ident)
        if crowd is None:
            ever = list(self.parcels_of(ident))
            crowd = [parcel for parcel in reversed(ever) if self.rows[parcel][0] and self.real[parcel]]
            if len(ever) > _WIDE:
                self.crowds[ident] = crowd
        return crowd

    def add(self, ident: int, place: int, key: OpenKey | None, *, real: bool) -> int:
        """Add an empty parcel; `key` is given where one may reserve from it. The shelf must be the writer's."""
        self._own_columns()
        parcel = len(self.rows)
        if ident >= len(self.newest):
            self.newest.extend([-1] * (ident + 1 - len(self.newest)))
        self.rows.append(_NONE)
        self.keys.append(key)
        self.ident.append(ident)
        self.place.append(place)
        self.older.append(self.newest[ident])
        self.real.append(real)
        self.newest[ident] = parcel
        if ident in self._wide:
            self._wide[ident][place] = parcel
        return parcel

    def own_open(self) -> list[OpenKey]:
        """Return what is open to reserve, to be written to; the shelf must be the writer's."""
        if self._open is not self.token:
            self.open, self._open = self.open.copy(), self.token
        return self.open

    def post(self, parcel: int, effective: int, commit: int, change: int, reserved: int) -> None:
        """Book a change of a parcel's quantity and reserved quantity. It cannot fail; the shelf must be the writer's.

        The body is one straight run: it is the inner loop of every command (benchmarks.stock).
        """
        quantity, held, history = self.rows[parcel]
        free = quantity - held
        after = quantity + change
        if (
            type(history) is bytes
            and len(history) < FULL
            and (not history or effective >= _ENTRY.unpack_from(history, len(history) - SIZE)[0])
        ):
            history += _pack(effective, commit, change, reserved)
        else:
            history = added(history, effective, commit, change, reserved)
        self.rows[parcel] = (after, held + reserved, history)
        key = self.keys[parcel]
        if key is not None and (free > 0) is not (free + change - reserved > 0):
            keys = self.own_open()
            if free > 0:
                del keys[bisect_left(keys, key)]
            else:
                insort(keys, key)
        if change and (quantity == 0 or after == 0) and self.real[parcel]:
            self._came_or_went(parcel, came=quantity == 0)

    def _came_or_went(self, parcel: int, *, came: bool) -> None:
        if self._live is not self.token:
            self.live, self._live = self.live[:], self.token
        crowd = self.crowds.get(self.ident[parcel]) if self.crowds else None
        lists: tuple[array[int] | list[int], ...] = (self.live,) if crowd is None else (self.live, crowd)
        for parcels in lists:
            if came:
                insort(parcels, parcel)
            else:
                del parcels[bisect_left(parcels, parcel)]

    def post_reserved(self, parcel: int, recorded: int, commit: int, reserved: int) -> None:
        """Book a change of what is reserved at the moment it was recorded."""
        self.post(parcel, recorded, commit, 0, reserved)
