"""The tables of what documents hold are complete, and what they name is for ever."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import prodstock
from prodstock.codec.tags import COMMANDS, DEFINITIONS, EVENTS, TAGS
from prodstock.journal.command import Command
from prodstock.journal.commit import Event, RecordEvent
from prodstock.master.given import KIND_NAMES
from prodstock.stock.status import Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def below(kind: type) -> Iterator[type]:
    """Yield all classes of the library that are made from a class."""
    made: list[type] = kind.__subclasses__()
    for one in made:
        if one.__module__.startswith("prodstock."):
            yield one
        yield from below(one)


def names(kinds: Iterable[type]) -> set[str]:
    """Return the full names of classes: a slotted one has a twin without slots that may still be there."""
    return {f"{kind.__module__}.{kind.__qualname__}" for kind in kinds}


def import_if_complete(module: str) -> None:
    """Import a module, unless it stands on a package of an extra that is not installed."""
    try:
        importlib.import_module(module)
    except ImportError:
        if not module.startswith("prodstock.extras."):
            raise


def test_every_event_and_command_of_the_library_has_a_tag() -> None:
    """No module has an event or a command that documents do not know."""
    for module in pkgutil.walk_packages(prodstock.__path__, "prodstock."):
        if not module.name.endswith("__main__"):
            import_if_complete(module.name)
    assert names(below(Event)) - names([RecordEvent]) == names(EVENTS)
    assert names(below(Command)) == names(COMMANDS)


def test_every_kind_of_definition_has_a_tag() -> None:
    """What a catalog may hold, its document may hold."""
    assert set(KIND_NAMES) == {kind.__name__ for kind in DEFINITIONS}


def test_tags_are_words_in_kebab_case() -> None:
    """A tag reads as a word of the shop, whatever the class is called."""
    assert all(tag == tag.lower() and tag.replace("-", "").isalpha() for tag in TAGS.values())
    assert TAGS[Release] == "release"
