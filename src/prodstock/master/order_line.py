"""What one production order takes: its bill's lines for the quantity started, each rounded up once."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import attrs

from prodstock.calendars.span import Moment
from prodstock.errors import InvalidValueError
from prodstock.master.bom import Basis, BillOfMaterial, BomLine, LineRole, Substitute
from prodstock.master.catalog import Catalog
from prodstock.master.choices import ChosenOptions
from prodstock.master.codes import ItemCode
from prodstock.master.coefficient import own_need, served_per_good, started_per_good, times
from prodstock.master.item import Item, Supply
from prodstock.master.ratio import decimal_of
from prodstock.master.routing import Routing
from prodstock.master.structure import in_order
from prodstock.quantities.quantity import Amount
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.quantities.scaled import from_scaled
from prodstock.tables import Derivation, Table


@attrs.frozen(repr=False)
class OrderLine:
    """A component of a production order.

    Args:
        position: its number on the order, from 1.
        item: what is taken.
        quantity: how much, in base units, rounded up once to the item's scale.
        unit: the item's base unit.
        operation: the step that consumes it; None: needed at the start.
        role: component, packaging, or for rework.
        of: the item on whose bill the line stands: the order's own, or a phantom that it uses.
        substitutes: what may stand in, best first.
        exact: the need before it was rounded.
        limits_life: whether what is made is good no longer than it; of a phantom that does all its parts do.
    """

    position: int
    item: ItemCode
    quantity: Decimal
    unit: str
    operation: str | None
    role: LineRole
    of: ItemCode
    substitutes: tuple[Substitute, ...] = ()
    _exact: Fraction = attrs.field(kw_only=True)
    limits_life: bool = attrs.field(kw_only=True, default=False)

    @property
    def exact(self) -> Fraction:
        """The need as an exact ratio, before it was rounded up."""
        return self._exact

    @property
    def rounding(self) -> Fraction:
        """What rounding up added to the need."""
        return Fraction(self.quantity) - self._exact

    def why(self) -> Derivation:
        """Return the need, and what was done to it."""
        need = Derivation(f"{decimal_of(self._exact):f} {self.unit} needed for {self.of}")
        rounded = Derivation(f"rounded up once to the digits {self.item} is kept in")
        causes = (need, rounded) if self.rounding else (need,)
        return Derivation(f"{self.quantity:f} {self.unit} {self.item}", causes)

    def __repr__(self) -> str:
        return f"<OrderLine {self.position}: {self.quantity:f} {self.unit[:10]} {self.item[:40]}>"


def quantity_to_start(
    bom: BillOfMaterial, good: Fraction | Decimal | int, /, *, routing: Routing | None = None
) -> Fraction:
    """Return how many must be started for so many good ones, exactly: assembly scrap and operation scrap added.

    Both are mark-ups: 10 % assembly scrap on 200 good ones starts 220, not 222.

    >>> quantity_to_start(BillOfMaterial("CUP", [], scrap="0.1"), 200)
    Fraction(220, 1)
    """
    return Fraction(good) * started_per_good(bom, routing)


def expected_good(
    bom: BillOfMaterial, started: Fraction | Decimal | int, /, *, routing: Routing | None = None
) -> Fraction:
    """Return how many good ones are to be expected of so many started, exactly.

    >>> expected_good(BillOfMaterial("CUP", [], scrap="0.1"), 220)
    Fraction(200, 1)
    """
    return Fraction(started) / started_per_good(bom, routing)


def order_lines(
    catalog: Catalog,
    bom: BillOfMaterial,
    started: Amount,
    *,
    at: Moment,
    site: str | None = None,
    routing: Routing | None = None,
    from_stock: Mapping[str, Amount] | None = None,
    options: ChosenOptions = (),
) -> Table[OrderLine]:
    """Return what an order takes that starts a quantity with a bill: one line for each of the bill's, never merged.

    The need of a line is the quantity started x its coefficient x its scrap, exact, and is rounded up once to the
    item's scale: this is the one place where it is. A line per order is needed once, one by a measure as often as that
    counts: of the units that enter its step, or of the good ones if it serves only those.

    A phantom makes no order: instead of its line stand those of its own bill, after the others, at the step that uses
    the phantom. All uses of one phantom at one step are exploded together; its lines per order count once, and those
    by a measure for all that the order needs of the phantom, at the first step. What `from_stock` has of
    a phantom is used first and stands as a line of its own, in whole steps of its scale; so does a phantom without a
    bill.

    Args:
        catalog: the definitions.
        bom: the bill the order is made with; its lines valid at `at` count.
        started: the quantity started, scrap included; a plain number is in base units.
        at: when the order starts.
        site: where; None: MAIN.
        routing: the order's routing; None: the one valid then.
        from_stock: stock of phantoms that this order uses, by item.
        options: what is chosen of the options; of those left out the usual value.

    Raises:
        UnknownCode: if the bill names an item that the catalog does not have, or there is no such option or value.
        InvalidValueError: if the quantity is below zero, a unit cannot be converted or a need does not fit 64 bits.

    The cost is linear in the lines of the bill and of the phantoms it uses at each step.

    >>> from datetime import date
    >>> from prodstock.master.item import Item
    >>> from prodstock.quantities.quantity import Quantity
    >>> soup = BillOfMaterial("SOUP", [BomLine("SALT", Quantity(4, "g"))])
    >>> catalog = Catalog([Item("SOUP"), Item("SALT", unit="kg", scale=2), soup])
    >>> line = order_lines(catalog, soup, 1, at=date(2026, 3, 2))[0]
    >>> print(line.why())
    0.01 kg SALT
      0.004 kg needed for SOUP
      rounded up once to the digits SALT is kept in
    """
    quantity = catalog.base(bom.item, started, field="started")
    if quantity < 0:
        raise InvalidValueError(field="started", value=str(started), reason="is below zero")
    maker = _Maker(catalog, at, site, from_stock or {}, options)
    maker.order(bom, quantity, routing or catalog.routing(bom.item, at, site=site))
    return Table(maker.lines)


class _Maker:
    """Collects the lines of one order, phantoms level by level."""

    def __init__(
        self,
        catalog: Catalog,
        at: Moment,
        site: str | None,
        from_stock: Mapping[str, Amount],
        options: ChosenOptions,
    ) -> None:
        self.catalog = catalog
        self.chosen = catalog.chosen(options)
        self.at = at
        self.site = site
        self.day = catalog.day(at, site)
        self.stock = {item: catalog.scaled(item, value, field="from_stock") for item, value in from_stock.items()}
        self.lines: list[OrderLine] = []
        self.phantoms: dict[tuple[str, str | None], Fraction] = {}
        self.limiting: set[tuple[str, str | None]] = set()

    def order(self, bom: BillOfMaterial, started: Fraction, routing: Routing | None) -> None:
        """Add the lines that so many started units need; of a phantom, what its stock does not cover becomes its parts.

        Lines per order count once, whatever the size; with nothing started nothing is needed.
        """
        per_good = started_per_good(bom, routing)
        for line, own in self._valid(bom):
            share = served_per_good(bom, routing, line) / per_good
            self._take(line, own * times(line.per, started * share), line.operation, bom.item)
        self._explode_phantoms()

    def _explode_phantoms(self) -> None:
        for item in self._phantoms_in_order():
            whole = self._not_in_stock(self.catalog.item(item))
            for step in [step for phantom, step in self.phantoms if phantom == item]:
                rest = self._from_stock(self.catalog.item(item), step)
                if rest:
                    self._blow_through(item, step, rest, whole)
                    whole = Fraction(0)

    def _not_in_stock(self, item: Item) -> Fraction:
        """Return how much of a phantom the order explodes, over all its steps."""
        stock, rest = self.stock.get(item.code, 0), Fraction(0)
        for (code, _), need in self.phantoms.items():
            if code == item.code:
                taken = max(0, min(stock, round_scaled(need, item.scale, Rounding.AVAILABILITY)))
                stock -= taken
                rest += need - Fraction(from_scaled(taken, item.scale))
        return rest

    def _blow_through(self, item: str, step: str | None, rest: Fraction, whole: Fraction) -> None:
        """Take what some of a phantom consists of at a step; `whole` is all of it at the first step, then nothing."""
        bom = self.catalog.bom(item, self.at, site=self.site)
        if bom is None:
            self._add(_Taken(self.catalog.item(item), step, item, limits=(item, step) in self.limiting), rest)
            return
        for line, own in self._valid(bom):
            served = (rest if line.per is Basis.UNIT else whole) * served_per_good(bom, None, line)
            if served:
                self._take(line, own * times(line.per, served), step, item)

    def _phantoms_in_order(self) -> list[str]:
        first = tuple(dict.fromkeys(item for item, _ in self.phantoms))
        return in_order(first, self.catalog.structure(self.at, self.site, options=self.chosen).phantoms)

    def _from_stock(self, item: Item, step: str | None) -> Fraction:
        """Take what there is in stock of a phantom as a line of its own, and return what is left to explode."""
        need = self.phantoms[item.code, step]
        steps = min(self.stock.get(item.code, 0), round_scaled(need, item.scale, Rounding.AVAILABILITY))
        if steps <= 0:
            return need
        self.stock[item.code] -= steps
        taken = Fraction(from_scaled(steps, item.scale))
        self._add(_Taken(item, step, item.code, limits=(item.code, step) in self.limiting), taken)
        return need - taken

    def _valid(self, bom: BillOfMaterial) -> Iterator[tuple[BomLine, Fraction]]:
        for_quantity = self.catalog.base(bom.item, bom.for_quantity)
        for line in bom.lines:
            if line.effective_on(self.day) and line.applies(self.chosen):
                yield line, own_need(self.catalog.base(line.item, line.quantity), line, for_quantity)

    def _take(self, line: BomLine, need: Fraction, step: str | None, of: str) -> None:
        item = self.catalog.item(line.item)
        limits = line.limits_life or (of, step) in self.limiting
        if item.supply is Supply.PHANTOM:
            if limits:
                self.limiting.add((item.code, step))
            known = self.phantoms.get((item.code, step), Fraction(0))
            self.phantoms[item.code, step] = known + need
        else:
            self._add(_Taken(item, step, of, line.role, line.substitutes, limits), need)

    def _add(self, taken: "_Taken", need: Fraction) -> None:
        item, step, of, role, substitutes, limits = taken
        quantity = from_scaled(round_scaled(need, item.scale, Rounding.NEED), item.scale)
        code, position = ItemCode(item.code), len(self.lines) + 1
        self.lines.append(
            OrderLine(
                position,
                code,
                quantity,
                item.unit,
                step,
                role,
                ItemCode(of),
                substitutes,
                exact=need,
                limits_life=limits,
            )
        )


class _Taken(NamedTuple):
    item: Item
    step: str | None
    of: str
    role: LineRole = LineRole.COMPONENT
    substitutes: tuple[Substitute, ...] = ()
    limits: bool = False
