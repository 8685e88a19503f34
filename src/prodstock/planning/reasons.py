"""Why an order of a plan is what it is, and what a want takes, as sentences for planners."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.journal.stream import CATALOG
from prodstock.master import codes
from prodstock.master.ratio import decimal_of
from prodstock.orders.demand import Demand
from prodstock.orders.purchase import TransferOrder
from prodstock.planning.causes import set_aside
from prodstock.planning.kernel import EXPECTED_STOCK, PRODUCTION, PURCHASE, STOCK, TRANSFER, Asked
from prodstock.planning.option_reasons import optional_lines
from prodstock.planning.parameter_reasons import fence_and_safety_time, lot_rule, lot_rules, of_safety
from prodstock.planning.resting import of_order, of_supply, of_want
from prodstock.planning.rows import OrderRow, SupplyRow, WantRow
from prodstock.planning.supplier_capacity import comes_in, delivered, period_of
from prodstock.planning.translations.prices import unit_price
from prodstock.planning.ways import Terms, days_of
from prodstock.planning.wording import ago, amount, at_most, clock, counted, day, last_day, lasting, span
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import NEVER
from prodstock.tables import Derivation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.planning.netting import Netting
    from prodstock.planning.station import Station
    from prodstock.planning.ways import Part, Recipe, RecipeLine

MOST = 50
"""Wants and supplies listed below a line; the rest is counted."""

NAMES = {
    STOCK: "stock",
    EXPECTED_STOCK: "stock that is not usable yet",
    PURCHASE: "purchase",
    TRANSFER: "transfer",
    PRODUCTION: "production order",
}


def why_order(netting: Netting, order: OrderRow) -> Derivation:
    """Return whom an order is for, its size, its time and its bill."""
    item = order.item
    if order.settled is not None:
        head = f"{amount(item, order.quantity)}: settled by the planner, counted as it is"
        return Derivation(head, (*_for_whom(order), *_bill(netting, order)), rests_on=of_order(order))
    head = f"{amount(item, order.quantity)} {_verb(order)}, start {clock(order.start)}, due {clock(order.due)}"
    causes = [*_for_whom(order), *_quota(order), *_sizes(order), *time_reasons(netting, order), *_bill(netting, order)]
    return Derivation(head, (*causes, *elsewhere(netting, order.station)))


def _verb(order: OrderRow) -> str:
    if order.route is not None:
        return f"to move from {order.route.lane.source} to {order.route.lane.target}"
    return "to buy" if order.terms is not None else "to make"


def elsewhere(netting: Netting, station: Station) -> Iterator[Derivation]:
    """Say what lies there for others, and nobody takes."""
    for supply, rest in set_aside(netting, station):
        whose = codes.set_aside(supply.station.segment)
        text = f"{counted(station.item, rest)} of {supply.label} are not counted: {whose}"
        yield Derivation(text, rests_on=of_supply(supply))


def _for_whom(order: OrderRow) -> Iterator[Derivation]:
    wanted = order.wanted_item
    served = list(order.served)
    for want, quantity in served[:MOST]:
        of = "" if want.station.item is wanted else f" {want.station.item.code}"
        text = f"{counted(want.station.item, quantity)}{of} for {named(want)}"
        yield Derivation(text, tuple(want_reasons(want)), rests_on=of_want(want))
    if len(served) > MOST:
        yield Derivation(f"and for {len(served) - MOST} more")
    if order.safety:
        yield Derivation(f"{counted(wanted, order.safety)} to restore the safety stock{of_safety(order)}")
    yield from lot_rule(order)


def want_reasons(want: WantRow) -> Iterator[Derivation]:
    """Say where a want comes from, what was taken off it, and what covers it."""
    item, origin, part = want.station.item, want.origin, want.part
    instead = want.instead_of
    if instead is not None:
        yield Derivation(f"it stands in for {instead.code}, which lacks or runs out")
    elif part is not None:
        for line in part.lines:
            yield Derivation(_coefficient(want, part, line))
    if isinstance(origin, Asked) and instead is None and origin.asked > want.quantity + want.replaced:
        off = counted(item, origin.asked - want.quantity - want.replaced)
        demanded = isinstance(origin.origin, Demand)
        what = "shipped, reserved or consumed as forecast" if demanded else "issued or reserved"
        what = "arrived or on their way" if isinstance(origin.origin, TransferOrder) else what
        yield Derivation(f"{counted(item, origin.asked)} in all, {off} of them {what}")
    for loan in want.loans:
        other = want.netting.catalog.item(loan.item)
        yield Derivation(f"{counted(item, loan.covered)} of them by {amount(other, loan.quantity)}, which stand in")
    takes = list(want.takes)
    for supply, quantity in takes[:MOST]:
        yield Derivation(_taken(want, supply, quantity), rests_on=of_supply(supply))
    if len(takes) > MOST:
        yield Derivation(f"and from {len(takes) - MOST} more")
    if want.missing:
        yield Derivation(f"{counted(item, want.missing)} missing: {want.why}")


def _coefficient(want: WantRow, part: Part, line: RecipeLine) -> str:
    item, origin = want.station.item, want.origin
    inside = f" of {part.phantom}" if part.phantom else ""
    if line.phantom:
        return f"{counted(item, want.quantity)} of the phantom, through its parts"
    if line.counted is not None:
        return f"{counted(item, want.quantity)}: {line.counted.measure}{inside}"
    if line.per_order:
        return f"{counted(item, line.need(0))} per order{inside}"
    if part.phantom or isinstance(origin, Asked):
        return f"{counted(item, want.quantity)} through the phantom {part.phantom}"
    steps = Fraction(10**origin.item.scale, 10**item.scale)
    rate = decimal_of(Fraction(line.top, line.bottom) * steps)
    need = line.need(origin.quantity)
    exact = decimal_of(Fraction(line.top * origin.quantity, line.bottom) / 10**item.scale)
    up = f" = {exact:f}, rounded up" if exact != from_scaled(need, item.scale) else ""
    started = from_scaled(origin.quantity, origin.item.scale)
    return f"{counted(item, need)}: {started:f} {origin.item.code} x {rate:f}{up}"


def _taken(want: WantRow, supply: SupplyRow, quantity: int) -> str:
    netting, item = want.netting, want.station.item
    order = supply.order
    if order is not None:
        due = day(supply.due)
        name = f"a planned order of {from_scaled(supply.quantity, item.scale):f}, due {due}"
        if order.settled is not None:
            name = f"the settled order {supply.label}, due {due}"
    elif supply.kind in {STOCK, EXPECTED_STOCK}:
        until = "" if supply.expires == NEVER else f", expires {last_day(netting, want.station.site, supply)}"
        later = f", from {day(supply.at)}" if supply.at > netting.now else ""
        name = f"{NAMES[supply.kind]} {supply.label}{until}{later}"
    else:
        name = f"{NAMES[supply.kind]} {supply.label}, expected {day(supply.due)}"
    late = supply.ready
    if late is None:
        name += ", which never comes"
    elif late > max(want.at, netting.now):
        name += f", late: {day(late)}"
    return f"{counted(item, quantity)} from {name}"


def _quota(order: OrderRow) -> Iterator[Derivation]:
    """Say what each source of an arrangement had had when the order was drawn up, the lowest rating first."""
    balance, item = order.netting.orders.quota.get(order.number, ()), order.wanted_item
    lines = []
    for share, steps in balance:
        rating = Fraction(steps, 10**item.scale) / Fraction(share.share)
        said = f"{share.name}: {counted(item, steps)} so far, share {share.share}, rating {_thousandths(rating)}"
        lines.append(Derivation(said))
    if lines:
        yield Derivation("quota arrangement: the lowest rating that is open", tuple(lines))


def _thousandths(rating: Fraction) -> str:
    thousandths = round(rating * 1000)
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"


def _sizes(order: OrderRow) -> Iterator[Derivation]:
    item, exact = order.item, order.exact
    wanted = Fraction(order.missing, 10**order.wanted_item.scale)
    recipe = order.recipe
    beside = order.wanted_item is not item
    if beside:
        yield Derivation(f"it comes out beside {item.code}")
    if recipe is not None and recipe.per_good != 1:
        rate = decimal_of(recipe.per_good)
        yield Derivation(
            f"{decimal_of(exact):f} {item.code} to start for {decimal_of(wanted):f} good: x {rate:f} for scrap"
        )
    quantity = Fraction(order.quantity, 10**item.scale)
    if quantity != exact:
        yield Derivation(f"{decimal_of(exact):f} becomes {decimal_of(quantity):f}: {_rules(order)}")
    way = order.recipe or order.terms or order.route
    if way is not None and way.lots.maximum and order.quantity == way.lots.split(way.lots.maximum * 2)[0]:
        yield Derivation(f"maximum {decimal_of(quantity):f}: what is needed beyond is ordered in several")
    spare = order.good - order.missing
    if spare > 0 and not beside:
        later = sum(quantity for _, quantity in order.supply.gives) - order.missing + order.safety
        used = f", {counted(item, later)} of it for later needs" if later > 0 else ""
        yield Derivation(f"{counted(item, spare)} more than was missing{used}")


def _rules(order: OrderRow) -> str:
    item = order.item
    way = order.terms or order.route
    terms = item if way is None else way.sourcing if isinstance(way, Terms) else way.lane
    rules = [f"rounded up to {item.scale} decimals"] if order.exact.denominator != 1 else []
    rules += [f"minimum {terms.minimum}"] if str(terms.minimum) != "0" else []
    rules += [f"multiple of {terms.multiple}"] if str(terms.multiple) != "0" else []
    rules = lot_rules(order, rules) + _price_break(order)
    return ", ".join(rules) or "rounded up"


def _price_break(order: OrderRow) -> list[str]:
    """Return what a price break made of an order, if anything."""
    proposer, terms = order.netting.proposer.of(order.station.segment), order.terms
    if not proposer.breaks or terms is None or not terms.sourcing.price_breaks:
        return []
    enough = proposer.sizes(terms, order.item.code, order.station.site).size(order.missing)
    if order.quantity <= enough:
        return []
    return [f"so many cost less than {from_scaled(enough, order.item.scale):f}, by a price break"]


def time_reasons(netting: Netting, order: OrderRow) -> Iterator[Derivation]:
    """Say how long an order takes, by what, and what makes it late."""
    now = netting.now
    if order.terms is not None:
        sourcing = order.terms.sourcing
        lead_time = f"{lasting(sourcing.lead_time)} from {sourcing.supplier}, priority {sourcing.priority}"
        said = f"{lead_time}, on the supplier's calendar"
        yield Derivation(said, tuple(_dates(order, order.terms)), rests_on=(CATALOG,))
        if sourcing.price_breaks:
            price = unit_price(netting.catalog, sourcing, Fraction(order.quantity, 10**order.item.scale))
            yield Derivation(f"{price} a unit for so many, {sourcing.price} for the smallest order")
        if order.terms.capacity is not None:
            yield _capacity(netting, order, order.terms)
        later = netting.orders.sooner.get(order.number)
        if later is not None:
            least = netting.catalog.supplier(sourcing.supplier).minimum_value
            sooner = f"ordered {span(later - order.start)} sooner"
            yield Derivation(f"{sooner}, with what else is ordered then: the minimum order value is {least}")
    elif order.route is not None:
        lane = order.route.lane
        whose = f"the calendar of {lane.source}" if lane.calendar is None else "the transport's calendar"
        yield Derivation(f"{lasting(lane.lead_time)} from {lane.source}, priority {lane.priority}, on {whose}")
    elif order.recipe is not None:
        yield Derivation(_make_time(order.recipe))
        tests = order.recipe.inspection_time
        if tests is not None:
            made = netting.times.finish(order.recipe, order.station.site, order.due)
            yield Derivation(f"made by {clock(made)}, then inspected for {lasting(tests)} on the site's calendar")
    if order.start < now:
        text = f"it should have started {ago(now - order.start)}"
        late = "" if order.ready is None else f": started now it is there on {day(order.ready)}"
        yield Derivation(text + late)
    yield from fence_and_safety_time(order)
    blocker = order.blocker
    if blocker is not None:
        covered = blocker.covered
        when = "never comes" if covered is None else f"is there on {day(covered)}"
        yield Derivation(f"waits for {blocker.station.item.code}, which {when}")


def _dates(order: OrderRow, terms: Terms) -> Iterator[Derivation]:
    """Say the dates of a purchase, each with the calendar that it is on, where they are more than a lead time."""
    buying, sourcing, netting = terms.buying, terms.sourcing, order.netting
    if buying is None:
        return
    dates = netting.times.bought(terms, order.station.site, order.start)
    orders, deliveries = days_of(netting.catalog, sourcing)
    days = "" if orders is None else f", a day of ordering by {orders.code}"
    yield Derivation(f"ordered {clock(dates.order)}{days}")
    if sourcing.transport_time is not None:
        whose = "supplier" if sourcing.transport_calendar is None else "transport"
        yield Derivation(f"shipped {clock(dates.ship)}, while the supplier works")
        yield Derivation(f"{lasting(sourcing.transport_time)} on its way, on the {whose}'s calendar")
    days = "" if deliveries is None else f", a day of delivery by {deliveries.code}"
    yield Derivation(f"received {clock(dates.receive)}{days}")
    if buying.inspection_time is not None:
        span = lasting(buying.inspection_time)
        yield Derivation(f"usable {clock(dates.ready)}, inspected for {span} on the site's calendar")
    first = min([want.at for want, _ in order.served], default=None)
    if first is not None:
        yield Derivation(f"needed {clock(first)}")


def _capacity(netting: Netting, order: OrderRow, terms: Terms) -> Derivation:
    """Say how much a supplier delivers at most, and how much of that is ordered of the period of an order."""
    day = comes_in(netting.times, terms, order.station.site, order.start, order.due)
    period = period_of(terms.sourcing, day)
    much = counted(order.item, delivered(netting).get(period, 0))
    most, which = at_most(order.item, terms), terms.sourcing.capacity_per
    return Derivation(f"{most}: of the {which} from {period[-1]} {much} are ordered")


def _make_time(recipe: Recipe) -> str:
    if recipe.lead_time is not None:
        return f"lead time of {recipe.item.code}: {lasting(recipe.lead_time)} on the site's calendar"
    if recipe.routing is not None:
        names = ", ".join(step.code for step in recipe.routing.in_order()[:10])
        return f"time of routing {recipe.routing.revision} ({names}), on the calendars of site and resources"
    return "no lead time and no routing: made at once"


def _bill(netting: Netting, order: OrderRow) -> Iterator[Derivation]:
    recipe = order.recipe
    if recipe is None:
        return
    if recipe.bom is None:
        yield Derivation("no bill of material: nothing is taken")
    else:
        lines = tuple(Derivation(text) for text in optional_lines(netting, order, recipe))
        text = f"bill of material {recipe.revision}, valid on the day of the start"
        yield Derivation(text, lines, rests_on=(CATALOG,))
    for group in recipe.groups:
        replaced, instead = ", ".join(group.replaces), ", ".join(sorted({line.item for line in group.lines}))
        yield Derivation(f"group {group.code}: {instead} instead of all {replaced}")
    for item, quantity, replaced, covered in netting.naming.stand_ins(netting.outside + order.number):
        yield Derivation(f"{quantity:f} {item} stand in for {covered:f} {replaced}")


def named(want: WantRow) -> str:
    """Return whom a want is for, and when, and until when it must be good."""
    row, when = want.origin, day(want.at)
    life = want.netting.lives.of(want.station.wants[want.number]).life
    if life:
        when = f"{when}, good until {day(max(want.at, want.netting.now) + life)}"
    refs = f" ({', '.join(want.refs[:5])})" if want.refs else ""
    if isinstance(row, OrderRow):
        made = from_scaled(row.quantity, row.item.scale)
        target = row.target
        if target:
            return f"{made:f} {row.item.code} to {target}, leaving {when}{refs}"
        return f"{made:f} {row.item.code}, start {when}{refs}"
    origin = row.origin
    if isinstance(origin, Demand):
        kind = "" if origin.kind == "order" else f"{origin.kind} "
        return f"{kind}{row.name}, due {when}"
    if isinstance(origin, TransferOrder):
        return f"transfer {row.name} to {origin.target}, due {when}"
    return f"production order {origin.code}, start {when}{refs}"
