"""Definitions as they were given, by kind. What nobody gives need not be loaded: its kind is known by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.master.bom import BillOfMaterial
    from prodstock.master.definition import Definition
    from prodstock.master.item import Item
    from prodstock.master.location import Location, Site
    from prodstock.master.option import Option
    from prodstock.master.planning_parameters import PlanningParameters
    from prodstock.master.quality_state import QualityState, Transition
    from prodstock.master.quota import QuotaArrangement
    from prodstock.master.release_criteria import ReleaseCriteria
    from prodstock.master.resource import Resource
    from prodstock.master.routing import Routing
    from prodstock.master.sourcing import Sourcing, Supplier
    from prodstock.master.transfer_lane import TransferLane

_LISTS = {
    "location.Site": "sites",
    "location.Location": "locations",
    "item.Item": "items",
    "sourcing.Supplier": "suppliers",
    "sourcing.Sourcing": "sourcings",
    "transfer_lane.TransferLane": "lanes",
    "quota.QuotaArrangement": "quotas",
    "planning_parameters.PlanningParameters": "parameters",
    "resource.Resource": "resources",
    "routing.Routing": "routings",
    "bom.BillOfMaterial": "boms",
    "option.Option": "options",
    "release_criteria.ReleaseCriteria": "criteria",
    "quality_state.QualityState": "states",
    "quality_state.Transition": "transitions",
}
"""The kinds of definitions by module and class, in the order in which a catalog lists them, and their lists."""

KIND_NAMES = tuple(name.partition(".")[2] for name in _LISTS)
"""The kinds, in the order in which a catalog lists them."""


class Given:
    """The definitions of each kind in the order given, duplicates included."""

    __slots__ = tuple(_LISTS.values())

    def __init__(self) -> None:
        self.sites: list[Site] = []
        self.locations: list[Location] = []
        self.items: list[Item] = []
        self.suppliers: list[Supplier] = []
        self.sourcings: list[Sourcing] = []
        self.lanes: list[TransferLane] = []
        self.quotas: list[QuotaArrangement] = []
        self.parameters: list[PlanningParameters] = []
        self.resources: list[Resource] = []
        self.routings: list[Routing] = []
        self.boms: list[BillOfMaterial] = []
        self.options: list[Option] = []
        self.criteria: list[ReleaseCriteria] = []
        self.states: list[QualityState] = []
        self.transitions: list[Transition] = []

    def __iter__(self) -> Iterator[list[Definition]]:
        """Return the lists, in the order of the kinds."""
        return (getattr(self, name) for name in _LISTS.values())

    def of(self, kind: type) -> list[Definition] | None:
        """Return the list of a kind, or None if it is no kind of definition."""
        name = _LISTS.get(f"{kind.__module__}.{kind.__qualname__}".removeprefix("prodstock.master."))
        return None if name is None else getattr(self, name)
