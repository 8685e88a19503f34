"""Manufacturing and production inventory: what exists, what it may be used for, and what follows from it.

The names here are the public face. They are loaded when they are first used, so that importing the package is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodstock.calendars.calendar import Calendar as Calendar
    from prodstock.calendars.downtime import Downtime as Downtime
    from prodstock.calendars.exception import CalendarException as CalendarException
    from prodstock.calendars.holidays import Holidays as Holidays
    from prodstock.calendars.horizon import buckets as buckets
    from prodstock.calendars.recurrence import Recurrence as Recurrence
    from prodstock.calendars.span import WorkingDays as WorkingDays
    from prodstock.calendars.span import working_days as working_days
    from prodstock.codec import Floats as Floats
    from prodstock.codec import dump_document as dump_document
    from prodstock.codec import dumps as dumps
    from prodstock.codec import from_records as from_records
    from prodstock.codec import load_document as load_document
    from prodstock.codec import load_event as load_event
    from prodstock.codec import loads as loads
    from prodstock.decisions import decide as decide
    from prodstock.errors import AmbiguousCode as AmbiguousCode
    from prodstock.errors import BrokenInvariant as BrokenInvariant
    from prodstock.errors import CannotReserve as CannotReserve
    from prodstock.errors import Conflict as Conflict
    from prodstock.errors import Finding as Finding
    from prodstock.errors import InvalidData as InvalidData
    from prodstock.errors import InvalidTypeError as InvalidTypeError
    from prodstock.errors import InvalidValueError as InvalidValueError
    from prodstock.errors import KeyReused as KeyReused
    from prodstock.errors import NotAllowed as NotAllowed
    from prodstock.errors import NotEnough as NotEnough
    from prodstock.errors import NotReleasable as NotReleasable
    from prodstock.errors import ProdstockError as ProdstockError
    from prodstock.errors import Refused as Refused
    from prodstock.errors import ShortLine as ShortLine
    from prodstock.errors import UnknownCode as UnknownCode
    from prodstock.journal.command import Command as Command
    from prodstock.journal.command import Done as Done
    from prodstock.journal.command import Together as Together
    from prodstock.journal.commit import Batch as Batch
    from prodstock.journal.commit import Event as Event
    from prodstock.journal.commit import Recorded as Recorded
    from prodstock.journal.store import Clock as Clock
    from prodstock.journal.store import CountingIds as CountingIds
    from prodstock.journal.store import EventStore as EventStore
    from prodstock.journal.store import IdSource as IdSource
    from prodstock.journal.store import ListsStreams as ListsStreams
    from prodstock.journal.store import ManualClock as ManualClock
    from prodstock.journal.store import MemoryEvents as MemoryEvents
    from prodstock.journal.store import SystemClock as SystemClock
    from prodstock.journal.stream import Stream as Stream
    from prodstock.master.bom import Basis as Basis
    from prodstock.master.bom import BillOfMaterial as BillOfMaterial
    from prodstock.master.bom import BomLine as BomLine
    from prodstock.master.bom import BomStatus as BomStatus
    from prodstock.master.bom import ByProduct as ByProduct
    from prodstock.master.bom import CoProduct as CoProduct
    from prodstock.master.bom import LineRole as LineRole
    from prodstock.master.bom import ScrapBasis as ScrapBasis
    from prodstock.master.bom import Substitute as Substitute
    from prodstock.master.catalog import Catalog as Catalog
    from prodstock.master.definition import Definition as Definition
    from prodstock.master.explosion import Explosion as Explosion
    from prodstock.master.explosion import Requirement as Requirement
    from prodstock.master.explosion import explode as explode
    from prodstock.master.item import Inspection as Inspection
    from prodstock.master.item import Item as Item
    from prodstock.master.item import LotOrder as LotOrder
    from prodstock.master.item import Supply as Supply
    from prodstock.master.item import Tracking as Tracking
    from prodstock.master.location import Location as Location
    from prodstock.master.location import LocationKind as LocationKind
    from prodstock.master.location import LocationRole as LocationRole
    from prodstock.master.location import Site as Site
    from prodstock.master.quality_state import Quality as Quality
    from prodstock.master.quality_state import QualityState as QualityState
    from prodstock.master.quality_state import Transition as Transition
    from prodstock.master.quality_state import Use as Use
    from prodstock.master.release_criteria import Criterion as Criterion
    from prodstock.master.release_criteria import ReleaseCriteria as ReleaseCriteria
    from prodstock.master.resource import Resource as Resource
    from prodstock.master.routing import Operation as Operation
    from prodstock.master.routing import OperationKind as OperationKind
    from prodstock.master.routing import Routing as Routing
    from prodstock.master.sourcing import Sourcing as Sourcing
    from prodstock.master.sourcing import Supplier as Supplier
    from prodstock.master.structure import Depth as Depth
    from prodstock.orders.demand import Demand as Demand
    from prodstock.orders.demand import DemandCancelled as DemandCancelled
    from prodstock.orders.demand import DemandExpected as DemandExpected
    from prodstock.orders.demand import DemandKind as DemandKind
    from prodstock.orders.demand import DemandShipped as DemandShipped
    from prodstock.orders.lifecycle import OrderState as OrderState
    from prodstock.orders.planned import PlanFirmed as PlanFirmed
    from prodstock.orders.planned import PlanLaunched as PlanLaunched
    from prodstock.orders.planned import PlannedBuy as PlannedBuy
    from prodstock.orders.planned import PlannedMake as PlannedMake
    from prodstock.orders.planned import PlannedMove as PlannedMove
    from prodstock.orders.production import LinesChanged as LinesChanged
    from prodstock.orders.production import OrderLaunched as OrderLaunched
    from prodstock.orders.production import OrderStateChanged as OrderStateChanged
    from prodstock.orders.production import OrderStep as OrderStep
    from prodstock.orders.production import ProductionOrder as ProductionOrder
    from prodstock.orders.production import StepsConfirmed as StepsConfirmed
    from prodstock.orders.production import TakenApart as TakenApart
    from prodstock.orders.purchase import Promise as Promise
    from prodstock.orders.purchase import PurchaseOrder as PurchaseOrder
    from prodstock.orders.purchase import SupplyClosed as SupplyClosed
    from prodstock.orders.purchase import SupplyExpected as SupplyExpected
    from prodstock.orders.purchase import SupplyReceived as SupplyReceived
    from prodstock.orders.purchase import TransferOrder as TransferOrder
    from prodstock.orders.restored import Restored as Restored
    from prodstock.planning.findings import ActionMessage as ActionMessage
    from prodstock.planning.findings import Shortage as Shortage
    from prodstock.planning.plan import Plan as Plan
    from prodstock.planning.plan import plan as plan
    from prodstock.planning.policy import Mode as Mode
    from prodstock.planning.policy import PlanningPolicy as PlanningPolicy
    from prodstock.planning.snapshot import Held as Held
    from prodstock.planning.snapshot import Snapshot as Snapshot
    from prodstock.plant import Plant as Plant
    from prodstock.quality.inspection import Evidence as Evidence
    from prodstock.quality.inspection import Record as Record
    from prodstock.quality.inspection import TestRecorded as TestRecorded
    from prodstock.quality.inspection import Verdict as Verdict
    from prodstock.quality.nonconformance import Sort as Sort
    from prodstock.quality.nonconformance import Sorted as Sorted
    from prodstock.quality.release import Released as Released
    from prodstock.quality.release import ReleaseGoods as ReleaseGoods
    from prodstock.quantities.money import Money as Money
    from prodstock.quantities.quantity import Quantity as Quantity
    from prodstock.quantities.rounding import Rounding as Rounding
    from prodstock.scenario.change import Change as Change
    from prodstock.scenario.change import PreferSubstitute as PreferSubstitute
    from prodstock.scenario.change import SupplierDelay as SupplierDelay
    from prodstock.scenario.compare import Comparison as Comparison
    from prodstock.scenario.compare import compare as compare
    from prodstock.scenario.scenario import Scenario as Scenario
    from prodstock.shopfloor.close import CancelOrder as CancelOrder
    from prodstock.shopfloor.close import Close as Close
    from prodstock.shopfloor.close import Hold as Hold
    from prodstock.shopfloor.close import Leftover as Leftover
    from prodstock.shopfloor.close import Reopen as Reopen
    from prodstock.shopfloor.close import Resume as Resume
    from prodstock.shopfloor.issue import Issue as Issue
    from prodstock.shopfloor.issue import Issued as Issued
    from prodstock.shopfloor.issue import IssueGoods as IssueGoods
    from prodstock.shopfloor.issue import PutBack as PutBack
    from prodstock.shopfloor.launch import Launch as Launch
    from prodstock.shopfloor.report import Complete as Complete
    from prodstock.shopfloor.report import Report as Report
    from prodstock.shopfloor.take_apart import Dismantled as Dismantled
    from prodstock.shopfloor.take_apart import TakeApart as TakeApart
    from prodstock.shopfloor.wip import PickList as PickList
    from prodstock.shopfloor.wip import WipRow as WipRow
    from prodstock.stock.allocation import FEFO as FEFO
    from prodstock.stock.allocation import Allocation as Allocation
    from prodstock.stock.allocation import LotSource as LotSource
    from prodstock.stock.allocation import Need as Need
    from prodstock.stock.allocation import OpenLot as OpenLot
    from prodstock.stock.allocation import PassedOver as PassedOver
    from prodstock.stock.allocation import Short as Short
    from prodstock.stock.allocation import allocate as allocate
    from prodstock.stock.answers import Holding as Holding
    from prodstock.stock.answers import Posting as Posting
    from prodstock.stock.availability import Availability as Availability
    from prodstock.stock.availability import Bucket as Bucket
    from prodstock.stock.availability import Reason as Reason
    from prodstock.stock.claim import AllocationPolicy as AllocationPolicy
    from prodstock.stock.claim import Claim as Claim
    from prodstock.stock.claim import Partial as Partial
    from prodstock.stock.count import Adjust as Adjust
    from prodstock.stock.count import Count as Count
    from prodstock.stock.count import Counted as Counted
    from prodstock.stock.events import CatalogChanged as CatalogChanged
    from prodstock.stock.events import Claimed as Claimed
    from prodstock.stock.events import ClaimLine as ClaimLine
    from prodstock.stock.events import ClaimSettled as ClaimSettled
    from prodstock.stock.events import KeyUsed as KeyUsed
    from prodstock.stock.events import Leg as Leg
    from prodstock.stock.events import LotCard as LotCard
    from prodstock.stock.events import LotOpened as LotOpened
    from prodstock.stock.events import Parcel as Parcel
    from prodstock.stock.events import SerialMinted as SerialMinted
    from prodstock.stock.events import StockPosted as StockPosted
    from prodstock.stock.expect import Cancel as Cancel
    from prodstock.stock.expect import Expect as Expect
    from prodstock.stock.expect import Redefine as Redefine
    from prodstock.stock.goods import Goods as Goods
    from prodstock.stock.goods import Output as Output
    from prodstock.stock.goods import Pick as Pick
    from prodstock.stock.goods import Receipt as Receipt
    from prodstock.stock.goods import Reservation as Reservation
    from prodstock.stock.goods import ReservationState as ReservationState
    from prodstock.stock.holds import Hurt as Hurt
    from prodstock.stock.judge import Judge as Judge
    from prodstock.stock.judge import Judgement as Judgement
    from prodstock.stock.move import Move as Move
    from prodstock.stock.move import Moved as Moved
    from prodstock.stock.move import OnReserved as OnReserved
    from prodstock.stock.move import Scrap as Scrap
    from prodstock.stock.movement import Movement as Movement
    from prodstock.stock.procure import Firm as Firm
    from prodstock.stock.procure import Purchase as Purchase
    from prodstock.stock.procure import Transfer as Transfer
    from prodstock.stock.receive import Receive as Receive
    from prodstock.stock.replay import fold as fold
    from prodstock.stock.reservation import Reserve as Reserve
    from prodstock.stock.reservation import Void as Void
    from prodstock.stock.reverse import Reversal as Reversal
    from prodstock.stock.reverse import Reverse as Reverse
    from prodstock.stock.ship import Ship as Ship
    from prodstock.stock.ship import Shipment as Shipment
    from prodstock.stock.ship import TakeBack as TakeBack
    from prodstock.stock.status import Purpose as Purpose
    from prodstock.stock.status import Release as Release
    from prodstock.stock.world import PlantState as PlantState
    from prodstock.tables import Derivation as Derivation
    from prodstock.tables import Progress as Progress
    from prodstock.tables import Table as Table
    from prodstock.trace.genealogy import Edge as Edge
    from prodstock.trace.genealogy import EdgeKind as EdgeKind
    from prodstock.trace.genealogy import Genealogy as Genealogy
    from prodstock.trace.recall import Recall as Recall
    from prodstock.view import View as View

_HOMES = {
    "Calendar": "calendars.calendar",
    "Downtime": "calendars.downtime",
    "CalendarException": "calendars.exception",
    "Holidays": "calendars.holidays",
    "buckets": "calendars.horizon",
    "Recurrence": "calendars.recurrence",
    "WorkingDays": "calendars.span",
    "working_days": "calendars.span",
    "Floats": "codec",
    "dump_document": "codec",
    "dumps": "codec",
    "from_records": "codec",
    "load_document": "codec",
    "load_event": "codec",
    "loads": "codec",
    "decide": "decisions",
    "AmbiguousCode": "errors",
    "BrokenInvariant": "errors",
    "CannotReserve": "errors",
    "Conflict": "errors",
    "Finding": "errors",
    "InvalidData": "errors",
    "InvalidTypeError": "errors",
    "InvalidValueError": "errors",
    "KeyReused": "errors",
    "NotAllowed": "errors",
    "NotEnough": "errors",
    "NotReleasable": "errors",
    "ProdstockError": "errors",
    "Refused": "errors",
    "ShortLine": "errors",
    "UnknownCode": "errors",
    "Command": "journal.command",
    "Done": "journal.command",
    "Together": "journal.command",
    "Batch": "journal.commit",
    "Event": "journal.commit",
    "Recorded": "journal.commit",
    "Clock": "journal.store",
    "CountingIds": "journal.store",
    "EventStore": "journal.store",
    "IdSource": "journal.store",
    "ListsStreams": "journal.store",
    "ManualClock": "journal.store",
    "MemoryEvents": "journal.store",
    "SystemClock": "journal.store",
    "Stream": "journal.stream",
    "Basis": "master.bom",
    "BillOfMaterial": "master.bom",
    "BomLine": "master.bom",
    "BomStatus": "master.bom",
    "ByProduct": "master.bom",
    "CoProduct": "master.bom",
    "LineRole": "master.bom",
    "ScrapBasis": "master.bom",
    "Substitute": "master.bom",
    "Catalog": "master.catalog",
    "Definition": "master.definition",
    "Explosion": "master.explosion",
    "Requirement": "master.explosion",
    "explode": "master.explosion",
    "Inspection": "master.item",
    "Item": "master.item",
    "LotOrder": "master.item",
    "Supply": "master.item",
    "Tracking": "master.item",
    "Location": "master.location",
    "LocationKind": "master.location",
    "LocationRole": "master.location",
    "Site": "master.location",
    "Quality": "master.quality_state",
    "QualityState": "master.quality_state",
    "Transition": "master.quality_state",
    "Use": "master.quality_state",
    "Criterion": "master.release_criteria",
    "ReleaseCriteria": "master.release_criteria",
    "Resource": "master.resource",
    "Operation": "master.routing",
    "OperationKind": "master.routing",
    "Routing": "master.routing",
    "Sourcing": "master.sourcing",
    "Supplier": "master.sourcing",
    "Depth": "master.structure",
    "Demand": "orders.demand",
    "DemandCancelled": "orders.demand",
    "DemandExpected": "orders.demand",
    "DemandKind": "orders.demand",
    "DemandShipped": "orders.demand",
    "OrderState": "orders.lifecycle",
    "PlanFirmed": "orders.planned",
    "PlanLaunched": "orders.planned",
    "PlannedBuy": "orders.planned",
    "PlannedMake": "orders.planned",
    "PlannedMove": "orders.planned",
    "LinesChanged": "orders.production",
    "OrderLaunched": "orders.production",
    "OrderStateChanged": "orders.production",
    "OrderStep": "orders.production",
    "ProductionOrder": "orders.production",
    "StepsConfirmed": "orders.production",
    "TakenApart": "orders.production",
    "Promise": "orders.purchase",
    "PurchaseOrder": "orders.purchase",
    "SupplyClosed": "orders.purchase",
    "SupplyExpected": "orders.purchase",
    "SupplyReceived": "orders.purchase",
    "TransferOrder": "orders.purchase",
    "Restored": "orders.restored",
    "ActionMessage": "planning.findings",
    "Shortage": "planning.findings",
    "Plan": "planning.plan",
    "plan": "planning.plan",
    "Mode": "planning.policy",
    "PlanningPolicy": "planning.policy",
    "Held": "planning.snapshot",
    "Snapshot": "planning.snapshot",
    "Plant": "plant",
    "Evidence": "quality.inspection",
    "Record": "quality.inspection",
    "TestRecorded": "quality.inspection",
    "Verdict": "quality.inspection",
    "Sort": "quality.nonconformance",
    "Sorted": "quality.nonconformance",
    "ReleaseGoods": "quality.release",
    "Released": "quality.release",
    "Money": "quantities.money",
    "Quantity": "quantities.quantity",
    "Rounding": "quantities.rounding",
    "Change": "scenario.change",
    "PreferSubstitute": "scenario.change",
    "SupplierDelay": "scenario.change",
    "Comparison": "scenario.compare",
    "compare": "scenario.compare",
    "Scenario": "scenario.scenario",
    "CancelOrder": "shopfloor.close",
    "Close": "shopfloor.close",
    "Hold": "shopfloor.close",
    "Leftover": "shopfloor.close",
    "Reopen": "shopfloor.close",
    "Resume": "shopfloor.close",
    "Issue": "shopfloor.issue",
    "IssueGoods": "shopfloor.issue",
    "Issued": "shopfloor.issue",
    "PutBack": "shopfloor.issue",
    "Launch": "shopfloor.launch",
    "Complete": "shopfloor.report",
    "Report": "shopfloor.report",
    "Dismantled": "shopfloor.take_apart",
    "TakeApart": "shopfloor.take_apart",
    "PickList": "shopfloor.wip",
    "WipRow": "shopfloor.wip",
    "Allocation": "stock.allocation",
    "FEFO": "stock.allocation",
    "LotSource": "stock.allocation",
    "Need": "stock.allocation",
    "OpenLot": "stock.allocation",
    "PassedOver": "stock.allocation",
    "Short": "stock.allocation",
    "allocate": "stock.allocation",
    "Holding": "stock.answers",
    "Posting": "stock.answers",
    "Availability": "stock.availability",
    "Bucket": "stock.availability",
    "Reason": "stock.availability",
    "AllocationPolicy": "stock.claim",
    "Claim": "stock.claim",
    "Partial": "stock.claim",
    "Adjust": "stock.count",
    "Count": "stock.count",
    "Counted": "stock.count",
    "CatalogChanged": "stock.events",
    "ClaimLine": "stock.events",
    "ClaimSettled": "stock.events",
    "Claimed": "stock.events",
    "KeyUsed": "stock.events",
    "Leg": "stock.events",
    "LotCard": "stock.events",
    "LotOpened": "stock.events",
    "Parcel": "stock.events",
    "SerialMinted": "stock.events",
    "StockPosted": "stock.events",
    "Cancel": "stock.expect",
    "Expect": "stock.expect",
    "Redefine": "stock.expect",
    "Goods": "stock.goods",
    "Output": "stock.goods",
    "Pick": "stock.goods",
    "Receipt": "stock.goods",
    "Reservation": "stock.goods",
    "ReservationState": "stock.goods",
    "Hurt": "stock.holds",
    "Judge": "stock.judge",
    "Judgement": "stock.judge",
    "Move": "stock.move",
    "Moved": "stock.move",
    "OnReserved": "stock.move",
    "Scrap": "stock.move",
    "Movement": "stock.movement",
    "Firm": "stock.procure",
    "Purchase": "stock.procure",
    "Transfer": "stock.procure",
    "Receive": "stock.receive",
    "fold": "stock.replay",
    "Reserve": "stock.reservation",
    "Void": "stock.reservation",
    "Reversal": "stock.reverse",
    "Reverse": "stock.reverse",
    "Ship": "stock.ship",
    "Shipment": "stock.ship",
    "TakeBack": "stock.ship",
    "Purpose": "stock.status",
    "Release": "stock.status",
    "PlantState": "stock.world",
    "Derivation": "tables",
    "Progress": "tables",
    "Table": "tables",
    "Edge": "trace.genealogy",
    "EdgeKind": "trace.genealogy",
    "Genealogy": "trace.genealogy",
    "Recall": "trace.recall",
    "View": "view",
}
"""Where each public name is defined."""

__all__ = [
    "FEFO",
    "ActionMessage",
    "Adjust",
    "Allocation",
    "AllocationPolicy",
    "AmbiguousCode",
    "Availability",
    "Basis",
    "Batch",
    "BillOfMaterial",
    "BomLine",
    "BomStatus",
    "BrokenInvariant",
    "Bucket",
    "ByProduct",
    "Calendar",
    "CalendarException",
    "Cancel",
    "CancelOrder",
    "CannotReserve",
    "Catalog",
    "CatalogChanged",
    "Change",
    "Claim",
    "ClaimLine",
    "ClaimSettled",
    "Claimed",
    "Clock",
    "Close",
    "CoProduct",
    "Command",
    "Comparison",
    "Complete",
    "Conflict",
    "Count",
    "Counted",
    "CountingIds",
    "Criterion",
    "Definition",
    "Demand",
    "DemandCancelled",
    "DemandExpected",
    "DemandKind",
    "DemandShipped",
    "Depth",
    "Derivation",
    "Dismantled",
    "Done",
    "Downtime",
    "Edge",
    "EdgeKind",
    "Event",
    "EventStore",
    "Evidence",
    "Expect",
    "Explosion",
    "Finding",
    "Firm",
    "Floats",
    "Genealogy",
    "Goods",
    "Held",
    "Hold",
    "Holding",
    "Holidays",
    "Hurt",
    "IdSource",
    "Inspection",
    "InvalidData",
    "InvalidTypeError",
    "InvalidValueError",
    "Issue",
    "IssueGoods",
    "Issued",
    "Item",
    "Judge",
    "Judgement",
    "KeyReused",
    "KeyUsed",
    "Launch",
    "Leftover",
    "Leg",
    "LineRole",
    "LinesChanged",
    "ListsStreams",
    "Location",
    "LocationKind",
    "LocationRole",
    "LotCard",
    "LotOpened",
    "LotOrder",
    "LotSource",
    "ManualClock",
    "MemoryEvents",
    "Mode",
    "Money",
    "Move",
    "Moved",
    "Movement",
    "Need",
    "NotAllowed",
    "NotEnough",
    "NotReleasable",
    "OnReserved",
    "OpenLot",
    "Operation",
    "OperationKind",
    "OrderLaunched",
    "OrderState",
    "OrderStateChanged",
    "OrderStep",
    "Output",
    "Parcel",
    "Partial",
    "PassedOver",
    "Pick",
    "PickList",
    "Plan",
    "PlanFirmed",
    "PlanLaunched",
    "PlannedBuy",
    "PlannedMake",
    "PlannedMove",
    "PlanningPolicy",
    "Plant",
    "PlantState",
    "Posting",
    "PreferSubstitute",
    "ProdstockError",
    "ProductionOrder",
    "Progress",
    "Promise",
    "Purchase",
    "PurchaseOrder",
    "Purpose",
    "PutBack",
    "Quality",
    "QualityState",
    "Quantity",
    "Reason",
    "Recall",
    "Receipt",
    "Receive",
    "Record",
    "Recorded",
    "Recurrence",
    "Redefine",
    "Refused",
    "Release",
    "ReleaseCriteria",
    "ReleaseGoods",
    "Released",
    "Reopen",
    "Report",
    "Requirement",
    "Reservation",
    "ReservationState",
    "Reserve",
    "Resource",
    "Restored",
    "Resume",
    "Reversal",
    "Reverse",
    "Rounding",
    "Routing",
    "Scenario",
    "Scrap",
    "ScrapBasis",
    "SerialMinted",
    "Ship",
    "Shipment",
    "Short",
    "ShortLine",
    "Shortage",
    "Site",
    "Snapshot",
    "Sort",
    "Sorted",
    "Sourcing",
    "StepsConfirmed",
    "StockPosted",
    "Stream",
    "Substitute",
    "Supplier",
    "SupplierDelay",
    "Supply",
    "SupplyClosed",
    "SupplyExpected",
    "SupplyReceived",
    "SystemClock",
    "Table",
    "TakeApart",
    "TakeBack",
    "TakenApart",
    "TestRecorded",
    "Together",
    "Tracking",
    "Transfer",
    "TransferOrder",
    "Transition",
    "UnknownCode",
    "Use",
    "Verdict",
    "View",
    "Void",
    "WipRow",
    "WorkingDays",
    "__version__",
    "allocate",
    "buckets",
    "compare",
    "decide",
    "dump_document",
    "dumps",
    "explode",
    "fold",
    "from_records",
    "load_document",
    "load_event",
    "loads",
    "plan",
    "working_days",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - reading metadata takes longer than the rest

        return version("prodstock")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'prodstock' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only where a name is looked up for the first time

    value = getattr(import_module(f"prodstock.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
