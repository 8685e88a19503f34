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
    from prodstock.calendars.horizon import TimeBucket as TimeBucket
    from prodstock.calendars.horizon import buckets as buckets
    from prodstock.calendars.recurrence import Recurrence as Recurrence
    from prodstock.calendars.span import WorkingDays as WorkingDays
    from prodstock.calendars.span import working_days as working_days
    from prodstock.codec import Floats as Floats
    from prodstock.codec import document_schema as document_schema
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
    from prodstock.master.alternative import Alternative as Alternative
    from prodstock.master.alternative import Secondary as Secondary
    from prodstock.master.bom import Basis as Basis
    from prodstock.master.bom import BillOfMaterial as BillOfMaterial
    from prodstock.master.bom import BomLine as BomLine
    from prodstock.master.bom import BomStatus as BomStatus
    from prodstock.master.bom import ByProduct as ByProduct
    from prodstock.master.bom import CoProduct as CoProduct
    from prodstock.master.bom import LineRole as LineRole
    from prodstock.master.bom import ScrapBasis as ScrapBasis
    from prodstock.master.bom import Substitute as Substitute
    from prodstock.master.bom import SubstituteGroup as SubstituteGroup
    from prodstock.master.bom import Substitution as Substitution
    from prodstock.master.catalog import Catalog as Catalog
    from prodstock.master.codes import ItemCode as ItemCode
    from prodstock.master.codes import SiteCode as SiteCode
    from prodstock.master.condition import Cases as Cases
    from prodstock.master.condition import Chosen as Chosen
    from prodstock.master.condition import Condition as Condition
    from prodstock.master.definition import Definition as Definition
    from prodstock.master.depth import Depth as Depth
    from prodstock.master.explosion import Explosion as Explosion
    from prodstock.master.explosion import Requirement as Requirement
    from prodstock.master.explosion import explode as explode
    from prodstock.master.item import Inspection as Inspection
    from prodstock.master.item import Item as Item
    from prodstock.master.item import LotOrder as LotOrder
    from prodstock.master.item import Supply as Supply
    from prodstock.master.item import Tracking as Tracking
    from prodstock.master.lags import Lag as Lag
    from prodstock.master.location import Location as Location
    from prodstock.master.location import LocationKind as LocationKind
    from prodstock.master.location import LocationRole as LocationRole
    from prodstock.master.location import Site as Site
    from prodstock.master.lot_sizes import LotCut as LotCut
    from prodstock.master.lot_sizes import LotSizes as LotSizes
    from prodstock.master.measure import EachBegun as EachBegun
    from prodstock.master.measure import Greatest as Greatest
    from prodstock.master.measure import Least as Least
    from prodstock.master.measure import Linear as Linear
    from prodstock.master.measure import Measure as Measure
    from prodstock.master.measure import RoundedUp as RoundedUp
    from prodstock.master.measure import Stepped as Stepped
    from prodstock.master.measure import Total as Total
    from prodstock.master.option import Option as Option
    from prodstock.master.planning_parameters import LotRule as LotRule
    from prodstock.master.planning_parameters import PlanningParameters as PlanningParameters
    from prodstock.master.quality_state import Quality as Quality
    from prodstock.master.quality_state import QualityState as QualityState
    from prodstock.master.quality_state import Transition as Transition
    from prodstock.master.quality_state import Use as Use
    from prodstock.master.quota import QuotaArrangement as QuotaArrangement
    from prodstock.master.quota import QuotaShare as QuotaShare
    from prodstock.master.release_criteria import Criterion as Criterion
    from prodstock.master.release_criteria import ReleaseCriteria as ReleaseCriteria
    from prodstock.master.resource import Resource as Resource
    from prodstock.master.revisions import RevisionChange as RevisionChange
    from prodstock.master.revisions import revision_changes as revision_changes
    from prodstock.master.routing import Operation as Operation
    from prodstock.master.routing import OperationKind as OperationKind
    from prodstock.master.routing import Routing as Routing
    from prodstock.master.setups import Changeover as Changeover
    from prodstock.master.setups import Combine as Combine
    from prodstock.master.setups import Setups as Setups
    from prodstock.master.sourcing import PriceBreak as PriceBreak
    from prodstock.master.sourcing import Sourcing as Sourcing
    from prodstock.master.sourcing import Supplier as Supplier
    from prodstock.master.transfer_lane import TransferLane as TransferLane
    from prodstock.orders.delivery import Delivery as Delivery
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
    from prodstock.orders.planned import PlanUnfirmed as PlanUnfirmed
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
    from prodstock.orders.purchase import SupplyConfirmed as SupplyConfirmed
    from prodstock.orders.purchase import SupplyExpected as SupplyExpected
    from prodstock.orders.purchase import SupplyLost as SupplyLost
    from prodstock.orders.purchase import SupplyReceived as SupplyReceived
    from prodstock.orders.purchase import SupplyReturned as SupplyReturned
    from prodstock.orders.purchase import SupplyState as SupplyState
    from prodstock.orders.purchase import TransferOrder as TransferOrder
    from prodstock.orders.restored import Restored as Restored
    from prodstock.orders.supply_life import SupplyAction as SupplyAction
    from prodstock.orders.supply_life import SupplyStatus as SupplyStatus
    from prodstock.planning.action import ActionMessage as ActionMessage
    from prodstock.planning.action import MessageKind as MessageKind
    from prodstock.planning.causes import ShortageCause as ShortageCause
    from prodstock.planning.chain import ChainLink as ChainLink
    from prodstock.planning.chain import LinkKind as LinkKind
    from prodstock.planning.changes.changes import PlanChanges as PlanChanges
    from prodstock.planning.changes.changes import changes as changes
    from prodstock.planning.changes.nervousness import Nervousness as Nervousness
    from prodstock.planning.changes.nervousness import NervousnessLine as NervousnessLine
    from prodstock.planning.changes.rows import Cause as Cause
    from prodstock.planning.changes.rows import CauseKind as CauseKind
    from prodstock.planning.changes.rows import ChangeOfFinding as ChangeOfFinding
    from prodstock.planning.changes.rows import ChangeOfOrder as ChangeOfOrder
    from prodstock.planning.changes.rows import CommitLine as CommitLine
    from prodstock.planning.changes.rows import MessageChange as MessageChange
    from prodstock.planning.changes.rows import OrderChange as OrderChange
    from prodstock.planning.changes.rows import ShortageChange as ShortageChange
    from prodstock.planning.criticality import Slack as Slack
    from prodstock.planning.cumulative import CumulativeLeadTime as CumulativeLeadTime
    from prodstock.planning.cumulative import cumulative_lead_times as cumulative_lead_times
    from prodstock.planning.delays import Delayed as Delayed
    from prodstock.planning.engineering_change.impact import ChangeImpact as ChangeImpact
    from prodstock.planning.engineering_change.impact import change_impact as change_impact
    from prodstock.planning.engineering_change.rows import CostImpact as CostImpact
    from prodstock.planning.engineering_change.rows import LotImpact as LotImpact
    from prodstock.planning.engineering_change.rows import NeedChange as NeedChange
    from prodstock.planning.engineering_change.rows import OrderImpact as OrderImpact
    from prodstock.planning.engineering_change.rows import PartFate as PartFate
    from prodstock.planning.engineering_change.rows import PartImpact as PartImpact
    from prodstock.planning.engineering_change.rows import PurchaseImpact as PurchaseImpact
    from prodstock.planning.engineering_change.rows import Suggestion as Suggestion
    from prodstock.planning.excess import Excess as Excess
    from prodstock.planning.fair_share import FairShare as FairShare
    from prodstock.planning.fair_share import ShareRule as ShareRule
    from prodstock.planning.forecast.accuracy import ForecastErrors as ForecastErrors
    from prodstock.planning.forecast.accuracy import TrackingRow as TrackingRow
    from prodstock.planning.forecast.accuracy import forecast_errors as forecast_errors
    from prodstock.planning.forecast.accuracy import tracking_signal as tracking_signal
    from prodstock.planning.forecast.answer import DueDay as DueDay
    from prodstock.planning.forecast.answer import FitRow as FitRow
    from prodstock.planning.forecast.answer import Forecast as Forecast
    from prodstock.planning.forecast.answer import ForecastMethod as ForecastMethod
    from prodstock.planning.forecast.answer import ForecastPeriod as ForecastPeriod
    from prodstock.planning.forecast.averages import MovingAverage as MovingAverage
    from prodstock.planning.forecast.averages import Naive as Naive
    from prodstock.planning.forecast.averages import WeightedMovingAverage as WeightedMovingAverage
    from prodstock.planning.forecast.choice import BestMethod as BestMethod
    from prodstock.planning.forecast.choice import MethodChoice as MethodChoice
    from prodstock.planning.forecast.choice import MethodTrial as MethodTrial
    from prodstock.planning.forecast.choice import choose_method as choose_method
    from prodstock.planning.forecast.estimating import ForecastSpread as ForecastSpread
    from prodstock.planning.forecast.history import DemandHistory as DemandHistory
    from prodstock.planning.forecast.intermittent import TSB as TSB
    from prodstock.planning.forecast.intermittent import Croston as Croston
    from prodstock.planning.forecast.intermittent import CrostonKind as CrostonKind
    from prodstock.planning.forecast.profile import DemandPattern as DemandPattern
    from prodstock.planning.forecast.profile import DemandProfile as DemandProfile
    from prodstock.planning.forecast.profile import classify_demand as classify_demand
    from prodstock.planning.forecast.seasonal import HoltWinters as HoltWinters
    from prodstock.planning.forecast.seasonal import Seasonality as Seasonality
    from prodstock.planning.forecast.smoothing import ExponentialSmoothing as ExponentialSmoothing
    from prodstock.planning.forecast.smoothing import Holt as Holt
    from prodstock.planning.fulfilment import Fulfilment as Fulfilment
    from prodstock.planning.fulfilment import PlannedDelivery as PlannedDelivery
    from prodstock.planning.fulfilment import Service as Service
    from prodstock.planning.kits import KitAvailability as KitAvailability
    from prodstock.planning.kits import KitPart as KitPart
    from prodstock.planning.lot_sizing.cost import LotCost as LotCost
    from prodstock.planning.lot_sizing.cost import RuleCost as RuleCost
    from prodstock.planning.lot_sizing.cost import compare_lot_sizing as compare_lot_sizing
    from prodstock.planning.lot_sizing.cost import lot_cost as lot_cost
    from prodstock.planning.lot_sizing.economic import EconomicOrderQuantity as EconomicOrderQuantity
    from prodstock.planning.lot_sizing.economic import PeriodicOrderQuantity as PeriodicOrderQuantity
    from prodstock.planning.lot_sizing.economic import economic_order_quantity as economic_order_quantity
    from prodstock.planning.lot_sizing.heuristics import Groff as Groff
    from prodstock.planning.lot_sizing.heuristics import LeastUnitCost as LeastUnitCost
    from prodstock.planning.lot_sizing.heuristics import PartPeriodBalancing as PartPeriodBalancing
    from prodstock.planning.lot_sizing.heuristics import PartPeriodLook as PartPeriodLook
    from prodstock.planning.lot_sizing.heuristics import SilverMeal as SilverMeal
    from prodstock.planning.lot_sizing.periods import CalendarPeriods as CalendarPeriods
    from prodstock.planning.lot_sizing.periods import PeriodOfSupply as PeriodOfSupply
    from prodstock.planning.lot_sizing.plain import FixedQuantity as FixedQuantity
    from prodstock.planning.lot_sizing.plain import LotForLot as LotForLot
    from prodstock.planning.lot_sizing.plain import ReplenishToMaximum as ReplenishToMaximum
    from prodstock.planning.lot_sizing.price_breaks import BreakCost as BreakCost
    from prodstock.planning.lot_sizing.price_breaks import Discount as Discount
    from prodstock.planning.lot_sizing.price_breaks import weigh_price_breaks as weigh_price_breaks
    from prodstock.planning.lot_sizing.terms import LotSizingRule as LotSizingRule
    from prodstock.planning.lot_sizing.terms import LotTerms as LotTerms
    from prodstock.planning.lot_sizing.terms import SizedLot as SizedLot
    from prodstock.planning.lot_sizing.wagner_whitin import WagnerWhitin as WagnerWhitin
    from prodstock.planning.peg_tree import PegNode as PegNode
    from prodstock.planning.peg_tree import PegTree as PegTree
    from prodstock.planning.pegging import Peg as Peg
    from prodstock.planning.pegging import PegUse as PegUse
    from prodstock.planning.plan import Plan as Plan
    from prodstock.planning.planner import plan as plan
    from prodstock.planning.policy import Mode as Mode
    from prodstock.planning.policy import PlanningPolicy as PlanningPolicy
    from prodstock.planning.policy import SafetyStock as SafetyStock
    from prodstock.planning.projection import Projection as Projection
    from prodstock.planning.projection import StockChange as StockChange
    from prodstock.planning.shortages import Shortage as Shortage
    from prodstock.planning.snapshot import Held as Held
    from prodstock.planning.snapshot import Snapshot as Snapshot
    from prodstock.planning.starts import OrderStart as OrderStart
    from prodstock.planning.starts import Start as Start
    from prodstock.planning.translations.capacity import LabourLoad as LabourLoad
    from prodstock.planning.translations.capacity import MachineLoad as MachineLoad
    from prodstock.planning.translations.capacity import labour_hours as labour_hours
    from prodstock.planning.translations.capacity import machine_hours as machine_hours
    from prodstock.planning.translations.exposure import ExposureLine as ExposureLine
    from prodstock.planning.translations.exposure import SupplierExposure as SupplierExposure
    from prodstock.planning.translations.exposure import supplier_exposure as supplier_exposure
    from prodstock.planning.translations.material import MaterialLine as MaterialLine
    from prodstock.planning.translations.material import material as material
    from prodstock.planning.translations.planned import Planned as Planned
    from prodstock.planning.translations.purchasing import PurchaseDay as PurchaseDay
    from prodstock.planning.translations.purchasing import PurchaseLine as PurchaseLine
    from prodstock.planning.translations.purchasing import purchasing_calendar as purchasing_calendar
    from prodstock.planning.translations.space import SpaceLine as SpaceLine
    from prodstock.planning.translations.space import warehouse_space as warehouse_space
    from prodstock.planning.translations.usage import PartUsage as PartUsage
    from prodstock.planning.translations.usage import usage as usage
    from prodstock.planning.violations import Constraint as Constraint
    from prodstock.planning.violations import Violation as Violation
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
    from prodstock.scenario.calendar_change import CalendarChange as CalendarChange
    from prodstock.scenario.change import Change as Change
    from prodstock.scenario.change import PreferSubstitute as PreferSubstitute
    from prodstock.scenario.change import SupplierDelay as SupplierDelay
    from prodstock.scenario.compare import compare as compare
    from prodstock.scenario.comparison import Comparison as Comparison
    from prodstock.scenario.demand_change import DemandChange as DemandChange
    from prodstock.scenario.demand_change import DemandLoss as DemandLoss
    from prodstock.scenario.loss_change import ScrapChange as ScrapChange
    from prodstock.scenario.loss_change import YieldChange as YieldChange
    from prodstock.scenario.policy_change import PolicyChange as PolicyChange
    from prodstock.scenario.scenario import Scenario as Scenario
    from prodstock.scenario.stock_correction import StockCorrection as StockCorrection
    from prodstock.scenario.supply_change import LeadTimeChange as LeadTimeChange
    from prodstock.scenario.supply_change import PriceChange as PriceChange
    from prodstock.scenario.supply_change import SupplierLoss as SupplierLoss
    from prodstock.scheduling.batch_runs import BatchRun as BatchRun
    from prodstock.scheduling.bottlenecks import Bottleneck as Bottleneck
    from prodstock.scheduling.chart import Chart as Chart
    from prodstock.scheduling.conflicts import ConflictKind as ConflictKind
    from prodstock.scheduling.conflicts import DeadlineConflict as DeadlineConflict
    from prodstock.scheduling.conflicts import Remedy as Remedy
    from prodstock.scheduling.conflicts import RemedyKind as RemedyKind
    from prodstock.scheduling.conflicts import conflicts as conflicts
    from prodstock.scheduling.dispatch import DispatchLine as DispatchLine
    from prodstock.scheduling.exceeded import ExceededLag as ExceededLag
    from prodstock.scheduling.figures import ScheduleFigures as ScheduleFigures
    from prodstock.scheduling.levers import Lever as Lever
    from prodstock.scheduling.levers import LeverKind as LeverKind
    from prodstock.scheduling.life import Rescheduled as Rescheduled
    from prodstock.scheduling.orders import problem_of as problem_of
    from prodstock.scheduling.policy import Blend as Blend
    from prodstock.scheduling.policy import Engine as Engine
    from prodstock.scheduling.policy import Goal as Goal
    from prodstock.scheduling.policy import Rule as Rule
    from prodstock.scheduling.policy import SchedulingPolicy as SchedulingPolicy
    from prodstock.scheduling.problem import Job as Job
    from prodstock.scheduling.problem import Problem as Problem
    from prodstock.scheduling.reasons import Spell as Spell
    from prodstock.scheduling.reasons import SpellKind as SpellKind
    from prodstock.scheduling.schedule import JobTimes as JobTimes
    from prodstock.scheduling.schedule import Placement as Placement
    from prodstock.scheduling.schedule import ResourceUse as ResourceUse
    from prodstock.scheduling.schedule import Schedule as Schedule
    from prodstock.scheduling.schedule import schedule as schedule
    from prodstock.scheduling.standing import OperationStatus as OperationStatus
    from prodstock.scheduling.standing import Standing as Standing
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
    from prodstock.stock.amend import CloseSupply as CloseSupply
    from prodstock.stock.amend import ConfirmSupply as ConfirmSupply
    from prodstock.stock.amend import ReviseSupply as ReviseSupply
    from prodstock.stock.answers import Below as Below
    from prodstock.stock.answers import Holding as Holding
    from prodstock.stock.answers import Posting as Posting
    from prodstock.stock.answers import StockLine as StockLine
    from prodstock.stock.availability import Availability as Availability
    from prodstock.stock.availability import Bucket as Bucket
    from prodstock.stock.availability import Reason as Reason
    from prodstock.stock.claim import AllocationPolicy as AllocationPolicy
    from prodstock.stock.claim import Claim as Claim
    from prodstock.stock.claim import Partial as Partial
    from prodstock.stock.contradiction import Contradiction as Contradiction
    from prodstock.stock.cost import Cost as Cost
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
    from prodstock.stock.events import Retest as Retest
    from prodstock.stock.events import SerialMinted as SerialMinted
    from prodstock.stock.events import StockPosted as StockPosted
    from prodstock.stock.expect import Cancel as Cancel
    from prodstock.stock.expect import Expect as Expect
    from prodstock.stock.expect import Redefine as Redefine
    from prodstock.stock.goods import Goods as Goods
    from prodstock.stock.goods import Output as Output
    from prodstock.stock.goods import Pick as Pick
    from prodstock.stock.goods import Reservation as Reservation
    from prodstock.stock.goods import ReservationState as ReservationState
    from prodstock.stock.holds import Hurt as Hurt
    from prodstock.stock.judge import Judge as Judge
    from prodstock.stock.judge import Judgement as Judgement
    from prodstock.stock.lose import Lose as Lose
    from prodstock.stock.lot_sheet import CostLayer as CostLayer
    from prodstock.stock.lot_sheet import LotSheet as LotSheet
    from prodstock.stock.move import Move as Move
    from prodstock.stock.move import Moved as Moved
    from prodstock.stock.move import OnReserved as OnReserved
    from prodstock.stock.move import Scrap as Scrap
    from prodstock.stock.movement import Movement as Movement
    from prodstock.stock.procure import Firm as Firm
    from prodstock.stock.procure import Purchase as Purchase
    from prodstock.stock.procure import Transfer as Transfer
    from prodstock.stock.receipt import Receipt as Receipt
    from prodstock.stock.receive import Receive as Receive
    from prodstock.stock.replay import fold as fold
    from prodstock.stock.reservation import Reserve as Reserve
    from prodstock.stock.reservation import Void as Void
    from prodstock.stock.reverse import Reversal as Reversal
    from prodstock.stock.reverse import Reverse as Reverse
    from prodstock.stock.second import SecondQuantity as SecondQuantity
    from prodstock.stock.ship import Ship as Ship
    from prodstock.stock.ship import Shipment as Shipment
    from prodstock.stock.ship import TakeBack as TakeBack
    from prodstock.stock.status import Purpose as Purpose
    from prodstock.stock.status import Release as Release
    from prodstock.stock.supply_sheet import Arrival as Arrival
    from prodstock.stock.supply_sheet import LateSupply as LateSupply
    from prodstock.stock.supply_sheet import SupplyChange as SupplyChange
    from prodstock.stock.supply_sheet import SupplySheet as SupplySheet
    from prodstock.stock.vendor import ChangeOwner as ChangeOwner
    from prodstock.stock.vendor import ReturnToVendor as ReturnToVendor
    from prodstock.stock.vendor import Settlement as Settlement
    from prodstock.stock.world import PlantState as PlantState
    from prodstock.tables import Derivation as Derivation
    from prodstock.tables import Progress as Progress
    from prodstock.tables import Table as Table
    from prodstock.trace.genealogy import Edge as Edge
    from prodstock.trace.genealogy import EdgeKind as EdgeKind
    from prodstock.trace.genealogy import Genealogy as Genealogy
    from prodstock.trace.intent import BroughtBy as BroughtBy
    from prodstock.trace.intent import OrderedFor as OrderedFor
    from prodstock.trace.recall import Recall as Recall
    from prodstock.view import View as View

_NAMES = {
    "calendars.calendar": "Calendar",
    "calendars.downtime": "Downtime",
    "calendars.exception": "CalendarException",
    "calendars.holidays": "Holidays",
    "calendars.horizon": "TimeBucket buckets",
    "calendars.recurrence": "Recurrence",
    "calendars.span": "WorkingDays working_days",
    "codec": "Floats document_schema dump_document dumps from_records load_document load_event loads",
    "decisions": "decide",
    "errors": (
        "AmbiguousCode BrokenInvariant CannotReserve Conflict Finding InvalidData InvalidTypeError "
        "InvalidValueError KeyReused NotAllowed NotEnough NotReleasable ProdstockError Refused "
        "ShortLine UnknownCode"
    ),
    "journal.command": "Command Done Together",
    "journal.commit": "Batch Event Recorded",
    "journal.store": "Clock CountingIds EventStore IdSource ListsStreams ManualClock MemoryEvents SystemClock",
    "journal.stream": "Stream",
    "master.bom": (
        "Basis BillOfMaterial BomLine BomStatus ByProduct CoProduct LineRole ScrapBasis Substitute SubstituteGroup "
        "Substitution"
    ),
    "master.catalog": "Catalog",
    "master.alternative": "Alternative Secondary",
    "master.lags": "Lag",
    "master.setups": "Changeover Combine Setups",
    "master.condition": "Cases Chosen Condition",
    "master.codes": "ItemCode SiteCode",
    "master.definition": "Definition",
    "master.depth": "Depth",
    "master.explosion": "Explosion Requirement explode",
    "master.item": "Inspection Item LotOrder Supply Tracking",
    "master.location": "Location LocationKind LocationRole Site",
    "master.measure": "EachBegun Greatest Least Linear Measure RoundedUp Stepped Total",
    "master.lot_sizes": "LotCut LotSizes",
    "master.option": "Option",
    "master.planning_parameters": "LotRule PlanningParameters",
    "master.quality_state": "Quality QualityState Transition Use",
    "master.quota": "QuotaArrangement QuotaShare",
    "master.release_criteria": "Criterion ReleaseCriteria",
    "master.resource": "Resource",
    "master.revisions": "RevisionChange revision_changes",
    "master.routing": "Operation OperationKind Routing",
    "master.sourcing": "PriceBreak Sourcing Supplier",
    "master.transfer_lane": "TransferLane",
    "orders.delivery": "Delivery",
    "orders.demand": "Demand DemandCancelled DemandExpected DemandKind DemandShipped",
    "orders.lifecycle": "OrderState",
    "orders.planned": "PlanFirmed PlanLaunched PlanUnfirmed PlannedBuy PlannedMake PlannedMove",
    "orders.production": (
        "LinesChanged OrderLaunched OrderStateChanged OrderStep ProductionOrder StepsConfirmed TakenApart"
    ),
    "orders.purchase": (
        "Promise PurchaseOrder SupplyClosed SupplyConfirmed SupplyExpected SupplyLost SupplyReceived SupplyReturned "
        "SupplyState TransferOrder"
    ),
    "orders.restored": "Restored",
    "orders.supply_life": "SupplyAction SupplyStatus",
    "planning.changes.changes": "PlanChanges changes",
    "planning.changes.nervousness": "Nervousness NervousnessLine",
    "planning.changes.rows": (
        "Cause CauseKind ChangeOfFinding ChangeOfOrder CommitLine MessageChange OrderChange ShortageChange"
    ),
    "planning.engineering_change.impact": "ChangeImpact change_impact",
    "planning.engineering_change.rows": (
        "CostImpact LotImpact NeedChange OrderImpact PartFate PartImpact PurchaseImpact Suggestion"
    ),
    "planning.action": "ActionMessage MessageKind",
    "planning.causes": "ShortageCause",
    "planning.chain": "ChainLink LinkKind",
    "planning.fulfilment": "Fulfilment PlannedDelivery Service",
    "planning.projection": "Projection StockChange",
    "planning.shortages": "Shortage",
    "planning.criticality": "Slack",
    "planning.fair_share": "FairShare ShareRule",
    "planning.cumulative": "CumulativeLeadTime cumulative_lead_times",
    "planning.delays": "Delayed",
    "planning.excess": "Excess",
    "planning.forecast.accuracy": "ForecastErrors TrackingRow forecast_errors tracking_signal",
    "planning.forecast.answer": "DueDay FitRow Forecast ForecastMethod ForecastPeriod",
    "planning.forecast.averages": "MovingAverage Naive WeightedMovingAverage",
    "planning.forecast.choice": "BestMethod MethodChoice MethodTrial choose_method",
    "planning.forecast.estimating": "ForecastSpread",
    "planning.forecast.history": "DemandHistory",
    "planning.forecast.intermittent": "Croston CrostonKind TSB",
    "planning.forecast.profile": "DemandPattern DemandProfile classify_demand",
    "planning.forecast.seasonal": "HoltWinters Seasonality",
    "planning.forecast.smoothing": "ExponentialSmoothing Holt",
    "planning.kits": "KitAvailability KitPart",
    "planning.lot_sizing.cost": "LotCost RuleCost compare_lot_sizing lot_cost",
    "planning.lot_sizing.economic": "EconomicOrderQuantity PeriodicOrderQuantity economic_order_quantity",
    "planning.lot_sizing.heuristics": "Groff LeastUnitCost PartPeriodBalancing PartPeriodLook SilverMeal",
    "planning.lot_sizing.periods": "CalendarPeriods PeriodOfSupply",
    "planning.lot_sizing.plain": "FixedQuantity LotForLot ReplenishToMaximum",
    "planning.lot_sizing.price_breaks": "BreakCost Discount weigh_price_breaks",
    "planning.lot_sizing.terms": "LotSizingRule LotTerms SizedLot",
    "planning.lot_sizing.wagner_whitin": "WagnerWhitin",
    "planning.peg_tree": "PegNode PegTree",
    "planning.pegging": "Peg PegUse",
    "planning.plan": "Plan",
    "planning.planner": "plan",
    "planning.policy": "Mode PlanningPolicy SafetyStock",
    "planning.snapshot": "Held Snapshot",
    "planning.starts": "OrderStart Start",
    "planning.translations.capacity": "LabourLoad MachineLoad labour_hours machine_hours",
    "planning.translations.exposure": "ExposureLine SupplierExposure supplier_exposure",
    "planning.translations.material": "MaterialLine material",
    "planning.translations.planned": "Planned",
    "planning.translations.purchasing": "PurchaseDay PurchaseLine purchasing_calendar",
    "planning.translations.space": "SpaceLine warehouse_space",
    "planning.translations.usage": "PartUsage usage",
    "planning.violations": "Constraint Violation",
    "plant": "Plant",
    "quality.inspection": "Evidence Record TestRecorded Verdict",
    "quality.nonconformance": "Sort Sorted",
    "quality.release": "ReleaseGoods Released",
    "quantities.money": "Money",
    "quantities.quantity": "Quantity",
    "quantities.rounding": "Rounding",
    "scenario.calendar_change": "CalendarChange",
    "scenario.change": "Change PreferSubstitute SupplierDelay",
    "scenario.compare": "compare",
    "scenario.comparison": "Comparison",
    "scenario.demand_change": "DemandChange DemandLoss",
    "scenario.loss_change": "ScrapChange YieldChange",
    "scenario.policy_change": "PolicyChange",
    "scenario.scenario": "Scenario",
    "scenario.stock_correction": "StockCorrection",
    "scenario.supply_change": "LeadTimeChange PriceChange SupplierLoss",
    "scheduling.chart": "Chart",
    "scheduling.dispatch": "DispatchLine",
    "scheduling.figures": "ScheduleFigures",
    "scheduling.orders": "problem_of",
    "scheduling.batch_runs": "BatchRun",
    "scheduling.bottlenecks": "Bottleneck",
    "scheduling.exceeded": "ExceededLag",
    "scheduling.conflicts": "ConflictKind DeadlineConflict Remedy RemedyKind conflicts",
    "scheduling.levers": "Lever LeverKind",
    "scheduling.life": "Rescheduled",
    "scheduling.policy": "Blend Engine Goal Rule SchedulingPolicy",
    "scheduling.problem": "Job Problem",
    "scheduling.reasons": "Spell SpellKind",
    "scheduling.schedule": "JobTimes Placement ResourceUse Schedule schedule",
    "scheduling.standing": "OperationStatus Standing",
    "shopfloor.close": "CancelOrder Close Hold Leftover Reopen Resume",
    "shopfloor.issue": "Issue IssueGoods Issued PutBack",
    "shopfloor.launch": "Launch",
    "shopfloor.report": "Complete Report",
    "shopfloor.take_apart": "Dismantled TakeApart",
    "shopfloor.wip": "PickList WipRow",
    "stock.allocation": "Allocation FEFO LotSource Need OpenLot PassedOver Short allocate",
    "stock.amend": "CloseSupply ConfirmSupply ReviseSupply",
    "stock.answers": "Below Holding Posting StockLine",
    "stock.availability": "Availability Bucket Reason",
    "stock.claim": "AllocationPolicy Claim Partial",
    "stock.contradiction": "Contradiction",
    "stock.cost": "Cost",
    "stock.count": "Adjust Count Counted",
    "stock.events": (
        "CatalogChanged ClaimLine ClaimSettled Claimed KeyUsed Leg LotCard LotOpened Parcel Retest SerialMinted "
        "StockPosted"
    ),
    "stock.expect": "Cancel Expect Redefine",
    "stock.goods": "Goods Output Pick Reservation ReservationState",
    "stock.holds": "Hurt",
    "stock.judge": "Judge Judgement",
    "stock.lose": "Lose",
    "stock.lot_sheet": "CostLayer LotSheet",
    "stock.move": "Move Moved OnReserved Scrap",
    "stock.movement": "Movement",
    "stock.procure": "Firm Purchase Transfer",
    "stock.receipt": "Receipt",
    "stock.receive": "Receive",
    "stock.replay": "fold",
    "stock.reservation": "Reserve Void",
    "stock.reverse": "Reversal Reverse",
    "stock.second": "SecondQuantity",
    "stock.ship": "Ship Shipment TakeBack",
    "stock.status": "Purpose Release",
    "stock.supply_sheet": "Arrival LateSupply SupplyChange SupplySheet",
    "stock.vendor": "ChangeOwner ReturnToVendor Settlement",
    "stock.world": "PlantState",
    "tables": "Derivation Progress Table",
    "trace.genealogy": "Edge EdgeKind Genealogy",
    "trace.intent": "BroughtBy OrderedFor",
    "trace.recall": "Recall",
    "view": "View",
}
"""The public names, by the module that defines them."""

_HOMES = {name: home for home, names in _NAMES.items() for name in names.split()}

__all__ = ["__version__", *sorted(_HOMES)]  # noqa: PLE0604 - type checkers read the imports above


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
