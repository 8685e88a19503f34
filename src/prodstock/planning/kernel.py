"""What netting works on: wants, supplies and orders in whole numbers, by row; private to planning.

A want is a tuple (at, priority, origin, part, quantity): the order in which wants are served. `origin` is the number of
what wants it: below `outside` one of `Asked`, from there on a planned order. `part` is the number of the part of a bill
that it comes from; -1: none. Of a phantom an order wants an exact ratio in base units, all else is whole steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

    from prodstock.master.item import Item
    from prodstock.master.quota import QuotaShare
    from prodstock.orders.demand import Demand
    from prodstock.orders.planned import PlannedOrder
    from prodstock.orders.production import ProductionOrder
    from prodstock.orders.purchase import TransferOrder
    from prodstock.planning.ways import Way

STOCK: Final = "stock"
EXPECTED_STOCK: Final = "expected-stock"
PURCHASE: Final = "purchase"
TRANSFER: Final = "transfer"
PRODUCTION: Final = "production"
PLANNED: Final = "planned"

Place = tuple[str, str, str]
"""An item, a site, and whose stock it is: a project's, that of a demand made to order, or empty: free stock."""

Want = tuple[int, int, int, int, "int | Fraction"]
"""When, priority, origin, part of a bill, quantity."""


class Asked:
    """Somebody outside the plan wants a quantity: a demand, a line of a launched order, a transfer that has to leave.

    `asked` is the whole quantity before what was shipped, issued or reserved is taken off; `quantity` what is open;
    `substitutes` what may stand in on the line of an order, with its ratio.
    """

    __slots__ = (
        "asked",
        "at",
        "life",
        "name",
        "origin",
        "place",
        "priority",
        "quantity",
        "refs",
        "revision",
        "sale",
        "substitutes",
    )

    def __init__(
        self,
        at: int,
        priority: int,
        name: str,
        quantity: int,
        refs: tuple[str, ...],
        origin: Demand | ProductionOrder | TransferOrder,
        place: Place,
    ) -> None:
        self.at = at
        self.priority = priority
        self.name = name
        self.asked = quantity
        self.quantity = quantity
        self.refs = refs
        self.origin = origin
        self.place = place
        self.life = 0
        self.sale = False
        self.revision = ""
        self.substitutes: tuple[tuple[str, Decimal], ...] = ()


class DeliveryTerms(NamedTuple):
    """How a demand may be delivered: until when at the latest, None: for ever; and how much at least each time."""

    latest: int | None
    least: int


class Real:
    """Some of an item is there or on its way: a lot or a receipt.

    `revision` is what it is made to, empty: not known; None: what was bought is of the one that was ordered.
    """

    __slots__ = (
        "at", "due", "expires", "kind", "label", "owner", "production", "quantity", "received", "revision", "sale",
    )  # fmt: skip

    def __init__(self, kind: str, label: str, quantity: int, at: int, *, received: int, expires: int = NEVER) -> None:
        self.kind = kind
        self.label = label
        self.quantity = quantity
        self.at = at
        self.due = at
        self.received = received
        self.expires = expires
        self.owner = ""
        self.revision: str | None = ""
        self.sale = True
        self.production = True

    @property
    def plain(self) -> bool:
        """Whether it serves everybody and never expires."""
        return self.for_all and self.expires == NEVER

    @property
    def for_all(self) -> bool:
        """Whether it serves everybody."""
        return self.sale and self.production and not self.owner

    def fits(self, fit: Fit) -> bool:
        """Tell whether it may serve somebody."""
        if fit.revision and self.revision is not None and self.revision != fit.revision:
            return False
        return (self.sale if fit.sale else self.production) and self.owner in {"", fit.customer}

    @property
    def key(self) -> tuple[int, int, int, str, str, int, str, str]:
        """The order in which supplies arrive."""
        shown = self.label, self.kind, self.quantity, self.owner, self.revision or ""
        return self.at, self.expires, self.received, *shown


class Fit(NamedTuple):
    """What a want demands of goods: their life after it, that they may be sold, whose they may be, their revision."""

    life: int = 0
    sale: bool = False
    customer: str = ""
    revision: str = ""


ANY = Fit()
"""What an order demands of what it takes."""

SALE = Fit(sale=True)
"""What a demand demands that says no more."""


class Supply(NamedTuple):
    """What serves the wants of a station. `origin` is a planned order or, below zero, its real supply ~origin."""

    at: int
    due: int
    quantity: int
    expires: int
    origin: int


Balance = tuple[tuple["QuotaShare", int], ...]
"""The shares of an arrangement, the lowest quota rating first, each with what has come from it."""


class Draft:
    """An order as it would be: how much is started or bought, what comes out, when, and by which way.

    `wanted` is what it brings for somebody, `safety` what restores the safety stock, both of the item that is wanted,
    which for a co-product is not the item that is made; `ahead` is what its lot rule brings for later needs. `rest` are
    the other orders that the sizes of lots cut from the same need; `fenced` is when it should have started that a
    planning time fence holds up. `placed` is whatever who drew it up remembers of its place. `aged` is how old its
    goods are once they may be used: what their inspection takes. Of the items that are to be `there` none is ordered.
    """

    __slots__ = (
        "aged", "ahead", "co_product", "due", "fenced", "good", "item", "outputs", "placed", "quantity", "quota",
        "rest", "safety", "start", "there", "wanted", "way",
    )  # fmt: skip

    def __init__(self, item: Item, wanted: int, safety: int) -> None:
        self.item = item
        self.wanted = wanted
        self.safety = safety
        self.ahead = 0
        self.rest: tuple[int, ...] = ()
        self.fenced: int | None = None
        self.co_product: Item | None = None
        self.way: Way | None = None
        self.quantity = 0
        self.good = 0
        self.start = 0
        self.due = 0
        self.aged = 0
        self.outputs: list[tuple[str, int]] = []
        self.placed: object = None
        self.quota: Balance = ()
        self.there: frozenset[str] = frozenset()


def outputs_of(draft: Draft) -> list[tuple[str, int]]:
    """Return all that comes out of an order, the item that it makes or buys first."""
    return [(draft.item.code, draft.good), *draft.outputs]


class Drawn(NamedTuple):
    """The orders of one station that come one way, by column; `safety` only where there is a safety stock."""

    start: list[int]
    due: list[int]
    quantity: list[int]
    good: list[int]
    missing: list[int]
    safety: list[int]


class Orders:
    """All orders of a plan, by row: what netting proposes and what people have settled.

    `missing` is what was missing when an order was drawn up, the safety stock and what is ordered ahead included;
    `supply` what it brings at the station it was drawn up for. What few orders have stands in dictionaries: `also` has
    the station and supply of what else comes out, `ready` when an order that is late is there at the earliest, once
    what it needs is there, `ahead` how much its lot rule brings for later needs, `fenced` when one should have started
    that a planning time fence holds up, `sooner` when an order would have started that is ordered sooner, with others.
    `behind` are the stations with an order that starts before now or waits for parts.
    """

    __slots__ = (
        "ahead", "also", "behind", "beside", "blocker", "due", "fenced", "good", "missing", "now", "phantoms",
        "priority", "quantity", "quota", "ready", "safety", "settled", "sooner", "start", "station", "supply",
        "uncounted", "way",
    )  # fmt: skip

    def __init__(self, now: int) -> None:
        self.now = now
        self.station: list[int] = []
        self.start: list[int] = []
        self.due: list[int] = []
        self.quantity: list[int] = []
        self.good: list[int] = []
        self.way: list[Way | None] = []
        self.missing: list[int] = []
        self.supply: list[int] = []
        self.priority: dict[int, int] = {}
        self.safety: dict[int, int] = {}
        self.ahead: dict[int, int] = {}
        self.fenced: dict[int, int] = {}
        self.beside: dict[int, Item] = {}
        self.quota: dict[int, Balance] = {}
        self.behind: set[int] = set()
        self.also: dict[int, list[tuple[int, int]]] = {}
        self.settled: dict[int, PlannedOrder] = {}
        self.uncounted: dict[int, list[str]] = {}
        self.phantoms: dict[int, dict[str, int]] = {}
        self.ready: dict[int, int] = {}
        self.sooner: dict[int, int] = {}
        self.blocker: dict[int, tuple[int, int]] = {}

    def add(
        self,
        station: int,
        start: int,
        due: int,
        quantity: int,
        good: int,
        way: Way | None,
        missing: int,
        safety: int,
    ) -> int:
        """Add an order and return its number."""
        number = len(self.start)
        self.station.append(station)
        self.start.append(start)
        self.due.append(due)
        self.quantity.append(quantity)
        self.good.append(good)
        self.way.append(way)
        self.missing.append(missing)
        self.supply.append(-1)
        if start < self.now:
            self.behind.add(station)
        if safety:
            self.safety[number] = safety
        return number

    def add_all(self, station: int, way: Way, drawn: Drawn, first_supply: int) -> range:
        """Add the orders of a station that are drawn up one after the other, and return their numbers."""
        first, count = len(self.start), len(drawn.start)
        numbers = range(first, first + count)
        if not count:
            return numbers
        self.station += [station] * count
        self.start += drawn.start
        if min(drawn.start) < self.now:
            self.behind.add(station)
        self.due += drawn.due
        self.quantity += drawn.quantity
        self.good += drawn.good
        self.way += [way] * count
        self.missing += drawn.missing
        self.supply += range(first_supply, first_supply + count)
        if drawn.safety:
            self.safety.update((number, some) for number, some in zip(numbers, drawn.safety, strict=True) if some)
        return numbers

    def drop(self) -> None:
        """Take the last order away."""
        numbers = (self.station, self.start, self.due, self.quantity, self.good, self.missing, self.supply)
        for column in numbers:
            column.pop()
        self.way.pop()
        number = len(self.start)
        self.safety.pop(number, None)
        self.beside.pop(number, None)
        self.quota.pop(number, None)
        self.ahead.pop(number, None)
        self.fenced.pop(number, None)
