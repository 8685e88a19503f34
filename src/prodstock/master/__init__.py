"""Definitions: items, places, suppliers, bills of material, routings, and the catalog that holds them together.

Every name below is imported when it is first asked for. Inside the library, import from the module that defines it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodstock.master.alternative import Alternative, Secondary
    from prodstock.master.bom import (
        Basis,
        BillOfMaterial,
        BomLine,
        BomStatus,
        ByProduct,
        CoProduct,
        LineRole,
        ScrapBasis,
        Substitute,
        SubstituteGroup,
        Substitution,
        bom_lines,
        with_groups,
    )
    from prodstock.master.catalog import Catalog
    from prodstock.master.codes import ItemCode, SiteCode
    from prodstock.master.condition import Cases, Chosen, Condition
    from prodstock.master.definition import Definition
    from prodstock.master.depth import Depth
    from prodstock.master.difference import Change, LineChange, diff
    from prodstock.master.explosion import Explosion, Requirement, explode
    from prodstock.master.item import Inspection, Item, LotOrder, Supply, Tracking
    from prodstock.master.location import Location, LocationKind, LocationRole, Site
    from prodstock.master.lot_sizes import LotCut, LotSizes
    from prodstock.master.measure import EachBegun, Greatest, Least, Linear, Measure, RoundedUp, Stepped, Total
    from prodstock.master.option import Option
    from prodstock.master.order_line import OrderLine, expected_good, order_lines, quantity_to_start
    from prodstock.master.planning_parameters import LotRule, PlanningParameters
    from prodstock.master.quality_state import Quality, QualityState, Transition, Use
    from prodstock.master.release_criteria import Criterion, ReleaseCriteria
    from prodstock.master.resource import Resource
    from prodstock.master.revisions import RevisionChange, revision_changes
    from prodstock.master.routing import Operation, OperationKind, Routing, steps
    from prodstock.master.setups import Changeover, Combine, Setups
    from prodstock.master.sourcing import PriceBreak, Sourcing, Supplier
    from prodstock.master.where_used import WhereUsed

_HOMES = {
    "alternative": "Alternative Secondary",
    "bom": (
        "Basis BillOfMaterial BomLine BomStatus ByProduct CoProduct LineRole ScrapBasis Substitute SubstituteGroup "
        "Substitution bom_lines with_groups"
    ),
    "catalog": "Catalog",
    "codes": "ItemCode SiteCode",
    "condition": "Cases Chosen Condition",
    "definition": "Definition",
    "depth": "Depth",
    "difference": "Change LineChange diff",
    "explosion": "Explosion Requirement explode",
    "item": "Inspection Item LotOrder Supply Tracking",
    "location": "Location LocationKind LocationRole Site",
    "measure": "EachBegun Greatest Least Linear Measure RoundedUp Stepped Total",
    "lot_sizes": "LotCut LotSizes",
    "option": "Option",
    "order_line": "OrderLine expected_good order_lines quantity_to_start",
    "planning_parameters": "LotRule PlanningParameters",
    "quality_state": "Quality QualityState Transition Use",
    "release_criteria": "Criterion ReleaseCriteria",
    "resource": "Resource",
    "revisions": "RevisionChange revision_changes",
    "routing": "Operation OperationKind Routing steps",
    "setups": "Changeover Combine Setups",
    "sourcing": "PriceBreak Sourcing Supplier",
    "where_used": "WhereUsed",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "Alternative",
    "Basis",
    "BillOfMaterial",
    "BomLine",
    "BomStatus",
    "ByProduct",
    "Cases",
    "Catalog",
    "Change",
    "Changeover",
    "Chosen",
    "CoProduct",
    "Combine",
    "Condition",
    "Criterion",
    "Definition",
    "Depth",
    "EachBegun",
    "Explosion",
    "Greatest",
    "Inspection",
    "Item",
    "ItemCode",
    "Least",
    "LineChange",
    "LineRole",
    "Linear",
    "Location",
    "LocationKind",
    "LocationRole",
    "LotCut",
    "LotOrder",
    "LotRule",
    "LotSizes",
    "Measure",
    "Operation",
    "OperationKind",
    "Option",
    "OrderLine",
    "PlanningParameters",
    "PriceBreak",
    "Quality",
    "QualityState",
    "ReleaseCriteria",
    "Requirement",
    "Resource",
    "RevisionChange",
    "RoundedUp",
    "Routing",
    "ScrapBasis",
    "Secondary",
    "Setups",
    "Site",
    "SiteCode",
    "Sourcing",
    "Stepped",
    "Substitute",
    "SubstituteGroup",
    "Substitution",
    "Supplier",
    "Supply",
    "Total",
    "Tracking",
    "Transition",
    "Use",
    "WhereUsed",
    "bom_lines",
    "diff",
    "expected_good",
    "explode",
    "order_lines",
    "quantity_to_start",
    "revision_changes",
    "steps",
    "with_groups",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
