"""Why a line of a plan is what it is, for planners to read: worked out when it is asked for."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.calendars.span import WorkingDays
from prodstock.calendars.zone import from_micros
from prodstock.errors import UnknownCode
from prodstock.master.item import Supply as Origin
from prodstock.master.ratio import decimal_of
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
from prodstock.orders.production import ProductionOrder
from prodstock.orders.purchase import TransferOrder
from prodstock.planning.findings import ActionMessage, Shortage, ago, amount, is_late, last_day, ready, shortage
from prodstock.planning.kernel import (
    EXPECTED_STOCK,
    PLANNED,
    PRODUCTION,
    PURCHASE,
    STOCK,
    TRANSFER,
    Proposal,
    Supply,
    Want,
)
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import NEVER
from prodstock.tables import Derivation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.master.item import Item
    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.netting import Netting
    from prodstock.planning.snapshot import Snapshot
    from prodstock.planning.station import Station

_MOST = 50
"""Wants and supplies listed below a line; the rest is counted."""

_NAMES = {
    STOCK: "stock",
    EXPECTED_STOCK: "stock that is not usable yet",
    PURCHASE: "purchase",
    TRANSFER: "transfer",
    PRODUCTION: "production order",
}


def why(netting: Netting, snapshot: Snapshot, line: PlannedOrder | Shortage | ActionMessage | Demand) -> Derivation:
    """Return the derivation of a line of a plan.

    Raises:
        UnknownCode: if the plan has no such line.
    """
    match line:
        case PlannedMake() | PlannedBuy() | PlannedMove():
            return _why_order(netting, netting.find(line))
        case Demand():
            return _why_demand(netting, snapshot, line)
        case Shortage():
            return _why_shortage(netting, line)
        case ActionMessage():
            return _why_message(netting, line)


# Orders


def _why_order(netting: Netting, proposal: Proposal) -> Derivation:
    item = proposal.item
    verb = "to buy" if proposal.sourcing is not None else "to make"
    if proposal.settled is not None:
        head = f"{amount(item, proposal.quantity)}: settled by the planner, counted as it is"
        return Derivation(head, (*_for_whom(netting, proposal), *_bill(proposal)))
    head = f"{amount(item, proposal.quantity)} {verb}, start {_time(proposal.start)}, due {_time(proposal.due)}"
    causes = [*_for_whom(netting, proposal), *_sizes(proposal), *_when(netting, proposal), *_bill(proposal)]
    return Derivation(head, causes)


def _for_whom(netting: Netting, proposal: Proposal) -> Iterator[Derivation]:
    wanted = proposal.co_product or proposal.item
    for want, quantity in proposal.wants[:_MOST]:
        yield Derivation(
            f"{_said(wanted, quantity)} for {_named(want)}", tuple(_want(netting, wanted, want, proposal.site))
        )
    if len(proposal.wants) > _MOST:
        yield Derivation(f"and for {len(proposal.wants) - _MOST} more")
    if proposal.safety:
        yield Derivation(f"{_said(wanted, proposal.safety)} to restore the safety stock of {wanted.safety_stock}")


def _want(netting: Netting, item: Item, want: Want, site: str) -> Iterator[Derivation]:
    """Say where a want comes from, what was taken off it, and what covers it."""
    for line, need, phantom in want.lines:
        yield Derivation(_coefficient(item, want, line.top, line.bottom, need, phantom, per_order=line.per_order))
    if want.asked != want.quantity:
        off = _said(item, want.asked - want.quantity)
        what = "shipped, reserved or consumed as forecast" if isinstance(want.origin, Demand) else "issued or reserved"
        what = "arrived or on their way" if isinstance(want.origin, TransferOrder) else what
        yield Derivation(f"{_said(item, want.asked)} in all, {off} of them {what}")
    for supply, quantity in want.takes[:_MOST]:
        yield Derivation(_taken(netting, item, want, supply, quantity, site))
    if len(want.takes) > _MOST:
        yield Derivation(f"and from {len(want.takes) - _MOST} more")
    if want.missing:
        yield Derivation(f"{_said(item, want.missing)} missing: {want.why}")


def _coefficient(item: Item, want: Want, top: int, bottom: int, need: int, phantom: str, *, per_order: bool) -> str:
    if item.supply is Origin.PHANTOM:
        return f"{_said(item, need)} of the phantom, through its parts"
    if per_order:
        return f"{_said(item, need)} per order" + (f" of {phantom}" if phantom else "")
    origin = want.origin
    if phantom or not isinstance(origin, Proposal):
        return f"{_said(item, need)} through the phantom {phantom}"
    steps = Fraction(10**origin.item.scale, 10**item.scale)
    rate = decimal_of(Fraction(top, bottom) * steps)
    exact = decimal_of(Fraction(top * origin.quantity, bottom) / 10**item.scale)
    up = f" = {exact:f}, rounded up" if exact != from_scaled(need, item.scale) else ""
    started = from_scaled(origin.quantity, origin.item.scale)
    return f"{_said(item, need)}: {started:f} {origin.item.code} x {rate:f}{up}"


def _taken(netting: Netting, item: Item, want: Want, supply: Supply, quantity: int, site: str) -> str:
    if supply.kind == PLANNED:
        proposal = supply.proposal
        due = _day(supply.due)
        name = f"a planned order of {from_scaled(supply.quantity, item.scale):f}, due {due}"
        if proposal is not None and proposal.settled is not None:
            name = f"the settled order {supply.label}, due {due}"
    elif supply.kind in {STOCK, EXPECTED_STOCK}:
        until = "" if supply.expires == NEVER else f", expires {last_day(netting, site, supply)}"
        later = f", from {_day(supply.at)}" if supply.at > netting.now else ""
        name = f"{_NAMES[supply.kind]} {supply.label}{until}{later}"
    else:
        name = f"{_NAMES[supply.kind]} {supply.label}, expected {_day(supply.due)}"
    late = ready(supply)
    if late is None:
        name += ", which never comes"
    elif late > max(want.at, netting.now):
        name += f", late: {_day(late)}"
    return f"{_said(item, quantity)} from {name}"


def _sizes(proposal: Proposal) -> Iterator[Derivation]:
    item, exact = proposal.item, proposal.exact
    wanted = Fraction(proposal.wanted + proposal.safety, 10 ** (proposal.co_product or item).scale)
    recipe = proposal.recipe
    if proposal.co_product is not None:
        yield Derivation(f"it comes out beside {item.code}")
    if recipe is not None and recipe.per_good != 1:
        rate = decimal_of(recipe.per_good)
        yield Derivation(
            f"{decimal_of(exact):f} {item.code} to start for {decimal_of(wanted):f} good: x {rate:f} for scrap"
        )
    quantity = Fraction(proposal.quantity, 10**item.scale)
    if quantity != exact:
        yield Derivation(f"{decimal_of(exact):f} becomes {decimal_of(quantity):f}: {_rules(proposal)}")
    spare = proposal.good - proposal.wanted - proposal.safety
    if spare > 0 and proposal.co_product is None:
        later = sum(quantity for _, quantity in proposal.wants) - proposal.wanted
        used = f", {_said(item, later)} of it for later needs" if later > 0 else ""
        yield Derivation(f"{_said(item, spare)} more than was missing{used}")


def _rules(proposal: Proposal) -> str:
    item = proposal.item
    terms = proposal.sourcing or item
    rules = [f"rounded up to {item.scale} decimals"] if proposal.exact.denominator != 1 else []
    rules += [f"minimum {terms.minimum}"] if str(terms.minimum) != "0" else []
    rules += [f"multiple of {terms.multiple}"] if str(terms.multiple) != "0" else []
    return ", ".join(rules) or "rounded up"


def _when(netting: Netting, proposal: Proposal) -> Iterator[Derivation]:
    now = netting.now
    if proposal.sourcing is not None:
        sourcing = proposal.sourcing
        span = _span(sourcing.lead_time)
        yield Derivation(f"{span} from {sourcing.supplier}, priority {sourcing.priority}, on the supplier's calendar")
    elif proposal.recipe is not None:
        yield Derivation(_make_time(proposal))
    if proposal.start < now:
        text = f"it should have started {ago(now - proposal.start)}"
        late = "" if proposal.ready is None else f": started now it is there on {_day(proposal.ready)}"
        yield Derivation(text + late)
    if proposal.blocker is not None:
        covered = proposal.blocker.covered
        when = "never comes" if covered is None else f"is there on {_day(covered)}"
        yield Derivation(f"waits for {proposal.blocker.item}, which {when}")


def _make_time(proposal: Proposal) -> str:
    recipe = proposal.recipe
    if recipe is not None and recipe.lead_time is not None:
        return f"lead time of {recipe.item.code}: {_span(recipe.lead_time)} on the site's calendar"
    if recipe is not None and recipe.routing is not None:
        names = ", ".join(step.code for step in recipe.routing.in_order()[:10])
        return f"time of routing {recipe.routing.revision} ({names}), on the calendars of site and resources"
    return "no lead time and no routing: made at once"


def _bill(proposal: Proposal) -> Iterator[Derivation]:
    recipe = proposal.recipe
    if recipe is None:
        return
    if recipe.bom is None:
        yield Derivation("no bill of material: nothing is taken")
    else:
        yield Derivation(f"bill of material {recipe.revision}, valid on the day of the start")


# Demands, shortages, messages


def _why_demand(netting: Netting, snapshot: Snapshot, demand: Demand) -> Derivation:
    if demand not in snapshot.promises:
        raise UnknownCode(kind="demand of this plan", given=demand.ref or demand.item)
    item = snapshot.catalog.item(demand.item)
    station = netting.stations.get((demand.item, demand.site))
    for want in () if station is None else station.wants:
        if want.origin is demand or want.origin == demand:
            covered = "never covered" if want.covered is None else f"covered on {_day(want.covered)}"
            state = "late, " if is_late(netting, want) else ""
            head = f"{_said(item, want.quantity)} {item.code} for {_named(want)}: {state}{covered}"
            return Derivation(head, tuple(_want(netting, item, want, demand.site)))
    return Derivation(f"nothing of {demand.ref or demand.item} is open within the horizon")


def _why_shortage(netting: Netting, line: Shortage) -> Derivation:
    for group in netting.groups:
        for station in group:
            if station.item.code == line.item:
                for want in station.wants:
                    if is_late(netting, want) and shortage(netting, station, want) == line:
                        return _why_want(netting, station, want, line)
    raise UnknownCode(kind="shortage of this plan", given=line.item)


def _why_want(netting: Netting, station: Station, want: Want, line: Shortage) -> Derivation:
    item = station.item
    when = "never" if want.covered is None else _day(want.covered)
    head = f"{line.quantity:f} {item.unit} {item.code} short for {_named(want)}, covered {when}: {line.cause}"
    causes = [*_want(netting, item, want, station.site), *_excluded(netting, station)]
    for supply, _ in want.takes:
        if supply.proposal is not None and (ready(supply) or netting.now + 1) > max(want.at, netting.now):
            causes += _when(netting, supply.proposal)
    return Derivation(head, causes)


def _excluded(netting: Netting, station: Station) -> Iterator[Derivation]:
    for lot, reason in netting.gathered.excluded.get((station.item.code, station.site), ()):
        yield Derivation(f"{lot.free} of {lot.label} are not counted: {reason}")
    for supply, rest in station.wasted:
        yield Derivation(
            f"{_said(station.item, rest)} of {supply.label} expire on {last_day(netting, station.site, supply)}"
        )


def _why_message(netting: Netting, line: ActionMessage) -> Derivation:
    proposal = netting.by_code.get(line.order)
    if proposal is not None:
        return Derivation(line.text, (_why_order(netting, proposal),))
    for group in netting.groups:
        for station in group:
            for supply in station.coming:
                if supply.label == line.order and supply.kind != PLANNED:
                    return Derivation(line.text, tuple(_used(netting, station, supply)))
            if station.item.code == line.order:
                return Derivation(line.text, tuple(_excluded(netting, station)))
    raise UnknownCode(kind="message of this plan", given=line.order)


def _used(netting: Netting, station: Station, supply: Supply) -> Iterator[Derivation]:
    item = station.item
    yield Derivation(f"{_said(item, supply.quantity)} {_NAMES[supply.kind]} {supply.label}, {_day(supply.due)}")
    found = [(want, quantity) for want in station.wants for taken, quantity in want.takes if taken is supply]
    for want, quantity in found[:_MOST]:
        yield Derivation(f"{_said(item, quantity)} of it for {_named(want)}")
    if supply.left:
        yield Derivation(f"{_said(item, supply.left)} of it for nobody before {_day(netting.gathered.until)}")


def _named(want: Want) -> str:
    origin, when = want.origin, _day(want.at)
    if isinstance(origin, Demand):
        kind = "" if origin.kind == "order" else f"{origin.kind} "
        return f"{kind}{want.name}, due {when}"
    refs = f" ({', '.join(want.refs[:5])})" if want.refs else ""
    if isinstance(origin, TransferOrder):
        return f"transfer {want.name} to {origin.target}, due {when}"
    if isinstance(origin, ProductionOrder):
        return f"production order {origin.code}, start {when}{refs}"
    made = from_scaled(origin.quantity, origin.item.scale)
    return f"{made:f} {origin.item.code}, start {when}{refs}"


def _said(item: Item, steps: int) -> str:
    return f"{from_scaled(steps, item.scale):f} {item.unit}"


def _span(span: object) -> str:
    return f"{span.count} working days" if isinstance(span, WorkingDays) else str(span)


def _day(instant: int) -> str:
    return f"{from_micros(instant):%Y-%m-%d}"


def _time(instant: int) -> str:
    return f"{from_micros(instant):%Y-%m-%d %H:%M}"
