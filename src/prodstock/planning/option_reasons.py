"""Which lines of an order's bill apply, and which do not, because of what is chosen of options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.master.item import Supply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prodstock.master.bom import BillOfMaterial, BomLine
    from prodstock.planning.netting import Netting
    from prodstock.planning.rows import OrderRow
    from prodstock.planning.ways import Recipe


def optional_lines(netting: Netting, order: OrderRow, recipe: Recipe) -> Iterator[str]:
    """Yield of each line that depends on options whether it applies and why, those of phantoms after the bill's own."""
    if not recipe.options or recipe.bom is None:
        return
    chosen, catalog = dict(recipe.options), netting.catalog
    site = order.station.site
    day = netting.times.day(max(order.start, netting.now), site)
    bills: list[BillOfMaterial] = [recipe.bom]
    for bom in bills:
        for line in bom.lines_on(day):
            if line.when is not None:
                yield _said(line, chosen, "" if bom is recipe.bom else f" of {bom.item}")
            below = None
            if line.applies(chosen) and catalog.item(line.item).supply is Supply.PHANTOM:
                below = catalog.bom(line.item, day, site=site)
            if below is not None and below not in bills:
                bills.append(below)


def _said(line: BomLine, chosen: Mapping[str, str], inside: str) -> str:
    names = dict.fromkeys(name for name, _ in line.when.said) if line.when is not None else ()
    because = " and ".join(f"{name} is {chosen[name]}" for name in names)
    if line.applies(chosen):
        return f"{line.item}{inside} goes in: {because}"
    return f"{line.item}{inside} is left out: {because}, and it goes in with {line.when}"
