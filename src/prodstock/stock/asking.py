"""How a question comes to a state: whoever answers hands the state in, reading more of it where that is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodstock.stock.world import World

T = TypeVar("T")


class Ask(Protocol):
    """Answers a question about a state."""

    def __call__(self, question: Callable[[World], T], /) -> T:
        """Return what the question returns."""
