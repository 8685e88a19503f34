"""A genetic search for the order in which a project's activities are placed."""

from __future__ import annotations

from contextlib import suppress
from heapq import heapify, heappop, heappush
from random import Random  # noqa: TID251 - the seed is passed in
from typing import TYPE_CHECKING, NamedTuple

from prodstock.scheduling.cumulative.place import place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodstock.scheduling.budget import Budget
    from prodstock.scheduling.cumulative.project import Project

POPULATION = 60
"""How many schedules are kept."""
PATIENCE = 400
"""After so many schedules without a better one a population is given up for another."""
_ENDLESS = 1 << 62
CHANGED = 0.1
"""How often an activity changes places with the next one, if it may."""


class Solution(NamedTuple):
    """A schedule of a project: how long it takes, and when each activity starts."""

    length: int
    starts: list[int]


class Search:
    """A population of schedules, each pushed together from both ends; two of them make another, until none is better.

    After the hybrid genetic algorithm of Valls, Ballestin and Quintanilla (2008), with crossover at two points
    (Hartmann 1998) and forward-backward improvement (Li and Willis 1992).
    """

    def __init__(self, project: Project, seed: int, budget: Budget) -> None:
        self._project = project
        self._reversed = project.reversed()
        self._random = Random(seed)  # noqa: S311 - a search, no secret
        self._budget = budget
        self._rests = self._longest_rests()
        heads = place(project._replace(needs=[()] * len(project.works)), self._by_precedence())
        self._least = max([head + rest for head, rest in zip(heads, self._rests, strict=True)], default=0)
        self._pool: list[Solution] = []

    def run(self, starts: Sequence[int]) -> Solution:
        """Return the best schedule found from one that there is; it ends early where none can be better."""
        best = self._solution(list(starts))
        with suppress(KeyboardInterrupt):
            since, least = 0, best.length
            while best.length > self._least and not self._budget.spent():
                found = self._pushed(self._drawn() if len(self._pool) < POPULATION else self._child())
                best = min(best, found, key=_length)
                self._keep(found)
                self._budget.count()
                since = 0 if found.length < least else since + 1
                least = min(least, found.length)
                if since > PATIENCE:
                    self._pool, since, least = [], 0, _ENDLESS
        return best

    def _solution(self, starts: list[int]) -> Solution:
        works = self._project.works
        return Solution(max([start + work for start, work in zip(starts, works, strict=True)], default=0), starts)

    def _keep(self, found: Solution) -> None:
        """Keep a schedule instead of the worst, unless it is that or there is one like it."""
        if found in self._pool:
            return
        self._pool.append(found)
        if len(self._pool) > POPULATION:
            self._pool.remove(max(self._pool, key=_length))

    def _pushed(self, order: Sequence[int]) -> Solution:
        """Return the schedule of an order, pushed to its end and back to its start while that makes it shorter."""
        project, count = self._project, len(self._project.works)
        best = self._solution(place(project, order))
        while True:
            ends = [start + work for start, work in zip(best.starts, project.works, strict=True)]
            back = place(self._reversed, listed(self._reversed, [-end for end in ends]))
            last = [-back[one] - project.works[one] for one in range(count)]
            found = self._solution(place(project, listed(project, last)))
            if found.length >= best.length:
                return found if found.length == best.length else best
            best = found

    def _by_precedence(self) -> list[int]:
        return listed(self._project, [0] * len(self._project.works))

    def _longest_rests(self) -> list[int]:
        """Return how long it is from the start of each activity to the end of all at least, by what comes after it."""
        rests = [0] * len(self._project.works)
        for one in reversed(self._by_precedence()):
            rest = max([lag + rests[other] for other, lag in self._project.after[one]], default=0)
            rests[one] = self._project.works[one] + rest
        return rests

    def _drawn(self) -> list[int]:
        """Return an order by how much comes after each, and by chance."""
        random = self._random.random
        return listed(self._project, [-rest * (0.5 + random()) for rest in self._rests])

    def _child(self) -> list[int]:
        """Return an order from those of two good schedules, a little changed."""
        mother, father = self._parent(), self._parent()
        count = len(mother)
        first, second = sorted((self._random.randrange(count + 1), self._random.randrange(count + 1)))
        head = mother[:first]
        seen = set(head)
        middle = [one for one in father if one not in seen][: second - first]
        seen.update(middle)
        child = [*head, *middle, *(one for one in mother if one not in seen)]
        for at in range(count - 1):
            one, following = child[at], child[at + 1]
            if self._random.random() < CHANGED and all(other != one for other, _ in self._project.before[following]):
                child[at], child[at + 1] = following, one
        return child

    def _parent(self) -> list[int]:
        """Return the order of the better of two schedules that are drawn."""
        drawn = self._random.choices(self._pool, k=2)
        starts = min(drawn, key=_length).starts
        return listed(self._project, starts)


def listed(project: Project, keys: Sequence[float]) -> list[int]:
    """Return all activities in the order of keys, none before what it comes after; ties by number. O(n log n)."""
    waits = [len(before) for before in project.before]
    ready = [(keys[one], one) for one, count in enumerate(waits) if not count]
    heapify(ready)
    found = []
    while ready:
        one = heappop(ready)[1]
        found.append(one)
        for other, _ in project.after[one]:
            waits[other] -= 1
            if not waits[other]:
                heappush(ready, (keys[other], other))
    return found


def _length(one: Solution) -> int:
    return one.length
