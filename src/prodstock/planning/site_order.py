"""In which order the stations of an item are netted: each site after all that it supplies; and what goes together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet


def ranks(lanes: AbstractSet[tuple[str, str]], moves: AbstractSet[tuple[str, str]]) -> Mapping[str, int]:
    """Return of each site how many steps at most it is away from the last that it supplies; sites not named have 0.

    Lanes never make a circle; a settled move that would make one with them, or with moves before it, does not count.

    Args:
        lanes: pairs of source and target.
        moves: those of moves that people have settled, which may follow no lane.

    >>> ranks({("CENTRAL", "NORTH"), ("PLANT", "CENTRAL")}, {("NORTH", "PLANT"), ("NORTH", "SOUTH")})
    {'CENTRAL': 2, 'NORTH': 1, 'PLANT': 3, 'SOUTH': 0}
    """
    targets: dict[str, set[str]] = {}
    for source, target in lanes:
        targets.setdefault(source, set()).add(target)
        targets.setdefault(target, set())
    for source, target in sorted(moves - lanes):
        if source not in _reached(target, targets):
            targets.setdefault(source, set()).add(target)
            targets.setdefault(target, set())
    found = dict.fromkeys(sorted(targets), 0)
    for site in _suppliers_last(targets):
        found[site] = max((found[target] + 1 for target in targets[site]), default=0)
    return found


def _reached(site: str, targets: Mapping[str, Iterable[str]]) -> set[str]:
    found, pending = {site}, [site]
    while pending:
        new = set(targets.get(pending.pop(), ())) - found
        found |= new
        pending += new
    return found


def _suppliers_last(targets: Mapping[str, set[str]]) -> list[str]:
    """Return the sites, each after all that it supplies."""
    open_targets = {site: set(found) for site, found in targets.items()}
    order: list[str] = []
    while open_targets:
        last = [site for site, rest in open_targets.items() if not rest]
        for site in last:
            del open_targets[site]
        for rest in open_targets.values():
            rest.difference_update(last)
        order += last
    return order


def groups(makers: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return, for each item that comes out beside others, all items that must be netted together with it."""
    group: dict[str, set[str]] = {}
    for item, mains in makers.items():
        joined = {item, *mains}
        for one in tuple(joined):
            joined |= group.get(one, set())
        for one in joined:
            group[one] = joined
    return {item: tuple(sorted(joined)) for item, joined in group.items()}
