"""Text and HTML from one definition: what a table shows is the fields of its records, nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from reprlib import Repr
from typing import TYPE_CHECKING, Protocol

import attrs

from prodstock._lazy import Lazy

if TYPE_CHECKING:
    import html
    from collections.abc import Iterator, Sequence
else:
    html = Lazy("html")

ROWS_SHOWN = 100
WIDTH_OF_LISTS = 80
WIDTH_OF_LINES = 120
MOST_DIGITS = 100
"""Digits of a number that are written out; longer ones are shown by their size."""

_FIRST = 3
_LEVELS = 3
_NUMBERS = (int, Decimal, Fraction)


class Node(Protocol):
    """A tree as it is drawn."""

    @property
    def text(self) -> str:
        """The line."""

    @property
    def causes(self) -> Sequence[Node]:
        """What stands below it."""


def columns(rows: Sequence[object]) -> tuple[str, ...]:
    """Return the names of the columns: the public fields of the records, or `value` for plain values.

    Rows of several kinds show the fields of all of them, in the order in which they come up.
    """
    kinds = dict.fromkeys(map(type, rows))
    return tuple(dict.fromkeys(name for kind in kinds for name in _fields(kind)))


def _fields(kind: type) -> Iterator[str]:
    if attrs.has(kind):
        yield from (field.name for field in attrs.fields(kind) if not field.name.startswith("_"))
    else:
        yield from getattr(kind, "__table_columns__", ("value",))


def cell(row: object, name: str) -> object:
    """Return what a record shows in a column; nothing for a field that its kind does not have."""
    if name == "value" and not attrs.has(type(row)):
        return row
    return getattr(row, name, None)


def plain(value: object) -> object:
    """Return a value as data frames and other programs take it: enumerations as values, records as text, never cut."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | bool | int | Decimal | date | timedelta):
        return value
    if isinstance(value, tuple | list | frozenset):
        return _joined(list(value))
    return shown(value)


def shown(value: object) -> str:
    """Return a value as a person reads it in a cell."""
    if value is None:
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, tuple | list | frozenset):
        return _listed(list(value))
    if isinstance(value, timedelta | Decimal):
        return figure(value) if isinstance(value, Decimal) else lasting(value)
    return glimpse(value, MOST_DIGITS) if isinstance(value, int) else str(value)


def lasting(value: timedelta) -> str:
    """Return a length of time in days, hours, minutes and seconds, to the second; below zero with one sign before all.

    >>> lasting(timedelta(days=24)), lasting(timedelta(hours=-6, microseconds=-1))
    ('24 days', '-6:00:00')
    """
    whole = timedelta(days=abs(value).days, seconds=abs(value).seconds)
    text = str(whole).removesuffix(", 0:00:00")
    return f"-{text}" if value < timedelta() else text


def figure(value: object) -> str:
    """Return a number's digits without an exponent; what is no number, or has very many digits, on little room.

    >>> figure(Decimal("5E+2")), figure(Decimal("1E+999999999"))
    ('500', '1E+999999999')
    """
    if not isinstance(value, Decimal):
        return glimpse(value, MOST_DIGITS)
    sign, digits, exponent = value.as_tuple()
    wide = isinstance(exponent, int) and max(abs(exponent), len(digits)) > MOST_DIGITS
    return str(value)[: MOST_DIGITS + sign] if wide else format(value, "f")


def day(value: object) -> str:
    """Return a moment's day; what is no moment on little room."""
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else glimpse(value, 20)


class _Glimpse(Repr):
    """Writes values out as far as there is room, whatever they are."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = limit
        self.maxlevel = _LEVELS

    def repr_int(self, value: int, _: int) -> str:
        """Return an integer, or how long it is: Python refuses to write out very long ones."""
        return f"an integer of {value.bit_length()} bits" if value.bit_length() > 256 else repr(value)

    def repr_str(self, value: str, _: int) -> str:
        """Return the beginning of a text."""
        return repr(value[: self.maxstring + 1])


def glimpse(value: object, limit: int) -> str:
    """Return a value's repr, cut to so many characters; never more of it is written out.

    >>> glimpse("a" * 100, 12)
    "'aaaaaaaa..."
    """
    text = repr(value[: limit + 1]) if isinstance(value, str | bytes) else _Glimpse(limit).repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _listed(values: Sequence[object]) -> str:
    """Return values one after the other; where that is too wide for a cell, their number and the first three."""
    text = _joined(values[:WIDTH_OF_LISTS])
    if len(text) <= WIDTH_OF_LISTS or len(values) <= _FIRST:
        return text
    return f"{len(values)} items: {_joined(values[:_FIRST])}, ..."


def _joined(values: Sequence[object]) -> str:
    return ", ".join(" ".join(map(shown, one)) if isinstance(one, tuple) else shown(one) for one in values)


def brief(value: object) -> str:
    """Return a record on one line of less than 120 characters: its class, and the fields that are not at a default.

    >>> @attrs.frozen
    ... class Box:
    ...     code: str
    ...     quantity: Decimal
    ...     note: str = ""
    >>> brief(Box("B-1", Decimal("0.50")))
    "Box(code='B-1', quantity=0.50)"
    """
    fields = attrs.fields(type(value))  # type: ignore[arg-type]  # every record is an attrs class
    own = [field for field in fields if not field.inherited] + [field for field in fields if field.inherited]
    given = ((field.alias, getattr(value, field.name)) for field in own if getattr(value, field.name) != field.default)
    text = ", ".join(f"{name}={_in_brief(inner)}" for name, inner in given)
    whole = f"{type(value).__name__}({text})"
    return whole if len(whole) < WIDTH_OF_LINES else f"{whole[: WIDTH_OF_LINES - 5]}...)"


def short(text: str) -> str:
    """Return a record's own line, cut to less than 120 characters."""
    return text if len(text) < WIDTH_OF_LINES else f"{text[: WIDTH_OF_LINES - 5]}...>"


def _in_brief(value: object, level: int = 0) -> str:
    if isinstance(value, tuple | list | frozenset) and (len(value) > _FIRST or level > _LEVELS):
        return f"{len(value)} items"
    if isinstance(value, tuple | list):
        return f"({', '.join(_in_brief(one, level + 1) for one in value)})"
    if isinstance(value, Enum | Decimal | datetime | date | timedelta | Fraction):
        return shown(value)
    return glimpse(value, WIDTH_OF_LINES)


def text_table(rows: Sequence[object]) -> str:
    """Return the rows as aligned text, numbers to the right; long tables say what was left out."""
    names = columns(rows)
    if not names:
        return "(no rows)"
    body = [[shown(cell(row, name)) for name in names] for row in rows[:ROWS_SHOWN]]
    widths = [max(len(line[i]) for line in [list(names), *body]) for i in range(len(names))]
    right = [isinstance(cell(rows[0], name), _NUMBERS) for name in names]
    lines = [_line(names, widths, right), *(_line(line, widths, right) for line in body)]
    if len(rows) > ROWS_SHOWN:
        lines.append(f"({len(rows) - ROWS_SHOWN} more rows)")
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = (
        text.rjust(width) if is_right else text.ljust(width)
        for text, width, is_right in zip(cells, widths, right, strict=True)
    )
    return "  ".join(padded).rstrip()


def html_table(rows: Sequence[object]) -> str:
    """Return the rows as an escaped HTML table; long tables say what was left out."""
    names = columns(rows)
    if not names:
        return "<p>(no rows)</p>"
    head = "".join(f"<th>{html.escape(name.replace('_', ' '))}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(shown(cell(row, name)))}</td>" for name in names) + "</tr>"
        for row in rows[:ROWS_SHOWN]
    )
    rest = f"<p>({len(rows) - ROWS_SHOWN} more rows)</p>" if len(rows) > ROWS_SHOWN else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def text_tree(text: str, causes: Sequence[Node]) -> str:
    """Return a tree as indented lines, without recursion over its depth."""
    return "\n".join("  " * depth + line for depth, line in _walk(text, causes))


def html_tree(text: str, causes: Sequence[Node]) -> str:
    """Return a tree as escaped nested lists, without recursion over its depth."""
    parts: list[str] = []
    open_levels = 0
    for depth, line in _walk(text, causes):
        while open_levels > depth + 1:
            parts.append("</li></ul>")
            open_levels -= 1
        parts.append("</li><li>" if open_levels == depth + 1 else "<ul><li>")
        open_levels = depth + 1
        parts.append(html.escape(line))
    return "".join(parts) + "</li></ul>" * open_levels


def _walk(text: str, causes: Sequence[Node]) -> Iterator[tuple[int, str]]:
    yield 0, text
    pending = [(1, cause) for cause in reversed(causes)]
    while pending:
        depth, node = pending.pop()
        yield depth, node.text
        pending.extend((depth + 1, cause) for cause in reversed(node.causes))
