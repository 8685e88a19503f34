"""A plan: what to make, buy and move, what will be missing, and why; a value that never changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

import attrs

from prodstock._lazy import Lazy
from prodstock._uncollected import uncollected
from prodstock.calendars.horizon import TimeBucket
from prodstock.errors import UnknownCode
from prodstock.master import checks
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove, PlannedOrder
from prodstock.orders.production import ProductionOrder
from prodstock.orders.purchase import TransferOrder
from prodstock.planning import (
    criticality,
    delays,
    explain,
    fair_share,
    fulfilment,
    lookup,
    messages,
    pegging,
    projection,
    shortages,
    verify,
)
from prodstock.planning.fair_share import FairShare, ShareRule
from prodstock.planning.netting import Netting
from prodstock.planning.policy import PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.tables import Derivation, Table, Tabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from prodstock.calendars.span import Moment
    from prodstock.journal.commit import Recorded
    from prodstock.master.choices import ChosenOptions
    from prodstock.orders.planned import StandIn
    from prodstock.planning import excess, kits, peg_tree, planner, starts, violations
    from prodstock.planning.action import ActionMessage
    from prodstock.planning.changes import changes
    from prodstock.planning.changes.changes import PlanChanges
    from prodstock.planning.criticality import Slack
    from prodstock.planning.delays import Delayed
    from prodstock.planning.excess import Excess
    from prodstock.planning.fulfilment import Fulfilment
    from prodstock.planning.kits import KitAvailability
    from prodstock.planning.peg_tree import PegTree
    from prodstock.planning.pegging import Peg
    from prodstock.planning.projection import Projection
    from prodstock.planning.shortages import Shortage
    from prodstock.planning.starts import OrderStart
    from prodstock.planning.translations import capacity, exposure, material, purchasing, space, usage
    from prodstock.planning.translations.capacity import LabourLoad, MachineLoad
    from prodstock.planning.translations.exposure import SupplierExposure
    from prodstock.planning.translations.material import MaterialLine
    from prodstock.planning.translations.planned import Planned
    from prodstock.planning.translations.purchasing import PurchaseDay
    from prodstock.planning.translations.space import SpaceLine
    from prodstock.planning.translations.usage import PartUsage
    from prodstock.planning.violations import Violation
else:
    capacity = Lazy("prodstock.planning.translations.capacity")
    changes = Lazy("prodstock.planning.changes.changes")
    excess = Lazy("prodstock.planning.excess")
    exposure = Lazy("prodstock.planning.translations.exposure")
    kits = Lazy("prodstock.planning.kits")
    peg_tree = Lazy("prodstock.planning.peg_tree")
    planner = Lazy("prodstock.planning.planner")
    material = Lazy("prodstock.planning.translations.material")
    purchasing = Lazy("prodstock.planning.translations.purchasing")
    space = Lazy("prodstock.planning.translations.space")
    starts = Lazy("prodstock.planning.starts")
    usage = Lazy("prodstock.planning.translations.usage")
    violations = Lazy("prodstock.planning.violations")

ZERO = timedelta()


@attrs.frozen(repr=False, eq=False)
class Plan(Tabled[PlannedOrder]):
    """What to do so that every demand is met, and what cannot be met in time. Equal plans propose the same.

    The tables are made when they are first asked for.

    Attributes:
        snapshot: what it was made from.
        policy: how it was made.
        until: the end of its horizon, in UTC.
    """

    snapshot: Snapshot = attrs.field(kw_only=True)
    policy: PlanningPolicy = attrs.field(kw_only=True)
    until: datetime = attrs.field(kw_only=True)
    _netting: Netting = attrs.field(kw_only=True)

    @cached_property
    @uncollected()
    def orders(self) -> Table[PlannedOrder]:
        """All that is proposed, by start, then item, then code."""
        naming = self._netting.naming
        found = [naming.public(number) for number in range(len(self._netting.orders.start))]
        return Table(sorted(found, key=lambda order: (order.start, order.item, order.code)))

    @cached_property
    def shortages(self) -> Table[Shortage]:
        """What is late or missing, the most harmful first, then by the moment it is needed and item."""
        return Table(shortages.shortages(self._netting))

    @cached_property
    def demands(self) -> Table[Fulfilment]:
        """How each demand fares: on time, late or short, in which parts, and what binds; by due date, then code."""
        return Table(fulfilment.fulfilments(self._netting, self.snapshot))

    @cached_property
    @uncollected()
    def messages(self) -> Table[ActionMessage]:
        """What the planner should look at, by kind, then order."""
        return Table(messages.messages(self._netting, self.snapshot))

    @cached_property
    @uncollected()
    def pegging(self) -> Table[Peg]:
        """Where each unit of each supply goes: to a demand or order, to the safety stock, or to nobody; by item."""
        return Table(pegging.pegging(self._netting))

    @cached_property
    def slack(self) -> Table[Slack]:
        """How much later each order and receipt may come before a demand suffers: the critical ones first."""
        return Table(criticality.slacks(self._netting))

    @cached_property
    def excess(self) -> Table[Excess]:
        """What there is and comes that nobody needs within the horizon, with its value, by item, site and arrival.

        Needed is what demands and what is left of forecasts take, directly and through orders, and what keeps the
        safety stock. `made` says that it is produced too much: by a lot rule, or because its demand is gone.
        """
        return Table(excess.excess(self._netting))

    @cached_property
    def starts(self) -> Table[OrderStart]:
        """Whether each launched and planned order to make can start: now, later, or not without action; by priority.

        Each has what the plan gives it, and no two the same: together, they are what can be begun with what is there.
        """
        return Table(starts.starts(self._netting))

    @cached_property
    def violations(self) -> Table[Violation]:
        """Every constraint that the plan breaks as it stands, by moment, then kind: empty, it is executable.

        Late and short demands, orders that would have to start in the past or before their parts are there, settled
        orders against the rules of their sources, what is counted on and may not be, and resources asked for too much
        of a week or day. A safety stock that is too low breaks nothing: a message says so.
        """
        weeks = self.machine_hours()
        busy = any(one.hours for one in weeks)
        days = self.machine_hours(bucket=TimeBucket.DAY) if busy else weeks[:0]
        return Table(violations.violations(self._netting, self.demands, weeks, days))

    @property
    def executable(self) -> bool:
        """Whether the plan can be carried out as it stands: it breaks no constraint."""
        return not self.violations

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        return _said(self) == _said(other)

    def __hash__(self) -> int:
        return hash(_said(self))

    def __copy__(self) -> Plan:
        return self

    def __deepcopy__(self, _: object) -> Plan:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return _planned_again, (self.snapshot, self.policy, self.until)

    def to_table(self) -> Table[PlannedOrder]:
        """Return all that is proposed; each of the other tables has a `to_frame` of its own."""
        return self.orders

    @property
    def make(self) -> Table[PlannedMake]:
        """What to make, in the order of `orders`."""
        return Table(order for order in self.orders if isinstance(order, PlannedMake))

    @property
    def buy(self) -> Table[PlannedBuy]:
        """What to buy, in the order of `orders`."""
        return Table(order for order in self.orders if isinstance(order, PlannedBuy))

    @property
    def move(self) -> Table[PlannedMove]:
        """What to move between sites, in the order of `orders`."""
        return Table(order for order in self.orders if isinstance(order, PlannedMove))

    def demand(self, demand: Demand | str, /) -> Fulfilment:
        """Return how one demand fares, by its code.

        Raises:
            UnknownCode: if there is no such demand.
            AmbiguousCode: if several demands have the code.
        """
        return fulfilment.fulfilment(self.demands, demand)

    def pegs_of(self, demand: Demand | str, /) -> Table[Peg]:
        """Return what a demand takes down to the last part: lots, receipts and orders with its share of each, by level.

        What an order takes is shared among those whom it serves in whole steps, so that the shares of all demands, and
        of what nobody needs, add up to exactly what there is. A launched order may be asked for by its code too.

        Raises:
            UnknownCode: if nothing of it is open within the horizon.
            AmbiguousCode: if several have the code.
        """
        return Table(pegging.pegs_of(self._netting, demand))

    def peg_tree(self, demand: Demand | str, /) -> PegTree:
        """Return the same as `pegs_of` as a tree, which draws itself: boxes for orders, receipts and lots.

        Raises:
            UnknownCode: if nothing of it is open within the horizon.
            AmbiguousCode: if several have the code.
        """
        return peg_tree.peg_tree(self._netting, demand)

    def where_used(self, supply: PlannedOrder | str, /) -> PegTree:
        """Return whom an order, receipt or lot serves, and whom they serve, up to the demands, as a tree.

        Quantities of each step are those of what it hands on; what nobody takes is in it, too. A lot of an item that is
        not tracked is called as its item is.

        Raises:
            UnknownCode: if the plan counts on nothing of that code.
        """
        return peg_tree.where_used(self._netting, supply)

    def delayed(
        self, order: PlannedOrder | str, /, *, by: timedelta = ZERO, to: Moment | None = None
    ) -> Table[Delayed]:
        """Return which demands wait for an order or receipt, and what becomes of them if it comes so much later.

        Args:
            order: the order, or the code of one or of a receipt.
            by: how much later than by the plan.
            to: when it comes instead; a date means the end of that day at its site.

        Raises:
            UnknownCode: if the plan has no such order or receipt.
            InvalidValueError: if that is sooner than by the plan, or both are given.
        """
        return Table(delays.delayed(self._netting, order, by, to))

    def fair_shares(
        self,
        item: str,
        /,
        source: str = "MAIN",
        *,
        until: Moment | None = None,
        rule: ShareRule = ShareRule.PRIORITY,
    ) -> Table[FairShare]:
        """Return what a site that may be short of an item should send to each site that wants it, and keep itself.

        What is there and what comes by receipts and settled orders is shared, less what launched orders, transfers
        and settled orders take; what the plan only proposes to make or buy is not counted, and what expires before the
        end counts as far as it is used before. The most urgent wants come first; those of one priority share in
        proportion, rounded to what the lanes' lot sizes allow. What rounding leaves over goes to whoever is furthest
        below the proportion, of equal ones by site; where not even the smallest lot can go, nothing goes. In an
        unconstrained plan transfers carry what is wanted; a constrained one has cut them already, first come first.

        Args:
            item: of what.
            source: the site that has it.
            until: what leaves and what comes before then is looked at; None: all that is in the plan.
            rule: how to share.

        Raises:
            UnknownCode: if there is no such item or site.
            InvalidTypeError: if the rule is none.

        O(wants and supplies of the item at the site), and their square in the sites that it supplies.
        """
        return fair_share.fair_shares(self._netting, item, source, until=until, rule=rule)

    def why(self, line: explain.Line, /) -> Derivation:
        """Return how a line came about: demands, stock, receipts, scrap, rounding, lot size, lead time, bill.

        A line is an order, demand, shortage, message, start or violation. An order, receipt or demand may be given by
        its code, looked for in that order; of a late demand, what it waits for is said down to what binds.

        Raises:
            UnknownCode: if the line is not one of this plan.

        Derived when asked for: an order is found at once, another line in O(wants of the plan).
        """
        return explain.why(self._netting, self.snapshot, line)

    def from_stock(self, line: PlannedMake | Demand | TransferOrder, /) -> Mapping[str, Decimal]:
        """Return what an order, a demand, or a transfer at its source takes of phantoms from their stock, by item.

        The rest of them is exploded.

        It stands on the order too, as `PlannedMake.from_stock`: a launch makes it lines of their own.

        Raises:
            UnknownCode: if the line is not one of this plan.
        """
        if isinstance(line, Demand | TransferOrder):
            return explain.phantoms_of(self._netting, self.snapshot, line)
        checks.instance(line, PlannedMake, "line", "Give a planned order to make, a demand, or a transfer order")
        lookup.order_row(self._netting, line)
        return dict(line.from_stock)

    def stand_ins(self, order: PlannedMake | ProductionOrder, /) -> tuple[StandIn, ...]:
        """Return what stands in for what an order takes: what, how much, for which item, for how much of it.

        It stands on a planned order too, as `PlannedMake.stand_ins`. Of a launched order it is what the plan counts on
        for its open lines. Groups that replace several items together stand on the order: `PlannedMake.groups`.

        Raises:
            UnknownCode: if the order is not one of this plan or its snapshot.
        """
        if isinstance(order, PlannedMake):
            lookup.order_row(self._netting, order)
            return order.stand_ins
        checks.instance(order, ProductionOrder, "order")
        if order not in self.snapshot.orders:
            raise UnknownCode(kind="order of this plan", given=order.code)
        return self._netting.naming.launched_stand_ins(order)

    def projected(
        self, item: str, /, *, site: str = "MAIN", at: Moment | None = None, segment: str | None = ""
    ) -> Decimal:
        """Return what will be free of an item at a moment, the plan's own orders and what they take included.

        What is there and usable, and all that comes by then, less all that is wanted by then. It falls below zero where
        the plan is short. Wants and orders beyond the horizon are not known.

        Args:
            item: the item.
            site: where.
            at: when; a date means the end of that day; None: at the end of the horizon.
            segment: whose stock: `project:` and a project, `own:` and a demand made to order; empty: free stock;
                None: all of it together.

        Raises:
            UnknownCode: if there is no such item or site.
        """
        return projection.projected(self._netting, item, site, at, segment)

    def kit(
        self, item: str, /, *, site: str = "MAIN", at: Moment | None = None, options: ChosenOptions = ()
    ) -> KitAvailability:
        """Return how many sets of an item are free: those that lie there, and what its free parts make together.

        Free is what the plan leaves of a part until its end; a part that several lines or phantoms of the set take
        counts once. The parts say what limits, and what would be left.

        Args:
            item: the set: an item with a bill, usually a phantom.
            site: where.
            at: from when on; a date means the end of that day; None: now.
            options: what is chosen of the options; of those left out the usual value.

        Raises:
            UnknownCode: if there is no such item or site, option or value of one.
            InvalidValueError: if no bill of it is in force then, or the moment is not within the plan.
        """
        return kits.kit(self._netting, item, site, at, options)

    def projection(self, item: str, /, *, site: str = "MAIN", segment: str = "") -> Projection:
        """Return what will be free of an item, or of a project's stock of it, change by change, with a picture of it.

        Raises:
            UnknownCode: if there is no such item or site.
        """
        return projection.projection(self._netting, item, site, segment)

    def material(self, *, bucket: TimeBucket = TimeBucket.WEEK) -> Table[MaterialLine]:
        """Return what comes and goes of each item at each site, bucket by bucket, and what is then left.

        Like the other translations, it is read off the plan and its definitions: nothing is planned anew. The function
        of the same name takes anything that is `Planned`, and says how it is counted.
        """
        return material.material(self, bucket=bucket)

    def machine_hours(self, *, bucket: TimeBucket = TimeBucket.WEEK) -> Table[MachineLoad]:
        """Return what planned and launched orders ask of each resource, beside what it can give."""
        return capacity.machine_hours(self, bucket=bucket)

    def labour_hours(self, *, bucket: TimeBucket = TimeBucket.WEEK) -> Table[LabourLoad]:
        """Return what planned and launched orders ask of people, by skill, site and bucket."""
        return capacity.labour_hours(self, bucket=bucket)

    def purchasing_calendar(self, *, bucket: TimeBucket = TimeBucket.DAY) -> Table[PurchaseDay]:
        """Return what is to be ordered when, from whom, and what it costs."""
        return purchasing.purchasing_calendar(self, bucket=bucket)

    def supplier_exposure(self) -> Table[SupplierExposure]:
        """Return what hangs on each supplier: purchases, demands, and what nobody else can supply."""
        return exposure.supplier_exposure(self)

    def warehouse_space(self, *, bucket: TimeBucket = TimeBucket.WEEK, unit: str = "m3") -> Table[SpaceLine]:
        """Return how much room the goods take at each site, by kind of place and bucket."""
        return space.warehouse_space(self, bucket=bucket, unit=unit)

    def usage(self) -> Table[PartUsage]:
        """Return what each item is there for: bills, demands, its only supplier, and whom its loss would hit.

        Stock that no bill in force uses and no demand asks for is an `orphan`. The most critical come first.
        """
        return usage.usage(self)

    def changes_since(self, before: Planned, /, *, events: Iterable[Recorded] = ()) -> PlanChanges:
        """Return what is no longer as an earlier plan had it, and which event may have caused it.

        The function `changes` takes any two that are `Planned`, and says how lines are matched.

        Args:
            before: the earlier plan.
            events: what was recorded in between, such as `plant.events()[known:]`.

        Raises:
            InvalidTypeError: if it is no plan, or an event is none.
        """
        return changes.changes(before, self, events=events)

    def verify(self) -> None:
        """Check the plan with code that did not make it: nothing used twice, nothing forgotten, all rules kept.

        Raises:
            BrokenInvariant: if the plan contradicts itself or its snapshot.
        """
        verify.verify(self)

    def __str__(self) -> str:
        head = f"Plan of {self.snapshot.at:%Y-%m-%d %H:%M} until {self.until:%Y-%m-%d}: {self._counts()}"
        parts = [part for part in _parts(self) if part[1]]
        return "\n\n".join([head, *(f"{name}\n{rows}" for name, rows in parts)])

    def _counts(self) -> str:
        counts = ((self.make, "to make"), (self.buy, "to buy"), (self.move, "to move"))
        said = [f"{len(rows)} {name}" for rows, name in counts if rows]
        said.append(f"{len(self.shortages)} short" if self.shortages else "nothing short")
        return ", ".join(said)

    def __repr__(self) -> str:
        return f"<Plan of {self.snapshot.at:%Y-%m-%d}: {self._counts()}>"

    def _repr_html_(self) -> str:
        head = f"<p>{escape(str(self).splitlines()[0])}</p>"
        return head + "".join(f"<h4>{name}</h4>{rows.to_html()}" for name, rows in _parts(self) if rows)


def _planned_again(snapshot: Snapshot, policy: PlanningPolicy, until: datetime) -> Plan:
    """Return the plan of a snapshot: what another process does with one that it is sent."""
    return planner.plan(snapshot, policy, until=until)


def _said(plan: Plan) -> tuple[object, ...]:
    return plan.snapshot, plan.policy, plan.until, plan.orders, plan.shortages, plan.messages


def _parts(plan: Plan) -> tuple[tuple[str, Table[object]], ...]:
    named = (("Make", plan.make), ("Buy", plan.buy), ("Move", plan.move))
    return *named, ("Shortages", plan.shortages), ("Messages", plan.messages)
