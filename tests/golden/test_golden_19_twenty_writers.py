"""Golden case 19: 20 writers at once each want 1 of 10 and retry conflicts until decided: 10 succeed, 10 are short."""

from prodstock.journal.store import MemoryEvents
from prodstock.testing.contracts import ThreadedEventStoreContract


def test_exactly_ten_succeed() -> None:
    """The case itself is part of the contract that every host's store has to keep."""

    class InMemory(ThreadedEventStoreContract):
        def store(self) -> MemoryEvents:
            return MemoryEvents()

    InMemory().test_twenty_writers_share_ten()
    InMemory().test_twenty_threads_share_ten()
