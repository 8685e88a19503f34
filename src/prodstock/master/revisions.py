"""What is made differently by one catalog than by another, and from when on."""

from collections.abc import Sequence
from datetime import date

import attrs

from prodstock._render import short
from prodstock.calendars.span import Moment
from prodstock.errors import UnknownCode
from prodstock.master import checks
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.canonical import canonical
from prodstock.master.catalog import Catalog
from prodstock.master.codes import MAIN, ItemCode
from prodstock.master.difference import LineChange, diff
from prodstock.master.routing import Routing
from prodstock.tables import Table


@attrs.frozen(repr=False)
class RevisionChange:
    """An item that orders which start in a period make otherwise than before.

    Attributes:
        item: what is made.
        site: where; None: at every site.
        start: the first day on which an order starts otherwise.
        until: the first day on which it no longer does; None: never ends.
        before: the revision that an order took; None: there was no bill.
        after: the revision that it takes; None: there is no bill any more.
        lines: the lines of the bill that differ, as `diff` tells them.
        fields: what else of the bill differs, by the names of its fields.
        routing: what differs of the routing: `step` with `added`, `removed` or the fields that differ.
    """

    item: ItemCode
    site: str | None
    start: date
    until: date | None
    before: str | None
    after: str | None
    lines: Table[LineChange]
    fields: tuple[str, ...]
    routing: tuple[str, ...]

    def holds(self, day: date, site: str) -> bool:
        """Tell whether an order that starts on a day at a site is made otherwise."""
        return self.start <= day and (self.until is None or day < self.until) and self.site in {None, site}

    def __str__(self) -> str:
        parts = [*(f"{one.item} {one.change.value}" for one in self.lines), *self.fields, *self.routing]
        return f"{self.item} {self.before or 'no bill'} to {self.after or 'no bill'}: {', '.join(parts) or 'the name'}"

    def __repr__(self) -> str:
        names = f"{(self.before or 'no bill')[:20]} to {(self.after or 'no bill')[:20]}"
        return short(f"<RevisionChange {self.item[:40]} {names} from {self.start}, {len(self.lines)} lines>")


def revision_changes(
    before: Catalog, after: Catalog, /, *, at: Moment, until: Moment | None = None
) -> Table[RevisionChange]:
    """Return what orders that start from a moment on are made of otherwise, by item, site and first day.

    For each day the bill and the routing that an order takes by the one catalog are compared with those it takes by the
    other, with the lines valid that day; dates themselves, names and drafts change nothing. Days that follow each other
    with the same difference are one row.

    Args:
        before: the definitions there are.
        after: those that are to take their place.
        at: the first moment of interest: orders that have started keep what they have.
        until: the end of the period looked at; None: for ever.

    O(definitions), and O(lines x dates) of the items whose bills or routings differ at all.

    >>> from prodstock.master.item import Item
    >>> cup = [Item("CUP"), Item("CLAY"), Item("BAG")]
    >>> old = BillOfMaterial("CUP", [BomLine("CLAY", 1)])
    >>> june = date(2026, 6, 1)
    >>> new = BillOfMaterial("CUP", [BomLine("CLAY", 1), BomLine("BAG", 1)], revision="B", effective_from=june)
    >>> ends = attrs.evolve(old, effective_until=june)
    >>> [change] = revision_changes(Catalog([*cup, old]), Catalog([*cup, ends, new]), at=date(2026, 3, 2))
    >>> print(change.start, change)
    2026-06-01 CUP A to B: BAG added
    """
    checks.instance(before, Catalog, "before", "Give a Catalog")
    checks.instance(after, Catalog, "after", "Give a Catalog")
    found: list[RevisionChange] = []
    for item in _touched(before, after):
        look = _Look(before, after, item)
        for site in look.sites():
            found.extend(look.changes(site, at, until))
    return Table(found)


def _touched(before: Catalog, after: Catalog) -> list[str]:
    """Return the items whose bills or routings are not the same, by code."""
    old, new = _by_item(before), _by_item(after)
    return sorted(item for item in old.keys() | new.keys() if old.get(item) != new.get(item))


def _by_item(catalog: Catalog) -> dict[str, list[BillOfMaterial | Routing]]:
    found: dict[str, list[BillOfMaterial | Routing]] = {}
    for one in catalog.definitions:
        if isinstance(one, BillOfMaterial | Routing):
            found.setdefault(one.item, []).append(one)
    return found


class _Look:
    """One item as both catalogs have it."""

    def __init__(self, before: Catalog, after: Catalog, item: str) -> None:
        self.item = item
        self.catalogs = (before, after)
        self.known = [one for one in self.catalogs if has_item(one, item)]
        self.sited = {id(one): {site.code for site in one.sites} for one in self.known}
        self.made: list[BillOfMaterial | Routing] = []
        for one in self.known:
            self.made += one.boms(item)
            self.made += one.routings(item)

    def sites(self) -> Sequence[str | None]:
        """Return the sites to look at: None for all of them, where none has a bill or routing of its own."""
        if all(one.site is None for one in self.made):
            return [None]
        return sorted(set().union(*self.sited.values()))

    def changes(self, site: str | None, at: Moment, until: Moment | None) -> list[RevisionChange]:
        """Return the periods in which the item is made otherwise at a site."""
        clock = next(one for one in self.known if self._at(one, site))
        first, last = clock.day(at, site), None if until is None else clock.day(until, site)
        days = [first, *sorted(day for day in self._boundaries() if first < day and (last is None or day < last))]
        found: list[RevisionChange] = []
        told: list[str] = []
        for day, end in zip(days, [*days[1:], last], strict=True):
            change = self._on(site, day, end)
            if change is None:
                told.append("")
                continue
            content = canonical((change.before, change.after, *(_content(one) for one in self._pair(site, day))))
            if found and told[-1] == content:
                found[-1] = attrs.evolve(found[-1], until=end)
            else:
                found.append(change)
            told.append(content)
        return found

    def _boundaries(self) -> set[date]:
        lines = (line for one in self.made if isinstance(one, BillOfMaterial) for line in one.lines)
        dated: list[BillOfMaterial | Routing | BomLine] = [*self.made, *lines]
        days = {day for one in dated for day in (one.effective_from, one.effective_until)}
        return {day for day in days if day is not None}

    def _pair(
        self, site: str | None, day: date
    ) -> tuple[BillOfMaterial | None, BillOfMaterial | None, Routing | None, Routing | None]:
        one, other = self.catalogs
        return (
            self._bom(one, site, day),
            self._bom(other, site, day),
            self._routing(one, site, day),
            self._routing(other, site, day),
        )

    def _bom(self, catalog: Catalog, site: str | None, day: date) -> BillOfMaterial | None:
        """Return the bill of a day as if it had only the lines of that day, always."""
        if not self._at(catalog, site):
            return None
        bom = catalog.bom(self.item, day, site=site)
        return None if bom is None else _undated(bom, day)

    def _routing(self, catalog: Catalog, site: str | None, day: date) -> Routing | None:
        return catalog.routing(self.item, day, site=site) if self._at(catalog, site) else None

    def _at(self, catalog: Catalog, site: str | None) -> bool:
        return (site or MAIN) in self.sited.get(id(catalog), ())

    def _on(self, site: str | None, day: date, end: date | None) -> RevisionChange | None:
        old, new, route, now = self._pair(site, day)
        lines = diff(old or BillOfMaterial(self.item, []), new or BillOfMaterial(self.item, []))
        fields = _fields(old, new)
        steps = _steps(route, now)
        names = (None if old is None else old.revision, None if new is None else new.revision)
        if not lines and not fields and not steps and names[0] == names[1]:
            return None
        return RevisionChange(ItemCode(self.item), site, day, end, *names, lines, fields, steps)


def has_item(catalog: Catalog, item: str) -> bool:
    """Tell whether a catalog has an item."""
    try:
        catalog.item(item)
    except UnknownCode:
        return False
    return True


def _undated(bom: BillOfMaterial, day: date) -> BillOfMaterial:
    lines = [_always(line) for line in bom.lines_on(day)]
    return attrs.evolve(bom, lines=lines, effective_from=None, effective_until=None)


def _always(line: BomLine) -> BomLine:
    if line.effective_from is None and line.effective_until is None:
        return line
    return attrs.evolve(line, effective_from=None, effective_until=None)


def _content(one: BillOfMaterial | Routing | None) -> object:
    """Return what a definition says of how to make something: not where and when it does."""
    if one is None:
        return None
    return (
        (one.lines, one.for_quantity, one.scrap, one.outputs, one.groups)
        if isinstance(one, BillOfMaterial)
        else one.operations
    )


def _fields(old: BillOfMaterial | None, new: BillOfMaterial | None) -> tuple[str, ...]:
    if old is None or new is None:
        return ()
    names = ("for_quantity", "scrap", "outputs", "groups")
    return tuple(name for name in names if canonical(getattr(old, name)) != canonical(getattr(new, name)))


def _steps(old: Routing | None, new: Routing | None) -> tuple[str, ...]:
    was = {} if old is None else {step.code: step for step in old.operations}
    now = {} if new is None else {step.code: step for step in new.operations}
    told = [f"{code} removed" for code in was if code not in now]
    for code, step in now.items():
        if code not in was:
            told.append(f"{code} added")
            continue
        fields = [
            field.name.replace("_", " ")
            for field in attrs.fields(type(step))
            if canonical(getattr(step, field.name)) != canonical(getattr(was[code], field.name))
        ]
        if fields:
            told.append(f"{code} {', '.join(fields)}")
    common = [code for code in was if code in now]
    if common != [code for code in now if code in was]:
        told.append("another order of steps")
    return tuple(told)
