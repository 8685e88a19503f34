"""What binds: from a want that is late down to what it waits for in the end."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import attrs

from prodstock._render import day as shown_day
from prodstock._render import short
from prodstock.calendars.zone import from_micros
from prodstock.master.item import Supply as Origin
from prodstock.planning.kernel import EXPECTED_STOCK, PLANNED, STOCK
from prodstock.planning.wording import amount, at_most, day
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from prodstock.planning.graph import Graph
    from prodstock.planning.rows import OrderRow, SupplyRow, WantRow

_LONGEST = 10_000
"""Links of one chain: more are no bill."""


class LinkKind(StrEnum):
    """What a link of a chain is; those after `order` end it: they bind."""

    ORDER = "order"
    RECEIPT = "receipt"
    STOCK = "stock"
    LEAD_TIME = "lead-time"
    SUPPLIER_FULL = "supplier-full"
    NO_SOURCE = "no-source"
    MISSING = "missing"


@attrs.frozen(repr=False)
class ChainLink:
    """One link of what a demand waits for, each waiting for the next.

    Attributes:
        kind: what it is; the last one of a chain is what binds.
        ref: the order, receipt or lot; what is missing has none.
        item: of what.
        needed: when it is needed, in UTC.
        ready: when it is there, in UTC; None: never.
        text: that in one line.
    """

    kind: LinkKind
    ref: str
    item: str
    needed: datetime
    ready: datetime | None
    text: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        when = "never" if self.ready is None else shown_day(self.ready)
        return short(f"<ChainLink {self.kind} {self.ref[:30]} {self.item[:30]} {when}>")


class Root(NamedTuple):
    """Where a chain ends: what binds, and what of whom."""

    kind: LinkKind
    want: WantRow
    supply: SupplyRow | None


class Chains:
    """The chains of a plan, each followed from the top."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._roots: dict[int, Root] = {}

    def links(self, want: WantRow) -> tuple[ChainLink, ...]:
        """Return what a late want waits for, one after another, down to what binds. O(pegs of the orders on it)."""
        found: list[ChainLink] = []
        at: tuple[WantRow, SupplyRow | None] | None = self.worst(want)
        while at is not None and len(found) < _LONGEST:
            wanted, supply = at
            order = None if supply is None else supply.order
            if supply is None or order is None:
                found.append(_end(wanted, supply))
                break
            found.append(_order(wanted, order))
            at = self.below(order.number)
            if at is None:
                found.append(self._begun_by(wanted, order))
        return tuple(found)

    def root(self, want: WantRow) -> Root:
        """Return what binds a late want in the end: itself, where that is of its own item.

        O(1) once the orders on the way are known.
        """
        at: tuple[WantRow, SupplyRow | None] = self.worst(want)
        root: Root | None = None
        passed: list[int] = []
        while root is None:
            wanted, supply = at
            order = None if supply is None else supply.order
            end = Root(_kind(wanted, supply), wanted, supply)
            root = end if order is None else self._roots.get(order.number)
            if root is None and order is not None:
                passed.append(order.number)
                below = self.below(order.number)
                if below is None or len(passed) > _LONGEST:
                    root = Root(self._begun_late(order), wanted, supply)
                else:
                    at = below
        self._roots.update(dict.fromkeys(passed, root))
        return root._replace(want=want) if root.want.station is want.station else root

    def worst(self, want: WantRow) -> tuple[WantRow, SupplyRow | None]:
        """Return what a want waits for last; of a demand for a phantom that may be one of its parts."""
        takes = [] if want.missing or _closed(want) else [supply for supply, _ in want.takes]
        if want.station.item.supply is Origin.PHANTOM and not want.missing:
            found = self.graph.last(want.station.wants[want.number][2])
            return (want, None) if found is None else found
        if not takes:
            return want, None
        return want, min(takes, key=lambda one: (-(one.ready or NEVER), self._begun(one), one.number))

    def _begun(self, supply: SupplyRow) -> int:
        origin = supply.station.supplies[supply.number].origin
        return self.graph.now if origin < 0 else self.graph.roots[origin]

    def _begun_late(self, order: OrderRow) -> LinkKind:
        """Return what binds an order that waits for no part: where it might begin sooner its supplier is full."""
        limited = order.terms is not None and order.terms.capacity is not None and order.fenced is None
        soonest = self.graph.netting.times.begins(order.terms, self.graph.now) if limited else NEVER
        return LinkKind.SUPPLIER_FULL if self.graph.begins(order.number) > soonest else LinkKind.LEAD_TIME

    def _begun_by(self, want: WantRow, order: OrderRow) -> ChainLink:
        """Return the end of a chain: what keeps an order from being there sooner that waits for no part."""
        kind, ready = self._begun_late(order), order.ready
        there = "" if ready is None else f", it is there on {day(ready)}"
        what = "lead time" if order.fenced is None else "planning time fence"
        what = f"{what} of {order.item.code}"
        if kind is LinkKind.SUPPLIER_FULL and order.terms is not None:
            what = at_most(order.item, order.terms)
        text = f"{what}: begun on {day(self.graph.begins(order.number))}{there}"
        moment = None if ready is None else from_micros(ready)
        return ChainLink(kind, order.code, order.item.code, from_micros(want.at), moment, text)

    def below(self, order: int) -> tuple[WantRow, SupplyRow | None] | None:
        """Return what an order waits for, where that is what keeps it from being there sooner."""
        graph = self.graph
        found = graph.last(graph.outside + order)
        if found is None or found[1] is None:
            return found
        ready = found[1].ready
        if ready is None:
            return found
        site = found[0].station.site
        begins = graph.begins(order)
        return found if ready > graph.now and ready >= graph.netting.times.worked(begins, site) else None


def _closed(want: WantRow) -> bool:
    """Tell whether a want waits for a source of its item to open."""
    return want.why.startswith(f"no source of {want.station.item.code} until ")


def _kind(want: WantRow, supply: SupplyRow | None) -> LinkKind:
    if supply is None:
        return LinkKind.NO_SOURCE if want.why.startswith("no source") else LinkKind.MISSING
    return LinkKind.STOCK if supply.kind in {STOCK, EXPECTED_STOCK} else LinkKind.RECEIPT


def _end(want: WantRow, supply: SupplyRow | None) -> ChainLink:
    item, needed = want.station.item, from_micros(want.at)
    if supply is None:
        what = f"{amount(item, want.missing)} missing" if want.missing else f"{amount(item, want.lacking)} late"
        covered = None if want.covered is None else from_micros(want.covered)
        text = f"{what}, needed on {day(want.at)}: {want.why}"
        return ChainLink(_kind(want, None), "", item.code, needed, covered, text)
    ready = supply.ready
    comes = "never" if ready is None else f"on {day(ready)}"
    text = f"{supply.kind.replace('-', ' ')} {supply.label} of {item.code} comes {comes}, needed on {day(want.at)}"
    return ChainLink(
        _kind(want, supply), supply.label, item.code, needed, None if ready is None else from_micros(ready), text
    )


def _order(want: WantRow, order: OrderRow) -> ChainLink:
    item, ready = order.item, order.ready
    verb = "buy" if order.terms is not None else "make"
    verb = PLANNED if order.settled is not None else verb
    comes = "never" if ready is None else f"on {day(ready)}"
    text = f"{verb} {amount(item, order.quantity)}: there {comes}, needed on {day(want.at)}"
    moment = None if ready is None else from_micros(ready)
    return ChainLink(LinkKind.ORDER, order.code, item.code, from_micros(want.at), moment, text)
