"""What differs between the snapshots of two plans, each as one readable row."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import attrs

from prodstock._render import shown
from prodstock.calendars.zone import micros
from prodstock.journal.stream import demand_stream, order_stream, planned_stream, stock_stream, supply_stream
from prodstock.master.canonical import canonical
from prodstock.master.codes import ItemCode, set_aside_for
from prodstock.master.quality_state import state_code
from prodstock.master.ratio import decimal_of
from prodstock.orders.demand import Demand, DemandKind
from prodstock.planning.changes.definitions import definition_causes
from prodstock.planning.changes.rows import Cause, CauseKind
from prodstock.stock.allocation import expiry, need_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prodstock.orders.planned import PlannedOrder
    from prodstock.orders.production import ProductionOrder
    from prodstock.orders.purchase import Promise
    from prodstock.planning.snapshot import Snapshot
    from prodstock.planning.translations.planned import Planned
    from prodstock.stock.allocation import OpenLot

_TOLD = 3
"""How many fields of a change are told; the others are counted."""


class Found(NamedTuple):
    """A cause, and the streams in which its events would be."""

    cause: Cause
    streams: tuple[str, ...]


def causes(before: Planned, after: Planned) -> list[Found]:
    """Return all that differs between what two plans were made from and how, by kind, then ref, then text.

    O(n log n) in rows of both snapshots, and the comparison of their definitions.
    """
    old, new = before.snapshot, after.snapshot
    found = [
        *_promises(old, new),
        *_stock(old, new),
        *_held(old, new),
        *_orders(old, new),
        *_firm(old, new),
        *(Found(cause, ("catalog",)) for cause in definition_causes(old.catalog, new.catalog)),
        *_terms(before, after),
    ]
    ranks = {kind: place for place, kind in enumerate(CauseKind)}
    return sorted(found, key=lambda one: (ranks[one.cause.kind], one.cause.ref, one.cause.text))


def fields_told(before: object, after: object, skip: Iterable[str] = ()) -> str:
    """Return which fields of two records of a kind differ, and how, in one line."""
    left_out = {*skip}
    told: list[str] = []
    for field in attrs.fields(type(before)):  # type: ignore[arg-type]  # records, both of one class
        one, other = getattr(before, field.name), getattr(after, field.name)
        if field.name not in left_out and canonical(one) != canonical(other):
            told.append(f"{field.name.replace('_', ' ')} {_glimpsed(one)} to {_glimpsed(other)}")
    more = f", and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    return ", ".join(told[:_TOLD]) + more


def _glimpsed(value: object) -> str:
    text = "nothing" if value is None or value in {"", ()} else shown(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


# Demands, and what is on its way


def _promises(old: Snapshot, new: Snapshot) -> Iterator[Found]:
    first, second = _by_ref(old.promises), _by_ref(new.promises)
    for key in sorted(first.keys() | second.keys()):
        yield from _promise(key, first.get(key), second.get(key))
    done_before, done_after = dict(old.done), dict(new.done)
    for ref in sorted(done_before.keys() & _refs(old) | done_after.keys() & _refs(new)):
        promise = next(one for one in (*new.promises, *old.promises) if one.ref == ref)
        catalog = new.catalog if promise in new.promises else old.catalog
        was, now = (
            catalog.base(promise.item, some[ref]) if ref in some else Fraction(0) for some in (done_before, done_after)
        )
        if was != now and ref in _refs(new):
            demand = isinstance(promise, Demand)
            kind, word = (CauseKind.SHIPPED, "shipped") if demand else (CauseKind.RECEIVED, "received")
            text = f"{ref}: {decimal_of(was):f} to {decimal_of(now):f} {promise.item} {word}"
            yield Found(Cause(kind, ref, text, (ItemCode(promise.item),)), (_stream(promise),))


def _refs(snapshot: Snapshot) -> set[str]:
    return {one.ref for one in snapshot.promises if one.ref}


def _by_ref(promises: Iterable[Promise]) -> dict[tuple[str, str, int], Promise]:
    """Return promises by kind and ref; those without by item, site and date. Equal ones are counted."""
    found: dict[tuple[str, str, int], Promise] = {}
    counts: dict[tuple[str, str], int] = {}
    for promise in sorted(promises, key=canonical):
        kind = "demand" if isinstance(promise, Demand) else "supply"
        name = kind, promise.ref or f"{promise.item} at {promise.site} due {shown(promise.due)}"
        counts[name] = counts.get(name, 0) + 1
        found[*name, counts[name]] = promise
    return found


def _stream(promise: Promise) -> str:
    ref = promise.ref or ""
    return demand_stream(ref) if isinstance(promise, Demand) else supply_stream(ref)


def _promise(key: tuple[str, str, int], was: Promise | None, now: Promise | None) -> Iterator[Found]:
    kind, ref, _ = key
    one = now if now is not None else was
    if one is None or (was is not None and now is not None and canonical(was) == canonical(now)):
        return
    items = dict.fromkeys(ItemCode(each.item) for each in (was, now) if each is not None)
    if was is None:
        text = (
            f"{ref}: {shown(one.quantity)} {one.item} {'wanted' if kind == 'demand' else 'expected'} {_due(one)}, new"
        )
    elif now is None:
        ended = (
            "no longer wanted: shipped or cancelled" if kind == "demand" else "no longer expected: received or closed"
        )
        text = f"{ref}: {shown(one.quantity)} {one.item} {ended}"
    elif type(was) is type(now):
        text = f"{ref} ({one.item}): {fields_told(was, now)}"
    else:
        text = f"{ref}: {type(was).__name__} to {type(now).__name__}"
    yield Found(Cause(CauseKind(kind), ref, text, tuple(items)), (_stream(one),))


def _due(promise: Promise) -> str:
    return f"by {shown(promise.due)}"


# Stock


def _stock(old: Snapshot, new: Snapshot) -> Iterator[Found]:
    first, second = _by_lot(old), _by_lot(new)
    for key in sorted(first.keys() | second.keys()):
        item, site, label = key
        was, now = first.get(key, {}), second.get(key, {})
        name = f"{label or 'stock'} of {item} at {site}"
        about = ((ItemCode(item),), (stock_stream(item, site),))
        total, total_now = sum(was.values(), Fraction(0)), sum(now.values(), Fraction(0))
        if total != total_now:
            text = f"{name}: {decimal_of(total):f} to {decimal_of(total_now):f} free"
            yield Found(Cause(CauseKind.STOCK, label or item, text, about[0]), about[1])
        states, states_now = ({state for state, much in some.items() if much} for some in (was, now))
        if states and states_now and states != states_now:
            text = f"{name}: {_states(states - states_now)} to {_states(states_now - states)}"
            yield Found(Cause(CauseKind.QUALITY, label or item, text, about[0]), about[1])
    for lot in sorted(new.lots, key=canonical):
        if micros(old.at) < expiry(lot, new.catalog.zone(lot.site)) <= micros(new.at):
            text = f"{lot.label} of {lot.item} at {lot.site}: expired"
            yield Found(Cause(CauseKind.EXPIRED, lot.label, text, (ItemCode(lot.item),)), ())


def _by_lot(snapshot: Snapshot) -> dict[tuple[str, str, str], dict[str, Fraction]]:
    """Return what is free by item, site and lot or serial; of each by its state."""
    found: dict[tuple[str, str, str], dict[str, Fraction]] = {}
    for lot in snapshot.lots:
        held = found.setdefault((lot.item, lot.site, lot.serial or lot.lot or ""), {})
        state = _state(lot)
        held[state] = held.get(state, Fraction(0)) + snapshot.catalog.base(lot.item, lot.free)
    return found


def _state(lot: OpenLot) -> str:
    told = [state_code(lot.quality), lot.release.value, lot.location]
    told += [f"of {lot.owner}"] if lot.owner else []
    told += [f"for {set_aside_for(lot.segment)}"] if lot.segment else []
    told += [f"{name} {shown(value)}" for name, value in (("expires", lot.expires), ("ready", lot.ready)) if value]
    return ", ".join(told)


def _states(states: Iterable[str]) -> str:
    return "; ".join(sorted(states)) or "some of it"


def _held(old: Snapshot, new: Snapshot) -> Iterator[Found]:
    first, second = _by_holder(old), _by_holder(new)
    for key in sorted(first.keys() | second.keys()):
        ref, item, site = key
        was, now = first.get(key, Fraction(0)), second.get(key, Fraction(0))
        if was != now:
            text = f"{ref}: {decimal_of(was):f} to {decimal_of(now):f} {item} at {site} reserved"
            streams = (demand_stream(ref), order_stream(ref))
            yield Found(Cause(CauseKind.RESERVED, ref, text, (ItemCode(item),)), streams)


def _by_holder(snapshot: Snapshot) -> Mapping[tuple[str, str, str], Fraction]:
    found: dict[tuple[str, str, str], Fraction] = {}
    for one in snapshot.held:
        key = (one.ref, one.item, one.site)
        found[key] = found.get(key, Fraction(0)) + snapshot.catalog.base(one.item, one.quantity)
    return found


# Orders


def _orders(old: Snapshot, new: Snapshot) -> Iterator[Found]:
    first, second = ({order.code: order for order in one.orders} for one in (old, new))
    for code in sorted(first.keys() | second.keys()):
        was, now = first.get(code), second.get(code)
        one = now if now is not None else was
        if one is not None and was != now:
            kind, text = _order(was, now)
            items = tuple(
                dict.fromkeys((one.item, *(line.item for line in one.lines), *map(ItemCode, dict(one.outputs))))
            )
            yield Found(Cause(kind, code, f"{code}: {text}", items), (order_stream(code),))


def _order(was: ProductionOrder | None, now: ProductionOrder | None) -> tuple[CauseKind, str]:
    if was is None and now is not None:
        return CauseKind.LAUNCHED, f"{now.quantity:f} {now.item} launched"
    if was is not None and now is None:
        return CauseKind.CLOSED, f"{was.quantity:f} {was.item} closed or cancelled"
    told = fields_told(was, now, skip=("lines", "steps"))
    figures = was is not None and now is not None and was.step_figures != now.step_figures
    issued = was is not None and now is not None and was.line_figures != now.line_figures
    more = [word for word, there in (("steps reported", figures), ("components issued or used", issued)) if there]
    reported = figures or issued
    return CauseKind.REPORTED if reported else CauseKind.ORDER, ", ".join([*([told] if told else []), *more]) or "other"


def _firm(old: Snapshot, new: Snapshot) -> Iterator[Found]:
    first, second = ({_name(order): order for order in one.firm} for one in (old, new))
    for name in sorted(first.keys() | second.keys()):
        was, now = first.get(name), second.get(name)
        one = now if now is not None else was
        if one is None or was == now:
            continue
        if was is not None and now is not None:
            told = fields_told(was, now) if type(was) is type(now) else "another kind of order"
        else:
            told = "settled by the planner" if was is None else "no longer settled"
        text = f"{name}: {decimal_of(Fraction(one.quantity)):f} {one.item}, {told}"
        yield Found(Cause(CauseKind.FIRMED, name, text, (one.item,)), (planned_stream(one.code),))


def _name(order: PlannedOrder) -> str:
    return order.code or f"{order.item} due {shown(order.due)}"


# How, until when and as of when


def _terms(before: Planned, after: Planned) -> Iterator[Found]:
    if before.policy != after.policy:
        text = f"policy: {fields_told(before.policy, after.policy)}"
        yield Found(Cause(CauseKind.POLICY, "policy", text, (), everything=True), ())
    if before.until != after.until:
        text = f"horizon: {shown(before.until)} to {shown(after.until)}"
        yield Found(Cause(CauseKind.HORIZON, "horizon", text, _within(before, after)), ())
    if before.snapshot.at != after.snapshot.at:
        text = f"time: {shown(before.snapshot.at)} to {shown(after.snapshot.at)}"
        yield Found(Cause(CauseKind.TIME, "time", text, _passed(before, after)), ())


def _within(before: Planned, after: Planned) -> tuple[ItemCode, ...]:
    """Return the items that another end of the horizon touches: of wants and orders between both, and safety stock."""
    first, last = sorted((micros(before.until), micros(after.until)))
    found = _safety(before) | _safety(after)
    for plan in (before, after):
        snapshot = plan.snapshot
        due = ((one.item, need_at(one.due, snapshot.catalog.zone(one.site))) for one in snapshot.promises)
        begun = ((line.item, micros(order.start)) for order in snapshot.orders for line in order.lines)
        ready = ((order.item, micros(order.due)) for order in (*plan.orders, *snapshot.orders))
        found |= {item for item, at in (*due, *begun, *ready) if first <= at < last}
    return tuple(ItemCode(item) for item in sorted(found))


def _safety(plan: Planned) -> set[str]:
    return {item.code for item in plan.snapshot.catalog.items if item.safety_stock}


def _passed(before: Planned, after: Planned) -> tuple[ItemCode, ...]:
    """Return the items that the passing of time touches: whose orders, receipts, wants, lots came or ran over in it.

    What has safety stock too: it is restored from now on; and what has forecasts, which the past has none of.
    """
    now = max(micros(before.snapshot.at), micros(after.snapshot.at))
    found = _safety(before) | _safety(after)
    for plan in (before, after):
        snapshot = plan.snapshot
        zone = snapshot.catalog.zone
        found |= {order.item for order in (*plan.orders, *snapshot.orders) if micros(order.start) <= now}
        found |= {line.item for order in snapshot.orders if micros(order.start) <= now for line in order.lines}
        found |= {order.item for order in snapshot.orders if micros(order.due) <= now}
        for promise in snapshot.promises:
            forecast = isinstance(promise, Demand) and promise.kind is DemandKind.FORECAST
            if forecast or need_at(promise.due, zone(promise.site)) <= now:
                found.add(promise.item)
        for lot in snapshot.lots:
            ready = lot.ready is not None and micros(lot.ready) <= now
            if ready or expiry(lot, zone(lot.site)) <= now:
                found.add(lot.item)
        found |= {item for shortage in plan.shortages for item in (shortage.item,)}
    return tuple(ItemCode(item) for item in sorted(found))
