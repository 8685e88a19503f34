"""What an order takes instead of items of its bill becomes lines of its own at the launch."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from prodstock.master.codes import ItemCode
from prodstock.quantities.scaled import from_scaled, power_of_ten
from prodstock.shopfloor.recipe import stale

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from prodstock.master.catalog import Catalog
    from prodstock.master.item import Item
    from prodstock.orders.planned import PlannedMake, StandIn
    from prodstock.orders.production import OrderLine


def with_stand_ins(
    lines: Sequence[OrderLine], planned: PlannedMake, catalog: Catalog, day: date
) -> tuple[OrderLine, ...]:
    """Return the lines of an order that takes what its plan says instead of items of its bill.

    Each line needs so much less, one that needs nothing any more is left out, and what stands in follows behind the
    others, at the step of what it replaces, for as many units. Of several lines those go first whose ratio is nearest
    to the plan's. What stands in may be replaced in turn by the item that follows it.

    Raises:
        Refused: if the plan is stale: the bill does not need so much of an item any more, or the other may not stand
            in for it that day.
    """
    split = _Split(lines, catalog, day)
    waiting = split.stand(planned.stand_ins, anywhere=False)
    for one in split.stand(waiting, anywhere=True):
        raise stale(planned, f"{one[0]} may not stand in for {one[3]:f} {one[2]} any more")
    kept = [line for line in split.lines if line.need]
    return tuple(attrs.evolve(line, number=number) for number, line in enumerate(kept))


class _Split:
    """The lines of an order, while some of them are replaced."""

    def __init__(self, lines: Sequence[OrderLine], catalog: Catalog, day: date) -> None:
        self.lines = list(lines)
        self.catalog = catalog
        self.day = day

    def stand(self, said: Sequence[StandIn], *, anywhere: bool) -> list[StandIn]:
        """Let stand in what may, again for what stands in itself, and return what could not.

        At last `anywhere`: on lines that do not name it, if others of the item do.
        """
        before, rest = -1, list(said)
        while rest and before != len(self.lines):
            before = len(self.lines)
            rest = [left for one in rest for left in self._one(one, anywhere=anywhere)]
        return rest

    def _one(self, said: StandIn, *, anywhere: bool) -> Iterator[StandIn]:
        """Let one stand in on the lines that allow it, and yield what is left of it."""
        item, much, replaced, of = said
        stands, named = self.catalog.item(item), [at for at, line in enumerate(self.lines) if line.item == replaced]
        allowed = [at for at in named if item in self._ratios(self.lines[at])]
        whole, wanted = self.catalog.scaled(item, much), self.catalog.scaled(replaced, of)
        average, given, covered = Fraction(much) / Fraction(of), 0, 0
        for place in sorted(named if anywhere and allowed else allowed, key=lambda at: self._far(at, item, average)):
            some = min(self.catalog.scaled(replaced, self.lines[place].need), wanted - covered)
            if some:
                covered += some
                share = whole * covered // wanted - given
                given += share
                self._replace(place, some, stands, share)
        if covered < wanted:
            rest = from_scaled(wanted - covered, self.catalog.item(replaced).scale)
            yield item, from_scaled(whole - given, stands.scale), replaced, rest

    def _ratios(self, line: OrderLine) -> dict[str, Fraction]:
        follow_up = self.catalog.item(line.item).follow_up
        followed = follow_up is not None and follow_up.effective_on(self.day)
        found = {follow_up.item: Fraction(follow_up.ratio)} if follow_up is not None and followed else {}
        return found | {item: Fraction(ratio) for item, ratio in line.substitutes}

    def _far(self, place: int, item: str, average: Fraction) -> tuple[bool, Fraction, int]:
        """Return how far the ratio of a line is from an average, from above last."""
        ratios = self._ratios(self.lines[place])
        ratio = ratios.get(item, Fraction(0))
        return ratio > average, abs(ratio - average), len(ratios)

    def _replace(self, place: int, covered: int, stands: Item, share: int) -> None:
        """Let a line need so much less, and what stands in for it follow behind the others; in smallest steps."""
        line = self.lines[place]
        scale = self.catalog.item(line.item).scale
        rest = from_scaled(self.catalog.scaled(line.item, line.need) - covered, scale)
        exact = line.exact - Fraction(covered, power_of_ten(scale))
        self.lines[place] = attrs.evolve(line, need=rest, exact=exact)
        if share:
            need, code = from_scaled(share, stands.scale), ItemCode(stands.code)
            more = attrs.evolve(line, item=code, need=need, exact=Fraction(need), unit=stands.unit, substitutes=())
            self.lines.append(more)
