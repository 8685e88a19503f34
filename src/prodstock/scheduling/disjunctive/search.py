"""Tabu search on the disjunctive graph, from the best of the rules and from ways between good schedules."""

from __future__ import annotations

from contextlib import suppress
from random import Random  # noqa: TID251 - the seed is passed in
from typing import TYPE_CHECKING, NamedTuple

from prodstock.scheduling.disjunctive.graph import Graph
from prodstock.scheduling.disjunctive.moves import ahead, behind, elsewhere, moves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.budget import Budget
    from prodstock.scheduling.disjunctive.moves import Far, Near
    from prodstock.scheduling.disjunctive.shop import Shop

PATIENCE = 2_000
"""A walk ends after so many moves without a better schedule."""
ELITE = 8
"""How many good schedules are kept."""
_TENURE = 10
"""For how many moves at least what was undone is not done again; with the operations of a chain for each machine."""
_ENDLESS = 1 << 62


class Solution(NamedTuple):
    """A schedule of a shop: how long it takes, when each operation starts, and in which mode."""

    length: int
    heads: list[int]
    modes: list[int]


class Walk:
    """A walk from schedule to schedule, each by the move that promises most of those that undo nothing done lately."""

    def __init__(self, shop: Shop, start: Solution, random: Random) -> None:
        self._graph = Graph(shop, start.heads, start.modes)
        self._random = random
        self._flexible = shop.flexible
        self._barred: dict[int, int] = {}
        self._tenure = _TENURE + len(shop.lasts) // shop.machines
        self._step = 0
        self._length = self._graph.length()
        self.best = self._here()

    def step(self) -> bool:
        """Make a move, and say whether there was one."""
        graph = self._graph
        self._step += 1
        way = self._longest()
        estimate, near = self._near(way)
        far = self._far(way, estimate) if self._flexible else None
        if far is not None:
            one, mode, left, right = far
            self._bar(-1 - one * graph.shop.machines - graph.machine[one])
        elif near is not None:
            one, other, later = near
            for at in self._past(one, other, later=later):
                self._bar(one * graph.none + at if later else at * graph.none + one)
            mode = graph.mode[one]
            left, right = (other, graph.right[other]) if later else (graph.left[other], other)
        else:
            return False
        graph.put(one, mode, left, right)
        self._length = graph.length()
        if self._length < self.best.length:
            self.best = self._here()
        return True

    def _longest(self) -> list[int]:
        """Return the operations of a longest way in their order; which of several, is drawn. O(what is on it)."""
        graph, random = self._graph, self._random
        head, span, work, sooner, left, none = (
            graph.head, graph.span, graph.work, graph.sooner, graph.left, graph.none,
        )  # fmt: skip
        ends = [one for one in graph.shop.lasts if head[one] + span[one] == self._length]
        one = ends[0] if len(ends) == 1 else random.choice(ends)
        found = []
        while one < none:
            found.append(one)
            before, beside, start = sooner[one], left[one], head[one]
            chained = before < none and head[before] + span[before] == start
            if beside < none and head[beside] + work[beside] == start and not (chained and random.random() < 0.5):
                one = beside
            elif chained:
                one = before
            else:
                break
        found.reverse()
        return found

    def _here(self) -> Solution:
        return Solution(self._length, self._graph.head[: self._graph.none], self._graph.mode[:])

    def _bar(self, key: int) -> None:
        self._barred[key] = self._step + self._tenure + self._random.randrange(max(1, self._tenure * 2 // 5))

    def _past(self, one: int, other: int, *, later: bool) -> list[int]:
        """Return what an operation moves past, to the other."""
        beside, found = self._graph.right if later else self._graph.left, []
        while one != other:
            one = beside[one]
            found.append(one)
        return found

    def _undoes(self, one: int, other: int, *, later: bool) -> bool:
        """Tell whether a move brings back an order that is barred."""
        count, barred, step = self._graph.none, self._barred, self._step
        for at in self._past(one, other, later=later):
            if barred.get(at * count + one if later else one * count + at, 0) > step:
                return True
        return False

    def _near(self, way: Sequence[int]) -> tuple[int, Near | None]:
        """Return the move on one machine that promises most, with its estimate; if all are barred, any of them."""
        graph, random, most = self._graph, self._random, self.best.length
        chosen, estimate, ties, others = None, _ENDLESS, 0, []
        for move in moves(graph, way):
            one, other, later = move
            found = (behind if later else ahead)(graph, one, other, estimate)
            if found > estimate or (found >= most and self._undoes(one, other, later=later)):
                others.append(move)
            elif found < estimate:
                chosen, estimate, ties = move, found, 1
            else:
                ties += 1
                if random.random() * ties < 1:
                    chosen = move
        if chosen is None and others:
            chosen = random.choice(others)
        return estimate, chosen

    def _far(self, way: Sequence[int], estimate: int) -> Far | None:
        """Return the move to another machine that promises most, if it promises as much as an estimate."""
        graph, random, most, barred, step = self._graph, self._random, self.best.length, self._barred, self._step
        ways, machines = graph.shop.ways, graph.shop.machines
        chosen, ties = None, 1
        for found, move in elsewhere(graph, way):
            if found > estimate:
                continue
            one, mode = move[:2]
            if found >= most and barred.get(-1 - one * machines - ways[one][mode][0], 0) > step:
                continue
            ties = 1 if found < estimate else ties + 1
            if ties == 1 or random.random() * ties < 1:
                chosen = move
            estimate = found
        return chosen


class Search:
    """Walks from good schedules and from between them, the best of which are kept."""

    def __init__(self, shop: Shop, seed: int, budget: Budget) -> None:
        self._shop = shop
        self._random = Random(seed)  # noqa: S311 - a search, no secret
        self._budget = budget
        self._least = shop.least()
        self._elite: list[Solution] = []

    def run(self, start: Solution) -> Solution:
        """Return the best schedule found from one that there is; it ends early where none can be better."""
        walk = Walk(self._shop, start, self._random)
        with suppress(KeyboardInterrupt):
            while self._goes_on(walk):
                self._keep(walk.best)
                walk = Walk(self._shop, self._begin(), self._random)
        return min([*self._elite, walk.best], key=_length)

    def _goes_on(self, walk: Walk) -> bool:
        """Walk to the end, and say whether another walk may begin."""
        budget, since, best = self._budget, 0, walk.best
        while since < PATIENCE and best.length > self._least and not budget.spent():
            if not walk.step():
                break
            budget.count()
            since += 1
            if walk.best is not best:
                since, best = 0, walk.best
        return best.length > self._least and not budget.spent()

    def _keep(self, found: Solution) -> None:
        """Keep a schedule, and no more than the best of them."""
        if found not in self._elite:
            self._elite.append(found)
        if len(self._elite) > ELITE:
            self._elite.remove(max(self._elite, key=_length))

    def _begin(self) -> Solution:
        """Return where another walk begins: between two good schedules, or, while there are few, a good one and any."""
        if len(self._elite) < ELITE:
            return self._between(self._drawn(), min(self._elite, key=_length), 0.5)
        first, second = self._random.sample(self._elite, 2)
        return self._between(first, second, 0.3 + 0.4 * self._random.random())

    def _between(self, first: Solution, second: Solution, share: float) -> Solution:
        """Return what lies between two schedules: what both do in one order stays so, the rest by a mean of starts.

        It goes by the first one's times, times 1 - share, and the second one's, times share.
        """
        keys = [
            round(1024 * (one * (1 - share) + other * share))
            for one, other in zip(first.heads, second.heads, strict=True)
        ]
        random = self._random.random
        modes = [
            one if one == other or random() > share else other
            for one, other in zip(first.modes, second.modes, strict=True)
        ]
        return Solution(0, keys, modes)

    def _drawn(self) -> Solution:
        """Return a schedule in which whatever could be next is, and in whatever mode."""
        shop, random = self._shop, self._random
        heads, modes, free = [0] * shop.operations, [0] * shop.operations, [0] * shop.machines
        ready = [
            (one, shop.starts[shop.sooner[one] - shop.operations - 1])
            for one in range(shop.operations)
            if shop.sooner[one] > shop.operations
        ]
        while ready:
            at = random.randrange(len(ready))
            one, since = ready[at]
            modes[one] = mode = random.randrange(len(shop.ways[one]))
            machine, work = shop.ways[one][mode]
            heads[one] = start = max(since, free[machine])
            free[machine] = start + work
            if shop.later[one] < shop.operations:
                ready[at] = shop.later[one], start + work + shop.waits[one]
            else:
                ready[at] = ready[-1]
                ready.pop()
        return Solution(0, heads, modes)


def _length(one: Solution) -> int:
    return one.length
