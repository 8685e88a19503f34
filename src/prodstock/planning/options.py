"""What is chosen of options by those for whom something is made, as a snapshot has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.errors import Finding, InvalidValueError, UnknownCode
from prodstock.orders.demand import Demand, segment_of
from prodstock.orders.planned import PlannedMake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.master.catalog import Catalog
    from prodstock.master.choices import Choices
    from prodstock.orders.production import ProductionOrder
    from prodstock.planning.snapshot import Snapshot


def option_findings(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield where a demand or a settled order names options that there are not, or that do not go together."""
    for row, one in enumerate(snapshot.promises, 1):
        if isinstance(one, Demand) and one.options:
            yield from _unknown(snapshot.catalog, "promises", row, one.options)
    for row, order in enumerate(snapshot.firm, 1):
        if isinstance(order, PlannedMake) and order.options:
            yield from _unknown(snapshot.catalog, "firm", row, order.options)


def _unknown(catalog: Catalog, table: str, row: int, given: Choices) -> Iterator[Finding]:
    try:
        chosen = catalog.chosen(given)
        catalog.variants.refuse_unfit(chosen, given=chosen if table == "promises" else dict(given))
    except (UnknownCode, InvalidValueError) as error:
        yield Finding(table, row, "options", error.code, error.message, error.hint)


def options_by(order: PlannedMake | ProductionOrder, snapshot: Snapshot, catalog: Catalog) -> Choices:
    """Return what an order, or the demand that it is made to, has chosen of the options that a catalog has."""
    found: dict[str, str] = {}
    if order.segment:
        for one in snapshot.promises:
            if isinstance(one, Demand) and one.options and segment_of(one, one.ref or "") == order.segment:
                found |= dict(one.options)
    found |= dict(order.options)
    there = {(option.code, value) for option in catalog.options for value in option.values} if found else ()
    return tuple(sorted(pair for pair in found.items() if pair in there))
