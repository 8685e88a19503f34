"""One text for one content: what is hashed is the same in every process, whatever the hash seed or spelling."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from hashlib import sha256
from typing import Protocol, runtime_checkable

import attrs

from prodstock.calendars.holidays import listed_holidays
from prodstock.errors import InvalidTypeError
from prodstock.quantities.quantity import Quantity
from prodstock.quantities.unit import unit_or_own

YEARS_ASKED = range(2000, 2101)
"""Years for which holidays that compute their answer are asked."""


@runtime_checkable
class HasContentHash(Protocol):
    """What knows the hash of its own content, as a catalog does."""

    def content_hash(self) -> str:
        """Return the hash of all that it holds."""
        ...


def digest(value: object) -> str:
    """Return the SHA-256, in hex, of a value's canonical text."""
    return sha256(canonical(value).encode()).hexdigest()


def digest_all(values: Iterable[object]) -> str:
    """Return the SHA-256, in hex, of many values' canonical texts, whatever their order."""
    whole = sha256()
    for text in sorted(map(canonical, values)):
        whole.update(text.encode())
        whole.update(b"\n")
    return whole.hexdigest()


def canonical(value: object) -> str:
    """Return a text that is equal for equal values only.

    Numbers are written as ratios, so 1.0 and 1 are one, and so are 4 g and 0.004 kg; an instant is one in every zone.
    Fields at their default are left out, so a field that a later
    version adds changes no hash. Depth is that of definitions, which is fixed: a bill, a line, a substitute.

    >>> canonical(Decimal("1.50")), canonical(("b", None))
    ('3/2', "('b',None)")
    """
    write = _WRITERS.get(type(value))
    return write(value) if write is not None else _other(value)


def _other(value: object) -> str:
    kind = type(value)
    if isinstance(value, Enum):
        return f"{kind.__name__}:{value.value!r}"
    if attrs.has(kind):
        fields = _FIELDS.get(kind)
        if fields is None:
            fields = _FIELDS[kind] = tuple((field.name, field.default) for field in attrs.fields(kind) if field.eq)
        return f"{kind.__name__}({','.join(_said(value, fields))})"
    if isinstance(value, tuple):
        return _sequence(value)
    if isinstance(value, HasContentHash):
        return f"{kind.__name__}:{value.content_hash()}"
    if isinstance(value, frozenset | set):
        return f"{{{','.join(sorted(map(canonical, value)))}}}"
    if hasattr(value, "__contains__"):
        return canonical(listed_holidays(value, YEARS_ASKED))
    advice = "Use the library's own values, which compare by content"
    raise InvalidTypeError(field="definitions", value=value, reason="has no content that can be hashed", advice=advice)


def _said(value: object, fields: tuple[tuple[str, object], ...]) -> Iterator[str]:
    for name, default in fields:
        found = getattr(value, name)
        if found is not default and found != default:
            yield f"{name}={canonical(found)}"


def _instant(value: datetime) -> str:
    return value.isoformat() if value.utcoffset() is None else value.astimezone(UTC).isoformat()


def _number(value: Decimal | Fraction) -> str:
    numerator, denominator = value.as_integer_ratio()
    return f"{numerator}/{denominator}"


def _quantity(value: Quantity) -> str:
    unit = unit_or_own(value.unit)
    return f"{_number(value.exact * unit.factor)} {unit.dimension!r}"


def _sequence(values: tuple[object, ...]) -> str:
    return f"({','.join(map(canonical, values))})"


_FIELDS: dict[type, tuple[tuple[str, object], ...]] = {}

_WRITERS: dict[type, Callable[..., str]] = {
    str: repr,
    int: repr,
    bool: repr,
    type(None): repr,
    Decimal: _number,
    Fraction: _number,
    Quantity: _quantity,
    tuple: _sequence,
    date: date.isoformat,
    datetime: _instant,
    timedelta: repr,
}
