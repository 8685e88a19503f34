"""What changed between two revisions of a bill of material."""

from enum import StrEnum

import attrs

from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.canonical import canonical
from prodstock.master.codes import ItemCode
from prodstock.tables import Table


class Change(StrEnum):
    """What happened to a line."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@attrs.frozen(repr=False)
class LineChange:
    """A line that two bills do not share.

    Args:
        item: the line's item.
        change: whether it was added, removed or changed.
        fields: the fields that changed; empty where it was added or removed.
        before: the line of the first bill; None: added.
        after: the line of the second bill; None: removed.
    """

    item: ItemCode
    change: Change
    fields: tuple[str, ...]
    before: BomLine | None
    after: BomLine | None

    def __repr__(self) -> str:
        named = f" ({', '.join(self.fields)})" if self.fields else ""
        return f"<LineChange {self.item[:40]} {self.change.value}{named[:50]}>"


def diff(before: BillOfMaterial, after: BillOfMaterial) -> Table[LineChange]:
    """Return the lines that differ between two bills, by item, then in the order of the lines.

    Lines of one item are paired: equal ones first, then those of the same step, then as listed; what is left was added
    or removed. Moving a line changes nothing. O(n log n) in lines, O(k^2) in lines of one item.

    >>> old = BillOfMaterial("CUP", [BomLine("CLAY", 1), BomLine("BOX", 1)], revision="A")
    >>> new = BillOfMaterial("CUP", [BomLine("CLAY", 2), BomLine("BAG", 1)], revision="B")
    >>> [(one.item, one.change.value, one.fields) for one in diff(old, new)]
    [('BAG', 'added', ()), ('BOX', 'removed', ()), ('CLAY', 'changed', ('quantity',))]
    """
    old, new = _by_item(before), _by_item(after)
    changes: list[LineChange] = []
    for item in sorted(old.keys() | new.keys()):
        for one, other in _paired(old.get(item, []), new.get(item, [])):
            if one is None or other is None:
                change = Change.ADDED if one is None else Change.REMOVED
                changes.append(LineChange(ItemCode(item), change, (), one, other))
            elif fields := _changed(one, other):
                changes.append(LineChange(ItemCode(item), Change.CHANGED, fields, one, other))
    return Table(changes)


def _by_item(bom: BillOfMaterial) -> dict[str, list[BomLine]]:
    filed: dict[str, list[BomLine]] = {}
    for line in bom.lines:
        filed.setdefault(line.item, []).append(line)
    return filed


def _paired(old: list[BomLine], new: list[BomLine]) -> list[tuple[BomLine | None, BomLine | None]]:
    old, new = list(old), list(new)
    pairs: list[tuple[BomLine | None, BomLine | None]] = []
    for alike in (lambda a, b: a == b, lambda a, b: a.operation == b.operation, lambda *_: True):
        for one in list(old):
            match = next((other for other in new if alike(one, other)), None)
            if match is not None:
                old.remove(one)
                new.remove(match)
                pairs.append((one, match))
    return [*pairs, *((one, None) for one in old), *((None, other) for other in new)]


def _changed(one: BomLine, other: BomLine) -> tuple[str, ...]:
    names = (field.name for field in attrs.fields(BomLine))
    return tuple(name for name in names if canonical(getattr(one, name)) != canonical(getattr(other, name)))
