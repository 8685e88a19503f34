"""How many sets of an item are free by a plan: what lies there complete, and what its free parts make together."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock._render import day, figure, short
from prodstock.calendars.zone import from_micros, micros
from prodstock.errors import InvalidValueError
from prodstock.master.bom import LineRole
from prodstock.master.codes import ItemCode
from prodstock.master.depth import Depth
from prodstock.master.explosion import explode
from prodstock.master.item import Supply
from prodstock.master.order_line import order_lines, quantity_to_start
from prodstock.master.ratio import decimal_of
from prodstock.planning.projection import projection
from prodstock.quantities.scaled import MAX_SCALED
from prodstock.stock.allocation import need_at
from prodstock.tables import Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prodstock.calendars.span import Moment
    from prodstock.master.bom import BillOfMaterial
    from prodstock.master.choices import Choices, ChosenOptions
    from prodstock.planning.netting import Netting


@attrs.frozen(repr=False)
class KitPart:
    """A part of a set, and how much of it is free.

    Attributes:
        item: the part; what a phantom in the set consists of stands for itself.
        unit: its base unit.
        free: how much of it is free, from the moment asked about until the end of the plan.
        needed: how much of that the sets take that can be put together.
        left: what is then left.
        limits: whether one more step of the set would take more than there is.
    """

    item: ItemCode
    unit: str
    free: Decimal
    needed: Decimal
    left: Decimal
    limits: bool

    def __repr__(self) -> str:
        what = f"{figure(self.needed)[:20]} of {figure(self.free)[:20]} {self.unit[:10]} {self.item[:30]}"
        return short(f"<KitPart {what}{', limits' if self.limits else ''}>")


@attrs.frozen(repr=False)
class KitAvailability(Tabled[KitPart]):
    """How many sets are free.

    Attributes:
        item: the set.
        site: where.
        at: from when on, in UTC.
        unit: its base unit.
        quantity: how many are free in all.
        complete: how many of them lie there complete.
        parts: what the rest is put together from, by item.
    """

    item: ItemCode
    site: str
    at: datetime
    unit: str
    quantity: Decimal
    complete: Decimal
    parts: Table[KitPart]

    def to_table(self) -> Table[KitPart]:
        """Return what sets are put together from."""
        return self.parts

    @property
    def limiting(self) -> tuple[ItemCode, ...]:
        """The parts that keep more from being put together."""
        return tuple(part.item for part in self.parts if part.limits)

    def __str__(self) -> str:
        limits = f", limited by {', '.join(self.limiting)}" if self.limiting else ""
        complete = f", {figure(self.complete)} of them complete" if self.complete else ""
        what = f"{figure(self.quantity)} {self.unit} {self.item} free"
        return f"{what} at {self.site} from {day(self.at)}{complete}{limits}"

    def __repr__(self) -> str:
        return short(f"<KitAvailability {figure(self.quantity)[:20]} {self.item[:30]}, {len(self.parts)} parts>")

    def _repr_html_(self) -> str:
        return Table([self]).to_html() + self.parts.to_html()


def kit(netting: Netting, item: str, site: str, at: Moment | None, options: ChosenOptions) -> KitAvailability:
    """Return how many sets of an item are free by a plan, with what is chosen of the options.

    Free is what the plan leaves of our free stock of a part at every moment from `at` on, all it knows of counted in;
    what goes off later counts. All parts are taken together, so that one that stands on several lines, or in several
    phantoms of the set, counts once. The stock of phantoms in it is used first.
    What lies there complete counts with the usual values only: nobody knows what else it was made with.

    Raises:
        UnknownCode: if there is no such item or site, option or value of one.
        InvalidValueError: if no bill of it is in force then, or the moment is not within the plan.

    O(lines x log sets), and the changes of each part.
    """
    one, code = netting.catalog.item(item), netting.catalog.site(site).code
    moment = netting.now if at is None else need_at(at, netting.times.zone(code))
    if not netting.now <= moment < max(netting.gathered.until, netting.now + 1):
        advice = "Give a moment from now until its end"
        raise InvalidValueError(field="at", value=at, reason="is not within the plan", advice=advice)
    bom = netting.catalog.bom(one.code, from_micros(moment), site=code)
    if bom is None:
        reason = f"has no bill in force on {day(from_micros(moment))}"
        raise InvalidValueError(field="item", value=one.code, reason=reason, advice="Ask plan.projected of it")
    chosen = netting.catalog.chosen(options)
    usual = not any(name in netting.catalog.decisive(one.code) for name, _ in _unusual(netting, chosen))
    sets = _Sets(netting, bom, code, moment, chosen)
    steps = sets.most()
    counts = one.supply is Supply.PHANTOM and usual
    complete = _free(netting, one.code, code, moment) if counts else Fraction(0)
    much = Fraction(steps, 10**one.scale)
    needs, more = sets.needs(steps), sets.needs(steps + 1)
    parts = []
    for part in sorted(more):
        there, unit = sets.free(part), netting.catalog.item(part).unit
        needed = needs.get(part, Fraction(0))
        limits = more[part] > there
        parts.append(
            KitPart(ItemCode(part), unit, decimal_of(there), decimal_of(needed), decimal_of(there - needed), limits)
        )
    whole = decimal_of(much + complete)
    return KitAvailability(
        ItemCode(one.code), code, from_micros(moment), one.unit, whole, decimal_of(complete), Table(parts)
    )


class _Sets:
    """What sets of an item need, and what is free of that."""

    def __init__(
        self, netting: Netting, bom: BillOfMaterial, site: str, moment: int, chosen: Mapping[str, str]
    ) -> None:
        self.chosen = chosen
        self.netting = netting
        self.bom = bom
        self.site = site
        self.moment = moment
        self._known: dict[str, Fraction] = {}
        self._phantoms = self._of_phantoms()

    def free(self, item: str) -> Fraction:
        """Return what is free of an item; nothing where the plan is short of it."""
        found = self._known.get(item)
        if found is None:
            found = self._known[item] = _free(self.netting, item, self.site, self.moment)
        return found

    def needs(self, steps: int) -> dict[str, Fraction]:
        """Return what so many smallest steps of the set need, by item."""
        catalog = self.netting.catalog
        started = quantity_to_start(self.bom, Fraction(steps, 10 ** catalog.item(self.bom.item).scale))
        found: dict[str, Fraction] = {}
        at = from_micros(self.moment)
        stock = self._phantoms
        for line in order_lines(
            catalog, self.bom, decimal_of(started), at=at, site=self.site, from_stock=stock, options=self.chosen
        ):
            if line.role is not LineRole.REWORK:
                found[line.item] = found.get(line.item, Fraction(0)) + Fraction(line.quantity)
        return found

    def most(self) -> int:
        """Return the most steps of the set for which there is enough of every part."""
        low, high = 0, 1
        while high < MAX_SCALED and self._fits(high):
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._fits(middle) else (low, middle)
        return low

    def _fits(self, steps: int) -> bool:
        needs = self.needs(steps)
        return bool(needs) and all(much <= self.free(item) for item, much in needs.items())

    def _of_phantoms(self) -> dict[str, Decimal]:
        """Return what is free of the phantoms in the set."""
        catalog, at = self.netting.catalog, from_micros(self.moment)
        rows = explode(
            catalog, self.bom.item, 1, at=at, site=self.site, depth=Depth.ONE_LEVEL, options=self.chosen
        ).requirements
        unusual = {name for name, _ in _unusual(self.netting, self.chosen)}
        phantoms = [row.item for row in rows if row.supply is Supply.PHANTOM]
        phantoms = [one for one in phantoms if unusual.isdisjoint(catalog.decisive(one))]
        return {one: decimal_of(self.free(one)) for one in phantoms if self.free(one)}


def _unusual(netting: Netting, chosen: Mapping[str, str]) -> Choices:
    return netting.catalog.variants.unusual(chosen) if chosen else ()


def _free(netting: Netting, item: str, site: str, moment: int) -> Fraction:
    """Return what the plan leaves of free stock of ours at every moment from one on; what goes off after it counts."""
    free, lowest = Fraction(0), None
    for change in projection(netting, item, site, ours=True).changes:
        later = micros(change.at) > moment
        if later and lowest is None:
            lowest = free
        if not later or change.what != "expires":
            free += Fraction(change.quantity)
        if later and lowest is not None:
            lowest = min(lowest, free)
    return max(Fraction(0), free if lowest is None else lowest)
