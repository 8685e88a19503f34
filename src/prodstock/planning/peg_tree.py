"""Who gets what across all levels, as a tree: a demand down to its last part, a supply up to those whom it serves."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from heapq import heappop, heappush
from html import escape
from typing import TYPE_CHECKING

import attrs

from prodstock._render import day, figure, short
from prodstock.calendars.zone import from_micros
from prodstock.master.codes import ItemCode
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import TransferOrder
from prodstock.planning.branching import Box, Joint, branching
from prodstock.planning.kernel import Asked
from prodstock.planning.lookup import asked_by, supplies_of
from prodstock.planning.pegging import Peg, PegUse, kept, left_over, peg_of, shares_of
from prodstock.planning.rows import OrderRow, SupplyRow, WantRow
from prodstock.quantities.scaled import from_scaled
from prodstock.tables import Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.netting import Netting

MOST_LINES = 100
"""Lines of a tree that is written out; the rest is counted."""

_LEFT_OVER = {
    PegUse.SAFETY: "keeps the safety stock",
    PegUse.EXCESS: "needed by nobody",
    PegUse.EXPIRED: "expires before anybody needs it",
}


@attrs.frozen(repr=False)
class PegNode:
    """A demand, order, receipt or lot in a tree of pegs.

    Attributes:
        ref: the demand, order, receipt or lot; what is left over has none.
        what: what it is, in words.
        item: of what.
        site: where.
        quantity: how much it is in all, in the base unit.
        unit: the base unit.
        at: when it is due, or there, in UTC; None: never.
        level: how many steps it is away from what was asked about.
        late: whether it is later than somebody in the tree needs it.
    """

    ref: str
    what: str
    item: ItemCode
    site: str
    quantity: Decimal
    unit: str
    at: datetime | None
    level: int
    late: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """The same in a few lines of text, for a picture."""
        place = "" if self.site == "MAIN" else f" at {self.site}"
        when = "never there" if self.at is None else f"{day(self.at)}, late" if self.late else day(self.at)
        return self.what, f"{figure(self.quantity)} {self.unit} {self.item}{place}", when

    def __str__(self) -> str:
        return ", ".join(self.lines)

    def __repr__(self) -> str:
        return short(f"<PegNode {self.level} {self.what[:40]}: {figure(self.quantity)[:20]} {self.item[:30]}>")


@attrs.frozen(repr=False)
class PegTree(Tabled[Peg]):
    """Who gets what, level by level, from one demand or supply on; in a notebook it is a picture.

    Attributes:
        of: the demand, order, receipt or lot that was asked about.
        pegs: every step, with its quantity, by level.
        nodes: what the steps lead to; the first is what was asked about. Boxes of the picture, each once, however many
            ways lead to it.
    """

    of: str
    pegs: Table[Peg]
    nodes: Table[PegNode]
    _joints: tuple[tuple[int, int, str], ...] = attrs.field(kw_only=True, eq=False)

    def to_table(self) -> Table[Peg]:
        """Return every step, with its level and quantity."""
        return self.pegs

    def svg(self) -> str:
        """Return a picture, as SVG with a title and a description; at most 60 boxes, and how many more there are."""
        boxes = [Box(one.level, one.lines, one.late or one.at is None) for one in self.nodes]
        return branching(f"Pegging of {self.of}", repr(self)[1:-1], boxes, [Joint(*one) for one in self._joints])

    def __str__(self) -> str:
        return "\n".join(self._written())

    def _written(self) -> Iterator[str]:
        """Yield the nodes as indented lines; what hangs below one is written where it comes first."""
        below: dict[int, list[tuple[int, str]]] = {}
        for left, right, text in self._joints:
            if 0 <= right < len(self.nodes):
                below.setdefault(left, []).append((right, text))
        pending, seen, written = [(0, 0, "")] if self.nodes else [], set[int](), 0
        while pending and written < MOST_LINES:
            number, depth, much = pending.pop()
            again = number in seen and number in below
            seen.add(number)
            written += 1
            share = f"{much}: " if much else ""
            yield f"{'  ' * depth}{share}{self.nodes[number]}{' (see above)' if again else ''}"
            if not again:
                pending += [(one, depth + 1, text) for one, text in reversed(below.get(number, ()))]
        rest = len(self.nodes) - len(seen)
        if rest:
            yield f"({rest} more)"

    def __repr__(self) -> str:
        return short(f"<PegTree of {self.of[:40]}: {len(self.nodes)} nodes, {len(self.pegs)} pegs>")

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.svg()}{self.pegs.to_html()}"


def peg_tree(netting: Netting, demand: Demand | str) -> PegTree:
    """Return what a demand or launched order takes, down to the last part.

    Raises:
        InvalidTypeError, UnknownCode, AmbiguousCode: as `lookup.asked_by`.
    """
    numbers = asked_by(netting, demand)
    asked = netting.gathered.asked[numbers[0]]
    tree = _Tree(netting, ("asked", asked.name, 0), _asking(netting, asked))
    pegs = []
    for share in shares_of(netting, numbers):
        supply = SupplyRow(netting, share.want.station, share.supply)
        pegs.append(peg_of(supply, share.want, share.quantity, share.level))
        lower = tree.node(_key(supply), _supplying(supply), share.level, late=_late(supply, share.want))
        origin = share.want.origin
        upper = tree.first if isinstance(origin, Asked) else tree.number(("order", "", origin.number))
        tree.join(upper, lower, supply, share.quantity)
    return tree.done(pegs)


def where_used(netting: Netting, supply: PlannedOrder | str) -> PegTree:
    """Return whom an order, receipt or lot serves, and whom they serve, up to the demands.

    Raises:
        InvalidTypeError: if it is neither an order nor a code.
        UnknownCode: if the plan counts on nothing of that code.
    """
    places = supplies_of(netting, supply, bool, "order, receipt or lot")
    first = SupplyRow(netting, *places[0])
    tree = _Tree(netting, _key(first), _supplying(first))
    pegs: list[Peg] = []
    graph = netting.covering.graph
    pending: list[tuple[int, int]] = []
    levels: dict[int, int] = {}

    def follow(row: SupplyRow, lower: int, level: int) -> None:
        for want, quantity in row.gives:
            origin = want.origin
            pegs.append(peg_of(row, want, quantity, level))
            late = _late(row, want)
            if isinstance(origin, Asked):
                upper = tree.node(("asked", origin.name, 0), _asking(netting, origin), level, late=late)
            else:
                upper = tree.node(("order", "", origin.number), _supplying(origin.supply), level, late=late)
                if levels.get(origin.number, 0) < level:
                    levels[origin.number] = level
                    heappush(pending, (-graph.rank[origin.number], origin.number))
            tree.join(lower, upper, row, quantity)
        for use, quantity in left_over(row, kept(row.station, netting.gathered.until)):
            pegs.append(peg_of(row, None, quantity, level, use))
            said = PegNode(
                "", _LEFT_OVER[use], *_of(row, quantity), from_micros(netting.gathered.until), level, late=False
            )
            tree.join(lower, tree.node((use.value, row.station.item.code, lower), said, level), row, quantity)

    for station, number in places:
        follow(SupplyRow(netting, station, number), tree.first, 1)
    done: set[int] = set()
    while pending:
        _, order = heappop(pending)
        if order not in done:
            done.add(order)
            for station, number in graph.outputs[order]:
                follow(SupplyRow(netting, station, number), tree.number(("order", "", order)), levels[order] + 1)
    return tree.done(sorted(pegs, key=lambda peg: peg.level))


_Key = tuple[str, str, int]
"""What makes a node one and the same."""


class _Tree:
    """A tree as far as it is found."""

    def __init__(self, netting: Netting, key: _Key, root: PegNode) -> None:
        self.netting = netting
        self.first = 0
        self._numbers: dict[_Key, int] = {key: 0}
        self._nodes = [root]
        self._joints: dict[tuple[int, int, str], int] = {}

    def node(self, key: _Key, node: PegNode, level: int, *, late: bool = False) -> int:
        """Return the number of a node, which is as far away as the longest way to it."""
        number = self._numbers.setdefault(key, len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append(node)
        known = self._nodes[number]
        self._nodes[number] = attrs.evolve(known, level=max(level, known.level), late=known.late or late)
        return number

    def number(self, key: _Key) -> int:
        """Return the number of a node that is known."""
        return self._numbers[key]

    def join(self, left: int, right: int, supply: SupplyRow, quantity: int) -> None:
        """Join two nodes by so much of a supply."""
        key = (left, right, supply.station.item.code)
        self._joints[key] = self._joints.get(key, 0) + quantity

    def done(self, pegs: list[Peg]) -> PegTree:
        """Return the tree."""
        items = {item: self.netting.catalog.item(item) for _, _, item in self._joints}
        joints = (
            (left, right, f"{from_scaled(much, items[item].scale):f} {items[item].unit}")
            for (left, right, item), much in self._joints.items()
        )
        return PegTree(self._nodes[0].ref, Table(pegs), Table(self._nodes), joints=tuple(joints))


def _key(supply: SupplyRow) -> _Key:
    order = supply.order
    if order is not None:
        return "order", "", order.number
    return supply.kind, f"{supply.station.number} {supply.label}", supply.number


def _late(supply: SupplyRow, want: WantRow) -> bool:
    ready = supply.ready
    return ready is None or ready > max(want.at, supply.netting.now)


def _of(supply: SupplyRow, quantity: int) -> tuple[ItemCode, str, Decimal, str]:
    item = supply.station.item
    return ItemCode(item.code), supply.station.site, from_scaled(quantity, item.scale), item.unit


def _supplying(supply: SupplyRow) -> PegNode:
    ready, order = supply.ready, supply.order
    what = f"{supply.kind.replace('-', ' ')} {supply.label}" if order is None else _order(order)
    at = None if ready is None else from_micros(ready)
    return PegNode(supply.label, what, *_of(supply, supply.quantity), at, 0, late=False)


def _order(order: OrderRow) -> str:
    if order.terms is not None:
        return f"buy from {order.terms.sourcing.supplier}"
    if order.route is not None:
        return f"move from {order.route.lane.source}"
    if order.recipe is not None:
        return "make"
    return "settled order"


def _asking(netting: Netting, asked: Asked) -> PegNode:
    origin = asked.origin
    if isinstance(origin, Demand):
        item, site, what = origin.item, origin.site, f"{origin.kind} {asked.name}"
        quantity = from_scaled(asked.asked, netting.catalog.item(item).scale)
    elif isinstance(origin, TransferOrder):
        item, site, what = origin.item, origin.target, f"transfer {asked.name} to {origin.target}"
        quantity = from_scaled(asked.asked, netting.catalog.item(item).scale)
    else:
        item, site, what, quantity = origin.item, origin.site, f"production {origin.code}", origin.quantity
    unit = netting.catalog.item(item).unit
    return PegNode(asked.name, what, ItemCode(item), site, quantity, unit, from_micros(asked.at), 0, late=False)
