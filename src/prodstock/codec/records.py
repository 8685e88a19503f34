"""Rows of any source as definitions, lots, demands: typed by their class, all faults at once."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType, NoneType
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

import attrs

from prodstock.codec.cells import Cells, Record, empty
from prodstock.codec.faults import MOST_FINDINGS, WRONG, Fault, dotted, listed
from prodstock.codec.hints import choices, plain_class
from prodstock.codec.json_text import Floats
from prodstock.codec.tags import RECORDS, VALUES
from prodstock.errors import Finding, InvalidData, InvalidTypeError, InvalidValueError, entries, nearest, paired, shown
from prodstock.master import checks
from prodstock.master.bom import BillOfMaterial
from prodstock.master.routing import Routing
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prodstock.codec.hints import Hint

T = TypeVar("T")

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_IDENTITY: Final[Mapping[type, tuple[str, ...]]] = {
    BillOfMaterial: ("item", "revision", "site"),
    Routing: ("item", "revision", "site"),
}
"""The fields that say which record a flat row belongs to; of other kinds all that stand in the rows."""


def from_records(
    kind: type[T],
    rows: Iterable[Mapping[Any, object]],
    /,
    *,
    columns: Mapping[str, str] = _NOTHING,
    floats: Floats = Floats.REFUSE,
) -> Table[T]:
    """Return rows as records of a kind, one a row, in their order: from csv, a database, a data frame or JSON alike.

    A column is a field of the kind by its name. An empty cell (None, blanks, NaN) leaves the field at its default.

    - Numbers: `3`, `"3"`, `Decimal("3")`; with a unit `"0.2 km"`, `"1.20 EUR"`. Codes are texts: a number is refused.
    - Enumerations: their values, such as `"lot"`; flags several of them, `"net;value"`.
    - Durations: `"20 minutes"`, `"PT20M"`, `"00:20:00"`, a timedelta; lead times also `"21 working days"`. A bare
      number is refused, for it has no unit.
    - Days: `"2026-03-20"`, a date, a midnight without a zone. Moments: with their zone, kept in UTC.
    - Lists: `"label;packaging"`, or a list. Named values: `"reel=250;box=12"`, or an object.
    - What consists of more (the lines of a bill) is a list of objects, or stands in columns of its own with a dot:
      `lines.item`, `lines.quantity`, `price.amount`. Rows with the same item, revision and site are then one bill,
      in the order of the first; a row whose columns without a dot are all empty belongs to the one above.

    Args:
        kind: the class, such as `Item`.
        rows: mappings from column to cell; they are read once.
        columns: the fields that columns of another name are for; `""` leaves a column out.
        floats: whether floats are refused or taken by the digits they print.

    Raises:
        InvalidData: with the faults of all rows, each with kind, row (from 1) and field.
        InvalidTypeError: if the kind is no record, or the rows are no mappings.
        InvalidValueError: if `columns` names a field that the kind does not have.

    O(n); 100,000 items take some two seconds.

    >>> from prodstock.master.item import Item
    >>> from_records(Item, [{"part_no": "TAPE", "unit": "m", "scale": "3"}], columns={"part_no": "code"})[0]
    <Item TAPE, m with 3 decimals>
    >>> from_records(BillOfMaterial, [
    ...     {"item": "CUP", "lines.item": "CLAY", "lines.quantity": "0.4"},
    ...     {"item": "CUP", "lines.item": "BOX", "lines.quantity": "1"},
    ... ])[0]
    <BillOfMaterial CUP A, 2 lines, active>
    """
    given: object = kind
    if not isinstance(given, type) or given not in RECORDS:
        advice = "Give a class such as Item, BillOfMaterial or Demand"
        raise InvalidTypeError(field="kind", value=kind, reason="is no kind of record", advice=advice)
    checks.member(floats, Floats, "floats")
    sheet = _Sheet(kind, paired(columns, "columns"), floats)
    found = sheet.read(entries(rows, "rows"))
    if sheet.findings:
        raise InvalidData(findings=Table(sheet.findings))
    return Table(found)


@cache
def _record(kind: type[T], floats: Floats) -> Record[T]:
    return Record(kind, Cells(floats))


class _Plan(NamedTuple):
    """What the columns of a row are: fields of the kind, and fields of what it consists of."""

    own: tuple[tuple[Any, str], ...]
    parts: Mapping[str, tuple[tuple[Any, str], ...]]


class _Group:
    """The rows that make one record."""

    __slots__ = ("cells", "first", "parts", "places")

    def __init__(self, first: int, cells: dict[str, Any]) -> None:
        self.first = first
        self.cells = cells
        self.parts: dict[str, list[dict[str, Any]]] = {}
        self.places: dict[str, list[int]] = {}


class _Sheet(Generic[T]):
    """One reading of rows: what is found, and what is wrong."""

    def __init__(self, kind: type[T], columns: Mapping[str, str], floats: Floats) -> None:
        self.kind = kind
        self.findings: list[Finding] = []
        self._record: Record[T] = _record(kind, floats)  # type: ignore[arg-type]  # classes hash
        self._columns = columns
        self._plans: dict[tuple[Any, ...], _Plan] = {}
        self._names: dict[str, str] = {}
        for field in self._columns.values():
            if field != "":
                self._known(field)

    def read(self, rows: Iterable[Mapping[Any, object]]) -> list[T]:
        """Return the records; when there are findings, those that were right."""
        numbered = enumerate(rows, 1)
        found: list[T] = []
        for number, row in numbered:
            plan = self._plan(row, number)
            if plan.parts:
                return found + self._grouped(number, row, numbered)
            try:
                found.append(self._record({field: row[column] for column, field in plan.own}))
            except WRONG as error:
                self._find(number, error)
            if len(self.findings) > MOST_FINDINGS:
                break
        return found

    # Columns

    def _plan(self, row: Mapping[Any, object], number: int) -> _Plan:
        try:
            header = tuple(row.keys())
        except AttributeError:
            advice = "Give dicts, or what csv.DictReader, a cursor's mappings or df.to_dict('records') give"
            raise InvalidTypeError(field="rows", value=row, reason="is no mapping", advice=advice) from None
        plan = self._plans.get(header)
        if plan is None:
            plan = self._plans[header] = self._planned(header, number)
        return plan

    def _planned(self, header: tuple[Any, ...], number: int) -> _Plan:
        own: list[tuple[Any, str]] = []
        parts: dict[str, list[tuple[Any, str]]] = {}
        taken: set[str] = set()
        for column in header:
            if len(self.findings) > MOST_FINDINGS:
                break
            field = self._columns.get(column, column)
            if field == "":
                continue
            if not isinstance(field, str) or not self._exists(field):
                self._unknown(column, number)
            elif field in taken:
                message = f"column {shown(column)} is for a field that another column is for"
                self._add(number, Fault("twice", message, 'Leave one of them out: columns={"name": ""}', path=(field,)))
            else:
                taken.add(field)
                self._names[field] = str(column)
                part, dot, inner = field.partition(".")
                if dot:
                    parts.setdefault(part, []).append((column, inner))
                else:
                    own.append((column, field))
        return _Plan(tuple(own), {part: tuple(inner) for part, inner in parts.items()})

    def _exists(self, field: str) -> bool:
        part, dot, inner = field.partition(".")
        if part not in self._record.names:
            return False
        return not dot or inner in self._inner_names(part)

    def _inner_names(self, part: str) -> list[str]:
        """Return the names of the fields of what a field consists of."""
        kinds = [one for one in choices(self._record.hint(part)) if one is not NoneType]
        several = [inner for kind in kinds for inner in _elements(kind)]
        names = [field.alias or field.name for kind in several for field in attrs.fields(kind)]
        if several and all(kind in VALUES for kind in several):
            names = ["amount", "currency" if "currency" in names else "unit"]
        return [*names, "type"] if len(several) > 1 else names

    def _all_names(self) -> list[str]:
        names = self._record.names
        return names + [f"{part}.{inner}" for part in names for inner in self._inner_names(part)]

    def _known(self, field: str) -> None:
        if not isinstance(field, str):
            raise InvalidTypeError(field="columns", value=field, reason="is no text", advice="Name a field")
        if not self._exists(field):
            close = nearest(field, self._all_names())
            advice = f"Did you mean {' or '.join(map(repr, close))}?" if close else ""
            raise InvalidValueError(
                field="columns", value=field, reason=f"is no field of {self.kind.__name__}", advice=advice
            )

    def _unknown(self, column: object, number: int) -> None:
        if column is None:
            self._add(number, Fault("too-many-cells", "has more cells than there are columns", path=("row",)))
            return
        close = nearest(column, self._all_names()) if isinstance(column, str) and len(self.findings) < 20 else ()
        hint = f"Did you mean {' or '.join(map(repr, close))}? " if close else ""
        hint += f'columns={{{column!r}: "{close[0] if close else "field"}"}} says what it is, "" leaves it out'
        self._add(None, Fault("unknown-column", "is no field", hint, path=(shown(column)[1:-1],)))

    # Flat rows

    def _grouped(
        self, number: int, row: Mapping[Any, object], rest: Iterator[tuple[int, Mapping[Any, object]]]
    ) -> list[T]:
        """Return records of which each has several rows."""
        groups: dict[tuple[object, ...], _Group] = {}
        group: _Group | None = None
        for at, one in _with(number, row, rest):
            plan = self._plan(one, at)
            cells = {field: one[column] for column, field in plan.own if not empty(one[column])}
            if cells or group is None:
                group = self._group(groups, at, cells)
            for part, columns in plan.parts.items():
                inner = {field: one[column] for column, field in columns if not empty(one[column])}
                if inner:
                    group.parts.setdefault(part, []).append(inner)
                    group.places.setdefault(part, []).append(at)
        found: list[T] = []
        for each in groups.values():
            try:
                found.append(self._record(each.cells | self._parts(each)))
            except WRONG as error:
                self._find_in(each, error)
        return found

    def _group(self, groups: dict[tuple[object, ...], _Group], number: int, cells: dict[str, Any]) -> _Group:
        """Return the group a row belongs to; what it says of the record must be what the others said."""
        names = _IDENTITY.get(self.kind)
        key = tuple((name, str(cells[name]).strip()) for name in names or sorted(cells) if name in cells)
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group(number, dict(cells))
        for name, value in cells.items():
            if str(group.cells.setdefault(name, value)).strip() != str(value).strip():
                message = f"{shown(value)} contradicts {shown(group.cells[name])} in row {group.first}"
                self._add(
                    number, Fault("contradiction", message, "Rows of one record say the same of it", path=(name,))
                )
        return group

    def _parts(self, group: _Group) -> dict[str, Any]:
        """Return what the columns with a dot say: a list of objects, or one object where the field holds one."""
        found: dict[str, Any] = {}
        for part, objects in group.parts.items():
            if any(issubclass(plain_class(one), tuple) for one in choices(self._record.hint(part))):
                found[part] = objects
            elif all(one == objects[0] for one in objects):
                found[part] = objects[0]
            else:
                raise Fault("contradiction", "differs between the rows of one record", path=(part,))
        return found

    # Findings

    def _find(self, number: int, error: Exception) -> None:
        for fault in listed(error):
            self._add(number, fault)

    def _find_in(self, group: _Group, error: Exception) -> None:
        """Add findings of several rows: what is wrong in a line is wrong in the row of that line."""
        for fault in listed(error):
            number, path = group.first, fault.path
            if len(path) > 1 and isinstance(path[1], int) and path[0] in group.places:
                places = group.places[str(path[0])]
                number, path = places[path[1]], (path[0], *path[2:])
            self._add(number, Fault(fault.code, fault.message, fault.hint, path=path))

    def _add(self, number: int | None, fault: Fault) -> None:
        if len(self.findings) > MOST_FINDINGS:
            return
        if len(self.findings) == MOST_FINDINGS:
            number, fault = None, Fault("more", f"there are more than {MOST_FINDINGS} faults", "Mend these first")
        field = dotted(fault.path) or "row"
        column = self._names.get(field, field)
        message = fault.message if column == field else f"column {column!r}: {fault.message}"
        self.findings.append(Finding(self.kind.__name__, number, field, fault.code, message, fault.hint))


def _with(
    number: int, row: Mapping[Any, object], rest: Iterator[tuple[int, Mapping[Any, object]]]
) -> Iterator[tuple[int, Mapping[Any, object]]]:
    yield number, row
    yield from rest


def _elements(hint: Hint) -> list[type]:
    """Return the records that a field consists of: itself, or the members of its list."""
    kind = plain_class(hint)
    if issubclass(kind, tuple):
        inner = getattr(hint, "__args__", ())
        return [plain_class(one) for one in choices(inner[0]) if attrs.has(plain_class(one))] if inner else []
    return [kind] if attrs.has(kind) else []
