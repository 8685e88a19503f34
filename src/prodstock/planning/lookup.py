"""What people name of a plan, found in it: its orders, its supplies, and who asks for something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodstock._render import day
from prodstock.errors import AmbiguousCode, InvalidTypeError, UnknownCode, nearest
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove
from prodstock.planning.rows import OrderRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodstock.orders.planned import PlannedOrder
    from prodstock.planning.graph import Place
    from prodstock.planning.netting import Netting
    from prodstock.planning.snapshot import Snapshot


def order_row(netting: Netting, order: PlannedOrder) -> OrderRow:
    """Return the row of a planned order.

    Raises:
        UnknownCode: if the plan has no such order.
    """
    number = netting.naming.number(order.code)
    if number is None or netting.naming.public(number) != order:
        raise UnknownCode(kind="order of this plan", given=order.code or order.item)
    return OrderRow(netting, number)


def supplies_of(netting: Netting, order: PlannedOrder | str, fits: Callable[[str], bool], kind: str) -> list[Place]:
    """Return what an order of the plan brings, or what else is called so and of a kind that fits. O(supplies).

    Raises:
        InvalidTypeError: if it is neither a planned order nor a code.
        UnknownCode: if there is nothing of that code; `kind` says of what.
    """
    if not isinstance(order, PlannedMake | PlannedBuy | PlannedMove | str):
        advice = "Give a planned order, or the code of one or of a receipt"
        raise InvalidTypeError(field="order", value=order, reason="is no order", advice=advice)
    code = order if isinstance(order, str) else order.code
    number = netting.naming.number(code)
    if number is not None:
        return netting.covering.graph.outputs[number]
    labels: dict[str, list[Place]] = {}
    for station in netting.stations:
        for place, supply in enumerate(station.supplies):
            if supply.origin < 0 and fits(station.reals[~supply.origin].kind):
                labels.setdefault(station.reals[~supply.origin].label, []).append((station, place))
    if code not in labels:
        raise UnknownCode(kind=f"{kind} of this plan", given=code, nearest=nearest(code, labels))
    return labels[code]


def asked_by(netting: Netting, demand: Demand | str) -> list[int]:
    """Return the numbers under which a demand or launched order asks for something.

    Raises:
        InvalidTypeError: if it is neither a demand nor a code.
        UnknownCode: if nothing of it is open within the horizon.
        AmbiguousCode: if several have the code.
    """
    if not isinstance(demand, Demand | str):
        raise InvalidTypeError(field="demand", value=demand, reason="is no demand", advice="Give a Demand or its code")
    ref = demand if isinstance(demand, str) else demand.ref or f"{demand.item} {day(demand.due)}"
    asked = netting.gathered.asked
    found = [number for number, one in enumerate(asked) if one.name == ref]
    if not found:
        near = nearest(ref, [one.name for one in asked])
        advice = "" if near else "It is unknown, due beyond the horizon, or nothing of it is open"
        raise UnknownCode(kind="demand of this plan", given=ref, nearest=near, advice=advice)
    if len({id(asked[number].origin) for number in found}) > 1:
        raise AmbiguousCode(given=ref, candidates=tuple(str(asked[one].origin) for one in found))
    return found


def demand_of(snapshot: Snapshot, ref: str) -> Demand:
    """Return the demand of a code, or of the item and day that one without a code is called by.

    Raises:
        UnknownCode: if there is none.
        AmbiguousCode: if there are several.
    """
    demands = [one for one in snapshot.promises if isinstance(one, Demand)]
    found = [one for one in demands if (one.ref or f"{one.item} {one.due:%Y-%m-%d}") == ref]
    if not found:
        known = [one.ref for one in demands if one.ref]
        raise UnknownCode(kind="demand of this plan", given=ref, nearest=nearest(ref, known))
    if len(found) > 1:
        raise AmbiguousCode(given=ref, candidates=tuple(f"{one.item} due {one.due:%Y-%m-%d}" for one in found))
    return found[0]
