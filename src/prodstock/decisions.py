"""The pure step from a wish to what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from prodstock._lazy import Lazy
from prodstock.calendars.zone import from_micros, micros
from prodstock.errors import InvalidTypeError, InvalidValueError, KeyReused
from prodstock.journal.command import Command, Done, Together, stamp_of
from prodstock.journal.store import CountingIds, check_port
from prodstock.journal.stream import key_stream
from prodstock.master import checks
from prodstock.master.catalog import Catalog
from prodstock.master.codes import code
from prodstock.stock.deciding import DECIDERS, SHORTCUTS
from prodstock.stock.draft import Draft
from prodstock.stock.world import HEAD, World
from prodstock.tables import Table

if TYPE_CHECKING:
    from datetime import datetime

    from prodstock.journal.commit import Recorded
    from prodstock.journal.store import IdSource
    from prodstock.stock.world import Commit

if TYPE_CHECKING:
    from prodstock.stock import translate
else:
    translate = Lazy("prodstock.stock.translate")

T = TypeVar("T")


def decided(world: World, command: Command[T], now: int, ids: IdSource) -> tuple[T, Commit]:
    """Return a command's answer and its commit, decided on a world that stays as it is.

    Raises:
        Refused: if the plant says no.
        InvalidValueError: if the command takes effect in the future.
    """
    effective = now if command.at is None else micros(command.at)
    if effective > now:
        advice = "Give the moment at which it happened, or leave it out for now"
        raise InvalidValueError(field="at", value=command.at, reason="lies in the future", advice=advice)
    if isinstance(command, Together):
        return _together(world, command, effective, now, ids)  # type: ignore[return-value]  # T is a tuple then
    decide_one = DECIDERS.get(type(command))
    if decide_one is None:
        raise InvalidTypeError(field="command", value=command, reason="is no command of a plant")
    draft = Draft(world, effective, now, ids)
    answer = decide_one(draft, command)
    return answer, draft.commit(stamp_of(command))  # type: ignore[return-value]  # the table pairs them


def carried_out(world: World, command: Command[T], now: int, ids: IdSource) -> Done[T]:
    """Decide a command that was not answered before, fold it into the world, and note what its key stands for.

    Raises:
        Refused: if the plant says no; nothing has changed.
        InvalidValueError: if the command takes effect in the future.
    """
    at_once = SHORTCUTS.get(type(command)) if command.at is None else None
    plain = None if at_once is None else at_once(world, command, now)
    if plain is None:
        answer, commit = decided(world, command, now, ids)
        if len(commit) == HEAD and command.key is None:
            return Done(answer, nothing_told, world, -1)
        number = world.apply(commit)
    else:
        answer, number = plain  # type: ignore[assignment]  # the table pairs commands and answers
    if command.key is not None:
        world.keys[command.key] = (command, answer, number)
    return Done(answer, told, world, number)


def _together(
    world: World, command: Together, effective: int, now: int, ids: IdSource
) -> tuple[tuple[object, ...], Commit]:
    """Decide several commands in order, each on the state the ones before it leave, and join them into one commit."""
    scratch = world.fork()
    answers: list[object] = []
    changes: list[object] = []
    for one in command.commands:
        check_command(one)
        if one.key is not None or one.at is not None:
            advice = "Give key and at to Together: its commands happen at one moment, once"
            raise InvalidValueError(
                field="commands", value=one, reason="has a key or a moment of its own", advice=advice
            )
        decide_one = DECIDERS.get(type(one))
        if decide_one is None:
            raise InvalidTypeError(field="commands", value=one, reason="is no command of a plant")
        draft = Draft(scratch, effective, now, ids)
        answers.append(decide_one(draft, one))
        commit = draft.commit(None)
        scratch.apply(commit)
        changes += commit[HEAD:]
    return tuple(answers), (effective, now, stamp_of(command), *changes)


def check_command(given: object) -> None:
    """Do nothing if this is a command.

    Raises:
        InvalidTypeError: if it is not.
    """
    if not isinstance(given, Command):
        raise InvalidTypeError(field="command", value=given, reason="is no command of a plant")


def check_catalog(given: object) -> None:
    """Do nothing if this is a catalog.

    Raises:
        InvalidTypeError: if it is not.
    """
    checks.instance(given, Catalog, "catalog", "Give Catalog([...])")


def told(world: World, number: int) -> Table[Recorded]:
    """Return the events of a commit."""
    return translate.describe(world, number)


def nothing_told(_: World, __: int) -> Table[Recorded]:
    """Return the events of a command that had nothing to do, such as to expect an empty list: none."""
    return Table(())


def answered(world: World, command: Command[T]) -> Done[T] | None:
    """Return what was answered to this command under its key before, or None.

    Raises:
        InvalidTypeError: if it is no command.
        InvalidValueError: if its key is no code.
        KeyReused: if the key was used for another command.
    """
    check_command(command)
    if command.key is None:
        return None
    code(command.key, "key")
    if world.loaded is not None:
        world.find(key_stream(command.key))
    entry = world.key(command.key)
    if entry is None:
        return None
    first, answer, number = entry
    same = translate.fingerprint(command) == first if isinstance(first, str) else first == command
    if not same:
        raise KeyReused(key=command.key)
    return Done(answer, told, world, number)  # type: ignore[arg-type]  # kept with its command


def decide(
    state: World, command: Command[T], /, *, now: datetime | None = None, ids: IdSource | None = None
) -> Done[T]:
    """Return what would come of a command. The state stays as it is.

    Args:
        state: what it is decided on.
        command: the wish.
        now: the present moment; None: the command's own `at`, or that of the last commit.
        ids: gives codes to what the command does not name; None: counts from one.

    Raises:
        Refused: if the plant says no.
    """
    checks.instance(state, World, "state", "Give what fold returned")
    if ids is not None:
        check_port(ids, "ids", "next_code")
    earlier = answered(state, command)
    if earlier is not None:
        return earlier
    last = state.commit(len(state) - 1)[1] if len(state) else 0
    moment = micros(now) if now is not None else max(last, micros(command.at) if command.at is not None else last)
    answer, commit = decided(state, command, moment, CountingIds() if ids is None else ids)

    def events(state: World, commit: Commit) -> Table[Recorded]:
        scratch = state.fork()
        number = scratch.apply(commit)
        if command.key is not None:
            scratch.keys[command.key] = (command, answer, number)
        return translate.describe(scratch, number)

    return Done(answer, events, state, commit)


def last_moment(world: World) -> datetime | None:
    """Return when the last commit was recorded, or None before the first."""
    return from_micros(world.commit(len(world) - 1)[1]) if len(world) else None
