"""Which function decides which command: each says so itself, where it is defined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodstock.journal.command import Command
    from prodstock.stock.draft import Draft
    from prodstock.stock.world import World

Decider = TypeVar("Decider", bound="Callable[[Draft, Any], object]")

DECIDERS: dict[type[Command[Any]], Callable[[Draft, Any], object]] = {}
"""Every command that is loaded, and who decides it. A command and its decider live in one module, so whoever has made
a command has loaded its decider; what is never used is never loaded."""


def decides(command: type[Command[Any]]) -> Callable[[Decider], Decider]:
    """Say of a function that it decides a command: it reads a draft's world and collects changes on the draft."""

    def register(decider: Decider) -> Decider:
        DECIDERS[command] = decider
        return decider

    return register


Shortcut = TypeVar("Shortcut", bound="Callable[[World, Any, int], tuple[object, int] | None]")

SHORTCUTS: dict[type[Command[Any]], Callable[[World, Any, int], tuple[object, int] | None]] = {}
"""For the commonest commands a straight run for their plain cases, deciding and folding in at once: it returns the
answer and the number of the commit, or None, having changed nothing, which sends the command to its decider."""


def shortcut(command: type[Command[Any]]) -> Callable[[Shortcut], Shortcut]:
    """Say of a function that it carries out the plain cases of a command that takes effect now."""

    def register(run: Shortcut) -> Shortcut:
        SHORTCUTS[command] = run
        return run

    return register
