"""What the planning parameters of an item did to an order, as sentences for planners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock.calendars.span import WorkingDays
from prodstock.master.planning_parameters import LotRule
from prodstock.planning.wording import clock, counted, lasting
from prodstock.quantities.scaled import from_scaled
from prodstock.tables import Derivation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.calendars.span import Span
    from prodstock.planning.handling import Handling
    from prodstock.planning.rows import OrderRow


def of_safety(order: OrderRow) -> str:
    """Say how much the safety stock is that an order restores: when it is due, or when work goes on after that."""
    station, due = order.station, max(order.due, order.netting.now)
    target = station.target(due)
    if len(station.levels) > 1:
        target = max(target, station.target(order.netting.times.opens(due + 1, station.site)))
    of = f" of {from_scaled(target, order.wanted_item.scale):f}" if target else ""
    cover = None if station.handling is None else station.handling.given.days_of_cover
    return of + (f", {lasting(cover)} of cover" if _takes_time(cover) else "")


def lot_rule(order: OrderRow) -> Iterator[Derivation]:
    """Say which lot rule sized an order, and what it orders ahead, if it has one of its own."""
    handling = order.station.handling
    if handling is not None and order.settled is None and handling.given.lot_rule is not LotRule.LOT_FOR_LOT:
        ahead = f"{counted(order.wanted_item, order.ahead)} for later needs: " if order.ahead else ""
        yield Derivation(f"{ahead}lot rule {handling.given.lot_rule}, {_looks_at(order, handling)}")


def lot_rules(order: OrderRow, rules: list[str]) -> list[str]:
    """Return what sized an order: rules of the item or its terms, and what its parameters say besides or instead."""
    handling, item = order.station.handling, order.item
    if handling is None:
        return rules
    given = handling.given
    rules = [f"fixed lots of {given.lot_quantity}"] if given.lot_rule is LotRule.FIXED else rules
    rules += [f"maximum {given.maximum}"] if str(given.maximum) != "0" else []
    station = order.station
    economic = order.netting.proposer.of(station.segment).economic.get((item.code, station.site))
    return rules + ([f"economic order quantity {from_scaled(economic, item.scale):f}"] if economic is not None else [])


def _looks_at(order: OrderRow, handling: Handling) -> str:
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


def fence_and_safety_time(order: OrderRow) -> Iterator[Derivation]:
    """Say whether a fence holds an order up, and how long before the need it is due, if less than it should be."""
    if order.fenced is not None:
        held = f"planning time fence until {clock(order.fence)}"
        yield Derivation(f"{held}: it should have started {clock(order.fenced)}")
    handling = order.station.handling
    if handling is None or not handling.timed:
        return
    first = min((want.at for want, _ in order.served if want.station is order.station), default=None)
    hard, soft = handling.given.safety_time, handling.given.soft_safety_time
    if _takes_time(hard):
        yield Derivation(f"due {lasting(hard)} before the need: safety time")
    if _takes_time(soft):
        squeezed = first is not None and order.due > order.station.wished(first)
        short = ", squeezed so that nothing starts too early or comes late" if squeezed else ""
        before = "that" if _takes_time(hard) else "the need"
        yield Derivation(f"due {lasting(soft)} before {before}: soft safety time{short}")


def _takes_time(span: Span | None) -> bool:
    return span is not None and bool(span.count if isinstance(span, WorkingDays) else span)
