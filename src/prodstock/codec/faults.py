"""What is wrong in data, each fault at its place, whatever it was that noticed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from cattrs.errors import BaseValidationError, ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

from prodstock.codec.json_text import Printed, Unreadable
from prodstock.errors import Finding, InvalidData, InvalidValueError, ProdstockError, nearest, shown
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

Path: TypeAlias = tuple[str | int, ...]
"""Where a value is: names of fields, and places in lists from 0."""

MOST_FINDINGS: Final = 1_000
"""Findings that are listed; of more, their existence is."""


class Fault(Exception):
    """A value cannot be read; `path` leads to it from where the fault was raised."""

    def __init__(self, code: str, message: str, hint: str = "", *, path: Path = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.path = path


class Faults(Exception):
    """Several values cannot be read, each with its path."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


WRONG: Final = (Fault, Faults, ProdstockError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError)
"""What reading a cell raises: faults, what the library refuses, and what Python says of values of another kind."""


def not_a(wanted: str, value: object, hint: str = "") -> Fault:
    """Return the fault of a value of another kind than its field is."""
    if isinstance(value, Unreadable):
        return Fault("refused", f"the value {value.reason}")
    if isinstance(value, Printed):
        advice = f'Write it as text ("{value.text[:40]}"), or read with floats=Floats.AS_PRINTED'
        return Fault("float", f"{described(value)} is a float, where {wanted} is expected", advice)
    return Fault("wrong-type", f"{described(value)} is not {wanted}", hint)


def described(value: object) -> str:
    """Return a value as an error shows it: short, and without what it contains."""
    if isinstance(value, Unreadable):
        return f"a value that {value.reason}"
    if isinstance(value, Printed):
        return shown(value.text)[1:-1]
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    return shown(value)


_WORDS: Final = {None: "null", True: "true", False: "false"}


def unknown_field(name: str, known: list[str]) -> Fault:
    """Return the fault of a field that a kind does not have."""
    close = nearest(name, known)
    hint = f"Did you mean {' or '.join(map(repr, close))}?" if close else f"Known are {', '.join(known)}"
    return Fault("unknown-field", "is no field", hint, path=(shown(name)[1:-1],))


def unknown_fields(names: list[str], known: list[str]) -> list[Fault]:
    """Return the faults of fields that a kind does not have; the first twenty with what was probably meant."""
    close = [unknown_field(name, known) for name in names[:20]]
    return close + [Fault("unknown-field", "is no field", path=(shown(name)[1:-1],)) for name in names[20:]]


def missing_field(name: str) -> Fault:
    """Return the fault of a field that must be given."""
    return Fault("missing", "is missing", "Give it: it has no default", path=(name,))


def listed(error: BaseException) -> list[Fault]:
    """Return the faults in whatever a reader raised, in the order of their places, at most 1,000 of them."""
    found: list[Fault] = []
    waiting: list[tuple[Path, BaseException]] = [((), error)]
    while waiting and len(found) <= MOST_FINDINGS:
        path, one = waiting.pop()
        inner = list(_inside(path, one))
        if inner:
            waiting.extend(reversed(inner))
        else:
            found.append(_fault(path, one))
    if len(found) > MOST_FINDINGS:
        found[MOST_FINDINGS:] = [Fault("more", f"there are more than {MOST_FINDINGS} faults", "Mend these first")]
    return found


def _inside(path: Path, error: BaseException) -> Iterator[tuple[Path, BaseException]]:
    """Yield what an error consists of, each with its path; nothing for a single fault."""
    if isinstance(error, Faults):
        yield from ((path, one) for one in error.faults)
    elif isinstance(error, ForbiddenExtraKeysError):
        names = sorted(error.extra_fields)[: MOST_FINDINGS + 1]
        yield from ((path, fault) for fault in unknown_fields(names, field_names(error.cl)))
    elif isinstance(error, ClassValidationError):
        named, others = error.group_exceptions()
        yield from (((*path, note.name.removeprefix("_")), one) for one, note in named)
        yield from ((path, one) for one in others)
    elif isinstance(error, IterableValidationError):
        numbered, others = error.group_exceptions()
        yield from (((*path, note.index), one) for one, note in numbered)
        yield from ((path, one) for one in others)
    elif isinstance(error, BaseValidationError):
        yield from ((path, one) for one in error.exceptions)


def field_names(kind: type) -> list[str]:
    """Return the names under which a class's fields are written."""
    return [one.alias or one.name for one in kind.__attrs_attrs__ if one.init]  # type: ignore[attr-defined]


def _fault(path: Path, error: BaseException) -> Fault:
    match error:
        case Fault():
            return Fault(error.code, error.message, error.hint, path=(*path, *error.path))
        case KeyError() if path and str(error.args[0]).removeprefix("_") == path[-1]:
            return Fault("missing", "is missing", "Give it: it has no default", path=path)
        case InvalidValueError():
            return Fault(error.code, f"{shown(error.value)} {error.reason}", error.hint, path=(*path, error.field))
        case ProdstockError():
            return Fault(error.code, error.message, error.hint, path=path)
        case _:
            return Fault("unreadable", f"cannot be read: {type(error).__name__}", path=path)


def dotted(path: Path) -> str:
    """Return a path as people write it.

    >>> dotted(("lines", 0, "item"))
    'lines[0].item'
    """
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def findings(error: BaseException, table: str) -> Table[Finding]:
    """Return the findings of whatever a reader raised; those that carry a table of their own keep it."""
    if isinstance(error, InvalidData):
        return error.findings
    return Table(finding(fault, table) for fault in listed(error))


def finding(fault: Fault, table: str) -> Finding:
    """Return a fault as a finding: a list of rows at the top becomes table and row."""
    path = fault.path
    if len(path) > 1 and isinstance(path[0], str) and isinstance(path[1], int):
        return Finding(path[0], path[1] + 1, dotted(path[2:]) or "row", fault.code, fault.message, fault.hint)
    return Finding(table, None, dotted(path) or "value", fault.code, fault.message, fault.hint)
