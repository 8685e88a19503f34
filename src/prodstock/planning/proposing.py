"""How much to order of what, and when: the source of the day, scrap, lot sizes and lead times."""

from __future__ import annotations

from copy import copy
from fractions import Fraction
from operator import itemgetter
from typing import TYPE_CHECKING

from prodstock.calendars.zone import micros, start_of
from prodstock.master.item import Item, Supply
from prodstock.master.lot_sizes import MOST_LOTS, LotSizes
from prodstock.planning.kernel import Draft
from prodstock.planning.quotas import Quotas
from prodstock.planning.translations.prices import unit_price
from prodstock.planning.ways import MICROSECOND, Recipe, Route, Terms
from prodstock.quantities.rounding import Rounding, round_scaled
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from prodstock.master.bom import Substitute
    from prodstock.master.catalog import Catalog
    from prodstock.master.choices import Choices
    from prodstock.master.sourcing import Sourcing
    from prodstock.master.transfer_lane import TransferLane
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.gather import Gathered
    from prodstock.planning.kernel import Balance, Orders
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.sources import Sources
    from prodstock.planning.ways import OneWay, Way

_MOST_REVISIONS = 100
_HOUR = 3_600_000_000
_TEN_YEARS = 10 * 366 * 24 * _HOUR
_MONTH = 31


class Proposer:
    """Draws up orders from the definitions; knows no stock. With `breaks` it buys up to price breaks that pay.

    `choices` has what is not usual of the options chosen by those whose stock a segment is; `options` is what of that
    holds for its own orders.
    """

    __slots__ = (
        "_apart", "breaks", "catalog", "choices", "economic", "now", "options", "quotas", "sources", "times",
    )  # fmt: skip

    def __init__(
        self, sources: Sources, times: LeadTimes, now: int, choices: Mapping[str, Choices], *, breaks: bool = False
    ) -> None:
        self.choices = choices
        self.options: Choices = ()
        self.catalog: Catalog = sources.catalog
        self.sources: Sources = sources
        self.times: LeadTimes = times
        self.now: int = now
        self.quotas = Quotas(self.catalog)
        self.breaks: bool = breaks
        self.economic: dict[tuple[str, str], int] = {}
        self._apart: dict[Choices, Proposer] = {}

    def commit(self, gathered: Gathered, _settled: Iterable[PlannedOrder]) -> None:
        """Take note of what is ordered already and of what people have settled."""
        self.quotas.promised(gathered)

    def of(self, segment: str) -> Proposer:
        """Return the one that draws up the orders of a segment: what is economic for free stock sizes no others."""
        options = self.choices.get(segment, ()) if self.choices else ()
        if not segment or not (self.economic or options):
            return self
        found = self._apart.get(options)
        if found is None:
            found = self._apart[options] = copy(self)
            found.economic, found.options = {}, options
        return found

    def order(
        self, item: Item, site: str, missing: int, below: int, at: int, until: int = 0
    ) -> tuple[Draft | None, str]:
        """Return the order that would bring what is missing by a moment, and what is below the safety stock with it.

        Without a source, None and the reason. It may have to start in the past.
        """
        found = next(self.drafts(item, site, missing, below, at, until), None)
        return found, "" if found is not None else f"no source: {self._reason(item, site, at, until)}"

    def drafts(self, item: Item, site: str, missing: int, below: int, at: int, until: int = 0) -> Iterator[Draft]:
        """Yield the orders that would bring it, one for each way that is open then, the preferred one first.

        `until` is up to when it must be good, where that is later.
        """
        if self.sources.followed and self.follow_up(item, site, at) is not None:
            return
        due = self.times.worked(at, site)
        only = self.sources.always(item, site, self.options)
        if only is not None and only.alone and not self.economic:
            yield self._only(only, item, site, missing, below, due)
            return
        ways = self._ways(item, site, due)
        quota: Balance = ()
        if self.quotas.any_of(item.code):
            day = self.times.day(max(due, self.now), site)
            ways, quota = self.quotas.ranked(item, site, day, ways)
        for way in ways:
            draft = Draft(item, missing, below)
            draft.quota = quota
            if isinstance(way, Item):
                if self._make(draft, way, site, due) is None and self.lasts(draft, max(at, until)):
                    yield draft
            elif self._order(draft, way, site, due) and self.lasts(draft, max(at, until)):
                yield draft

    def _only(self, only: OneWay, item: Item, site: str, missing: int, below: int, due: int) -> Draft:
        """Return the order by the only way in which an item comes, always open and of any size that its lots allow."""
        draft, way = Draft(item, missing, below), only.way
        draft.way, draft.due, draft.quantity = way, due, only.size(missing + below)
        draft.good = way.good(draft.quantity)
        draft.start = self.times.start(way, site, draft.quantity, due)
        return draft

    def _on(self, item: Item, site: str, day: date) -> tuple[Supply | None, Recipe | None]:
        return self.sources.on(item.code, site, day, self.options)

    def _ways(self, item: Item, site: str, due: int) -> Iterable[Item | Terms | Route]:
        """Return how an item may come, best first: items with which it comes out, terms, lanes.

        By priority, where making has 0; equal ones: lanes, then making, then buying.
        """
        supply, recipe = self._on(item, site, self.times.day(max(due, self.now), site))
        made = supply is Supply.MAKE and recipe is not None
        makers = [item] if made else self._makers(item, supply)
        terms = self.sources.bought_too(item, site) if made else self.sources.terms(item, site)
        routes = self.sources.routes(item, site)
        if not routes and not (terms and terms[0].sourcing.priority < 0):
            return (*makers, *terms)
        ranked: list[tuple[int, int, Item | Terms | Route]] = [(one.lane.priority, 0, one) for one in routes]
        ranked += [(0, 1, one) for one in makers]
        ranked += [(one.sourcing.priority, 2, one) for one in terms]
        return [way for _, _, way in sorted(ranked, key=itemgetter(0, 1))]

    def reopens(self, item: Item, site: str, missing: int, at: int, life: int) -> int:
        """Return the first moment found after one at which an order could be there, where none can be there by then.

        Looked at are the days on which terms, lanes and bills begin, and, of what expires and comes in or is inspected
        before it is used, as many days as a month has: how old it is by then changes over a week. NEVER: none is found.
        """
        found = [moment for moment in self._openings(item, site) if moment > at]
        if item.shelf_life is not None:
            found += [at + days * 24 * _HOUR for days in range(1, _MONTH + 1)]
        for moment in sorted(found):
            if next(self.drafts(item, site, missing, 0, moment, moment + life), None) is not None:
                return moment
        return NEVER

    def _openings(self, item: Item, site: str) -> Iterator[int]:
        """Yield when orders would be there that begin on the days on which another way of getting an item begins."""
        zone = self.times.zone(site)
        for day in sorted(self.sources.openings(item.code, site)):
            start = max(self.now, micros(start_of(day, zone)))
            ways: list[Way] = [way for way in self.sources.terms(item, site) if way.sourcing.effective_on(day)]
            ways += [way for way in self.sources.routes(item, site) if way.lane.effective_on(day)]
            recipe = self._on(item, site, day)[1]
            ways += [] if recipe is None else [recipe]
            for way in ways:
                draft = Draft(item, 0, 0)
                draft.way = way
                yield self.soonest(draft, site, start)

    def ever(self, item: Item, site: str, missing: int, life: int) -> bool:  # noqa: ARG002  # limits do
        """Tell whether so much may ever be there at one time, good for so long: here orders are of any size."""
        return True

    def never(self, draft: Draft) -> str:  # noqa: ARG002  # a limit says
        """Say why an order never comes, if it is not for want of its parts."""
        return ""

    def follow_up(self, item: Item, site: str, at: int) -> Substitute | None:
        """Return what has taken the place of an item by a moment, today at the earliest; None: it may be ordered."""
        return self.sources.follow_up(item.code, self.times.day(max(at, self.now), site))

    def _makers(self, item: Item, supply: Supply | None) -> list[Item]:
        """Return the items beside which an item comes out, where it is neither made nor bought itself."""
        codes = () if supply is Supply.BUY else self.sources.makers.get(item.code, ())
        return [self.catalog.item(code) for code in codes]

    def _order(self, draft: Draft, way: Terms | Route, site: str, due: int) -> bool:
        """Size and place what is bought or moved; false if that is not open on the day of the start."""
        start, comes = self.times.placed(way, site, 0, due)
        validity: Sourcing | TransferLane = way.lane if isinstance(way, Route) else way.sourcing
        if not validity.effective_on(self.times.day(max(start, self.now), way.takes_from(site))):
            return False
        sizes = self.sizes(way, draft.item.code, site)
        self._cut(draft, sizes, draft.wanted + draft.safety, 1)
        if self.breaks and isinstance(way, Terms) and not draft.rest:
            draft.quantity = self._cheapest(way, sizes, draft.quantity, draft.item.scale)
        draft.good = draft.quantity
        draft.way, draft.start, draft.due = way, start, comes
        self._age(draft, site)
        return True

    def _cheapest(self, terms: Terms, sizes: LotSizes, quantity: int, scale: int) -> int:
        """Return an order of a quantity, or of one that reaches a price break, whichever costs less; if equal, less."""
        sourcing = terms.sourcing
        if sourcing.price is None or sizes.fixed:
            return quantity
        found = [(self._cost(sourcing, quantity, scale), quantity)]
        for one in sourcing.price_breaks:
            steps = round_scaled(self.catalog.base(sourcing.item, one.quantity), scale, Rounding.NEED)
            larger = sizes.size(steps) if steps > quantity else 0
            if larger and not (sizes.maximum and larger > sizes.maximum):
                found.append((self._cost(sourcing, larger, scale), larger))
        return min(found)[1]

    def _cost(self, sourcing: Sourcing, quantity: int, scale: int) -> Fraction:
        units = Fraction(quantity, 10**scale)
        price = unit_price(self.catalog, sourcing, units)
        return Fraction(0) if price is None else Fraction(price.amount) * units

    def _age(self, draft: Draft, site: str) -> None:
        """Note how old the goods of an order are once they may be used."""
        way = draft.way
        if isinstance(way, Terms) and way.buying is not None:
            found = self.times.bought(way, site, draft.start)
            draft.aged = found.ready - found.receive
        elif isinstance(way, Recipe) and way.inspection_time is not None:
            draft.aged = draft.due - self.times.finish(way, site, draft.due)

    def lasts(self, draft: Draft, at: int) -> bool:
        """Tell whether the goods of an order are still good at a moment."""
        life = (draft.co_product or draft.item).shelf_life
        return life is None or max(at, self.now) < max(draft.due, self.now) - draft.aged + life // MICROSECOND

    def _reason(self, item: Item, site: str, at: int, until: int) -> str:
        """Say why no way is open, or why what comes is not good until a moment."""
        follow_up = self.follow_up(item, site, at)
        if follow_up is not None:
            return f"{follow_up.item} has taken its place"
        if until > at and next(self.drafts(item, site, 1, 0, at), None) is not None:
            return f"what comes is not good until {self.times.day(until, site)}"
        day = self.times.day(max(self.times.worked(at, site), self.now), site)
        supply, recipe = self._on(item, site, day)
        if supply is Supply.MAKE and recipe is not None:
            without = self._make(Draft(item, 1, 0), item, site, self.times.worked(at, site))
            unmade = None if without is None else _no_bill(item, without)
            return unmade or "what is made before is no longer good then"
        if self.sources.terms(item, site):
            return self._not_bought(item, site, self.times.worked(at, site))
        if self.sources.routes(item, site):
            return "no lane is open on the day of leaving"
        return (
            _no_bill(item, day) if supply is Supply.MAKE or self.catalog.boms(item.code) else "neither made nor bought"
        )

    def _not_bought(self, item: Item, site: str, due: int) -> str:
        """Say why nothing can be bought: nobody's terms are valid, or what comes in by then has expired."""
        for way in self.sources.terms(item, site):
            start = self.times.start(way, site, 0, due)
            if way.sourcing.effective_on(self.times.day(max(start, self.now), site)):
                return "what is delivered before is no longer good then"
        return "no supplier's terms are valid on the day of ordering"

    def _make(self, draft: Draft, main: Item, site: str, due: int) -> date | None:
        """Size and place an order of `main` that brings what is wanted of the draft's item, which may be another.

        Return the day on which there is no bill for it; None: all is well.

        The bill is the one valid on the day of the start, which depends on the bill: it is looked up again until both
        agree; where they never do, the earlier start stands, with the bill valid then.
        """
        draft.due = due
        day = self.times.day(max(due, self.now), site)
        recipe = self._on(main, site, day)[1]
        earlier: int | None = None
        for _ in range(_MOST_REVISIONS):
            if recipe is None or not self._fill(draft, main, recipe, site):
                return day
            draft.start = self.times.start(recipe, site, draft.quantity, due)
            if earlier is not None and earlier < draft.start:
                draft.start = earlier
            earlier = draft.start
            day = self.times.day(max(draft.start, self.now), site)
            valid = self._on(main, site, day)[1]
            if valid is recipe:
                break
            recipe = valid
        draft.item = main
        self._age(draft, site)
        return None

    def _fill(self, draft: Draft, main: Item, recipe: Recipe, site: str) -> bool:
        """Set how much is started by a recipe, and what comes out; false if it does not bring the item."""
        draft.way = recipe
        draft.co_product = None if main is draft.item else draft.item
        if draft.co_product is not None and recipe.ratio(draft.item.code) is None:
            return False
        sizes, need = self.sizes(recipe, main.code, site), draft.wanted + draft.safety
        self._cut(draft, sizes, *recipe.to_start(need, draft.co_product))
        if draft.rest and (recipe.per_good != 1 or draft.co_product is not None):
            draft.rest = tuple(self._lossy(recipe, sizes, need, draft.co_product))[1:]
        self.yields(draft, recipe)
        return True

    def _lossy(self, recipe: Recipe, sizes: LotSizes, need: int, co_product: Item | None) -> Iterator[int]:
        """Yield the lots for a need where each loses some, and what comes out of each is whole."""
        for _ in range(MOST_LOTS):
            lots = sizes.split(*recipe.to_start(need, co_product))
            brings = self._brings(recipe, lots[0], co_product)
            if need <= brings or not brings:
                yield from lots if not brings else lots[:1]
                return
            yield lots[0]
            need -= brings

    def _brings(self, recipe: Recipe, started: int, co_product: Item | None) -> int:
        """Return how much of what is wanted comes out of an order."""
        if co_product is None:
            return recipe.good(started)
        return recipe.output(started, recipe.ratio(co_product.code) or Fraction(1), co_product.scale)

    @staticmethod
    def _cut(draft: Draft, sizes: LotSizes, top: int, bottom: int) -> None:
        """Set how much is started or bought, and how much by further orders where one is not enough."""
        draft.quantity, *rest = sizes.split(top, bottom) or (0,)
        draft.rest = tuple(rest)

    def sizes(self, way: Way, item: str, site: str) -> LotSizes:
        """Return the sizes of lots; where the plan found an economic quantity, that one as the way allows it."""
        economic = self.economic.get((item, site)) if self.economic else None
        return way.lots if economic is None else LotSizes(fixed=way.lots.split(economic)[0])

    def others(self, draft: Draft, site: str) -> Iterator[Draft]:
        """Yield an order and those cut from the same need, each with what it brings of it.

        A smaller one starts when it must, if its source is valid then, else with the first. They are due together.
        """
        wanted, safety, ahead = draft.wanted, draft.safety, draft.ahead
        way = draft.way
        for place, quantity in enumerate((draft.quantity, *draft.rest)):
            one = draft if not place else Draft(draft.item, 0, 0)
            if place and way is not None:
                one.co_product, one.way, one.due, one.quota = draft.co_product, way, draft.due, draft.quota
                one.quantity = one.good = quantity
                one.aged = draft.aged
                if isinstance(way, Recipe):
                    self.yields(one, way)
                one.start = self._later_start(one, way, draft.start, site)
            brings = one.good
            if one.co_product is not None:
                brings = next((much for code, much in one.outputs if code == one.co_product.code), 0)
            one.rest = ()
            one.wanted = min(wanted, brings)
            one.safety = min(safety, brings - one.wanted)
            one.ahead = min(ahead, brings - one.wanted - one.safety)
            wanted, safety, ahead = wanted - one.wanted, safety - one.safety, ahead - one.ahead
            yield one

    def _later_start(self, one: Draft, way: Way, first: int, site: str) -> int:
        start = max(first, self.times.start(way, site, one.quantity, one.due))
        return start if start <= one.due and self.holds(one, start, site) else first

    def holds(self, draft: Draft, start: int, site: str) -> bool:
        """Whether the way of an order is still the one for an order that starts at a moment."""
        way = draft.way
        if way is None:
            return False
        day = self.times.day(max(start, self.now), way.takes_from(site))
        if isinstance(way, Recipe):
            return self._on(draft.item, site, day)[1] is way
        return (way.lane if isinstance(way, Route) else way.sourcing).effective_on(day)

    def yields(self, draft: Draft, recipe: Recipe) -> None:
        """Set what comes out of what is started."""
        draft.good = recipe.good(draft.quantity)
        if recipe.outputs:
            draft.outputs = [
                (code, recipe.output(draft.quantity, ratio, self.catalog.item(code).scale))
                for code, ratio, _ in recipe.outputs
            ]

    def soonest(self, draft: Draft, site: str, start: int) -> int:
        """Return the earliest moment for which an order drawn up anew would start no earlier than at a moment.

        Mostly that is when it ends if it starts then. Where work does not go on at once, counting back from there leads
        to an earlier start: then the moment is searched for, up to ten years on. NEVER: there is none.
        """
        way = draft.way
        low = self.end(draft, site, start)
        if way is None or self._start_for(way, site, draft.quantity, low) >= start:
            return low
        step = _HOUR
        while self._start_for(way, site, draft.quantity, low + step) < start:
            step *= 2
            if step > _TEN_YEARS:
                return NEVER
        high = low + step
        while low + 1 < high:
            middle = (low + high) // 2
            if self._start_for(way, site, draft.quantity, middle) < start:
                low = middle
            else:
                high = middle
        return high

    def _start_for(self, way: Way, site: str, quantity: int, at: int) -> int:
        return self.times.start(way, site, quantity, self.times.worked(at, site))

    def place(self, draft: Draft, site: str) -> None:
        """Let an order start as late as it may, now that it is smaller."""
        if draft.way is not None:
            draft.start, draft.due = self.times.placed(draft.way, site, draft.quantity, draft.due)
            self._age(draft, site)

    def begin(self, draft: Draft, site: str, start: int, due: int) -> None:
        """Let an order start from a moment on, and be there at another one, which is no sooner than it can."""
        draft.start, draft.due = self.times.begins(draft.way, start), due
        self._age(draft, site)

    def occupy(self, _: Draft, __: str) -> Callable[[], object] | None:
        """Take note that an order for a site stands, and return how to take that back: capacity is used here."""
        return None

    def end(self, draft: Draft, site: str, start: int) -> int:
        """Return when an order that starts at a moment would be there."""
        return start if draft.way is None else self.times.end(draft.way, site, draft.quantity, start)

    def end_of(self, orders: Orders, number: int, site: str, start: int) -> int:
        """Return when an order of the plan would be there if it started at a moment."""
        way = orders.way[number]
        if way is None:
            return start + orders.due[number] - orders.start[number]
        return self.times.end(way, site, orders.quantity[number], start)


def _no_bill(item: Item, on: date) -> str:
    return f"no bill of material of {item.code} is valid on {on}"
