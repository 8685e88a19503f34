"""Groups of substitutes while wants are served one after another: tried beside the bill itself, of what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.master.bom_terms import Substitution
from prodstock.planning.asking import Asking, Reply
from prodstock.planning.grouping import fits, members
from prodstock.planning.made_to import suitable
from prodstock.planning.ways import Recipe
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from prodstock.master.bom import SubstituteGroup
    from prodstock.planning.asking import Call
    from prodstock.planning.feasible import Feasible
    from prodstock.planning.grouping import Grouping
    from prodstock.planning.kernel import Draft
    from prodstock.planning.netting import Netting

_STEPS = (Substitution.FIRST, Substitution.BEFORE_ORDERING, None, Substitution.WHEN_LATE)
"""When groups are tried; None: the order is made by its bill, all parts ordered that are not there."""


class Groups:
    """Orders with groups of substitutes, and those without, in the order in which they are tried."""

    def __init__(
        self,
        feasible: Feasible,
        in_lots: Callable[[Call, int, int, int], Asking],
        in_time: Callable[[Call, int, tuple[int, int, int]], Asking],
        order: Callable[[Call, Draft, int, int], Asking],
    ) -> None:
        """`in_lots` and `in_time` order by the bill itself, what is plainly planned or not; `order` a draft."""
        self.feasible = feasible
        self.netting: Netting = feasible.netting
        self.grouping: Grouping = feasible.netting.grouping
        self._in_lots, self._in_time, self._order = in_lots, in_time, order
        grouped, makers = self.netting.sources.grouped, self.netting.sources.makers
        self._concerned = grouped.union(item for item, by in makers.items() if not grouped.isdisjoint(by))

    def ways(self, call: Call, missing: int, when: tuple[int, int, int]) -> Asking:
        """Order what is missing for a moment, or as soon after up to the latest as it can be; good until a third."""
        if self._concerned and call.station.item.code in self._concerned:
            return self._in_steps(call, missing, when)
        return self._plain(call, missing, when)

    def _plain(self, call: Call, missing: int, when: tuple[int, int, int]) -> Asking:
        if call.station.handling is None:
            return self._in_lots(call, missing, when[0], when[2])
        return self._in_time(call, missing, when)

    def _in_steps(self, call: Call, missing: int, when: tuple[int, int, int]) -> Asking:
        """Order with groups what they serve first, by the bill what it can bring, and the rest with groups again."""
        rest, later, bound = missing, NEVER, None
        for step in _STEPS:
            if rest:
                asked = self._plain(call, rest, when) if step is None else self._with(call, rest, when[0], step)
                reply = yield from asked
                rest -= reply.got
                if reply.later < later:
                    later, bound = reply.later, reply.bound
        return Reply(missing - rest, later, bound) if rest else Reply(missing, NEVER)

    def _with(self, call: Call, missing: int, at: int, use: Substitution) -> Asking:
        """Order what is missing for a moment with the groups of a use, as far as all of these is there.

        Before any part is ordered: first by the bill itself, as far as what they would replace is there.
        """
        rest, later, bound = missing, NEVER, None
        first = self._draft(call, rest, at)
        for groups in () if first is None else self._sets(first, call.station.site, use):
            draft: Draft | None = self._draft(call, rest, at) if rest else None
            while draft is not None and self._may(draft, groups, call.station.site):
                lots, whole = bool(draft.rest), self._with_groups(draft, groups, call.station.site, use)
                reply = yield self._order(call, whole, rest, at)
                rest -= reply.got
                if reply.later < later:
                    later, bound = reply.later, reply.bound
                draft = self._draft(call, rest, at) if lots and rest and reply.got == whole.wanted else None
        return Reply(missing - rest, later, bound)

    def _draft(self, call: Call, missing: int, at: int) -> Draft | None:
        """Return the order for what is missing that is made by a bill with groups; None: there is none."""
        station = call.station
        drafts = self.netting.proposer.of(station.segment).drafts(station.item, station.site, missing, 0, at)
        for draft in suitable(drafts, station.item, call.fit.revision):
            if isinstance(draft.way, Recipe) and draft.way.bom is not None and draft.way.bom.groups:
                return draft
        return None

    def _allowed(self, draft: Draft, site: str) -> list[SubstituteGroup]:
        times, now, way = self.netting.times, self.netting.now, draft.way
        days = {times.day(max(moment, now), site) for moment in (draft.start, draft.due)}
        return self.grouping.allowed(way, sorted(days), None) if isinstance(way, Recipe) else []

    def _sets(self, draft: Draft, site: str, use: Substitution) -> Iterator[tuple[SubstituteGroup, ...]]:
        """Yield what to try: each group of a use by itself, then with those tried before; none: the bill itself."""
        every = self._allowed(draft, site)
        mine = [one for one in every if self.grouping.use(one) is use]
        if mine and use is Substitution.BEFORE_ORDERING:
            yield ()
        yield from ((one,) for one in mine)
        both: tuple[SubstituteGroup, ...] = ()
        tried = _STEPS[: _STEPS.index(use) + 1]
        for one in every if mine else ():
            if self.grouping.use(one) in tried and fits(one, both):
                both = (*both, one)
        if len(both) > 1:
            yield both

    def _may(self, draft: Draft, groups: Sequence[SubstituteGroup], site: str) -> bool:
        allowed = self._allowed(draft, site)
        return all(one in allowed for one in groups)

    def _with_groups(self, draft: Draft, groups: Sequence[SubstituteGroup], site: str, use: Substitution) -> Draft:
        """Return an order that takes groups, all of it there, or its bill with all there that groups would replace."""
        one = next(self.netting.proposer.others(draft, site)) if draft.rest else draft
        if isinstance(one.way, Recipe) and groups:
            day = self.netting.times.day(max(one.start, self.netting.now), site)
            one.way = self.grouping.way(one.way, groups, site, day)
            one.there = frozenset(item for group in groups for item in members(group))
        elif not groups:
            used = [group for group in self._allowed(draft, site) if self.grouping.use(group) is use]
            one.there = frozenset(item for group in used for item in group.replaces)
        return one

    def take_up(self, number: int) -> None:
        """Let a settled order take the groups that it says, each if all of it is there."""
        orders, said = self.netting.orders, self.grouping.said(number)
        plain, site = orders.way[number], self.netting.stations[orders.station[number]].site
        if not said or not isinstance(plain, Recipe):
            return
        taken: list[SubstituteGroup] = []
        segment = self.netting.whose(self.netting.outside + number)
        for group in self.grouping.of_order(number, plain, site):
            way = self.grouping.way(plain, [*taken, group], site, self.grouping.day(number, site))
            if fits(group, taken) and self.grouping.lent(self.grouping.taken(way, number), site, segment):
                taken.append(group)
                orders.way[number] = way
        self.feasible.journal.note(lambda: orders.way.__setitem__(number, plain))
