"""What an order owes: packaging that its confirmed units need, and that was not there when they were confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.errors import NotAllowed
from prodstock.orders.lifecycle import LIFE, OrderAction, OrderState, after
from prodstock.orders.sheet import sheet_of, steps_of
from prodstock.quantities.scaled import from_scaled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.master.catalog import Catalog
    from prodstock.orders.production import ProductionOrder
    from prodstock.orders.sheet import Sheet, SheetLine


def owed(order: ProductionOrder, catalog: Catalog) -> dict[int, int]:
    """Return the packaging an order owes: by line what its confirmed units need beyond what was used for them.

    It is in the smallest steps of the line's item; lines that owe nothing are not in it. It follows from the order's
    figures, so it goes with whatever changes them, reversals included. O(lines of packaging).
    """
    sheet = sheet_of(order, catalog)
    return {line.number: more for line in sheet.packaging if (more := _owed(order, sheet, line)) > 0}


def _owed(order: ProductionOrder, sheet: Sheet, line: SheetLine) -> int:
    figures = order.step_figures[sheet.place[line.step]]
    entered = sum(steps_of(figure, sheet.item.scale) for figure in figures)
    return line.needed(entered) - steps_of(order.line_figures[line.number][1], line.scale)


def packed(order: ProductionOrder, catalog: Catalog) -> int | None:
    """Return for how many good units the packaging used suffices, in the smallest steps; None: nothing is owed.

    Units lost in a step that packs have taken their share of it, as `Report` counts; a line that is needed once for
    the whole order packs no unit until all of it was used.
    """
    sheet, fewest = sheet_of(order, catalog), None
    for number in owed(order, catalog):
        line = sheet.lines[number]
        used = steps_of(order.line_figures[number][1], line.scale)
        lost = steps_of(order.step_figures[sheet.place[line.step]][1], sheet.item.scale)
        covered = 0 if line.fixed else max(used * line.bottom // line.top - lost, 0)
        fewest = covered if fewest is None else min(fewest, covered)
    return fewest


def owed_words(order: ProductionOrder, catalog: Catalog) -> Iterator[str]:
    """Yield what an order owes as people say it: `3 pcs BOX`."""
    lines = sheet_of(order, catalog).lines
    for number, more in owed(order, catalog).items():
        yield f"{from_scaled(more, lines[number].scale):f} {lines[number].unit} {lines[number].item}"


def open_needs(order: ProductionOrder, catalog: Catalog) -> tuple[int, ...]:
    """Return for each line what may still be brought to the order, in the smallest steps of the line's item.

    What it needs and nobody has issued yet, and at least what it owes: of packaging that was issued, some may have been
    lost. A completed order wants only what it owes.
    """
    debts = owed(order, catalog)
    done = order.state is OrderState.COMPLETED
    return tuple(
        max(0 if done else line.need - steps_of(order.line_figures[line.number][0], line.scale), debts.get(at, 0))
        for at, line in enumerate(sheet_of(order, catalog).lines)
    )


def supplied_state(order: ProductionOrder, catalog: Catalog, action: OrderAction) -> OrderState:
    """Return the state of an order after goods are reserved for it or issued to it.

    Raises:
        NotAllowed: if the order's state forbids it: of a completed order, that it owes nothing.
    """
    state = after(order.code, order.state, action)
    if order.state is OrderState.COMPLETED and not owed(order, catalog):
        legal = tuple(one.value for start, one in LIFE if start is order.state and one not in _SUPPLIES)
        raise NotAllowed(what=order.code, state=order.state.value, asked=action.value, legal=legal)
    return state


_SUPPLIES = frozenset({OrderAction.RESERVE, OrderAction.ISSUE})
