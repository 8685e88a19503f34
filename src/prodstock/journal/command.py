"""A wish, as a value, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Generic, TypedDict, TypeVar

import attrs

from prodstock._render import brief, short
from prodstock.errors import InvalidTypeError, InvalidValueError, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prodstock.journal.commit import Recorded
    from prodstock.tables import Table

LONGEST_NAME = 200
"""Characters of who says so."""

LONGEST_REASON = 2_000
"""Characters of why."""

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


class Stamp(TypedDict, total=False):
    """When it takes effect, who says so, why, and the key under which it happens once."""

    at: datetime
    by: str
    because: str
    key: str


@attrs.frozen(kw_only=True)
class Command(Generic[T_co]):
    """A wish, as a value; `T_co` is what is answered when it is granted.

    Attributes:
        at: when it takes effect; None means now. Aware.
        by: who says so: up to 200 characters that print.
        because: why: up to 2,000 characters that print, on as many lines as it takes.
        key: the key under which it happens once. The same command again answers the same; another one is refused.
    """

    at: datetime | None = None
    by: str = ""
    because: str = ""
    key: str | None = None

    def __init_subclass__(cls) -> None:
        """Show every command on one line, with what was said and not what was left out."""
        if "__repr__" not in cls.__dict__:
            cls.__repr__ = brief  # type: ignore[method-assign]  # before attrs looks, so that it makes none

    if TYPE_CHECKING:

        def __repr__(self) -> str:
            """Return one line."""
            ...


# The slots' own setters, for commands made by the thousand: half the cost of a frozen class (benchmarks.stock).
SET_AT, SET_BY, SET_BECAUSE, SET_KEY = (Command.__dict__[name].__set__ for name in ("at", "by", "because", "key"))


def in_order(commands: Iterable[Command[object]]) -> tuple[Command[object], ...]:
    """Return commands as a tuple."""
    return listed(commands, "commands")


@attrs.frozen
class Together(Command[tuple[object, ...]]):
    """Several commands as one commit, decided in order: all of them happen or none."""

    commands: tuple[Command[object], ...] = attrs.field(converter=in_order)


def stamp_of(command: Command[object]) -> tuple[str, str, str] | None:
    """Return who, why and key of a command, or None where nothing is said.

    Raises:
        InvalidTypeError: if who or why is no text.
        InvalidValueError: if it is longer than 200 or 2,000 characters, or does not print; reasons may have lines.
    """
    by, because = command.by, command.because
    if command.key is None and not by and not because:
        return None
    if type(by) is not str or len(by) > LONGEST_NAME or not by.isprintable():
        raise _refusal("by", by, LONGEST_NAME)
    if type(because) is not str or len(because) > LONGEST_REASON or not because.isprintable():
        because = _with_lines(because)
    key = command.key or ""
    return by, because, key if type(key) is str else str.__str__(key)


def _with_lines(because: object) -> str:
    """Return a reason if it prints on its lines."""
    lines = because.translate(_BREAKS) if isinstance(because, str) else "\0"
    if len(lines) > LONGEST_REASON or not lines.isprintable():
        raise _refusal("because", because, LONGEST_REASON)
    return str.__str__(because)


_BREAKS = {ord("\n"): " ", ord("\t"): " "}


def _refusal(field: str, value: object, longest: int) -> InvalidValueError:
    if not isinstance(value, str):
        return InvalidTypeError(field=field, value=value, reason="is no text", advice="Give a str")
    if len(value) > longest:
        reason, advice = f"is longer than {longest} characters", "Say it shorter, and keep the rest in a document"
    else:
        reason, advice = "has characters that do not print", "Remove them"
    return InvalidValueError(field=field, value=value, reason=reason, advice=advice)


class Done(Generic[T_co]):
    """What a command answered, and the events it caused, each in its envelope.

    The events are written out when they are first asked for, by calling `describe` with `first` and `second`: slots
    instead of a closure, because there are as many of these as there are commands.
    """

    __slots__ = ("_describe", "_events", "_first", "_second", "answer")

    answer: T_co

    def __init__(self, answer: T_co, describe: Callable[[A, B], Table[Recorded]], first: A, second: B) -> None:
        self.answer = answer
        self._describe = describe
        self._first = first
        self._second = second
        self._events: Table[Recorded] | None = None

    @property
    def events(self) -> Table[Recorded]:
        """The events in the order in which they were recorded, one or more for each stream touched."""
        if self._events is None:
            self._events = self._describe(self._first, self._second)
        return self._events

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Done):
            return NotImplemented
        return bool(self.answer == other.answer) and self.events == other.events

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # equal by content that may be large

    def __reduce__(self) -> tuple[object, ...]:
        return _told, (self.answer, self.events)

    def __repr__(self) -> str:
        return short(f"<Done {self.answer!r}>")


def _told(answer: T, events: Table[Recorded]) -> Done[T]:
    """Return what a copied or pickled `Done` held: its events are written out, the plant stays where it is."""
    return Done(answer, _kept, events, None)


def _kept(events: Table[Recorded], _: None) -> Table[Recorded]:
    return events
