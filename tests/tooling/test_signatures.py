"""One name for one thing, and no rows of arguments that only a manual can tell apart."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import attrs
import pytest

import prodstock
from prodstock.codec.tags import COMMANDS
from prodstock.plant import Plant
from prodstock.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodstock.journal.command import Command

VERBS = {name: function for name, function in inspect.getmembers(Plant, inspect.isfunction) if not name.startswith("_")}
THREE_POSITIONAL = {"record"}  # what was tested, for what, with which result
FACES = {**VERBS, **{f"stock.{name}": one for name, one in inspect.getmembers(
    type(Plant(prodstock.Catalog([])).stock), inspect.isfunction) if not name.startswith("_")}}  # fmt: skip
STAMP = {"at", "by", "because", "key"}


def positional(function: Callable[..., object]) -> list[str]:
    """Return the parameters that may be given by place."""
    given = inspect.signature(function).parameters.values()
    by_place = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    return [one.name for one in given if one.kind in by_place and one.name not in {"self", "cls"}]


@pytest.mark.parametrize("name", FACES)
def test_what_and_how_much_by_place_all_else_by_name(name: str) -> None:
    """A verb takes at most two arguments by place."""
    assert len(positional(FACES[name])) <= (3 if name in THREE_POSITIONAL else 2)


def test_every_verb_takes_who_when_why_and_key() -> None:
    """Each verb that changes anything passes the stamp of a command on."""
    asking = {name for name, _ in inspect.getmembers(View, inspect.isfunction)}
    for name, function in VERBS.items():
        if name in asking | {"do", "submit", "fork", "load"}:
            continue
        last = list(inspect.signature(function).parameters.values())[-1]
        assert (last.kind, last.annotation) == (inspect.Parameter.VAR_KEYWORD, "Unpack[Stamp]"), name


@pytest.mark.parametrize("kind", list(COMMANDS), ids=lambda kind: kind.__name__)
def test_a_command_is_called_like_its_verb(kind: type[Command[object]]) -> None:
    """Few fields by place, and who, when, why and key by name."""
    fields = attrs.fields(kind)
    assert len([one for one in fields if not one.kw_only]) <= (3 if kind.__name__ in {"Record", "Sort"} else 2)
    assert {one.name for one in fields} >= STAMP


def test_a_verbs_parameters_are_its_commands_fields() -> None:
    """What a verb calls something, its command calls the same."""
    names = {one.name for kind in COMMANDS for one in attrs.fields(kind)}
    for name, function in VERBS.items():
        if name in {"do", "submit", "fork", "load"} or hasattr(View, name):
            continue
        for parameter in inspect.signature(function).parameters:
            assert parameter in names | {"self", "stamp"}, (name, parameter)


def test_one_name_has_one_meaning() -> None:
    """A parameter of the same name takes the same kind of thing in every verb."""
    kinds: dict[str, set[str]] = {}
    for function in VERBS.values():
        for one in inspect.signature(function).parameters.values():
            if one.name not in {"self", "stamp"}:
                kinds.setdefault(one.name, set()).add(str(one.annotation).removesuffix(" | None"))
    several = {name for name, found in kinds.items() if len(found) > 1}
    # a moment or a day; an order, planned or launched; of which engine; orders to schedule, or to reserve for
    assert several <= {"at", "order", "orders", "policy"}


@pytest.mark.parametrize("name", [name for name in prodstock.__all__ if name != "__version__"])
def test_every_public_name_has_a_contract(name: str) -> None:
    """Every class and function at the root is documented, and all its public methods are."""
    value = getattr(prodstock, name)
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return
    assert value.__doc__, name
    members = vars(value).items() if inspect.isclass(value) and value.__module__.startswith("prodstock") else ()
    for label, member in members:
        if not label.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
            assert member.__doc__, f"{name}.{label}"
            function = member.fget if isinstance(member, property) else member
            assert function is not None
            assert "return" in function.__annotations__, f"{name}.{label} says not what it answers"
