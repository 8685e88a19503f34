"""Every error the library raises: one root, fields instead of prose, and a hint that says what to do next.

Which error wins when several apply: a bad call (`InvalidValueError`, `UnknownCode`, `AmbiguousCode`) is found before
the plant is asked, then a key used for other content (`KeyReused`), then a refusal (`Refused`), then `Conflict`.
"""

from __future__ import annotations

from decimal import Decimal
from inspect import Parameter, Signature, get_annotations
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, TypeVar, dataclass_transform

import attrs

from prodstock._lazy import Lazy
from prodstock._render import brief, glimpse
from prodstock.tables import Table

if TYPE_CHECKING:
    import difflib
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
else:
    difflib = Lazy("difflib")


K = TypeVar("K")
T = TypeVar("T")


def shown(value: object, *, limit: int = 60) -> str:
    """Return a value's repr, cut to `limit` characters: an error message is never as large as hostile input.

    >>> shown("a" * 100, limit=12)
    "'aaaaaaaa..."
    """
    return glimpse(value, limit)


def nearest(given: object, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three known codes that resemble the given one, best first.

    >>> nearest("MIC-01", ["MIC-001", "BOX", "WIRE"])
    ('MIC-001',)
    """
    if not isinstance(given, str) or len(given) > 200:
        return ()
    return tuple(difflib.get_close_matches(given, list(known)[:10_000], n=3, cutoff=0.6))


MOST_ENTRIES = 1_000_000
"""More than a list that is given to a call has; a generator without end is given up there."""


def listed(values: Iterable[T], field: str) -> tuple[T, ...]:
    """Return what a caller gave for a list, as a tuple, in its order.

    Raises:
        InvalidTypeError: if it cannot be gone through, or is one text.
        InvalidValueError: if it has more than a million entries.

    >>> listed((number for number in (1, 2)), "lines")
    (1, 2)
    """
    if type(values) is tuple:
        return values
    found = tuple(islice(entries(values, field), MOST_ENTRIES + 1))
    if len(found) > MOST_ENTRIES:
        raise InvalidValueError(field=field, value=values, reason=f"has more than {MOST_ENTRIES} entries")
    return found


def entries(values: Iterable[T], field: str) -> Iterator[T]:
    """Return what a caller gave for a list, to be gone through once, however long it is.

    Raises:
        InvalidTypeError: if it cannot be gone through, or is one text.
    """
    if isinstance(values, str | bytes):
        raise InvalidTypeError(field=field, value=values, reason="is one text, not several", advice="Give a list")
    try:
        return iter(values)
    except TypeError:
        raise InvalidTypeError(field=field, value=values, reason="is no list", advice="Give a list") from None


def paired(values: Mapping[K, T] | Iterable[tuple[K, T]], field: str) -> dict[K, T]:
    """Return what a caller gave for a mapping, or as its pairs, as a dict, in its order.

    Raises:
        InvalidTypeError: if it is neither, or one of its keys cannot be one.
    """
    try:
        return dict(values if hasattr(values, "keys") else listed(values, field))
    except (TypeError, ValueError) as fault:
        if isinstance(fault, ProdstockError):
            raise
        advice = "Give a dict, or a list of pairs"
        raise InvalidTypeError(field=field, value=values, reason="is no mapping", advice=advice) from None


def _rebuild(kind: type[ProdstockError], fields: Mapping[str, object]) -> ProdstockError:
    return kind(**fields)


class _FieldsAsParameters:
    """The signature of a kind of error: its fields by keyword, in the order in which they were declared."""

    def __get__(self, error: ProdstockError | None, kind: type[ProdstockError]) -> Signature:
        fields = kind.__error_fields__.items()
        parameters = [Parameter(name, Parameter.KEYWORD_ONLY, annotation=hint) for name, hint in fields]
        return Signature([one.replace(default=getattr(kind, one.name, Parameter.empty)) for one in parameters])


@dataclass_transform(kw_only_default=True, eq_default=False)
class ProdstockError(Exception):
    """Root of all errors: a stable `code`, fields, and a `hint` that says what to do next.

    All of them pickle and deep-copy. `str(error)` is one sentence and the hint; hosts that translate use
    `code` and the fields. The fields of a kind of error are its annotations, given by keyword when it is made.
    """

    code: ClassVar[str] = "prodstock-error"
    __error_fields__: ClassVar[Mapping[str, object]] = {}
    __signature__: ClassVar[object] = _FieldsAsParameters()

    def __init_subclass__(cls) -> None:
        """Give each kind of error its fields, and its stable code: the name in kebab case, without the word error."""
        name = cls.__name__.removesuffix("Error")
        cls.code = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("-")
        cls.__error_fields__ = {**cls.__error_fields__, **get_annotations(cls)}

    def __init__(self, **fields: object) -> None:
        kind = type(self)
        unknown = [name for name in fields if name not in kind.__error_fields__]
        missing = [name for name in kind.__error_fields__ if name not in fields and not hasattr(kind, name)]
        if unknown or missing:
            raise TypeError(f"{kind.__name__} {f'has no {unknown}' if unknown else f'needs {missing}'}")
        super().__init__(*fields.values())
        for name, value in fields.items():
            setattr(self, name, value)

    @property
    def message(self) -> str:
        """What is wrong, in one sentence."""
        return self.code

    @property
    def hint(self) -> str:
        """What to do next; empty where nothing can be said."""
        return ""

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {shown(self.message, limit=90)}>"

    def __reduce__(self) -> tuple[Callable[..., ProdstockError], tuple[object, ...]]:
        return _rebuild, (type(self), {name: getattr(self, name) for name in self.__error_fields__})


@attrs.frozen
class Finding:
    """One fault in data: where it is, what is wrong, and the way out."""

    table: str
    row: int | None
    field: str
    code: str
    message: str
    hint: str = ""

    __repr__ = brief

    def __str__(self) -> str:
        place = self.table if self.row is None else f"{self.table} row {self.row}"
        way_out = f" ({self.hint})" if self.hint else ""
        return f"{place}, {self.field}: {self.message}{way_out}"


class UnknownCode(ProdstockError, LookupError):
    """A code names nothing of the kind asked for; `nearest` are the known codes that resemble it.

    >>> str(UnknownCode(kind="item", given="MIC-01", nearest=("MIC-001",)))
    "unknown item 'MIC-01'. Did you mean 'MIC-001'?"
    """

    kind: str
    given: str
    nearest: tuple[str, ...] = ()
    advice: str = ""

    @property
    def message(self) -> str:
        """What was not found."""
        return f"unknown {self.kind} {shown(self.given)}"

    @property
    def hint(self) -> str:
        """What it may have been meant for, or the codes that resemble it."""
        if self.advice:
            return self.advice
        return f"Did you mean {' or '.join(map(repr, self.nearest))}?" if self.nearest else ""


class AmbiguousCode(ProdstockError, LookupError):
    """A code fits several things; `candidates` says which."""

    given: str
    candidates: tuple[str, ...]

    @property
    def message(self) -> str:
        """What fits more than one thing."""
        return f"{shown(self.given)} fits {len(self.candidates)} things"

    @property
    def hint(self) -> str:
        """The candidates to choose from."""
        return f"Say which of {', '.join(self.candidates[:5])}"


class InvalidValueError(ProdstockError, ValueError):
    """A call was given a value that cannot be meant: the field, the value, why, and the way out."""

    field: str
    value: object
    reason: str
    advice: str = ""

    @property
    def message(self) -> str:
        """The field, the value and what is wrong with it."""
        return f"{self.field} {shown(self.value)} {self.reason}"

    @property
    def hint(self) -> str:
        """The way out."""
        return self.advice


class InvalidTypeError(InvalidValueError, TypeError):
    """A call was given a value of a kind that is refused on purpose, such as a float for a quantity."""


class InvalidData(ProdstockError, ValueError):
    """Bad data, all of it at once, each finding with its place."""

    findings: Table[Finding]

    def __init__(self, *, findings: Iterable[Finding]) -> None:
        super().__init__(findings=Table(findings))

    @property
    def message(self) -> str:
        """The number of findings and the first of them."""
        more = f" and {len(self.findings) - 3} more" if len(self.findings) > 3 else ""
        return f"{len(self.findings)} faults: " + "; ".join(map(str, self.findings[:3])) + more

    @property
    def hint(self) -> str:
        """Where the rest is."""
        return "See .findings for all of them" if len(self.findings) > 1 else ""


class Refused(ProdstockError, RuntimeError):
    """The plant says no; nothing has changed."""

    reason: str = ""
    advice: str = ""

    @property
    def message(self) -> str:
        """Why it was refused."""
        return self.reason

    @property
    def hint(self) -> str:
        """What would be accepted."""
        return self.advice


class KeyReused(Refused):
    """An idempotency key came back with another command than the one it was first used for."""

    key: str

    @property
    def message(self) -> str:
        """Which key."""
        return f"key {shown(self.key)} was used for another command"

    @property
    def hint(self) -> str:
        """What to do."""
        return "Use a new key for a new command, or send the first command again unchanged"


class NotEnough(Refused):
    """A movement would take more than is there, now or at a later moment that is already recorded."""

    item: str
    goods: str
    asked: Decimal
    there: Decimal
    unit: str
    moment: datetime | None = None

    @property
    def message(self) -> str:
        """What was asked, what is there, and when."""
        when = f" on {self.moment:%Y-%m-%d %H:%M %Z}" if self.moment is not None else ""
        return f"{self.goods}: {self.asked} {self.unit} asked, {self.there} there{when}"

    @property
    def hint(self) -> str:
        """What would be accepted."""
        if self.moment is not None:
            return "The later movements already recorded need that stock: take less, or reverse one of them"
        return self.advice or f"Take at most {self.there} {self.unit}"


class NotAllowed(Refused):
    """A transition is not in its table; `legal` lists those that are."""

    what: str
    state: str
    asked: str
    legal: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """What was asked of which state."""
        because = f": {self.reason}" if self.reason else ""
        return f"{self.what} is {self.state}: {self.asked} is not allowed{because}"

    @property
    def hint(self) -> str:
        """What is allowed instead."""
        return self.advice or (f"Allowed from here: {', '.join(self.legal)}" if self.legal else "")


_PACKAGING = "packaging"
"""The criterion that is missing, too, while an order owes packaging."""


class NotReleasable(Refused):
    """Goods cannot be released yet; `missing` lists the criteria not met, in the order they are required.

    `failed` names those among them that were tested and not passed, and when; `owed` says of the orders that owe
    packaging for the goods what they owe, and how much may be released before they have it.
    """

    goods: str
    missing: tuple[str, ...]
    failed: tuple[tuple[str, datetime], ...] = ()
    owed: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """Which goods, what is missing, and what failed when."""
        failed = dict(self.failed)
        reasons = [f"{one} failed on {when:%Y-%m-%d}" for one, when in self.failed]
        missing = [one for one in self.missing if one not in failed]
        reasons += [f"{', '.join(missing)} missing"] if missing else []
        return f"{self.goods} cannot be released: {'; '.join(reasons)}"

    @property
    def hint(self) -> str:
        """What to do next."""
        issue = f"Issue what is owed: {'; '.join(self.owed)}. " if self.owed else ""
        if self.failed:
            advice = "Judge what failed, or record it as passed once mended; record what is missing; release again"
        elif self.owed and self.missing == (_PACKAGING,):
            advice = "Then release again"
        else:
            advice = "Record each missing criterion as passed, then release again"
        return issue + advice


@attrs.frozen
class ShortLine:
    """What a reservation asked for and could not get."""

    item: str
    asked: Decimal
    free: Decimal
    unit: str
    reason: str

    __repr__ = brief


class CannotReserve(Refused):
    """A reservation found too little eligible stock; `short` says of what, and why."""

    ref: str
    short: Table[ShortLine]

    def __init__(self, *, ref: str, short: Iterable[ShortLine], reason: str = "", advice: str = "") -> None:
        ProdstockError.__init__(self, ref=ref, short=Table(short), reason=reason, advice=advice)

    @property
    def message(self) -> str:
        """The lines that are short."""
        lines = [f"{s.item} {s.asked} {s.unit} asked, {s.free} free ({s.reason})" for s in self.short[:3]]
        return f"{self.ref}: " + "; ".join(lines)

    @property
    def hint(self) -> str:
        """What would be accepted."""
        return "Reserve less, allow a partial reservation by policy, or free stock first"


class Conflict(ProdstockError, RuntimeError):
    """Someone else wrote to a stream first: roll back, read again, decide again."""

    streams: tuple[str, ...]

    def __init__(self, *, streams: Iterable[str]) -> None:
        super().__init__(streams=tuple(streams))

    @property
    def message(self) -> str:
        """Which streams."""
        return f"another writer was first on {', '.join(self.streams[:5])}"

    @property
    def hint(self) -> str:
        """What to do."""
        return "Roll back and call again"


class BrokenInvariant(ProdstockError, AssertionError):
    """The state contradicts itself. This is a fault of the library or of its storage, never of the caller."""

    invariant: str
    detail: str

    @property
    def message(self) -> str:
        """Which invariant, and the state that breaks it."""
        return f"{self.invariant} does not hold: {self.detail}"

    @property
    def hint(self) -> str:
        """What to do."""
        return "Keep the event log and report this"
