"""What netting works on: wants, supplies and proposals, in scaled integers and microseconds, private to planning."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.quantities.scaled import power_of_ten
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from prodstock.master.item import Item
    from prodstock.master.sourcing import Sourcing
    from prodstock.orders.demand import Demand
    from prodstock.orders.planned import PlannedOrder
    from prodstock.orders.production import ProductionOrder
    from prodstock.orders.purchase import TransferOrder
    from prodstock.planning.sources import Recipe, RecipeLine


class Want:
    """Somebody needs a quantity of an item at a site by a moment.

    `asked` is the whole quantity before what was shipped, issued or reserved is taken off. `exact` is the ratio in
    base units, for phantoms only: they are never rounded. `lines` holds the lines of bills it comes from, with the need
    of each and the phantom whose bill it is, if any. `takes` holds (supply, quantity) in the order of taking, `below`
    what a phantom's rest was exploded into, `into` the want that it was merged with. `covered` is when it is all there;
    None: never.
    """

    __slots__ = (
        "asked", "at", "below", "covered", "exact", "into", "item", "life", "lines", "missing", "name", "origin",
        "priority", "quantity", "refs", "sale", "step", "takes", "why",
    )  # fmt: skip

    def __init__(
        self,
        at: int,
        priority: int,
        name: str,
        quantity: int,
        refs: tuple[str, ...],
        origin: Demand | ProductionOrder | TransferOrder | Proposal,
    ) -> None:
        self.at: int = at
        self.priority: int = priority
        self.name: str = name
        self.quantity: int = quantity
        self.asked: int = quantity
        self.refs: tuple[str, ...] = refs
        self.origin: Demand | ProductionOrder | TransferOrder | Proposal = origin
        self.life: int = 0
        self.sale: bool = False
        self.exact: Fraction | None = None
        self.step: str | None = None
        self.item: str = ""
        self.into: Want | None = None
        self.lines: tuple[tuple[RecipeLine, int, str], ...] = ()
        self.takes: list[tuple[Supply, int]] = []
        self.below: list[Want] = []
        self.missing: int = 0
        self.covered: int | None = None
        self.why: str = ""


class Supply:
    """Some of an item is there or will be: a lot, a receipt, or the output of a proposal. `left` is not yet taken."""

    __slots__ = (
        "at",
        "due",
        "expires",
        "kind",
        "label",
        "left",
        "production",
        "proposal",
        "quantity",
        "received",
        "sale",
    )

    def __init__(self, kind: str, label: str, quantity: int, at: int, *, received: int, expires: int = NEVER) -> None:
        self.kind: str = kind
        self.label: str = label
        self.quantity: int = quantity
        self.left: int = quantity
        self.at: int = at
        self.due: int = at
        self.received: int = received
        self.expires: int = expires
        self.sale: bool = True
        self.production: bool = True
        self.proposal: Proposal | None = None

    @property
    def key(self) -> tuple[int, int, int, str, str, int]:
        """The order in which supplies arrive."""
        return self.at, self.expires, self.received, self.kind, self.label, self.quantity


STOCK = "stock"
EXPECTED_STOCK = "expected-stock"
PURCHASE = "purchase"
TRANSFER = "transfer"
PRODUCTION = "production"
PLANNED = "planned"


class Proposal:
    """An order that netting proposes, or that the planner has settled (`settled`).

    `quantity` is what is started or bought, `good` what of the item itself comes out; both scaled. `wanted` was
    missing, `safety` restores the safety stock. `needs` are the wants it gives rise to. `ready` is when it is there at
    the earliest, once what it needs is there.
    """

    __slots__ = (
        "blocker",
        "co_product",
        "code",
        "due",
        "from_phantoms",
        "good",
        "item",
        "needs",
        "outputs",
        "priority",
        "public",
        "quantity",
        "ready",
        "recipe",
        "safety",
        "serves",
        "settled",
        "site",
        "source",
        "sourcing",
        "start",
        "supply",
        "uncounted",
        "wanted",
        "wants",
    )  # fmt: skip

    def __init__(self, item: Item, site: str, wanted: int, safety: int) -> None:
        self.item: Item = item
        self.site: str = site
        self.wanted: int = wanted
        self.safety: int = safety
        self.quantity: int = 0
        self.good: int = 0
        self.start: int = 0
        self.due: int = 0
        self.recipe: Recipe | None = None
        self.sourcing: Sourcing | None = None
        self.source: str = ""
        self.co_product: Item | None = None
        self.settled: PlannedOrder | None = None
        self.outputs: list[tuple[str, int]] = []
        self.uncounted: list[str] = []
        self.wants: list[tuple[Want, int]] = []
        self.needs: list[Want] = []
        self.from_phantoms: dict[str, int] = {}
        self.supply: Supply | None = None
        self.serves: tuple[str, ...] = ()
        self.priority: int = 0
        self.code: str = ""
        self.ready: int | None = 0
        self.blocker: Want | None = None
        self.public: PlannedOrder | None = None

    def exact_steps(self, main: Item) -> tuple[int, int]:
        """Return what must be started or bought for what is missing, unrounded, in smallest steps of `main`."""
        much = self.wanted + self.safety
        if self.recipe is None:
            return much, 1
        per_good = self.recipe.per_good
        if self.co_product is None:
            return much * per_good.numerator, per_good.denominator
        ratio = self.recipe.ratio(self.co_product.code) or Fraction(1)
        exact = Fraction(much, 10**self.co_product.scale) / ratio * per_good * 10**main.scale
        return exact.numerator, exact.denominator

    @property
    def exact(self) -> Fraction:
        """What must be started or bought for what is missing, before any rounding, in base units."""
        return Fraction(*self.exact_steps(self.item)) / power_of_ten(self.item.scale)
