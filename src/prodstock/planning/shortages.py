"""What is late or missing in a plan, the most harmful first, and why."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock.calendars.zone import from_micros
from prodstock.master import checks
from prodstock.master.codes import ItemCode
from prodstock.master.item import Supply as Origin
from prodstock.master.ratio import decimal_of
from prodstock.orders.demand import Demand
from prodstock.planning.causes import ShortageCause, cause_of
from prodstock.planning.chain import Chains
from prodstock.planning.rows import OrderRow, WantRow
from prodstock.planning.wording import DAY, ago, day
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.planning.netting import Netting
    from prodstock.planning.rows import SupplyRow


@attrs.frozen(repr=False)
class Shortage:
    """So much of an item is late, or never comes.

    Attributes:
        item: what is short.
        quantity: how much of it is late or missing, in the base unit.
        unit: the base unit.
        needed: when it is needed, in UTC.
        covered: when all of it is there if everything that is late starts now; None: never.
        cause: why, in one line.
        delays: the demands or orders that wait for it, most urgent first.
        site: where it is short.
        kind: why, in one word: what binds in the end, be it several parts further down.
        root: the item that binds in the end; often the item itself.
        days: how many days late, each begun one counts; what never comes is late until the end of the horizon.
        harm: what it does to the demands that wait for it: for each that is late or short, its days times how much of
            it is late, times the price of its item on the preferred terms; 1 where no price is known. What only orders
            without a demand wait for counts itself. Not compared: it depends on other lines of the plan.
        segment: whose stock is short: `project:` and a project, `own:` and a demand made to order; empty: free stock.
    """

    item: ItemCode
    quantity: Decimal
    unit: str
    needed: datetime
    covered: datetime | None
    cause: str
    delays: tuple[str, ...]
    site: str = attrs.field(kw_only=True, default="MAIN")
    kind: ShortageCause = attrs.field(kw_only=True, default=ShortageCause.NO_SUPPLY)
    root: str = attrs.field(kw_only=True, default="")
    days: int = attrs.field(kw_only=True, default=0)
    harm: Decimal = attrs.field(kw_only=True, default=checks.ZERO, eq=False)
    segment: str = attrs.field(kw_only=True, default="")

    def __repr__(self) -> str:
        when = "never" if self.covered is None else f"{self.covered:%Y-%m-%d}"
        return f"<Shortage {self.quantity:f} {self.unit[:10]} {self.item[:30]} {self.needed:%Y-%m-%d}, covered {when}>"


def shortages(netting: Netting) -> list[Shortage]:
    """Return what is late or missing, the most harmful first; then by the moment it is needed, item and what waits."""
    lines = Shortages(netting)
    found = [lines.line(want) for want in late_wants(netting)]
    return sorted(
        found,
        key=lambda one: (-Fraction(one.harm), one.needed, one.item, one.delays, one.cause, one.quantity, one.segment),
    )


def late_wants(netting: Netting) -> Iterator[WantRow]:
    """Yield the wants that are late; where only the parts of a phantom are, they are, and not the phantom."""
    for station in netting.stations:
        for want in sorted(station.late.keys() | station.missing.keys()):
            yield WantRow(netting, station, want)


class Shortages:
    """The shortages of a plan, with what they have in common worked out once."""

    def __init__(self, netting: Netting) -> None:
        self.netting = netting
        self.chains = Chains(netting.covering.graph)
        self._prices: dict[tuple[str, str], Fraction] = {}
        self._demands: set[str] = set()
        self._harm: dict[str, Fraction] = {}
        for number, asked in enumerate(netting.gathered.asked):
            if isinstance(asked.origin, Demand):
                self._demands.add(asked.name)
                harm = self._harm_to(number)
                if harm:
                    self._harm[asked.name] = self._harm.get(asked.name, Fraction(0)) + harm

    def line(self, want: WantRow) -> Shortage:
        """Return the shortage of a want that is late. O(supplies that it takes), once the orders below are known."""
        late = max(want.at, want.netting.now)
        worst = [(supply, quantity) for supply, quantity in want.takes if (supply.ready or late + 1) > late]
        quantity = want.lacking
        item, covered, root = want.station.item, want.covered, self.chains.root(want)
        days = self._days(want.at, covered)
        return Shortage(
            ItemCode(item.code),
            from_scaled(quantity, item.scale),
            item.unit,
            from_micros(want.at),
            None if covered is None else from_micros(covered),
            want.why or self._cause([supply for supply, _ in worst]),
            want.refs,
            site=want.station.site,
            segment=want.station.segment,
            kind=cause_of(root),
            root=root.want.station.item.code,
            days=days,
            harm=decimal_of(self._harm_of(want, Fraction(quantity, 10**item.scale), days)),
        )

    def _cause(self, worst: list[SupplyRow]) -> str:
        """Say why the last of what is late is late; of a phantom its parts are."""
        if not worst:
            return "its parts are late"
        never = [supply for supply in worst if supply.ready is None]
        supply = never[0] if never else max(worst, key=lambda one: (one.ready or 0, one.label))
        order = supply.order
        if order is None:
            return f"{supply.label} comes on {day(supply.at)}"
        if order.blocker is not None:
            return f"waits for {order.blocker.station.item.code}"
        below = self.chains.below(order.number)
        if below is not None:
            return f"waits for {below[0].station.item.code}"
        return _too_late(order, supply)

    def _days(self, needed: int, covered: int | None) -> int:
        last = self.netting.gathered.until if covered is None else covered
        return max(1, -(-(last - needed) // DAY))

    def _harm_of(self, want: WantRow, quantity: Fraction, days: int) -> Fraction:
        refs = want.refs
        harm = sum((self._harm.get(ref, Fraction(0)) for ref in refs), Fraction(0))
        if not self._demands.intersection(refs):
            harm += days * quantity * self._price(want.station.item.code, want.station.site)
        return harm

    def _harm_to(self, number: int) -> Fraction:
        """Return what being late or short does to a demand: days, times what is late of it, times its price."""
        netting = self.netting
        waits = netting.covering.waits.get(number)
        if waits is None:
            return Fraction(0)
        asked = netting.gathered.asked[number]
        item, site, _ = asked.place
        station, quantity, late = netting.places[asked.place], asked.quantity, max(asked.at, netting.now)
        if station.item.supply is not Origin.PHANTOM:
            want = next(netting.covering.graph.inputs(number))
            quantity = want.missing + sum(some for one, some in want.takes if (one.ready or late + 1) > late)
        days = self._days(asked.at, None if waits == NEVER else waits)
        return days * Fraction(quantity, 10**station.item.scale) * self._price(item, site)

    def _price(self, item: str, site: str) -> Fraction:
        """Return the price of a base unit on the preferred terms that say one; 1: none does."""
        found = self._prices.get((item, site))
        if found is None:
            prices = (one.price for one in self.netting.catalog.sourcings(item, site))
            price = next((one for one in prices if one is not None), None)
            found = self._prices[item, site] = Fraction(1) if price is None else Fraction(price.amount)
        return found


def _too_late(order: OrderRow, supply: SupplyRow) -> str:
    """Say what keeps an order from being there in time by itself."""
    if order.fenced is not None:
        return f"planning time fence: nothing new starts before {day(order.fence)}"
    if order.start >= order.netting.now:
        return f"lead time: started on {day(order.start)} it is there on {day(supply.at)}"
    return f"lead time: it was to {_verb(order)} by {day(order.start)}, {ago(order.netting.now - order.start)}"


def _verb(order: OrderRow) -> str:
    """Return what an order does first."""
    if order.route is not None:
        return "leave"
    return "order" if order.terms is not None else "start"
