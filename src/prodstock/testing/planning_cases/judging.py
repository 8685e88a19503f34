"""What a solved case says, compared with what is expected of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from prodstock.orders.demand import Demand
from prodstock.planning.policy import Mode
from prodstock.testing.planning_cases.case import moment, shown
from prodstock.testing.planning_cases.solving import Solved, as_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodstock.testing.planning_cases.case import Case
    from prodstock.testing.planning_cases.ways import Way

_NEAR = 0.02
"""Quantities that differ by no more are the same."""


class Delivered(NamedTuple):
    """What a demand gets: all that is planned, what is short of it, what is late, and when the last of it comes."""

    planned: float
    short: float
    late_quantity: float
    last_delivery: str | None


def delivered(solved: Solved) -> dict[str, Delivered]:
    """Return what each demand gets."""
    netting = solved.netting
    found: dict[str, Delivered] = {}
    for station in netting.stations:
        for number, want in enumerate(station.wants):
            if want[2] < netting.outside and isinstance(netting.gathered.asked[want[2]].origin, Demand):
                found[netting.gathered.asked[want[2]].name] = _delivered(solved, station.number, number)
    return found


def _delivered(solved: Solved, place: int, number: int) -> Delivered:
    netting = solved.netting
    station = netting.stations[place]
    due, _, origin, _, _ = station.wants[number]
    asked = netting.gathered.asked[origin].asked
    if solved.mode is not Mode.CONSTRAINED:
        return Delivered(as_number(asked), 0.0, 0.0, shown(due))
    by_operation = any(
        name.startswith("delivered by ") and code == station.item.code for name, code in solved.names.items()
    )
    parts = [
        (station.supplies[supply].at if by_operation else max(due, station.supplies[supply].at), quantity)
        for supply, quantity in station.takes(number)
    ]
    planned = sum(quantity for _, quantity in parts)
    late = sum(quantity for at, quantity in parts if at > due)
    last = shown(max(at for at, _ in parts)) if parts else None
    return Delivered(as_number(planned), max(0.0, as_number(asked - planned)), as_number(late), last)


def ordered(solved: Solved) -> dict[tuple[str, str], float]:
    """Return how much is proposed, by operation and the moment at which it ends; parents and steps stand beside it."""
    netting, found = solved.netting, dict[tuple[str, str], float]()
    orders = netting.orders
    for number in range(len(orders.start)):
        way = cast("Way", orders.way[number])
        quantity = as_number(orders.quantity[number])
        for name, end in _named(way, orders.quantity[number], orders.start[number], way.ended(orders.due[number])):
            found[name, shown(end)] = found.get((name, shown(end)), 0.0) + quantity
    return found


def _named(way: Way, quantity: int, start: int, end: int) -> Iterator[tuple[str, int]]:
    yield way.name, end
    for parent in way.parents:
        yield parent, end
    if len(way.phases) > 1:
        for phase in way.phases:
            start = phase.working.advance(start, phase.length(quantity))
            yield phase.name, start


def differences(case: Case, kind: str) -> list[str]:
    """Return where the engine's answer differs from what a case expects: of `constrained` or one of the others."""
    expected = case.expected[kind]
    constrained = kind == "constrained"
    solved = Solved(case, Mode.CONSTRAINED if constrained else Mode.UNCONSTRAINED)
    wrong = list(_demands(case, expected, delivered(solved)))
    if not constrained or not case.demands:
        wrong += _orders(expected, ordered(solved), by_end=not constrained)
    return wrong


def _demands(
    case: Case, expected: dict[str, dict[str, dict[str, object]]], found: dict[str, Delivered]
) -> Iterator[str]:
    for name, want in expected["demands"].items():
        if name not in {demand["name"] for demand in case.demands}:
            continue
        if name not in found:
            yield f"{name}: not planned"
            continue
        got = found[name]._asdict()
        for field, value in got.items():
            other = want.get(field)
            near = isinstance(value, float) and isinstance(other, int | float) and abs(value - other) <= _NEAR
            if not near and value != (shown(moment(other)) if isinstance(other, str) else other):
                yield f"{name}: {field} {value}, expected {other}"


def _orders(
    expected: dict[str, list[dict[str, object]]], found: dict[tuple[str, str], float], *, by_end: bool
) -> Iterator[str]:
    wanted: dict[tuple[str, str], float] = {}
    for order in expected["orders"]:
        if order["status"] == "proposed":
            name = str(order["operation"]).partition(" valid from ")[0]
            key = (name, str(order["end"]) if by_end else "")
            wanted[key] = wanted.get(key, 0.0) + float(str(order["quantity"]))
    given: dict[tuple[str, str], float] = {}
    for (name, end), quantity in found.items():
        key = (name, end if by_end else "")
        given[key] = given.get(key, 0.0) + quantity
    for key in sorted({*wanted, *given}):
        if abs(wanted.get(key, 0.0) - given.get(key, 0.0)) > _NEAR:
            yield f"{key[0]} {key[1]}: {given.get(key, 0.0)}, expected {wanted.get(key, 0.0)}"
