"""What a document may hold: every public type with the tag it is written under. To add a type, add its line here.

A tag is for ever: documents of every release name it. A class may be renamed or moved, its tag stays.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.downtime import Downtime
from prodstock.calendars.exception import CalendarException
from prodstock.calendars.horizon import TimeBucket
from prodstock.calendars.recurrence import Recurrence
from prodstock.calendars.span import WorkingDays
from prodstock.codec.answer_tags import ANSWER_ENUMS, ANSWERS, COMPARISONS, FORECASTS, LOT_SIZING, PLAN_ANSWERS
from prodstock.codec.forms import FORMS
from prodstock.errors import InvalidTypeError
from prodstock.journal.command import Together
from prodstock.master import (
    alternative,
    bom,
    condition,
    item,
    lags,
    location,
    lot_sizes,
    measure,
    option,
    planning_parameters,
    quality_state,
    quota,
    release_criteria,
    resource,
    routing,
    setups,
    sourcing,
    transfer_lane,
)
from prodstock.master.catalog import Catalog
from prodstock.master.depth import Depth
from prodstock.master.difference import Change
from prodstock.orders import delivery, demand, lifecycle, planned, production, purchase, restored, supply_life
from prodstock.planning import (
    action,
    causes,
    chain,
    fulfilment,
    pegging,
    policy,
    starts,
    violations,
)
from prodstock.planning.changes import rows as changes
from prodstock.quality import inspection, nonconformance
from prodstock.quality import release as quality_release
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Quantity
from prodstock.quantities.rounding import Rounding
from prodstock.scenario import (
    calendar_change,
    change,
    demand_change,
    loss_change,
    policy_change,
    stock_correction,
    supply_change,
)
from prodstock.scheduling import conflicts, levers, reasons, standing
from prodstock.scheduling import policy as scheduling
from prodstock.scheduling import problem as scheduled
from prodstock.shopfloor import close, issue, launch, report, take_apart
from prodstock.stock import (
    allocation,
    amend,
    availability,
    claim,
    cost,
    count,
    events,
    expect,
    goods,
    judge,
    lose,
    move,
    movement,
    procure,
    receive,
    reservation,
    reverse,
    ship,
    status,
    vendor,
)
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import Enum

    from prodstock.journal.commit import Event

DEFINITIONS: Final[Mapping[type, str]] = {
    item.Item: "item",
    location.Site: "site",
    location.Location: "location",
    sourcing.Supplier: "supplier",
    sourcing.Sourcing: "sourcing",
    transfer_lane.TransferLane: "transfer-lane",
    quota.QuotaArrangement: "quota-arrangement",
    planning_parameters.PlanningParameters: "planning-parameters",
    resource.Resource: "resource",
    routing.Routing: "routing",
    bom.BillOfMaterial: "bill-of-material",
    option.Option: "option",
    release_criteria.ReleaseCriteria: "release-criteria",
    quality_state.QualityState: "quality-state",
    quality_state.Transition: "transition",
}
"""What a catalog is made of."""

PARTS: Final[Mapping[type, str]] = {
    quota.QuotaShare: "quota-share",
    sourcing.PriceBreak: "price-break",
    bom.BomLine: "bom-line",
    bom.Substitute: "substitute",
    bom.SubstituteGroup: "substitute-group",
    condition.Chosen: "chosen",
    condition.Cases: "cases",
    bom.CoProduct: "co-product",
    bom.ByProduct: "by-product",
    measure.Stepped: "stepped",
    measure.EachBegun: "each-begun",
    measure.Linear: "linear",
    measure.RoundedUp: "rounded-up",
    measure.Greatest: "greatest",
    measure.Least: "least",
    measure.Total: "total",
    routing.Operation: "operation",
    alternative.Alternative: "alternative",
    alternative.Secondary: "secondary-resource",
    lags.Lag: "lag",
    setups.Changeover: "changeover",
    setups.Setups: "setups",
    Calendar: "calendar",
    CalendarException: "calendar-exception",
    Downtime: "downtime",
    Recurrence: "recurrence",
    Catalog: "catalog",
}
"""What definitions are made of, and what they make."""

ORDERS: Final[Mapping[type, str]] = {
    demand.Demand: "demand",
    demand.DemandState: "demand-state",
    purchase.PurchaseOrder: "purchase-order",
    purchase.TransferOrder: "transfer-order",
    purchase.SupplyState: "supply-state",
    delivery.Delivery: "delivery",
    planned.PlannedMake: "planned-make",
    planned.PlannedBuy: "planned-buy",
    planned.PlannedMove: "planned-move",
    production.ProductionOrder: "production-order",
    production.OrderLine: "order-line",
    production.OrderStep: "order-step",
}
"""Promises, and how far they are kept."""

EVENTS: Final[Mapping[type[Event], str]] = {
    demand.DemandExpected: "demand-expected",
    demand.DemandShipped: "demand-shipped",
    demand.DemandCancelled: "demand-cancelled",
    purchase.SupplyExpected: "supply-expected",
    purchase.SupplyConfirmed: "supply-confirmed",
    purchase.SupplyReceived: "supply-received",
    purchase.SupplyReturned: "supply-returned",
    purchase.SupplyLost: "supply-lost",
    purchase.SupplyClosed: "supply-closed",
    production.OrderLaunched: "order-launched",
    production.LinesChanged: "lines-changed",
    production.StepsConfirmed: "steps-confirmed",
    production.OrderStateChanged: "order-state-changed",
    planned.PlanLaunched: "plan-launched",
    planned.PlanFirmed: "plan-firmed",
    planned.PlanUnfirmed: "plan-unfirmed",
    restored.Restored: "restored",
    production.TakenApart: "taken-apart",
    inspection.TestRecorded: "test-recorded",
    events.LotOpened: "lot-opened",
    events.SerialMinted: "serial-minted",
    events.StockPosted: "stock-posted",
    events.Claimed: "claimed",
    events.ClaimSettled: "claim-settled",
    events.CatalogChanged: "catalog-changed",
    events.KeyUsed: "key-used",
}
"""The closed set of what can have happened."""

STOCK: Final[Mapping[type, str]] = {
    goods.Goods: "goods",
    claim.Claim: "claim",
    claim.AllocationPolicy: "allocation-policy",
    allocation.Need: "need",
    allocation.OpenLot: "open-lot",
    events.Parcel: "parcel",
    events.Leg: "leg",
    events.LotCard: "lot-card",
    events.Retest: "retest",
    cost.Cost: "cost",
    events.ClaimLine: "claim-line",
}
"""What points at stock, and what its events consist of."""

COMMANDS: Final[Mapping[type, str]] = {
    Together: "together",
    receive.Receive: "receive",
    judge.Judge: "judge",
    move.Move: "move",
    move.Scrap: "scrap",
    vendor.ReturnToVendor: "return-to-vendor",
    vendor.ChangeOwner: "change-owner",
    count.Count: "count",
    count.Adjust: "adjust",
    expect.Expect: "expect",
    expect.Cancel: "cancel",
    expect.Redefine: "redefine",
    procure.Purchase: "purchase",
    procure.Transfer: "transfer",
    procure.Firm: "firm",
    amend.ConfirmSupply: "confirm-supply",
    amend.ReviseSupply: "revise-supply",
    amend.CloseSupply: "close-supply",
    lose.Lose: "lose",
    reverse.Reverse: "reverse",
    reservation.Reserve: "reserve",
    reservation.Void: "void",
    ship.Ship: "ship",
    ship.TakeBack: "take-back",
    launch.Launch: "launch",
    issue.Issue: "issue",
    issue.IssueGoods: "issue-goods",
    issue.PutBack: "put-back",
    report.Report: "report",
    report.Complete: "complete",
    close.Close: "close",
    close.CancelOrder: "cancel-order",
    close.Hold: "hold",
    close.Resume: "resume",
    close.Reopen: "reopen",
    take_apart.TakeApart: "take-apart",
    inspection.Record: "record",
    quality_release.ReleaseGoods: "release-goods",
    nonconformance.Sort: "sort",
}
"""What can be asked for."""

ASSUMPTIONS: Final[Mapping[type, str]] = {
    change.SupplierDelay: "supplier-delay",
    change.PreferSubstitute: "prefer-substitute",
    supply_change.SupplierLoss: "supplier-loss",
    supply_change.LeadTimeChange: "lead-time-change",
    supply_change.PriceChange: "price-change",
    demand_change.DemandChange: "demand-change",
    demand_change.DemandLoss: "demand-loss",
    loss_change.ScrapChange: "scrap-change",
    loss_change.YieldChange: "yield-change",
    calendar_change.CalendarChange: "calendar-change",
    stock_correction.StockCorrection: "stock-correction",
    policy_change.PolicyChange: "policy-change",
    policy.PlanningPolicy: "planning-policy",
    scheduling.SchedulingPolicy: "scheduling-policy",
    scheduling.Blend: "blend",
    scheduled.Job: "job",
    scheduled.Problem: "scheduling-problem",
    standing.Standing: "standing",
}
"""What may be assumed beside promises, definitions and commands, and what that consists of."""

VALUES: Final[Mapping[type, str]] = {
    Decimal: "decimal",
    Fraction: "fraction",
    Quantity: "quantity",
    Money: "money",
    date: "date",
    datetime: "datetime",
    timedelta: "duration",
    WorkingDays: "working-days",
}
"""Values that are written as one text, where nothing says which of them they are."""

ENUMS: Final[Mapping[type[Enum], str]] = {
    TimeBucket: "time-bucket",
    Rounding: "rounding",
    item.Tracking: "tracking",
    item.LotOrder: "lot-order",
    item.Supply: "supply",
    item.Inspection: "inspection",
    location.LocationKind: "location-kind",
    location.LocationRole: "location-role",
    bom.Basis: "basis",
    bom.ScrapBasis: "scrap-basis",
    bom.Substitution: "substitution",
    bom.LineRole: "line-role",
    bom.BomStatus: "bom-status",
    routing.OperationKind: "operation-kind",
    release_criteria.Criterion: "criterion",
    quality_state.Quality: "quality",
    quality_state.Use: "use",
    Depth: "depth",
    Change: "change",
    demand.DemandKind: "demand-kind",
    demand.DemandStatus: "demand-status",
    supply_life.SupplyStatus: "supply-status",
    supply_life.SupplyAction: "supply-action",
    lifecycle.OrderState: "order-state",
    lifecycle.OrderAction: "order-action",
    goods.ReservationState: "reservation-state",
    claim.Partial: "partial",
    move.OnReserved: "on-reserved",
    vendor.Settlement: "settlement",
    movement.Movement: "movement",
    status.Release: "release",
    status.Purpose: "purpose",
    inspection.Verdict: "verdict",
    close.Leftover: "leftover",
    availability.Reason: "reason",
    planning_parameters.LotRule: "lot-rule",
    lot_sizes.LotCut: "lot-cut",
    policy.Mode: "planning-mode",
    scheduling.Goal: "scheduling-goal",
    scheduling.Engine: "scheduling-engine",
    setups.Combine: "combine",
    standing.OperationStatus: "operation-status",
    scheduling.Rule: "scheduling-rule",
    reasons.SpellKind: "spell-kind",
    levers.LeverKind: "lever-kind",
    conflicts.ConflictKind: "conflict-kind",
    conflicts.RemedyKind: "remedy-kind",
    action.MessageKind: "message-kind",
    causes.ShortageCause: "shortage-cause",
    chain.LinkKind: "link-kind",
    fulfilment.Service: "service",
    pegging.PegUse: "peg-use",
    starts.Start: "start",
    violations.Constraint: "constraint",
    changes.CauseKind: "cause-kind",
    changes.ChangeOfFinding: "change-of-finding",
    changes.ChangeOfOrder: "change-of-order",
    policy.SafetyStock: "safety-stock-timing",
}
"""Enumerations, which are written by value."""

TABLE: Final = "table"
MAPPING: Final = "mapping"
SET: Final = "set"


TAGS: Final[Mapping[type, str]] = {
    **DEFINITIONS,
    **PARTS,
    **ORDERS,
    **EVENTS,
    **STOCK,
    **COMMANDS,
    **ANSWERS,
    **PLAN_ANSWERS,
    **FORECASTS,
    **LOT_SIZING,
    **COMPARISONS,
    **ASSUMPTIONS,
    **VALUES,
    **ENUMS,
    **ANSWER_ENUMS,
    Table: TABLE,
}
"""All of them."""

RECORDS: Final = (
    frozenset(TAGS) - frozenset(VALUES) - frozenset(ENUMS) - frozenset(ANSWER_ENUMS) - frozenset(FORMS) - {Table}
)
"""The types that consist of fields."""

BASES: Final = frozenset(base for kind in TAGS for base in kind.__mro__[1:]) - frozenset(TAGS)
"""Classes that fields name where any of several types may stand, each then with its tag."""

KINDS: Final[Mapping[str, type]] = {tag: kind for kind, tag in TAGS.items()}
"""The type of each tag."""


def tag_of(kind: type) -> str:
    """Return the tag of a type.

    Raises:
        InvalidTypeError: if it is none of the library's.
    """
    tag = TAGS.get(kind)
    if tag is None:
        raise InvalidTypeError(
            field="value", value=kind.__name__, reason="is no type that documents hold", advice="Give a public value"
        )
    return tag
