"""Which function decides which command: each says so itself, where it is defined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodstock.journal.command import Command
    from prodstock.stock.draft import Draft
    from prodstock.stock.world import Commit, World

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


Shortcut = TypeVar("Shortcut", bound="Callable[[World, Any, int], tuple[object, Commit] | None]")

SHORTCUTS: dict[type[Command[Any]], Callable[[World, Any, int], tuple[object, Commit] | None]] = {}
"""For the commonest commands a straight run for their plain cases: None sends a command to its decider."""


def shortcut(command: type[Command[Any]]) -> Callable[[Shortcut], Shortcut]:
    """Say of a function that it decides the plain cases of a command that takes effect now."""

    def register(run: Shortcut) -> Shortcut:
        SHORTCUTS[command] = run
        return run

    return register
