"""The planner: from what there is and what was promised to a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock._uncollected import uncollected
from prodstock.calendars.zone import micros, start_of
from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.master import checks
from prodstock.planning.gather import gather
from prodstock.planning.lead_time import LeadTimes
from prodstock.planning.netting import Netting
from prodstock.planning.plan import Plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.proposing import Proposer
from prodstock.planning.snapshot import Snapshot
from prodstock.planning.sources import Sources
from prodstock.planning.supplier_capacity import LimitedProposer, any_limited

if TYPE_CHECKING:
    from prodstock.calendars.span import Moment
    from prodstock.tables import Progress

DEFAULT_POLICY = PlanningPolicy()


@uncollected()
def plan(
    snapshot: Snapshot,
    policy: PlanningPolicy = DEFAULT_POLICY,
    *,
    until: Moment,
    progress: Progress | None = None,
) -> Plan:
    """Return what to make, buy and move so that the demands due before `until` are met, and what cannot be met in time.

    Constrained, wants are served one after another, by priority, then date: each takes what is there by then, what came
    last first; the rest is ordered just in time, all its parts included, and nothing starts before now. What cannot be
    there in time comes as early as it can, in as many parts as it must and the demand allows. Launched orders come
    first, safety stocks last; what a settled order takes is served with whoever first takes from it. All else is as
    below.

    Unconstrained, each item is netted after all that needs it, in the order of time, whatever the order of rows:

    - Wants are served by date, then priority, then code: demands, forecasts that no order consumed, lines of launched
      orders less what is issued and reserved, and what planned orders take at their start. What is missing at one
      moment is ordered together.
    - They take stock and receipts that are there by then, by the item's lot order, if not expired by then. Blocked,
      rejected and quarantined stock counts for nothing; stock that waits for inspection or release counts from when it
      is expected to be ready, if its state may be planned with. What is reserved is used by what it is for.
    - What is of a project or made to order (`Demand.project`, `Demand.to_order`) is netted by itself, down to the last
      part: it takes its own stock and receipts and nobody else does, and its orders say so (`segment`). Items that are
      `collective` are netted for all alike, from free stock. Stock falls from one to another only when it is moved.
    - What is made to order is made with the options of its demand, at every level: lines of bills count that apply with
      them, as with the usual ones for all else. A settled order is made with the options that it names.
    - What belongs to a customer serves that customer's demands for it; what of that is set aside for a project or a
      demand made to order serves all of it, if it is that customer's alone. What belongs to others counts for nothing.
    - What a transfer has not moved yet is wanted at its source when it is due at its target.
    - What is missing is ordered for the moment it is wanted: a made item with the scrap of its bill and routing,
      rounded up to the item's digits, then to the minimum and multiple of its lots. What an order brings beyond that is
      there for later wants. A receipt that is on its way but late is used if no new order could be sooner.
    - The safety stock is restored with the first order that is needed anyway, or as soon as one can be there; once.
    - `PlanningParameters` say otherwise for an item at a site: lot rule and largest order, safety stock by date or for
      days of cover, safety time, fences, and how far orders reach for forecasts.
    - Where an item may come several ways, the one of the lowest priority number is taken that is open on the day of its
      start: transfer lanes and terms have theirs, making has 0; of equal ones lanes go first, then making, then buying.
      What is bought at times, though its bill makes it, must not say that it is made (`Item.supply`). What is moved is
      wanted at its source when it leaves, by the same rules as all else.
    - An order starts a lead time before it is due, on working calendars, and before its inspection time; a purchase on
      the last order day for the last delivery in time, and is there from then on. A start may lie in the past: then the
      order says so, a message says by how much, and the shortage says when it is there if it starts now. Late parts
      make late orders.
    - A phantom's stock is used first; the rest of it is replaced by its parts. An order says what it takes of it, a
      settled one what it takes today: it is settled by the launch. Co-products are netted together with
      what they come with, by-products count where they fall off. Bills are those valid when the order starts, today at
      the earliest.
    - What stands in on the line of a bill serves, in time, as the policy or the line says: what its own needs leave of
      its stock and receipts; constrained, what nobody took before. From the day on which another item follows, what
      bills need of the old one and is not there falls on the other, and none of the old one is ordered. What has a
      share of a line is ordered for its share of what planned orders need.

    Args:
        snapshot: what there is and what was promised.
        policy: how to plan.
        until: the end of the horizon: demands due from then on are left out; a date is its start at the site MAIN.
        progress: is told how many items are done, and of how many that is known so far.

    Raises:
        InvalidData: if the snapshot names what its catalog does not have, with every such row.
        InvalidValueError: if the horizon ends before it starts, or a number or date goes out of bounds.

    O(n log n) in wants, supplies and bill lines; constrained, that times the attempts that a late want takes.

    >>> from datetime import UTC, date, datetime
    >>> from prodstock.calendars.span import working_days
    >>> from prodstock.master.bom import BillOfMaterial, BomLine
    >>> from prodstock.master.catalog import Catalog
    >>> from prodstock.master.item import Item
    >>> from prodstock.master.sourcing import Sourcing
    >>> from prodstock.orders.demand import Demand
    >>> catalog = Catalog([
    ...     Item("CUP", lead_time=working_days(2)), BillOfMaterial("CUP", [BomLine("CLAY", "0.4")]),
    ...     Item("CLAY", unit="kg", scale=1), Sourcing("CLAY", supplier="PIT", lead_time=working_days(5), multiple=25),
    ... ])
    >>> cups = Demand("CUP", 120, due=date(2026, 3, 20), ref="SO-1")
    >>> now = datetime(2026, 3, 2, 6, tzinfo=UTC)
    >>> made = plan(Snapshot(catalog=catalog, at=now, promises=[cups]), until=date(2026, 7, 1))
    >>> made.make[0], made.buy[0]
    (<PlannedMake 120 CUP 2026-03-18 to 2026-03-20>, <PlannedBuy 50.0 CLAY from PIT 2026-03-11 to 2026-03-18>)
    """
    if not isinstance(snapshot, Snapshot):
        raise InvalidTypeError(field="snapshot", value=snapshot, reason="is no Snapshot", advice="Use plant.snapshot()")
    checks.instance(policy, PlanningPolicy, "policy", "Give a PlanningPolicy")
    checks.progress(progress)
    times = LeadTimes(snapshot.catalog)
    end = start_of(until, times.zone("MAIN"))
    if micros(end) < micros(snapshot.at):
        raise InvalidValueError(field="until", value=until, reason="is before now", advice="Plan until a later day")
    gathered = gather(snapshot, times, policy, end)
    sources = snapshot.catalog.derived(Sources)
    limited = policy.mode is Mode.CONSTRAINED and snapshot.catalog.derived(any_limited)
    kind = LimitedProposer if limited else Proposer
    proposer = kind(sources, times, gathered.now, gathered.choices, breaks=policy.price_breaks)
    proposer.commit(gathered, snapshot.firm)
    netting = Netting(gathered, proposer, policy, snapshot.firm)
    netting.run(progress)
    return Plan(snapshot=snapshot, policy=policy, until=end, netting=netting)
