"""Which definitions of two catalogs differ, and which items that touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from prodstock._render import shown
from prodstock.master.bom import BillOfMaterial
from prodstock.master.canonical import canonical
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item
from prodstock.master.option import Option
from prodstock.master.quota import QuotaArrangement
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.resource import Resource
from prodstock.master.routing import Routing
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.planning.changes.rows import Cause, CauseKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.master.catalog import Catalog
    from prodstock.master.definition import Definition


def definition_causes(before: Catalog, after: Catalog) -> Iterator[Cause]:
    """Yield a cause for each definition that is in one catalog only, or not the same in both.

    What belongs to an item touches it; a supplier touches what has terms with it, a resource what runs on it, an option
    what is made by it; a site, a location or a quality state may touch everything. O(definitions).
    """
    if before.content_hash() == after.content_hash():
        return
    first, second = _named(before), _named(after)
    for key in sorted(first.keys() | second.keys()):
        was, now = first.get(key), second.get(key)
        one = now if now is not None else was
        if one is None or (was is not None and now is not None and canonical(was) == canonical(now)):
            continue
        name = " ".join((key[0], *(part for part in key[1] if part)))
        if was is None:
            text = f"{name}: new"
        elif now is None:
            text = f"{name}: gone"
        else:
            text = f"{name}: {_fields(was, now)}"
        items = sorted(_items(before, one) | _items(after, one))
        yield Cause(CauseKind.CATALOG, name, text, tuple(map(ItemCode, items)), everything=_touches_all(one))


def _named(catalog: Catalog) -> dict[tuple[str, tuple[str, ...]], Definition]:
    return {(type(one).__name__, one.identity): one for one in catalog.definitions}


def _fields(was: Definition, now: Definition) -> str:
    fields = attrs.fields(type(was))  # type: ignore[arg-type]  # definitions are records
    told = []
    for field in fields:
        one, other = getattr(was, field.name), getattr(now, field.name)
        if canonical(one) != canonical(other):
            values = "" if isinstance(one, tuple) else f" {_short(one)} to {_short(other)}"
            told.append(field.name.replace("_", " ") + values)
    return ", ".join(told)


def _short(value: object) -> str:
    text = "nothing" if value is None else shown(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _touches_all(one: Definition) -> bool:
    known = Item | BillOfMaterial | Option | Routing | Sourcing | ReleaseCriteria | Supplier | Resource
    return not isinstance(one, known | QuotaArrangement)


def _items(catalog: Catalog, one: Definition) -> set[str]:
    match one:
        case Item():
            return {one.code}
        case BillOfMaterial() | Routing() | Sourcing() | ReleaseCriteria() | QuotaArrangement():
            return {one.item}
        case Option():
            return {item.code for item in catalog.items if one.code in catalog.decisive(item.code)}
        case Supplier():
            return {
                item.code
                for item in catalog.items
                for site in catalog.sites
                if any(terms.supplier == one.code for terms in catalog.sourcings(item.code, site.code))
            }
        case Resource():
            return {
                item.code
                for item in catalog.items
                for routing in catalog.routings(item.code)
                if any(step.resource == one.code for step in routing.operations)
            }
        case _:
            return set()
