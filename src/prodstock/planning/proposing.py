"""How much to order of what, and when: the source of the day, scrap, lot sizes and lead times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.master.item import Supply
from prodstock.planning.kernel import Proposal

if TYPE_CHECKING:
    from prodstock.master.catalog import Catalog
    from prodstock.master.item import Item
    from prodstock.planning.lead_time import LeadTimes
    from prodstock.planning.sources import Recipe, Sources

_MOST_REVISIONS = 100


class Proposer:
    """Makes proposals out of the definitions; knows no stock."""

    __slots__ = ("catalog", "now", "sources", "times")

    def __init__(self, sources: Sources, times: LeadTimes, now: int) -> None:
        self.catalog: Catalog = sources.catalog
        self.sources: Sources = sources
        self.times: LeadTimes = times
        self.now: int = now

    def order(self, item: Item, site: str, missing: int, below: int, at: int) -> tuple[Proposal | None, str]:
        """Return the order that would bring what is missing by a moment, and what is below the safety stock with it.

        Without a source, None and the reason. It may have to start in the past.
        """
        proposal = Proposal(item, site, missing, below)
        due = self.times.worked(at, site)
        supply, recipe = self.sources.on(item.code, site, self.times.day(max(due, self.now), site))
        if supply is Supply.BUY:
            return self._buy(proposal, due)
        if supply is Supply.MAKE and recipe is not None:
            return self._make(proposal, item, due)
        for maker in self.sources.makers.get(item.code, ()):
            found, _ = self._make(Proposal(item, site, missing, below), self.catalog.item(maker), due)
            if found is not None:
                return found, ""
        return self._buy(proposal, due)

    def _buy(self, proposal: Proposal, due: int) -> tuple[Proposal | None, str]:
        item, site = proposal.item, proposal.site
        terms = self.sources.terms(item, site)
        for sourcing, lots in terms:
            start = self.times.buy_start(sourcing, site, due)
            if sourcing.effective_on(self.times.day(max(start, self.now), site)):
                proposal.quantity = proposal.good = lots.size(proposal.wanted + proposal.safety, 1)
                proposal.sourcing, proposal.start, proposal.due = sourcing, start, due
                return proposal, ""
        reason = "no supplier's terms are valid on the day of ordering" if terms else "neither made nor bought"
        return None, f"no source: {reason}"

    def _make(self, proposal: Proposal, main: Item, due: int) -> tuple[Proposal | None, str]:
        """Size and place an order of `main` that brings what is wanted of the proposal's item, which may be another.

        The bill is the one valid on the day of the start, which depends on the bill: it is looked up again until both
        agree; where they never do, the earlier start stands, with the bill valid then.
        """
        site = proposal.site
        proposal.due = due
        day = self.times.day(max(due, self.now), site)
        recipe = self.sources.on(main.code, site, day)[1]
        earlier: int | None = None
        for _ in range(_MOST_REVISIONS):
            if recipe is None or not self._fill(proposal, main, recipe):
                return None, f"no source: no bill of material of {main.code} is valid on {day}"
            proposal.start = self.times.make_start(recipe, site, proposal.quantity, due)
            if earlier is not None and earlier < proposal.start:
                proposal.start = earlier
            earlier = proposal.start
            day = self.times.day(max(proposal.start, self.now), site)
            valid = self.sources.on(main.code, site, day)[1]
            if valid is recipe:
                break
            recipe = valid
        proposal.item = main
        return proposal, ""

    def _fill(self, proposal: Proposal, main: Item, recipe: Recipe) -> bool:
        """Set how much is started by a recipe, and what comes out; false if it does not bring the item."""
        proposal.recipe = recipe
        proposal.co_product = None if main is proposal.item else proposal.item
        if proposal.co_product is not None and recipe.ratio(proposal.item.code) is None:
            return False
        exact = proposal.exact_steps(main)
        proposal.quantity = recipe.lots.size(*exact)
        self.yields(proposal, recipe)
        return True

    def yields(self, proposal: Proposal, recipe: Recipe) -> None:
        """Set what comes out of what is started."""
        proposal.good = recipe.good(proposal.quantity)
        if recipe.outputs:
            proposal.outputs = [
                (code, recipe.output(proposal.quantity, ratio, self.catalog.item(code).scale))
                for code, ratio, _ in recipe.outputs
            ]

    def end(self, proposal: Proposal, start: int) -> int:
        """Return when an order that starts at a moment would be there."""
        if proposal.sourcing is not None:
            return self.times.buy_end(proposal.sourcing, proposal.site, start)
        if proposal.recipe is None:
            return start + proposal.due - proposal.start
        return self.times.make_end(proposal.recipe, proposal.site, proposal.quantity, start)
