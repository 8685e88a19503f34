"""Directed graphs of small integers: levels, circles and strong components, without recursion at any depth."""

from collections import deque
from collections.abc import Sequence


def longest_levels(targets: Sequence[Sequence[int]]) -> list[int] | None:
    """Return for each node the length of the longest path that ends in it, or None if the graph has a circle.

    Kahn's algorithm (CACM 5, 1962), O(nodes + edges).

    >>> longest_levels([[1, 2], [2], []])
    [0, 1, 2]
    """
    waiting = [0] * len(targets)
    for reached in targets:
        for target in reached:
            waiting[target] += 1
    levels = [0] * len(targets)
    ready = [node for node, count in enumerate(waiting) if not count]
    for node in ready:
        below = levels[node] + 1
        for target in targets[node]:
            if levels[target] < below:  # noqa: PLR1730 - a call would cost more than the rest of the loop
                levels[target] = below
            left = waiting[target] = waiting[target] - 1
            if not left:
                ready.append(target)
    return levels if len(ready) == len(targets) else None


def strong_components(targets: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the sets of nodes that reach each other, each set before all sets that lead to it.

    Tarjan's algorithm (SIAM J. Comput. 1, 1972) with a stack of its own, O(nodes + edges).

    >>> strong_components([[1], [0, 2], []])
    [[2], [1, 0]]
    """
    number: dict[int, int] = {}
    lowest: dict[int, int] = {}
    stack: list[int] = []
    stacked: set[int] = set()
    found: list[list[int]] = []
    for root in range(len(targets)):
        if root in number:
            continue
        path = [(root, iter(targets[root]))]
        number[root] = lowest[root] = len(number)
        stack.append(root)
        stacked.add(root)
        while path:
            node, rest = path[-1]
            target = next(rest, None)
            if target is None:
                path.pop()
                if path:
                    above = path[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == number[node]:
                    found.append(_unstacked(stack, stacked, node))
            elif target not in number:
                number[target] = lowest[target] = len(number)
                stack.append(target)
                stacked.add(target)
                path.append((target, iter(targets[target])))
            elif target in stacked:
                lowest[node] = min(lowest[node], number[target])
    return found


def _unstacked(stack: list[int], stacked: set[int], last: int) -> list[int]:
    members: list[int] = []
    while not members or members[-1] != last:
        members.append(stack.pop())
        stacked.discard(members[-1])
    return members


def condensed_levels(targets: Sequence[Sequence[int]]) -> list[int]:
    """Return for each node the length of the longest path to its component, counted in components.

    Nodes that reach each other share a level. O(nodes + edges).

    >>> condensed_levels([[1], [0, 2], []])
    [0, 0, 1]
    """
    components = strong_components(targets)
    component_of = [0] * len(targets)
    for position, members in enumerate(components):
        for node in members:
            component_of[node] = position
    levels = [0] * len(components)
    for position in range(len(components) - 1, -1, -1):
        below = levels[position] + 1
        for node in components[position]:
            for target in targets[node]:
                other = component_of[target]
                if other != position and levels[other] < below:
                    levels[other] = below
    return [levels[position] for position in component_of]


def shortest_path(targets: Sequence[Sequence[int]], start: int, end: int) -> list[int] | None:
    """Return a shortest path, both ends included, or None; of equally short ones the first by listed order.

    >>> shortest_path([[1, 2], [2], []], 0, 2)
    [0, 2]
    """
    came_from = {start: start}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        if node == end:
            return _walked_back(came_from, end)
        for target in targets[node]:
            if target not in came_from:
                came_from[target] = node
                queue.append(target)
    return None


def _walked_back(came_from: dict[int, int], end: int) -> list[int]:
    path = [end]
    while came_from[path[-1]] != path[-1]:
        path.append(came_from[path[-1]])
    return path[::-1]
