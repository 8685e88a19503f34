"""What exists of an item, by identity: its lots and serials with what never changes about them, in columns."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NewType

import attrs

from prodstock.stock.index import Index

if TYPE_CHECKING:
    from collections.abc import Iterator

LotCode = NewType("LotCode", str)
SerialCode = NewType("SerialCode", str)

NEVER = 2**63 - 1
"""The expiry, in microseconds, of what does not expire."""

ANONYMOUS = ""
"""The lot code of an item that is not tracked."""


@attrs.frozen
class LotDetails:
    """What is known of a lot beside its code and dates."""

    supplier: str = ""
    supplier_lot: str = ""
    revision: str = ""
    retest: int | None = None
    attributes: tuple[tuple[str, str], ...] = ()


PLAIN = LotDetails()


_EVER = -(2**63)
_SERIAL = "\n"
"""Stands before a serial in the index; no code can hold it."""


class Book:
    """The lots and serials of one item: an identity is a row of columns, its number is its row.

    Row 0 is the anonymous lot of untracked goods. A serial's row names the row of its lot, a lot's row itself. The
    book belongs to the world whose token it bears; another world copies it before it writes. `fresh` is the latest row
    with the very integers it was made of, so that keys can share them. `retests` holds, for the row of a lot that is to
    be tested anew, until when each test was good: (effective, commit, moment), in the order in which they took effect.
    """

    __slots__ = ("_index", "details", "expires", "fresh", "item", "lot", "number", "received", "retests", "token")

    def __init__(self, item: str, number: int, token: object, world: object) -> None:
        self.item: str = item
        self.number: int = number
        self.token: object = token
        self._index: Index[str] = Index(world)
        self._index.add(ANONYMOUS)
        self.lot: array[int] = array("i", [0])
        self.expires: array[int] = array("q", [NEVER])
        self.received: array[int] = array("q", [0])
        self.details: dict[int, LotDetails] = {}
        self.retests: dict[int, tuple[tuple[int, int, int], ...]] = {}
        self.fresh: tuple[int, int, int] = (0, NEVER, 0)

    def __len__(self) -> int:
        return len(self.lot)

    def owned(self, token: object, world: object) -> Book:
        """Return the book to write to: itself, or a copy that belongs to the asker."""
        if self.token is token:
            return self
        twin: Book = Book.__new__(Book)
        twin.item, twin.number, twin.token = self.item, self.number, token
        twin._index = self._index if self._index.owner is world else Index(world, self._index, len(self))
        twin.lot, twin.expires, twin.received = self.lot[:], self.expires[:], self.received[:]
        twin.details = self.details.copy()
        twin.retests = self.retests.copy()
        twin.fresh = self.fresh
        return twin

    def find_lot(self, code: str) -> int:
        """Return the row of a lot, or -1."""
        row = self._index.find(code)
        return row if row < len(self.lot) else -1

    def find_serial(self, code: str) -> int:
        """Return the row of a serial, or -1."""
        row = self._index.find(_SERIAL + code)
        return row if row < len(self.lot) else -1

    def is_serial(self, row: int) -> bool:
        """Tell whether a row is a serial's."""
        return self.lot[row] != row

    def code(self, row: int) -> str:
        """Return the code of a lot or serial."""
        return self._index.name(row).removeprefix(_SERIAL)

    def lot_code(self, row: int) -> str:
        """Return the code of the lot, for a serial that of its lot."""
        return self._index.name(self.lot[row])

    def serial_code(self, row: int) -> str:
        """Return the serial, or empty for a lot."""
        return self.code(row) if self.lot[row] != row else ""

    def lots(self) -> Iterator[int]:
        """Yield the rows of all lots but the anonymous one, in the order in which they came up."""
        return (row for row in range(1, len(self.lot)) if self.lot[row] == row)

    def serials(self, lot: int) -> Iterator[int]:
        """Yield the rows of a lot's serials, in the order in which they were minted."""
        return (row for row in range(1, len(self.lot)) if self.lot[row] == lot != row)

    def add(self, code: str, lot: int, expires: int, received: int, details: LotDetails | None) -> int:
        """Add a lot (`lot` is -1) or a serial of the lot in that row; the book must be the writer's."""
        row = self._index.add(code if lot < 0 else _SERIAL + code)
        self.lot.append(row if lot < 0 else lot)
        self.expires.append(expires)
        self.received.append(received)
        self.fresh = (row, expires, received)
        if details is not None:
            self.details[row] = details
            if details.retest is not None:
                self.retests[row] = ((_EVER, -1, details.retest),)
        return row

    def retest(self, row: int, moment: int = NEVER, known: int = NEVER) -> int:
        """Return until when a lot or serial is good without another test, `NEVER` where none is needed.

        Args:
            row: its row.
            moment: as it stood then, in microseconds.
            known: as the first so many commits knew it.
        """
        found = NEVER
        for effective, commit, retest in self.retests.get(self.lot[row], ()):
            if effective <= moment and commit < known:
                found = retest
        return found

    def first_retest(self, row: int) -> int:
        """Return until when the lot of a row was good when it came, `NEVER` where nobody said."""
        details = self.details.get(self.lot[row])
        return NEVER if details is None or details.retest is None else details.retest

    def renew(self, lot: int, effective: int, commit: int, retest: int) -> None:
        """Say until when a lot is good after another test; the book must be the writer's."""
        self.retests[lot] = tuple(sorted({*self.retests.get(lot, ()), (effective, commit, retest)}))
