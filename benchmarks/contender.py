"""What every version under measurement can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.workload import Answer, Wish


class Contender(Protocol):
    """A stock ledger with its lots in place. `run` is what is timed; everything else happens beside the clock."""

    def run(self, wishes: Iterable[Wish]) -> list[object]:
        """Carry out the wishes one by one and return an answer for each, in the ledger's own form."""

    def plain(self, answers: Iterable[object]) -> list[Answer]:
        """Return the answers in the form in which all are compared."""

    def free(self) -> dict[tuple[str, str], int]:
        """Return what is free of each lot, by item and lot, where it is more than nothing."""
