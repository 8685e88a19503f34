"""Why a line of a plan is what it is, for planners to read: worked out when it is asked for."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from prodstock.calendars.span import WorkingDays
from prodstock.calendars.zone import from_micros
from prodstock.errors import InvalidTypeError, UnknownCode
from prodstock.master.item import Supply as Origin
from prodstock.master.planning_parameters import LotRule
from prodstock.master.ratio import decimal_of
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove, PlannedOrder
from prodstock.orders.purchase import TransferOrder
from prodstock.planning.action import ActionMessage, MessageKind
from prodstock.planning.chain import Chains
from prodstock.planning.fulfilment import Fulfilment
from prodstock.planning.joint import Joint, below_minimum
from prodstock.planning.kernel import EXPECTED_STOCK, PRODUCTION, PURCHASE, STOCK, TRANSFER, Asked
from prodstock.planning.lookup import demand_of, order_row
from prodstock.planning.rows import OrderRow, SupplyRow, WantRow
from prodstock.planning.shortages import Shortage, Shortages, late_wants
from prodstock.planning.sources import Terms, days_of
from prodstock.planning.translations.prices import unit_price
from prodstock.planning.wording import ago, amount, day, last_day, span
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.lot import NEVER
from prodstock.tables import Derivation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from prodstock.calendars.span import Span
    from prodstock.master.item import Item
    from prodstock.planning.handling import Handling
    from prodstock.planning.netting import Netting
    from prodstock.planning.snapshot import Snapshot
    from prodstock.planning.sources import Part, Recipe, RecipeLine
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


Line: TypeAlias = PlannedOrder | Shortage | ActionMessage | Demand | Fulfilment | str


def why(netting: Netting, snapshot: Snapshot, line: Line) -> Derivation:
    """Return the derivation of a line of a plan.

    Raises:
        UnknownCode: if the plan has no such line.
        InvalidTypeError: if it is no line of a plan.
    """
    if not isinstance(line, Line):
        advice = "Give an order, demand, shortage or message of the plan, or a demand's code"
        raise InvalidTypeError(field="line", value=line, reason="is no line of a plan", advice=advice)
    match line:
        case PlannedMake() | PlannedBuy() | PlannedMove():
            return _why_order(netting, order_row(netting, line))
        case Demand():
            return _why_demand(netting, snapshot, line)
        case Fulfilment():
            return _why_demand(netting, snapshot, demand_of(snapshot, line.ref))
        case str():
            return _why_demand(netting, snapshot, demand_of(snapshot, line))
        case Shortage():
            return _why_shortage(netting, line)
        case ActionMessage():
            return _why_message(netting, line)


def phantoms_of(netting: Netting, snapshot: Snapshot, demand: Demand) -> dict[str, Decimal]:
    """Return what a demand takes of phantoms from their stock, by item.

    Raises:
        UnknownCode: if the plan has no such demand.
    """
    if demand not in snapshot.promises:
        raise UnknownCode(kind="demand of this plan", given=demand.ref or demand.item)
    numbers = {number for number, asked in enumerate(netting.gathered.asked) if asked.origin == demand}
    found: dict[str, Decimal] = {}
    for station in netting.stations:
        if station.item.supply is Origin.PHANTOM:
            mine = [place for place, want in enumerate(station.wants) if want[2] in numbers]
            steps = sum(quantity for place in mine for _, quantity in station.takes(place))
            if steps:
                found[station.item.code] = from_scaled(steps, station.item.scale)
    return found


# Orders


def _why_order(netting: Netting, order: OrderRow) -> Derivation:
    item = order.item
    if order.settled is not None:
        head = f"{amount(item, order.quantity)}: settled by the planner, counted as it is"
        return Derivation(head, (*_for_whom(order), *_bill(order)))
    head = f"{amount(item, order.quantity)} {_verb(order)}, start {_time(order.start)}, due {_time(order.due)}"
    causes = [*_for_whom(order), *_quota(order), *_sizes(order), *_when(netting, order), *_bill(order)]
    return Derivation(head, causes)


def _verb(order: OrderRow) -> str:
    if order.route is not None:
        return f"to move from {order.route.lane.source} to {order.route.lane.target}"
    return "to buy" if order.terms is not None else "to make"


def _for_whom(order: OrderRow) -> Iterator[Derivation]:
    wanted = order.wanted_item
    served = list(order.served)
    for want, quantity in served[:_MOST]:
        of = "" if want.station.item is wanted else f" {want.station.item.code}"
        yield Derivation(f"{_said(want.station.item, quantity)}{of} for {_named(want)}", tuple(_want(want)))
    if len(served) > _MOST:
        yield Derivation(f"and for {len(served) - _MOST} more")
    if order.safety:
        yield Derivation(f"{_said(wanted, order.safety)} to restore the safety stock{_of_safety(order)}")
    handling = order.station.handling
    if handling is not None and order.settled is None and handling.given.lot_rule is not LotRule.LOT_FOR_LOT:
        ahead = f"{_said(wanted, order.ahead)} for later needs: " if order.ahead else ""
        yield Derivation(f"{ahead}lot rule {handling.given.lot_rule}, {_lot_rule(order, handling)}")


def _of_safety(order: OrderRow) -> str:
    """Say how much the safety stock is that an order restores: when it is due, or when work goes on after that."""
    station, due = order.station, max(order.due, order.netting.now)
    target = station.target(due)
    if len(station.levels) > 1:
        target = max(target, station.target(order.netting.times.opens(due + 1, station.site)))
    of = f" of {from_scaled(target, order.wanted_item.scale):f}" if target else ""
    cover = None if station.handling is None else station.handling.given.days_of_cover
    return of + (f", {_span(cover)} of cover" if _takes_time(cover) else "")


def _lot_rule(order: OrderRow, handling: Handling) -> str:
    """Say what a lot rule looks at."""
    given = handling.given
    match given.lot_rule:
        case LotRule.FIXED:
            return f"{given.lot_quantity} each"
        case LotRule.REPLENISH:
            return f"up to {given.lot_quantity}"
        case LotRule.PERIOD_OF_SUPPLY:
            return f"{given.lot_periods} {given.period}{'s' if given.lot_periods > 1 else ''}"
        case LotRule.ECONOMIC_ORDER_QUANTITY:
            item = order.wanted_item
            economic = order.netting.proposer.economic.get((item.code, order.station.site), 0)
            return f"{from_scaled(economic, item.scale):f} from needs by {given.period}"
        case _:
            return f"needs by {given.period}"


def _want(want: WantRow) -> Iterator[Derivation]:
    """Say where a want comes from, what was taken off it, and what covers it."""
    item, origin, part = want.station.item, want.origin, want.part
    if part is not None:
        for line in part.lines:
            yield Derivation(_coefficient(want, part, line))
    if isinstance(origin, Asked) and origin.asked > want.quantity:
        off = _said(item, origin.asked - want.quantity)
        demanded = isinstance(origin.origin, Demand)
        what = "shipped, reserved or consumed as forecast" if demanded else "issued or reserved"
        what = "arrived or on their way" if isinstance(origin.origin, TransferOrder) else what
        yield Derivation(f"{_said(item, origin.asked)} in all, {off} of them {what}")
    takes = list(want.takes)
    for supply, quantity in takes[:_MOST]:
        yield Derivation(_taken(want, supply, quantity))
    if len(takes) > _MOST:
        yield Derivation(f"and from {len(takes) - _MOST} more")
    if want.missing:
        yield Derivation(f"{_said(item, want.missing)} missing: {want.why}")


def _coefficient(want: WantRow, part: Part, line: RecipeLine) -> str:
    item, origin = want.station.item, want.origin
    if line.phantom:
        return f"{_said(item, want.quantity)} of the phantom, through its parts"
    if line.counted is not None:
        return f"{_said(item, want.quantity)}: {line.counted.measure}" + (f" of {part.phantom}" if part.phantom else "")
    if line.per_order:
        return f"{_said(item, line.need(0))} per order" + (f" of {part.phantom}" if part.phantom else "")
    if part.phantom or isinstance(origin, Asked):
        return f"{_said(item, want.quantity)} through the phantom {part.phantom}"
    steps = Fraction(10**origin.item.scale, 10**item.scale)
    rate = decimal_of(Fraction(line.top, line.bottom) * steps)
    need = line.need(origin.quantity)
    exact = decimal_of(Fraction(line.top * origin.quantity, line.bottom) / 10**item.scale)
    up = f" = {exact:f}, rounded up" if exact != from_scaled(need, item.scale) else ""
    started = from_scaled(origin.quantity, origin.item.scale)
    return f"{_said(item, need)}: {started:f} {origin.item.code} x {rate:f}{up}"


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
        name = f"{_NAMES[supply.kind]} {supply.label}{until}{later}"
    else:
        name = f"{_NAMES[supply.kind]} {supply.label}, expected {day(supply.due)}"
    late = supply.ready
    if late is None:
        name += ", which never comes"
    elif late > max(want.at, netting.now):
        name += f", late: {day(late)}"
    return f"{_said(item, quantity)} from {name}"


def _quota(order: OrderRow) -> Iterator[Derivation]:
    """Say what each source of an arrangement had had when the order was drawn up, the lowest rating first."""
    balance, item = order.netting.orders.quota.get(order.number, ()), order.wanted_item
    lines = []
    for share, steps in balance:
        rating = Fraction(steps, 10**item.scale) / Fraction(share.share)
        said = f"{share.name}: {_said(item, steps)} so far, share {share.share}, rating {_thousandths(rating)}"
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
        used = f", {_said(item, later)} of it for later needs" if later > 0 else ""
        yield Derivation(f"{_said(item, spare)} more than was missing{used}")


def _rules(order: OrderRow) -> str:
    item = order.item
    way = order.terms or order.route
    terms = item if way is None else way.sourcing if isinstance(way, Terms) else way.lane
    rules = [f"rounded up to {item.scale} decimals"] if order.exact.denominator != 1 else []
    rules += [f"minimum {terms.minimum}"] if str(terms.minimum) != "0" else []
    rules += [f"multiple of {terms.multiple}"] if str(terms.multiple) != "0" else []
    handling = order.station.handling
    if handling is not None:
        given = handling.given
        rules = [f"fixed lots of {given.lot_quantity}"] if given.lot_rule is LotRule.FIXED else rules
        rules += [f"maximum {given.maximum}"] if str(given.maximum) != "0" else []
        economic = order.netting.proposer.economic.get((item.code, order.station.site))
        rules += [f"economic order quantity {from_scaled(economic, item.scale):f}"] if economic is not None else []
    return ", ".join(rules) or "rounded up"


def _when(netting: Netting, order: OrderRow) -> Iterator[Derivation]:
    now = netting.now
    if order.terms is not None:
        sourcing = order.terms.sourcing
        lead_time = f"{_span(sourcing.lead_time)} from {sourcing.supplier}, priority {sourcing.priority}"
        said = f"{lead_time}, on the supplier's calendar"
        yield Derivation(said, tuple(_dates(order, order.terms)))
        if sourcing.price_breaks:
            price = unit_price(netting.catalog, sourcing, Fraction(order.quantity, 10**order.item.scale))
            yield Derivation(f"{price} a unit for so many, {sourcing.price} for the smallest order")
        later = netting.orders.sooner.get(order.number)
        if later is not None:
            least = netting.catalog.supplier(sourcing.supplier).minimum_value
            sooner = f"ordered {span(later - order.start)} sooner"
            yield Derivation(f"{sooner}, with what else is ordered then: the minimum order value is {least}")
    elif order.route is not None:
        lane = order.route.lane
        whose = f"the calendar of {lane.source}" if lane.calendar is None else "the transport's calendar"
        yield Derivation(f"{_span(lane.lead_time)} from {lane.source}, priority {lane.priority}, on {whose}")
    elif order.recipe is not None:
        yield Derivation(_make_time(order.recipe))
        tests = order.recipe.inspection_time
        if tests is not None:
            made = netting.times.finish(order.recipe, order.station.site, order.due)
            yield Derivation(f"made by {_time(made)}, then inspected for {_span(tests)} on the site's calendar")
    if order.start < now:
        text = f"it should have started {ago(now - order.start)}"
        late = "" if order.ready is None else f": started now it is there on {day(order.ready)}"
        yield Derivation(text + late)
    yield from _by_parameters(order)
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
    yield Derivation(f"ordered {_time(dates.order)}{days}")
    if sourcing.transport_time is not None:
        whose = "supplier" if sourcing.transport_calendar is None else "transport"
        yield Derivation(f"shipped {_time(dates.ship)}, while the supplier works")
        yield Derivation(f"{_span(sourcing.transport_time)} on its way, on the {whose}'s calendar")
    days = "" if deliveries is None else f", a day of delivery by {deliveries.code}"
    yield Derivation(f"received {_time(dates.receive)}{days}")
    if buying.inspection_time is not None:
        span = _span(buying.inspection_time)
        yield Derivation(f"usable {_time(dates.ready)}, inspected for {span} on the site's calendar")
    first = min([want.at for want, _ in order.served], default=None)
    if first is not None:
        yield Derivation(f"needed {_time(first)}")


def _by_parameters(order: OrderRow) -> Iterator[Derivation]:
    """Say whether a fence holds an order up, and how long before the need it is due, if less than it should be."""
    if order.fenced is not None:
        held = f"planning time fence until {_time(order.fence)}"
        yield Derivation(f"{held}: it should have started {_time(order.fenced)}")
    handling = order.station.handling
    if handling is None or not handling.timed:
        return
    first = min((want.at for want, _ in order.served if want.station is order.station), default=None)
    hard, soft = handling.given.safety_time, handling.given.soft_safety_time
    if _takes_time(hard):
        yield Derivation(f"due {_span(hard)} before the need: safety time")
    if _takes_time(soft):
        squeezed = first is not None and order.due > order.station.wished(first)
        short = ", squeezed so that nothing starts too early or comes late" if squeezed else ""
        before = "that" if _takes_time(hard) else "the need"
        yield Derivation(f"due {_span(soft)} before {before}: soft safety time{short}")


def _takes_time(span: Span | None) -> bool:
    return span is not None and bool(span.count if isinstance(span, WorkingDays) else span)


def _make_time(recipe: Recipe) -> str:
    if recipe.lead_time is not None:
        return f"lead time of {recipe.item.code}: {_span(recipe.lead_time)} on the site's calendar"
    if recipe.routing is not None:
        names = ", ".join(step.code for step in recipe.routing.in_order()[:10])
        return f"time of routing {recipe.routing.revision} ({names}), on the calendars of site and resources"
    return "no lead time and no routing: made at once"


def _bill(order: OrderRow) -> Iterator[Derivation]:
    recipe = order.recipe
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
    station = netting.places.get((demand.item, demand.site))
    for number, asked in enumerate(netting.gathered.asked):
        if station is not None and (asked.origin is demand or asked.origin == demand):
            place = next(place for place, want in enumerate(station.wants) if want[2] == number)
            want = WantRow(netting, station, place)
            covered = want.covered
            said = "never covered" if covered is None else f"covered on {day(covered)}"
            state = "late, " if want.is_late else ""
            head = f"{_said(item, want.quantity)} {item.code} for {_named(want)}: {state}{said}"
            return Derivation(head, (*_want(want), *_binding(want)))
    return Derivation(f"nothing of {demand.ref or demand.item} is open within the horizon")


def _binding(want: WantRow) -> Iterator[Derivation]:
    """Say what a late want waits for, one after another."""
    if want.is_late:
        links = Chains(want.netting.covering.graph).links(want)
        yield Derivation("what binds", tuple(Derivation(link.text) for link in links))


def _why_shortage(netting: Netting, line: Shortage) -> Derivation:
    lines = Shortages(netting)
    for want in late_wants(netting):
        if lines.line(want) == line:
            return _why_want(want, line)
    raise UnknownCode(kind="shortage of this plan", given=line.item)


def _why_want(want: WantRow, line: Shortage) -> Derivation:
    item, netting = want.station.item, want.netting
    covered = want.covered
    when = "never" if covered is None else day(covered)
    head = f"{line.quantity:f} {item.unit} {item.code} short for {_named(want)}, covered {when}: {line.cause}"
    causes = [*_want(want), *_excluded(netting, want.station)]
    for supply, _ in want.takes:
        order = supply.order
        if order is not None and (supply.ready or NEVER) > max(want.at, netting.now):
            causes += _when(netting, order)
    return Derivation(head, causes)


def _excluded(netting: Netting, station: Station) -> Iterator[Derivation]:
    for lot, reason in netting.gathered.excluded.get((station.item.code, station.site), ()):
        yield Derivation(f"{lot.free} of {lot.label} are not counted: {reason}")
    for number, rest in station.wasted:
        supply = SupplyRow(netting, station, number)
        yield Derivation(
            f"{_said(station.item, rest)} of {supply.label} expire on {last_day(netting, station.site, supply)}"
        )


def _why_message(netting: Netting, line: ActionMessage) -> Derivation:
    if line.kind is MessageKind.BELOW_MINIMUM_VALUE:
        return Derivation(line.text, tuple(_ordered_together(netting, line)))
    number = netting.naming.number(line.order)
    if number is not None:
        return Derivation(line.text, (_why_order(netting, OrderRow(netting, number)),))
    for station in netting.stations:
        for place, supply in enumerate(station.supplies):
            if supply.origin < 0 and station.reals[~supply.origin].label == line.order:
                return Derivation(line.text, tuple(_used(netting, SupplyRow(netting, station, place))))
        if station.item.code == line.order:
            return Derivation(line.text, tuple(_excluded(netting, station)))
    raise UnknownCode(kind="message of this plan", given=line.order)


def _ordered_together(netting: Netting, line: ActionMessage) -> Iterator[Derivation]:
    """Say what is ordered from a supplier on the day of a message, each with what it is worth.

    Raises:
        UnknownCode: if that is no message of this plan.
    """
    found = [basket for basket, _ in below_minimum(netting) if basket.place == (line.order, line.site)]
    if not found:
        raise UnknownCode(kind="message of this plan", given=line.order)
    for number in found[0].orders[:_MOST]:
        order = OrderRow(netting, number)
        value = Joint(netting).value(number, line.order, found[0].least)
        worth = "no price" if value is None else str(found[0].money(value))
        yield Derivation(f"{amount(order.item, order.quantity)}, {worth}, due {day(order.due)}")
    if len(found[0].orders) > _MOST:
        yield Derivation(f"and {len(found[0].orders) - _MOST} more")


def _used(netting: Netting, supply: SupplyRow) -> Iterator[Derivation]:
    item = supply.station.item
    yield Derivation(f"{_said(item, supply.quantity)} {_NAMES[supply.kind]} {supply.label}, {day(supply.due)}")
    for want, quantity in list(supply.gives)[:_MOST]:
        yield Derivation(f"{_said(item, quantity)} of it for {_named(want)}")
    if supply.left:
        yield Derivation(f"{_said(item, supply.left)} of it for nobody before {day(netting.gathered.until)}")


def _named(want: WantRow) -> str:
    row, when = want.origin, day(want.at)
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


def _said(item: Item, steps: int) -> str:
    return f"{from_scaled(steps, item.scale):f} {item.unit}"


def _span(span: object) -> str:
    return f"{span.count} working days" if isinstance(span, WorkingDays) else str(span)


def _time(instant: int) -> str:
    return f"{from_micros(instant):%Y-%m-%d %H:%M}"
