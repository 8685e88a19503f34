"""Groups of substitutes in netting: an order takes all lines of a group instead of all that it replaces, or none.

What goes in instead is taken of what is there by then and nobody else needs; none of it is ordered for that. Where all
that is wanted is known, level by level, what the groups of a level replace is looked at together, in the order of time,
with nothing ordered of it yet: so an order is given a group before any of its parts has been served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prodstock.master.bom_terms import Substitution
from prodstock.master.item import Supply
from prodstock.orders.planned import PlannedMake
from prodstock.planning.station import Shelf
from prodstock.planning.substituting import twin_of
from prodstock.planning.ways import Recipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from prodstock.master.bom import BillOfMaterial, SubstituteGroup
    from prodstock.planning.kernel import Place, Want
    from prodstock.planning.netting import Netting
    from prodstock.planning.station import Station
    from prodstock.planning.ways import Part, Way


class Member(NamedTuple):
    """What an order takes of an item of its groups: when, how much, and for which part of its bill."""

    part: Part
    moment: int
    need: int


class Grouping:
    """Which groups of substitutes the orders of one plan may take, and which they do where nothing holds them back."""

    def __init__(self, netting: Netting) -> None:
        self.netting = netting
        self._open: dict[int, list[tuple[int, Recipe]]] = {}
        self._levels: dict[tuple[tuple[str, ...], str], int | None] = {}

    def said(self, number: int) -> tuple[str, ...] | None:
        """Return the groups that a settled order says that it takes; None: the order is proposed."""
        settled = self.netting.orders.settled.get(number)
        return settled.groups if isinstance(settled, PlannedMake) else None

    def allowed(self, recipe: Recipe, days: Iterable[date], said: tuple[str, ...] | None) -> list[SubstituteGroup]:
        """Return the groups that an order may take that starts on one of some days, best first; or those it says."""
        bom = recipe.bom
        if bom is None or not bom.groups or recipe.groups:
            return []
        if said is None:
            found = [one for one in bom.groups if self.use(one) is not Substitution.NEVER]
        else:
            found = sorted((one for one in bom.groups if one.code in said), key=lambda one: said.index(one.code))
        every = list(days)
        chosen = self.netting.catalog.chosen(recipe.options)
        found = [one for one in found if all(_holds(bom, one, day, chosen) for day in every)]
        return [one for one in found if self.level(bom, one) is not None]

    def use(self, group: SubstituteGroup) -> Substitution:
        """Return when a group serves."""
        return group.use or self.netting.policy.substitutes

    def level(self, bom: BillOfMaterial, group: SubstituteGroup) -> int | None:
        """Return the level at which all that a group replaces is netted; None: it is not planned with.

        That is so where phantoms or shares are in it, where its items stand on other lines too or come out beside what
        they replace, and where something that it replaces is made of something else in it.
        """
        key = (bom.identity, group.code)
        if key not in self._levels:
            self._levels[key] = self._level(bom, group)
        return self._levels[key]

    def _level(self, bom: BillOfMaterial, group: SubstituteGroup) -> int | None:
        netting, replaced, instead = self.netting, set(group.replaces), members(group)
        supplies = {netting.catalog.item(code).supply for code in replaced | instead}
        shared = any(one.share for line in group.lines for one in line.substitutes)
        beside = any(instead & {*netting.group_of.get(code, ())} for code in replaced)
        twice = instead & {line.item for line in bom.lines}
        levels = {netting.levels[code] for code in replaced}
        late = max(netting.levels[code] for code in instead) > min(levels)
        unfit = Supply.PHANTOM in supplies or shared or beside or twice or late or len(levels) > 1
        return None if unfit else levels.pop()

    def way(self, recipe: Recipe, groups: Sequence[SubstituteGroup], site: str, day: date) -> Recipe:
        """Return the recipe with groups in the place of what they replace."""
        return self.netting.sources.with_groups(recipe, tuple(one.code for one in groups), site, day)

    def taken(self, way: Recipe, number: int) -> list[Member]:
        """Return what an order takes by a way of the items of the last of its groups."""
        orders = self.netting.orders
        start, due, quantity = orders.start[number], orders.due[number], orders.quantity[number]
        instead = members(way.groups[-1])
        parts = [part for part in way.parts if part.item in instead]
        found = [Member(part, part.moment(start, due, quantity), part.need(quantity)) for part in parts]
        return [one for one in found if one.need]

    def lent(self, taken: Sequence[Member], site: str, segment: str) -> bool:
        """Tell whether all that is taken is there by then, for the one who takes it, of the stock of a segment."""
        needs: dict[str, tuple[int, int]] = {}
        for part, moment, need in taken:
            first, much = needs.get(part.item, (moment, 0))
            needs[part.item] = min(first, moment), much + need
        for item, (moment, much) in needs.items():
            lender = self.netting.substituting.lender(item, site, segment)
            if lender is None or lender.there(max(moment, self.netting.now)) < much:
                return False
        return True

    # Level by level

    def note(self, numbers: Iterable[int], way: Way | None, site: str) -> None:
        """Note orders that may take groups, for when what these replace is netted."""
        if not isinstance(way, Recipe) or way.bom is None or not way.bom.groups:
            return
        for number in numbers:
            for level in {self.level(way.bom, group) for group in self.of_order(number, way, site)}:
                if level is not None:
                    self._open.setdefault(level, []).append((number, way))

    def of_order(self, number: int, plain: Recipe, site: str) -> list[SubstituteGroup]:
        """Return the groups that an order may take, best first; of a settled one those it says, in their order."""
        return self.allowed(plain, [self.day(number, site)], self.said(number))

    def day(self, number: int, site: str) -> date:
        """Return the day on which an order starts, today at the earliest."""
        return self.netting.times.day(max(self.netting.orders.start[number], self.netting.now), site)

    def decide(self, level: int) -> None:
        """Give orders the groups that replace what is netted at a level, before any of it is."""
        found = self._open.pop(level, [])
        if found:
            _Trial(self, level, found).run()


class _Trial:
    """What groups of a level replace, served in the order of time with nothing ordered, while orders take groups."""

    def __init__(self, grouping: Grouping, level: int, found: Sequence[tuple[int, Recipe]]) -> None:
        self.grouping = grouping
        self.netting: Netting = grouping.netting
        self.shelves: dict[Place, Shelf] = {}
        self.dropped: set[tuple[Place, int]] = set()
        self.plain = dict(found)
        self.open: dict[int, list[SubstituteGroup]] = {}
        for number, plain in found:
            site = self._site(number)
            groups = () if plain.bom is None else grouping.of_order(number, plain, site)
            self.open[number] = [one for one in groups if plain.bom and grouping.level(plain.bom, one) == level]
            for item in sorted({item for one in self.open[number] for item in one.replaces}):
                self._put(self.netting.known(item, site, self._segment(number)))
        self.wants: dict[int, list[tuple[Place, int]]] = {}
        for place, shelf in self.shelves.items():
            for index, want in enumerate(shelf.station.wants):
                if self._own(want, place[0]):
                    self.wants.setdefault(want[2] - self.netting.outside, []).append((place, index))

    def _site(self, number: int) -> str:
        return self.netting.stations[self.netting.orders.station[number]].site

    def _segment(self, number: int) -> str:
        return self.netting.whose(self.netting.outside + number)

    def _put(self, station: Station | None) -> None:
        if station is not None and station.place not in self.shelves:
            station.wants.sort()
            shelf = self.shelves[station.place] = Shelf(twin_of(station), self.netting.lives, self.netting.orders)
            self.netting.substituting.withhold(shelf)

    def _own(self, want: Want, item: str) -> bool:
        """Tell whether a want comes from a line for an item on the bill of an order that may take groups."""
        if want[2] - self.netting.outside not in self.open:
            return False
        part = self.netting.sources.parts[want[3]]
        return part.item == item and not part.phantom

    def run(self) -> None:
        """Serve all that is wanted, and let orders take groups on the way; then nobody wants what they replace."""
        queue = [
            (want, place, index)
            for place, shelf in self.shelves.items()
            for index, want in enumerate(shelf.station.wants)
        ]
        for want, place, index in sorted(queue):
            self._decide(want[2] - self.netting.outside)
            if (place, index) not in self.dropped:
                shelf, now = self.shelves[place], max(want[0], self.netting.now)
                shelf.admit(now)
                shelf.serve(index, int(want[4]), now)
        for place in {place for place, _ in self.dropped}:
            station = self.netting.places[place]
            kept = [want for index, want in enumerate(station.wants) if (place, index) not in self.dropped]
            station.wants = kept

    def _decide(self, number: int) -> None:
        """Let an order take the groups that are called for, when the first of what they replace is wanted."""
        for group in self.open.pop(number, ()):
            way = self.netting.orders.way[number]
            taken = way.groups if isinstance(way, Recipe) else ()
            wants = [one for one in self.wants.get(number, ()) if one[0][0] in group.replaces]
            if wants and fits(group, taken) and self._called_for(number, group, wants):
                self._take(number, [*taken, group], wants)

    def _called_for(self, number: int, group: SubstituteGroup, wants: Sequence[tuple[Place, int]]) -> bool:
        use = self.grouping.use(group)
        if use is Substitution.FIRST or self.grouping.said(number) is not None:
            return True
        return any(self._lacks(self.netting.places[place], self.shelves[place], index, use) for place, index in wants)

    def _lacks(self, station: Station, shelf: Shelf, index: int, use: Substitution) -> bool:
        """Tell whether a want lacks of what is there and what else stands in, and a group is called for because of it.

        What has taken the place of an item is ordered for it: then it does not lack.
        """
        substituting, at = self.netting.substituting, station.wants[index][0]
        now = max(at, self.netting.now)
        shelf.admit(now)
        missing = shelf.lacks(int(station.wants[index][4]), now)
        missing -= substituting.coverable(station, index, missing, now)
        if missing <= 0 or self.netting.proposer.follow_up(station.item, station.site, now) is not None:
            return False
        return use is Substitution.BEFORE_ORDERING or not substituting.in_time(station, missing, station.wished(at))

    def _take(self, number: int, groups: Sequence[SubstituteGroup], wants: Sequence[tuple[Place, int]]) -> None:
        """Let an order take the last of some groups, if all of it is there."""
        netting, site, segment = self.netting, self._site(number), self._segment(number)
        way = self.grouping.way(self.plain[number], groups, site, self.grouping.day(number, site))
        taken = self.grouping.taken(way, number)
        if not self.grouping.lent(taken, site, segment):
            return
        place, index = wants[0]
        priority = netting.places[place].wants[index][1]
        for part, moment, need in taken:
            lender = netting.substituting.lender(part.item, site, segment)
            if lender is not None:
                want = (moment, priority, netting.outside + number, part.number, need)
                lender.give(want, max(moment, netting.now))
        netting.orders.way[number] = way
        self.dropped.update(wants)


def members(group: SubstituteGroup) -> set[str]:
    """Return what goes in by a group."""
    return {line.item for line in group.lines}


def fits(group: SubstituteGroup, taken: Iterable[SubstituteGroup]) -> bool:
    """Tell whether a group may be taken beside others: they replace other items by other items."""
    both = members(group) | {*group.replaces}
    return all(both.isdisjoint(members(one) | {*one.replaces}) for one in taken)


def _holds(bom: BillOfMaterial, group: SubstituteGroup, day: date, chosen: Mapping[str, str]) -> bool:
    """Tell whether a group may be taken on a day: it holds, all that it replaces is needed, and it has lines."""
    needed = {line.item for line in bom.lines_on(day, chosen)}
    return (
        group.effective_on(day)
        and needed.issuperset(group.replaces)
        and any(line.effective_on(day) and line.applies(chosen) for line in group.lines)
    )
