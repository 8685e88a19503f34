"""One item at one site while it is netted: what is wanted, what is there, what is coming, and who takes what."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from prodstock.planning.gather import want_key
from prodstock.planning.kernel import Proposal, Supply, Want
from prodstock.stock.lot import NEVER
from prodstock.stock.open_stock import OpenStock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prodstock.master.item import Item


class Station:
    """One item at one site, while it is netted and after."""

    __slots__ = (
        "coming", "done", "item", "next", "no_source", "parcels", "plain", "proposals", "safety", "short", "site",
        "stock", "wants", "wasted", "watched",
    )  # fmt: skip

    def __init__(self, item: Item, site: str, safety: int) -> None:
        self.item: Item = item
        self.site: str = site
        self.safety: int = safety
        self.wants: list[Want] = []
        self.coming: list[Supply] = []
        self.next: int = 0
        self.stock: OpenStock = OpenStock(item.strategy)
        self.parcels: list[Supply] = []
        self.plain: bool = True
        self.watched: list[tuple[int, int]] = []
        self.proposals: list[Proposal] = []
        self.wasted: list[tuple[Supply, int]] = []
        self.no_source: str = ""
        self.short: int = 0
        self.done: bool = False

    def open(self) -> None:
        """Put what is wanted and what is coming in order; the wants of one order for the same become one."""
        self.coming.sort(key=arrival)
        self.plain = all(supply.sale and supply.production for supply in self.coming)
        self.wants.sort(key=want_key)
        self.wants = list(_merged(self.wants))
        for want in self.wants:
            want.item = self.item.code

    def admit(self, now: int) -> None:
        """Take in what has arrived by now, and sort out what has expired."""
        coming, stock = self.coming, self.stock
        while self.next < len(coming) and coming[self.next].at <= now:
            self.put(coming[self.next])
            self.next += 1
        while self.watched and self.watched[0][0] <= now:
            _, parcel = heappop(self.watched)
            rest = stock.remove(parcel)
            if rest:
                self.wasted.append((self.parcels[parcel], rest))

    def put(self, supply: Supply) -> None:
        """Make what is left of a supply available."""
        parcel = self.stock.add(supply.left, supply.expires, supply.received, supply.label)
        self.parcels.append(supply)
        if supply.expires != NEVER:
            heappush(self.watched, (supply.expires, parcel))

    def serve(self, want: Want, quantity: int, now: int) -> int:
        """Take what there is for a want and return what is missing."""
        fits = None
        if not self.plain:
            fits = {p for p, one in enumerate(self.parcels) if (one.sale if want.sale else one.production)}
        picks, missing = self.stock.find(quantity, now + want.life, fits)
        self.stock.take(picks)
        for at in range(0, len(picks), 2):
            self.peg(want, self.parcels[picks[at]], picks[at + 1])
        return missing

    def serve_late(self, want: Want, missing: int, alive_at: int, until: int | None) -> int:
        """Take what arrives later, up to a moment, and return what is still missing; the earliest first."""
        for supply in self.later(until):
            if not missing:
                break
            some = min(missing, supply.left)
            if some and max(alive_at, supply.at) < supply.expires:
                self.peg(want, supply, some)
                missing -= some
        return missing

    def later(self, until: int | None) -> Iterator[Supply]:
        """Yield what arrives later, up to a moment, in the order of arrival."""
        for at in range(self.next, len(self.coming)):
            if until is not None and self.coming[at].at > until:
                break
            yield self.coming[at]

    def peg(self, want: Want, supply: Supply, quantity: int) -> None:
        """Note that a want takes from a supply."""
        supply.left -= quantity
        want.takes.append((supply, quantity))
        if supply.proposal is not None:
            supply.proposal.wants.append((want, quantity))


def arrival(supply: Supply) -> tuple[int, int, int, str, str, int]:
    """The order in which supplies arrive."""
    return supply.key


def _merged(wants: Sequence[Want]) -> Iterator[Want]:
    """Yield the wants in order, those of one planned order at one step as one: they are covered together."""
    last: Want | None = None
    for want in wants:
        if last is not None:
            if isinstance(want.origin, Proposal) and last.origin is want.origin and last.step == want.step:
                want.into = last
                last.quantity += want.quantity
                last.asked += want.asked
                last.lines += want.lines
                if last.exact is not None and want.exact is not None:
                    last.exact += want.exact
                continue
            yield last
        last = want
    if last is not None:
        yield last
