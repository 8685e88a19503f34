"""One type for every answer of many rows, one for every explanation: values in code, tables and trees to people."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, Protocol, SupportsIndex, TypeVar, overload

import attrs

from prodstock import _render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

F = TypeVar("F")
T_co = TypeVar("T_co", covariant=True)


class Table(tuple[T_co, ...], Generic[T_co]):
    """A tuple of frozen records, in a stated order, that renders; equal to the plain tuple.

    Columns are the fields of the records. Slicing and `where` give tables again.

    >>> import attrs
    >>> @attrs.frozen
    ... class Bin:
    ...     code: str
    ...     pieces: int
    >>> bins = Table([Bin("A1", 40), Bin("A2", 5)])
    >>> bins.where(code="A2")[0].pieces
    5
    >>> bins.to_dict()
    {'code': ['A1', 'A2'], 'pieces': [40, 5]}
    >>> print(bins)
    code  pieces
    A1        40
    A2         5
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __new__(cls, rows: Iterable[T_co] = (), /) -> Table[T_co]:
            """Make a table of rows, in their order."""
            ...

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> T_co: ...
    @overload
    def __getitem__(self, index: slice, /) -> Table[T_co]: ...
    def __getitem__(self, index: SupportsIndex | slice, /) -> T_co | Table[T_co]:
        if isinstance(index, slice):
            return Table(tuple.__getitem__(self, index))
        return tuple.__getitem__(self, index)

    def where(self, **equals: object) -> Table[T_co]:
        """Return the rows whose fields equal the given values, in the same order."""
        return Table(row for row in self if all(getattr(row, name) == value for name, value in equals.items()))

    def to_dict(self) -> dict[str, list[object]]:
        """Return the columns by name, each a list in the order of the rows."""
        names = _render.columns(self)
        return {name: [_render.cell(row, name) for row in self] for name in names}

    def to_frame(self, kind: type[F], /) -> F:
        """Return a data frame of that class: `polars.DataFrame`, `pandas.DataFrame` or `pyarrow.Table`.

        Enumerations become their values and records their one-line text; numbers, dates and texts stay what they are.
        """
        columns = {name: [_render.plain(value) for value in values] for name, values in self.to_dict().items()}
        make: Callable[[object], object] = getattr(
            kind, "from_pydict", kind
        )  # pyarrow tables are made by a class method, the others by the class
        frame = make(columns)
        if not isinstance(frame, kind):
            raise TypeError(f"{kind!r} does not make a frame from columns; give polars.DataFrame or the like")
        return frame

    def to_html(self) -> str:
        """Return an HTML table, escaped, of at most 100 rows; what was left out is said below it."""
        return _render.html_table(self)

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        return _render.text_table(self)

    def __repr__(self) -> str:
        kind = type(self[0]).__name__ if self else "empty"
        return f"<Table of {len(self)} {kind}>"


class Tabled(ABC, Generic[T_co]):
    """An answer of several parts: its first table is what data frames are made of, and what a notebook shows."""

    __slots__ = ()

    @abstractmethod
    def to_table(self) -> Table[T_co]:
        """Return its first table."""

    def to_dict(self) -> dict[str, list[object]]:
        """Return the columns of `to_table` by name, each a list in the order of the rows."""
        return self.to_table().to_dict()

    def to_frame(self, kind: type[F], /) -> F:
        """Return `to_table` as a data frame of that class, as `Table.to_frame` does."""
        return self.to_table().to_frame(kind)

    def _repr_html_(self) -> str:
        return self.to_table().to_html()


@attrs.frozen
class DerivationLine:
    """A line of an explanation.

    Attributes:
        level: how deep it stands; 0: the first.
        text: what it says.
        rests_on: the streams whose events it comes from itself.
    """

    level: int
    text: str
    rests_on: tuple[str, ...]

    __repr__ = _render.brief


def _derivations(causes: Iterable[Derivation]) -> tuple[Derivation, ...]:
    return tuple(causes)


@attrs.frozen
class Derivation(Tabled[DerivationLine]):
    """Why a number is what it is: a sentence, and below it the stock, receipts, rules and roundings that made it.

    `rests_on` names the streams whose events it comes from, such as those of a lot or a purchase order; `streams` are
    those of everything below it too, and `plant.events_behind(why)` has the events.

    >>> why = Derivation("500 MIC to buy", (Derivation("243 needed"), Derivation("minimum 500, multiple 100")))
    >>> print(why)
    500 MIC to buy
      243 needed
      minimum 500, multiple 100
    """

    text: str
    causes: tuple[Derivation, ...] = attrs.field(default=(), converter=_derivations)
    rests_on: tuple[str, ...] = attrs.field(kw_only=True, default=())

    @property
    def streams(self) -> tuple[str, ...]:
        """What all of it rests on, each once, as it is read from the top."""
        found: dict[str, None] = {}
        todo = [self]
        while todo:
            one = todo.pop()
            found.update(dict.fromkeys(one.rests_on))
            todo += reversed(one.causes)
        return tuple(found)

    def to_table(self) -> Table[DerivationLine]:
        """Return its lines from the top, each with how deep it stands."""
        found: list[DerivationLine] = []
        todo = [(0, self)]
        while todo:
            level, one = todo.pop()
            found.append(DerivationLine(level, one.text, one.rests_on))
            todo += [(level + 1, cause) for cause in reversed(one.causes)]
        return Table(found)

    def __str__(self) -> str:
        return _render.text_tree(self.text, self.causes)

    def __repr__(self) -> str:
        return f"<Derivation {self.text[:80]!r}, {len(self.causes)} causes>"

    def to_html(self) -> str:
        """Return it as nested HTML lists, escaped."""
        return _render.html_tree(self.text, self.causes)

    def _repr_html_(self) -> str:
        return self.to_html()


class Progress(Protocol):
    """Is told how far long work has come; `total` is None where nobody knows. tqdm's and rich's updates fit."""

    def __call__(self, done: int, total: int | None, /) -> object:
        """Take note."""
