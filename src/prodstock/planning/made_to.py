"""Which revision goods are made to that an order brings, where somebody asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.orders.planned import PlannedBuy
from prodstock.planning.ways import Recipe, Terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.master.item import Item
    from prodstock.planning.kernel import Draft, Orders
    from prodstock.planning.ways import Way


def suits(way: Way | None, item: Item, revision: str) -> bool:
    """Tell whether what comes one way is of a revision; the empty one: any will do.

    What is made is of the revision of its bill, what is bought of the one that is ordered. Of what is moved, or comes
    out beside something else, nobody knows it before it is there.
    """
    if not revision or isinstance(way, Terms):
        return True
    return isinstance(way, Recipe) and way.item.code == item.code and way.revision == revision


def brings(orders: Orders, number: int, item: Item, revision: str) -> bool:
    """Tell whether what an order of the plan brings of an item is of a revision; the empty one: any will do."""
    return isinstance(orders.settled.get(number), PlannedBuy) or suits(orders.way[number], item, revision)


def suitable(drafts: Iterable[Draft], item: Item, revision: str) -> Iterator[Draft]:
    """Yield those of some orders that bring an item of a revision."""
    return (draft for draft in drafts if suits(draft.way, item, revision))


def otherwise(drafts: Iterable[Draft], item: Item, revision: str) -> str:
    """Say of what revision the orders are that would come; empty: there are none."""
    made = sorted({_revision(draft, item) for draft in drafts})
    return f"revision {revision} is asked for, and {' or '.join(made)} is what comes then" if made else ""


def _revision(draft: Draft, item: Item) -> str:
    way = draft.way
    known = isinstance(way, Recipe) and way.item.code == item.code and way.revision
    return f"revision {known}" if known else "one that nobody knows"
