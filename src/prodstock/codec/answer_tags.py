"""The tags of what is answered: by a plant, by planning and scheduling, and by comparing and forecasting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prodstock.errors import Finding, ShortLine
from prodstock.journal.command import Done
from prodstock.journal.commit import Batch, Recorded
from prodstock.master import lot_sizes
from prodstock.master.difference import LineChange
from prodstock.master.explosion import Explosion, Requirement
from prodstock.master.order_line import OrderLine as RequiredLine
from prodstock.master.revisions import RevisionChange
from prodstock.master.where_used import WhereUsed
from prodstock.planning import (
    action,
    chain,
    criticality,
    cumulative,
    delays,
    excess,
    fair_share,
    fulfilment,
    kits,
    peg_tree,
    pegging,
    plan,
    projection,
    shortages,
    snapshot,
    snapshot_lines,
    starts,
    violations,
)
from prodstock.planning.changes import changes as plan_changes
from prodstock.planning.changes import nervousness
from prodstock.planning.changes import rows as changes
from prodstock.planning.engineering_change import impact
from prodstock.planning.engineering_change import rows as impacts
from prodstock.planning.forecast import (
    accuracy,
    answer,
    averages,
    choice,
    estimating,
    history,
    intermittent,
    profile,
    seasonal,
    smoothing,
)
from prodstock.planning.lot_sizing import cost as lot_cost
from prodstock.planning.lot_sizing import economic, heuristics, periods, plain, price_breaks, terms, wagner_whitin
from prodstock.planning.translations import capacity, exposure, material, purchasing, space, usage
from prodstock.quality import answers as quality_answers
from prodstock.quality import inspection, nonconformance
from prodstock.quality import release as quality_release
from prodstock.scenario import comparison
from prodstock.scheduling import batch_runs, bottlenecks, conflicts, dispatch, exceeded, figures, levers, life, reasons
from prodstock.scheduling import schedule as schedules
from prodstock.shopfloor import issue, take_apart, wip
from prodstock.stock import (
    allocation,
    answers,
    availability,
    contradiction,
    count,
    goods,
    holds,
    judge,
    lot_sheet,
    move,
    receipt,
    reverse,
    second,
    ship,
    supply_sheet,
)
from prodstock.tables import Derivation, DerivationLine
from prodstock.trace import genealogy, intent, recall

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import Enum

ANSWERS: Final[Mapping[type, str]] = {
    Recorded: "recorded",
    Batch: "batch",
    Done: "done",
    receipt.Receipt: "receipt",
    goods.Output: "output",
    goods.Pick: "pick",
    goods.Reservation: "reservation",
    holds.Hurt: "hurt",
    contradiction.Contradiction: "contradiction",
    judge.Judgement: "judgement",
    move.Moved: "moved",
    count.Counted: "counted",
    ship.Shipment: "shipment",
    reverse.Reversal: "reversal",
    issue.Issued: "issued",
    take_apart.Dismantled: "dismantled",
    quality_answers.VerdictLine: "verdict-line",
    quality_answers.Waiting: "waiting",
    inspection.Evidence: "evidence",
    inspection.Papers: "papers",
    quality_release.Released: "released",
    nonconformance.Sorted: "sorted",
    answers.Below: "below",
    answers.Holding: "holding",
    answers.StockLine: "stock-line",
    answers.Posting: "posting",
    lot_sheet.LotSheet: "lot-sheet",
    lot_sheet.CostLayer: "cost-layer",
    second.SecondQuantity: "second-quantity",
    supply_sheet.SupplySheet: "supply-sheet",
    supply_sheet.SupplyChange: "supply-change",
    supply_sheet.LateSupply: "late-supply",
    supply_sheet.Arrival: "arrival",
    availability.Bucket: "bucket",
    availability.Availability: "availability",
    allocation.PassedOver: "passed-over",
    allocation.Short: "short",
    allocation.Allocation: "allocation",
    Requirement: "requirement",
    Explosion: "explosion",
    RequiredLine: "required-line",
    WhereUsed: "where-used",
    LineChange: "line-change",
    wip.PickLine: "pick-line",
    wip.PickList: "pick-list",
    wip.WipRow: "wip-row",
    wip.BalanceRow: "balance-row",
    genealogy.Edge: "genealogy-edge",
    genealogy.Genealogy: "genealogy",
    recall.FateLine: "fate-line",
    recall.Endangered: "endangered",
    recall.Recall: "recall",
    intent.BroughtBy: "brought-by",
    intent.OrderedFor: "ordered-for",
    DerivationLine: "derivation-line",
    Derivation: "derivation",
    Finding: "finding",
    ShortLine: "short-line",
}
"""What a plant and its catalog answer."""

PLAN_ANSWERS: Final[Mapping[type, str]] = {
    action.ActionMessage: "action-message",
    chain.ChainLink: "chain-link",
    criticality.Slack: "slack",
    cumulative.CumulativeLeadTime: "cumulative-lead-time",
    delays.Delayed: "delayed",
    excess.Excess: "excess",
    fair_share.FairShare: "fair-share",
    fulfilment.PlannedDelivery: "planned-delivery",
    fulfilment.Fulfilment: "fulfilment",
    kits.KitPart: "kit-part",
    kits.KitAvailability: "kit-availability",
    peg_tree.PegNode: "peg-node",
    peg_tree.PegTree: "peg-tree",
    pegging.Peg: "peg",
    projection.StockChange: "stock-change",
    projection.Projection: "projection",
    shortages.Shortage: "shortage",
    starts.OrderStart: "order-start",
    violations.Violation: "violation",
    schedules.Placement: "placement",
    schedules.JobTimes: "job-times",
    dispatch.DispatchLine: "dispatch-line",
    figures.ScheduleFigures: "schedule-figures",
    schedules.ResourceUse: "resource-use",
    reasons.Spell: "spell",
    life.Rescheduled: "rescheduled",
    exceeded.ExceededLag: "exceeded-lag",
    conflicts.DeadlineConflict: "deadline-conflict",
    conflicts.Remedy: "remedy",
    batch_runs.BatchRun: "batch-run",
    bottlenecks.Bottleneck: "bottleneck",
    levers.Lever: "lever",
    capacity.MachineLoad: "machine-load",
    capacity.LabourLoad: "labour-load",
    exposure.ExposureLine: "exposure-line",
    exposure.SupplierExposure: "supplier-exposure",
    material.MaterialLine: "material-line",
    purchasing.PurchaseLine: "purchase-line",
    purchasing.PurchaseDay: "purchase-day",
    space.SpaceLine: "space-line",
    usage.PartUsage: "part-usage",
    snapshot.Held: "held",
    snapshot_lines.SnapshotLine: "snapshot-line",
    snapshot.Snapshot: "snapshot",
    plan.Plan: "plan",
    schedules.Schedule: "schedule",
    plan_changes.PlanChanges: "plan-changes",
    nervousness.Nervousness: "nervousness",
    changes.Cause: "plan-cause",
    changes.CommitLine: "commit-line",
    changes.OrderChange: "order-change",
    changes.ShortageChange: "shortage-change",
    changes.MessageChange: "message-change",
    nervousness.NervousnessLine: "nervousness-line",
}
"""Plans, schedules, what they are made from, and what they answer."""

FORECAST_METHODS: Final[Mapping[type, str]] = {
    averages.Naive: "naive-method",
    averages.MovingAverage: "moving-average",
    averages.WeightedMovingAverage: "weighted-moving-average",
    smoothing.ExponentialSmoothing: "exponential-smoothing",
    smoothing.Holt: "holt-method",
    seasonal.HoltWinters: "holt-winters-method",
    intermittent.Croston: "croston-method",
    intermittent.TSB: "tsb-method",
    choice.BestMethod: "best-method",
}
"""The methods of forecasting that documents hold: those of the library."""

FORECASTS: Final[Mapping[type, str]] = {
    **FORECAST_METHODS,
    history.DemandHistory: "demand-history",
    answer.ForecastPeriod: "forecast-period",
    answer.FitRow: "forecast-fit",
    answer.Forecast: "forecast",
    accuracy.ForecastErrors: "forecast-errors",
    accuracy.TrackingRow: "tracking-row",
    profile.DemandProfile: "demand-profile",
    choice.MethodTrial: "method-trial",
    choice.MethodChoice: "method-choice",
}
"""What is forecast, from what and how."""

LOT_SIZING: Final[Mapping[type, str]] = {
    plain.LotForLot: "lot-for-lot",
    plain.FixedQuantity: "fixed-quantity",
    plain.ReplenishToMaximum: "replenish-to-maximum",
    periods.PeriodOfSupply: "period-of-supply",
    periods.CalendarPeriods: "calendar-periods",
    economic.EconomicOrderQuantity: "economic-order-quantity",
    economic.PeriodicOrderQuantity: "periodic-order-quantity",
    heuristics.SilverMeal: "silver-meal",
    heuristics.LeastUnitCost: "least-unit-cost",
    heuristics.Groff: "groff",
    heuristics.PartPeriodBalancing: "part-period-balancing",
    wagner_whitin.WagnerWhitin: "wagner-whitin",
    lot_sizes.LotSizes: "lot-sizes",
    terms.LotTerms: "lot-terms",
    terms.SizedLot: "sized-lot",
    lot_cost.LotCost: "lot-cost",
    lot_cost.RuleCost: "rule-cost",
    price_breaks.BreakCost: "break-cost",
}
"""How lots are sized, and what that costs."""

COMPARISONS: Final[Mapping[type, str]] = {
    comparison.ComparisonLine: "comparison-line",
    comparison.DemandDifference: "demand-difference",
    comparison.ShortageDifference: "shortage-difference",
    comparison.Difference: "order-difference",
    comparison.StartDifference: "start-difference",
    comparison.LoadLine: "load-line",
    comparison.WeekLine: "week-line",
    comparison.ChangeLine: "change-line",
    comparison.Comparison: "comparison",
    RevisionChange: "revision-change",
    impacts.NeedChange: "need-change",
    impacts.OrderImpact: "order-impact",
    impacts.PartImpact: "part-impact",
    impacts.PurchaseImpact: "purchase-impact",
    impacts.LotImpact: "lot-impact",
    impacts.CostImpact: "cost-impact",
    impact.ChangeImpact: "change-impact",
}
"""What scenarios mean side by side, and what new definitions do."""

ANSWER_ENUMS: Final[Mapping[type[Enum], str]] = {
    fair_share.ShareRule: "share-rule",
    genealogy.EdgeKind: "edge-kind",
    recall.Fate: "fate",
    impacts.Suggestion: "suggestion",
    impacts.PartFate: "part-fate",
    answer.DueDay: "due-day",
    profile.DemandPattern: "demand-pattern",
    seasonal.Seasonality: "seasonality",
    intermittent.CrostonKind: "croston-kind",
    estimating.ForecastSpread: "forecast-spread",
    heuristics.PartPeriodLook: "part-period-look",
    price_breaks.Discount: "discount",
}
"""Enumerations of answers."""
