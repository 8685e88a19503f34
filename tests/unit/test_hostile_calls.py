"""Every public call with junk in every place: refused by an error of the library, or its log can be kept and read."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from inspect import Parameter, isclass, isfunction, signature
from time import perf_counter
from typing import Any, NamedTuple

import attrs
import pytest

import prodstock as ps
from prodstock.calendars.holidays import listed_holidays
from prodstock.calendars.horizon import TimeBucket
from prodstock.codec.tags import KINDS
from prodstock.testing import digest

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
DAY = timedelta(days=1)
UNTIL = date(2026, 4, 1)
STAMP = ("at", "by", "because", "key")
SLOWEST = 20.0
"""Seconds for one call: far above what is promised, for machines that do much besides."""


class Marker:
    """A class, where a value is wanted."""


def junk() -> list[Any]:
    """Return what nobody should give, anew: a generator can be gone through once."""
    return [
        None, 0, 5, -1, 5.5, float("nan"), True, "", " ", "junk", "x" * 10**6, "\ud800", "a\x00b", b"BOX", [], [None],
        (5,), {}, {5: 5}, {"a": None}, object(), Marker, Decimal("1e999999999"), Decimal("NaN"), 10**5_000, 2**64,
        datetime(2026, 3, 2, 6),  # noqa: DTZ001 - naive on purpose
        datetime.max.replace(tzinfo=UTC), date.min, timedelta.max, timedelta(-1), (None for _ in range(3)),
        lambda *_: None, ps.Quality.APPROVED, ps.Goods("NOPE", lot="NOPE"),
    ]  # fmt: skip


class Call(NamedTuple):
    """A public call that is right."""

    function: Callable[..., Any]
    given: tuple[Any, ...] = ()
    named: tuple[tuple[str, Any], ...] = ()


def right(function: Callable[..., Any], *given: Any, **named: Any) -> Call:
    """Return a call that is right."""
    return Call(function, given, tuple(named.items()))


def spoilt(call: Call, values: Sequence[Any] = ()) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the call with each junk, or each of some values, in each place: which place, and the call to make."""
    for place, (name, parameter) in enumerate(signature(call.function).parameters.items()):
        names = (name,) if parameter.kind is not Parameter.VAR_KEYWORD else STAMP
        by_place = parameter.kind in {Parameter.POSITIONAL_ONLY, Parameter.VAR_POSITIONAL} or place < len(call.given)
        for one in names:
            for value in values or junk():
                given, named = list(call.given), dict(call.named)
                if by_place:
                    given[place : place + 1] = [value]
                else:
                    named[one] = value
                yield one, partial(call.function, *given, **named)


def attempted(wish: Callable[[], Any]) -> Any:
    """Return what a call returns, or None where the library refuses it: soon, and in few words."""
    began = perf_counter()
    try:
        answer = wish()
    except ps.ProdstockError as error:
        answer, words = None, str(error)
    else:
        words = ""
    assert len(words) < 2_000
    assert perf_counter() - began < SLOWEST
    return answer


def catalog() -> ps.Catalog:
    """Return a little of everything."""
    return ps.Catalog(
        [
            ps.Site("SOUTH"),
            ps.Location("RACK"),
            ps.Item("HD", tracking=ps.Tracking.SERIAL),
            ps.Item("MIC", tracking=ps.Tracking.LOT),
            ps.Item("MIC-B", tracking=ps.Tracking.LOT),
            ps.Item("BOX"),
            ps.Supplier("KNW"),
            ps.Sourcing("MIC", supplier="KNW", lead_time=DAY),
            ps.Resource("bench"),
            ps.BillOfMaterial("HD", [ps.BomLine("MIC", 2, substitutes=["MIC-B"]), ps.BomLine("BOX", 1)]),
            ps.Routing("HD", [ps.Operation("assemble"), ps.Operation("pack", kind=ps.OperationKind.PACK)]),
            ps.ReleaseCriteria("HD", requires=["label"]),
            ps.QualityState("customs", like=ps.Quality.BLOCKED, allows=ps.Use.NET),
            ps.Option("plug", ["EU", "UK"]),
            ps.Option("case", ["no", "yes"]),
        ]
    )


MAKE = ps.PlannedMake(ps.ItemCode("HD"), Decimal(2), START, START + DAY, "A", code="make-1", serves=("D1",))
BUY = ps.PlannedBuy(ps.ItemCode("MIC"), Decimal(1), START, START + DAY, "KNW", code="buy-1")
MOVE = ps.PlannedMove(ps.ItemCode("MIC"), Decimal(1), START, START + DAY, "SOUTH", "MAIN", code="move-1")
DEMAND = ps.Demand("MIC", 1, due=START)
GOODS = ps.Goods("MIC", lot="L1", quantity=1)
MADE = ps.Goods("HD", lot="MO-1")


@cache
def begun() -> ps.Plant:
    """Return a plant in the middle of things."""
    plant = ps.Plant(catalog(), clock=ps.ManualClock(START))
    plant.receive("BOX", 50)
    plant.receive("MIC", 50, lot="L1", expires=date(2026, 9, 1))
    plant.receive("HD", 2, lot="H1")
    plant.expect(
        ps.Demand("MIC", 3, due=date(2026, 3, 5), ref="D1"),
        ps.Demand("MIC", 3, due=date(2026, 3, 5), ref="D2"),
        ps.PurchaseOrder("MIC", 9, supplier="KNW", due=START + DAY, ref="PU-9"),
        ps.TransferOrder("BOX", 2, source="MAIN", target="SOUTH", due=START + DAY, ref="TR-9"),
    )
    plant.move(ps.Goods("BOX", quantity=2), to="IN-TRANSIT", against="TR-9")
    plant.reserve("D1")
    order = plant.launch(attrs.evolve(MAKE, code=""))
    plant.issue(plant.reserve(order))
    plant.report(order, "assemble", good=2)
    plant.complete(order, good=1)
    plant.reserve(plant.launch(attrs.evolve(MAKE, code="")))
    return plant


def fresh() -> ps.Plant:
    """Return that plant, to be changed."""
    plant = ps.Plant(begun()._initial, clock=ps.ManualClock(START + DAY))
    plant._world = begun()._world.fork()
    return plant


def kept(plant: ps.Plant) -> None:
    """Check that what happened can be written, read and told again."""
    text = ps.dump_document(plant._initial, plant.events())
    again = ps.Plant.load(*ps.load_document(text))
    assert ps.dump_document(again._initial, again.events()) == text
    assert digest(again) == digest(plant)


VALUES: dict[str, Call] = {
    "Job": right(
        ps.Job,
        "SO-1",
        [ps.Operation("saw")],
        quantity=2,
        release=START,
        due=date(2026, 3, 9),
        weight=2,
        site="MAIN",
        material={"saw": START},
        after=["SO-0"],
        holding_weight=2,
        deadline=date(2026, 3, 19),
    ),
    "Problem": right(
        ps.Problem,
        start=START,
        resources=[ps.Resource("saw")],
        jobs=[],
        sites=[ps.Site("MAIN")],
        set_up={"saw": {"blade": "fine"}},
        standings=[],
    ),
    "SchedulingPolicy": right(ps.SchedulingPolicy, rules=[ps.Rule.SLACK], goals=[ps.Goal.FLOW]),
    "Blend": right(ps.Blend, {ps.Goal.FLOW: 2}),
    "Changeover": right(ps.Changeover, "blade", "fine", "*", time=DAY, cost=3),
    "Lag": right(ps.Lag, "op", least=DAY, most=DAY),
    "Setups": right(ps.Setups, [ps.Changeover("blade", "fine", "*")], clean_after=3, cleaning=DAY),
    "Standing": right(ps.Standing, "SO-1", "saw", ps.OperationStatus.STARTED, resource="saw", start=START, left=DAY),
    "Item": right(ps.Item, "NEW"),
    "Site": right(ps.Site, "WEST"),
    "Location": right(ps.Location, "BIN"),
    "Supplier": right(
        ps.Supplier,
        "OTIK",
        order_calendar=ps.Calendar("ORDERS"),
        delivery_calendar=ps.Calendar("ORDERS"),
        minimum_value=ps.Money(250, "EUR"),
    ),
    "PriceBreak": right(ps.PriceBreak, 500, ps.Money("1.10", "EUR")),
    "Sourcing": right(
        ps.Sourcing,
        "BOX",
        supplier="KNW",
        lead_time=DAY,
        transport_time=DAY,
        transport_calendar=ps.Calendar("ORDERS"),
        price=ps.Money("1.20", "EUR"),
        price_breaks=[ps.PriceBreak(500, ps.Money("1.10", "EUR"))],
    ),
    "TransferLane": right(ps.TransferLane, "SOUTH", "MAIN", item="BOX", lead_time=DAY),
    "QuotaShare": right(ps.QuotaShare, 60, supplier="KNW"),
    "QuotaArrangement": right(ps.QuotaArrangement, "MIC", [ps.QuotaShare(60, supplier="KNW")]),
    "PlanningParameters": right(
        ps.PlanningParameters,
        "BOX",
        lot_rule=ps.LotRule.FIXED,
        lot_quantity=5,
        safety_steps={UNTIL: 3},
        safety_time=DAY,
    ),
    "Resource": right(ps.Resource, "oven", setups=[ps.Changeover("blade", "fine", "*")]),
    "Operation": right(ps.Operation, "op", attributes={"blade": "fine"}, transfer=5, lags=[]),
    "Routing": right(ps.Routing, "MIC", [ps.Operation("op")]),
    "BomLine": right(ps.BomLine, "BOX", 1),
    "Substitute": right(ps.Substitute, "MIC-B"),
    "SubstituteGroup": right(ps.SubstituteGroup, "KIT", replaces=["MIC"], lines=[ps.BomLine("BOX", 1)]),
    "Stepped": right(ps.Stepped, [(0, 1), (100, 2)]),
    "EachBegun": right(ps.EachBegun, 24),
    "Linear": right(ps.Linear, "0.2", fixed=5),
    "RoundedUp": right(ps.RoundedUp, ps.EachBegun(24), 3),
    "Greatest": right(ps.Greatest, [ps.EachBegun(24), 5]),
    "Least": right(ps.Least, [ps.EachBegun(24), 5]),
    "Total": right(ps.Total, [ps.EachBegun(24), 5]),
    "Option": right(ps.Option, "plug", ["EU", "UK"], default="UK", requires={"EU": ps.Chosen("case", "no")}),
    "Chosen": right(ps.Chosen, "plug", ["EU"], unless=True),
    "Cases": right(ps.Cases, [[ps.Chosen("plug", "EU")], [ps.Chosen("case", "yes")]]),
    "CoProduct": right(ps.CoProduct, "BOX", 1),
    "ByProduct": right(ps.ByProduct, "BOX", 1),
    "BillOfMaterial": right(ps.BillOfMaterial, "MIC-B", [ps.BomLine("BOX", 1)]),
    "ReleaseCriteria": right(ps.ReleaseCriteria, "BOX", ["label"]),
    "QualityState": right(ps.QualityState, "own", like=ps.Quality.BLOCKED, allows=ps.Use.NET),
    "Transition": right(ps.Transition, ps.Quality.REJECTED, ps.Quality.APPROVED),
    "Calendar": right(ps.Calendar, "early"),
    "CalendarException": right(ps.CalendarException, date(2026, 1, 1), date(2026, 1, 2)),
    "Downtime": right(ps.Downtime, START, START + DAY),
    "Recurrence": right(ps.Recurrence, "FREQ=WEEKLY", START, DAY),
    "WorkingDays": right(ps.WorkingDays, 3),
    "working_days": right(ps.working_days, 3),
    "Quantity": right(ps.Quantity, 3, "pcs"),
    "Money": right(ps.Money, 3, "EUR"),
    "Demand": right(ps.Demand, "MIC", 1, due=START),
    "PurchaseOrder": right(ps.PurchaseOrder, "MIC", 1, due=START, supplier="KNW"),
    "TransferOrder": right(ps.TransferOrder, "MIC", 1, due=START, source="MAIN", target="SOUTH"),
    "Delivery": right(ps.Delivery, 3, due=START),
    "PlannedMake": right(ps.PlannedMake, "HD", Decimal(1), START, START + DAY, "A"),
    "PlannedBuy": right(ps.PlannedBuy, "MIC", Decimal(1), START, START + DAY, "KNW", code="buy-7"),
    "PlannedMove": right(ps.PlannedMove, "MIC", Decimal(1), START, START + DAY, "SOUTH", "MAIN", code="move-7"),
    "Goods": right(ps.Goods, "MIC", lot="L1", quantity=1),
    "Claim": right(ps.Claim, "BOX", 1, ref="bench"),
    "AllocationPolicy": right(ps.AllocationPolicy),
    "PlanningPolicy": right(ps.PlanningPolicy),
    "Need": right(ps.Need, "MIC", 1, at=START, ref="x"),
    "OpenLot": right(ps.OpenLot, "MIC", 1, received=START),
    "SupplierDelay": right(ps.SupplierDelay, "KNW", by=DAY),
    "PreferSubstitute": right(ps.PreferSubstitute, "MIC", "MIC-B"),
    "Snapshot": right(ps.Snapshot, catalog=catalog(), at=START),
    "revision_changes": right(ps.revision_changes, catalog(), catalog(), at=START),
    "change_impact": right(ps.change_impact, ps.plan(ps.Snapshot(catalog=catalog(), at=START), until=UNTIL), catalog()),
    "Held": right(ps.Held, "D1", "MIC", Decimal(1)),
}
"""What users make to give it to others."""


def with_more(plant: ps.Plant, definition: ps.Definition) -> None:
    """Give a plant one more definition."""
    more = (definition,)
    plant.do(ps.Redefine(plant.catalog + more))


BILL = partial(ps.BillOfMaterial, "MIC-B")
LOT = ps.OpenLot("MIC", 5, received=START)
NEED = ps.Need("MIC", 1, at=START, ref="x")
MEASURES = (ps.Stepped, ps.EachBegun, ps.Linear, ps.RoundedUp, ps.Greatest, ps.Least, ps.Total)
Taker = Callable[[ps.Plant, Any], object]
TAKERS: dict[type, tuple[Taker, ...]] = {
    ps.Calendar: (lambda plant, one: with_more(plant, ps.Site("WEST", calendar=one)),),
    ps.BomLine: (lambda plant, one: with_more(plant, BILL([one])),),
    ps.SubstituteGroup: (lambda plant, one: with_more(plant, BILL([ps.BomLine("MIC", 1)], groups=[one])),),
    ps.CoProduct: (lambda plant, one: with_more(plant, BILL([ps.BomLine("MIC", 1)], outputs=[one])),),
    ps.ByProduct: (lambda plant, one: with_more(plant, BILL([ps.BomLine("MIC", 1)], outputs=[one])),),
    ps.Operation: (lambda plant, one: with_more(plant, ps.Routing("MIC-B", [one])),),
    **dict.fromkeys(
        (ps.Chosen, ps.Cases), (lambda plant, one: with_more(plant, BILL([ps.BomLine("MIC", 1, when=one)])),)
    ),
    **dict.fromkeys(MEASURES, (lambda plant, one: with_more(plant, BILL([ps.BomLine("MIC", 1, per=one)])),)),
    ps.Demand: (ps.Plant.expect,),
    ps.PurchaseOrder: (ps.Plant.expect,),
    ps.TransferOrder: (ps.Plant.expect,),
    ps.Delivery: (
        lambda plant, one: plant.do(ps.ConfirmSupply("PU-9", parts=[one])),
        lambda plant, one: plant.do(ps.ReviseSupply("PU-9", parts=[one])),
    ),
    ps.PlannedMake: (ps.Plant.firm, ps.Plant.launch),
    ps.PlannedBuy: (ps.Plant.firm, ps.Plant.purchase),
    ps.PlannedMove: (ps.Plant.firm, ps.Plant.transfer),
    ps.Goods: (
        lambda plant, one: plant.judge(one, ps.Quality.BLOCKED),
        lambda plant, one: plant.ship(one, demand="D2"),
    ),
    ps.Claim: (ps.Plant.reserve,),
    ps.AllocationPolicy: (lambda plant, one: plant.reserve("D2", policy=one),),
    ps.PlanningPolicy: (lambda plant, one: plant.plan(until=UNTIL, policy=one),),
    ps.SupplierDelay: (lambda plant, one: plant.fork("if").assume(one),),
    ps.PreferSubstitute: (lambda plant, one: plant.fork("if").assume(one),),
    ps.Snapshot: (lambda _, one: ps.plan(one, until=UNTIL),),
    ps.Held: (lambda plant, one: ps.plan(attrs.evolve(plant.snapshot(), held=(one,)), until=UNTIL),),
    ps.Need: (lambda _, one: ps.allocate([one], [LOT]),),
    ps.OpenLot: (lambda _, one: ps.allocate([NEED], [one]),),
}
"""Who takes what is no definition."""


def takers(value: object) -> tuple[Taker, ...]:
    """Return who takes a value."""
    return (with_more,) if isinstance(value, ps.Definition) else TAKERS.get(type(value), ())


@pytest.mark.parametrize("name", VALUES)
def test_values(name: str) -> None:
    """What is made of junk is shown on one line, and whoever takes it refuses it or can be kept."""
    for _, wish in spoilt(VALUES[name]):
        value = attempted(wish)
        assert len(repr(value)) < 150
        for take in takers(value):
            plant = fresh()
            commits = len(plant._world)
            attempted(partial(take, plant, value))
            if len(plant._world) > commits:
                kept(plant)


COMMANDS: dict[str, Call] = {
    "Receive": right(ps.Receive, "MIC", 1, lot="L2"),
    "Judge": right(ps.Judge, "L1", ps.Quality.BLOCKED),
    "Sort": right(ps.Sort, GOODS, {ps.Quality.BLOCKED: 1}),
    "Move": right(ps.Move, GOODS, to="RACK"),
    "Count": right(ps.Count, "BOX", 3),
    "Adjust": right(ps.Adjust, "BOX", 3),
    "Scrap": right(ps.Scrap, GOODS),
    "Reserve": right(ps.Reserve, "D2"),
    "Void": right(ps.Void, "D1/1"),
    "Ship": right(ps.Ship, GOODS, demand="D2"),
    "ReturnToVendor": right(ps.ReturnToVendor, GOODS),
    "ConfirmSupply": right(ps.ConfirmSupply, "PU-9", 5, due=START + DAY),
    "ReviseSupply": right(ps.ReviseSupply, "PU-9", 12, parts=[ps.Delivery(5, due=START), ps.Delivery(7, due=UNTIL)]),
    "CloseSupply": right(ps.CloseSupply, "PU-9"),
    "Lose": right(ps.Lose, "TR-9", ps.Goods("BOX", quantity=1)),
    "ChangeOwner": right(ps.ChangeOwner, GOODS, owner="ACME"),
    "TakeBack": right(ps.TakeBack, GOODS, demand="D2"),
    "Expect": right(ps.Expect, [DEMAND]),
    "Cancel": right(ps.Cancel, "D2"),
    "Redefine": right(ps.Redefine, catalog()),
    "Firm": right(ps.Firm, [MAKE]),
    "Purchase": right(ps.Purchase, BUY),
    "Transfer": right(ps.Transfer, MOVE),
    "Launch": right(ps.Launch, MAKE),
    "Issue": right(ps.Issue, "MO-2/1"),
    "IssueGoods": right(ps.IssueGoods, "MO-2", GOODS),
    "PutBack": right(ps.PutBack, "MO-1", ps.Goods("MIC", lot="L1")),
    "Report": right(ps.Report, "MO-2", "assemble", good=0),
    "Complete": right(ps.Complete, "MO-1", good=1),
    "Close": right(ps.Close, "MO-1", leftover=ps.Leftover.LOSS),
    "CancelOrder": right(ps.CancelOrder, "MO-2"),
    "Hold": right(ps.Hold, "MO-1"),
    "Resume": right(ps.Resume, "MO-1"),
    "Reopen": right(ps.Reopen, "MO-1"),
    "TakeApart": right(ps.TakeApart, MADE),
    "Record": right(ps.Record, MADE, "label", ps.Verdict.PASSED),
    "ReleaseGoods": right(ps.ReleaseGoods, MADE),
    "Reverse": right(ps.Reverse, "nothing"),
    "Together": right(ps.Together, [ps.Receive("BOX", 1)]),
}
STAMPED = ("Receive", "Reserve", "Void", "Together", "Launch")
"""Commands whose moment, person, reason and key are spoilt too: those with a way of their own of being made or done."""


@pytest.mark.parametrize("name", COMMANDS)
def test_commands(name: str) -> None:
    """A command made of junk is refused when it is made or given; one that is accepted can be kept."""
    for place, wish in spoilt(COMMANDS[name]):
        command = attempted(wish)
        if command is not None and (place not in STAMP or name in STAMPED):
            assert len(repr(command)) < 150
            plant = fresh()
            if attempted(partial(plant.do, command)) is not None:
                kept(plant)


def test_every_command_is_here() -> None:
    """Of all commands that documents know, none is left out."""
    known = {kind.__name__ for kind in KINDS.values() if isclass(kind) and issubclass(kind, ps.Command)}

    assert set(COMMANDS) == known


QUESTIONS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "do": ((ps.Receive("BOX", 1),), {}),
    "submit": (([ps.Receive("BOX", 1)],), {}),
    "availability": (("MIC",), {}),
    "snapshot": ((), {}),
    "plan": ((), {"until": UNTIL}),
    "schedule": (([],), {"policy": ps.SchedulingPolicy()}),
    "recall": (("L1",), {}),
    "events_behind": ((ps.Derivation("9 MIC"),), {}),
    "fork": (("if",), {}),
    "stock.holdings": (("L1",), {}),
    "stock.why_not_available": (("MIC", 1), {}),
    "stock.reservations": (("D1",), {}),
    "stock.postings": (("MIC",), {}),
    "stock.lot": (("L1",), {}),
    "supply.order": (("PU-9",), {}),
    "supply.history": (("PU-9",), {}),
    "supply.arrivals": (("KNW",), {}),
    "quality.contradicted": ((), {}),
    "production.order": (("MO-1",), {}),
    "production.pick_list": (("MO-2",), {}),
    "production.balance": (("MO-1",), {}),
    "production.owed": (("MO-1",), {}),
    "quality.tests": (("L1",), {}),
    "quality.waiting": ((), {}),
    "trace.forward": (("L1",), {}),
    "trace.backward": (("L1",), {}),
    "trace.brought_by": (("L1",), {}),
    "trace.ordered_for": (("D1",), {}),
    "catalog.item": (("MIC",), {}),
    "catalog.factors": (("MIC",), {}),
    "catalog.base": (("MIC", 1), {}),
    "catalog.scaled": (("MIC", 1), {}),
    "catalog.unscaled": (("MIC", 1), {}),
    "catalog.supply": (("MIC", START), {}),
    "catalog.site": (("MAIN",), {}),
    "catalog.zone": (("MAIN",), {}),
    "catalog.day": ((START,), {}),
    "catalog.location": (("RACK",), {}),
    "catalog.default_location": (("MAIN", ps.LocationKind.WIP), {}),
    "catalog.supplier": (("KNW",), {}),
    "catalog.sourcings": (("MIC",), {}),
    "catalog.quota": (("MIC", START), {}),
    "catalog.quotas": (("MIC",), {}),
    "catalog.lanes": (("MIC",), {}),
    "catalog.lanes_of": (("MIC",), {}),
    "catalog.planning_parameters": (("MIC",), {}),
    "catalog.resource": (("bench",), {}),
    "catalog.bom": (("HD", START), {}),
    "catalog.boms": (("HD",), {}),
    "catalog.chosen": (({"plug": "UK"},), {}),
    "catalog.decisive": (("HD",), {}),
    "catalog.options_of": (("HD",), {}),
    "catalog.derived": ((repr,), {}),
    "catalog.routing": (("HD", START), {}),
    "catalog.routings": (("HD",), {}),
    "catalog.structure": ((START,), {}),
    "catalog.where_used": (("MIC", START), {}),
    "catalog.low_level_codes": ((START,), {}),
    "catalog.criteria": (("HD",), {}),
    "catalog.quality_state": (("customs",), {}),
}
VERBS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "expect": ((DEMAND,), {}),
    "receive": (("MIC", 1), {"lot": "L1"}),
    "judge": (("L1", ps.Quality.BLOCKED), {}),
    "move": ((GOODS,), {"to": "RACK"}),
    "count": (("BOX", 1), {}),
    "adjust": (("BOX", 1), {}),
    "scrap": ((GOODS,), {}),
    "reserve": (("D2",), {}),
    "void": (("D1/1",), {}),
    "ship": ((GOODS,), {"demand": "D2"}),
    "take_back": ((GOODS,), {"demand": "D2"}),
    "cancel": (("D2",), {}),
    "firm": ((MAKE,), {}),
    "launch": ((MAKE,), {}),
    "purchase": ((BUY,), {}),
    "transfer": ((MOVE,), {}),
    "issue": (("MO-2/1",), {}),
    "put_back": (("MO-1", ps.Goods("MIC", lot="L1")), {}),
    "report": (("MO-2", "assemble"), {"good": 0}),
    "complete": (("MO-1",), {"good": 1}),
    "close": (("MO-1",), {}),
    "record": ((MADE, "label", ps.Verdict.PASSED), {}),
    "release": ((MADE,), {}),
    "reverse": (("nothing",), {}),
}
"""The verbs, which make a command each: spoilt in the places that the verbs have."""


@pytest.mark.parametrize("name", [*QUESTIONS, *VERBS])
def test_verbs_and_questions(name: str) -> None:
    """Verbs and questions refuse junk, and what they answer can be shown."""
    given, named = {**QUESTIONS, **VERBS}[name]

    def asked(plant: ps.Plant) -> Callable[..., Any]:
        asked: Any = plant
        for part in name.split("."):
            asked = getattr(asked, part)
        return asked  # type: ignore[no-any-return]  # looked up by name

    parameters = signature(asked(fresh())).parameters
    for place, wish in spoilt(Call(asked(fresh()), given, tuple(named.items()))):
        if place in parameters and place not in {"progress", "make"}:
            plant = fresh()
            answer = attempted(partial(asked(plant), *wish.args, **wish.keywords))  # type: ignore[attr-defined]
            assert len(repr(answer)) < 10_000


def test_every_verb_is_here() -> None:
    """Of all that can be called of a plant, and asked of its answers, nothing is left out that takes anything."""
    plant = fresh()
    parts: dict[str, object] = {"": plant}
    parts |= {
        f"{part}.": getattr(plant, part) for part in ("stock", "supply", "production", "quality", "trace", "catalog")
    }
    public = {
        f"{prefix}{name}"
        for prefix, part in parts.items()
        for name, member in vars(type(part)).items() | (vars(ps.View).items() if part is plant else set())
        if isfunction(member) and not name.startswith("_") and len(signature(member).parameters) > 1
    }

    assert public == {*QUESTIONS, *VERBS}


def numbers() -> dict[str, Call]:
    """Return the right calls of what forecasts and sizes lots from plain figures."""
    history = ps.DemandHistory([3, 5, 4, 6, 2, 5], start=date(2026, 1, 1))
    wants, terms = [(1, 5), (3, 8)], ps.LotTerms(setup=10, holding=1)
    return {
        "choose_method": right(ps.choose_method, history, methods=[ps.Naive()], season=1, trials=2),
        "classify_demand": right(ps.classify_demand, history),
        "Naive.forecast": right(ps.Naive().forecast, history, 2),
        "forecast_errors": right(ps.forecast_errors, [3, 4], [3, 5], season=1, trained_on=[1, 2]),
        "tracking_signal": right(ps.tracking_signal, [3, 4], [3, 5], limit=4),
        "compare_lot_sizing": right(ps.compare_lot_sizing, wants, terms, rules={"each": ps.LotForLot()}, until=9),
        "lot_cost": right(ps.lot_cost, wants, ps.LotForLot().lots(wants, terms), terms, until=9),
        "economic_order_quantity": right(ps.economic_order_quantity, 100, setup=10, holding=1),
        "weigh_price_breaks": right(ps.weigh_price_breaks, 100, [(1, 5), (50, 4)], setup=10, carrying="0.2"),
    }


def readings() -> dict[str, Call]:
    """Return the right calls of what reads plans."""
    plant = fresh()
    first, known = plant.plan(until=UNTIL), len(plant.events())
    plant.expect(ps.Demand("MIC", 400, due=date(2026, 3, 20), ref="D7"))
    second = plant.plan(until=UNTIL)
    found = ps.changes(first, second)
    return {
        "material": right(ps.material, second, bucket=TimeBucket.WEEK),
        "machine_hours": right(ps.machine_hours, second, bucket=TimeBucket.WEEK),
        "labour_hours": right(ps.labour_hours, second, bucket=TimeBucket.WEEK),
        "purchasing_calendar": right(ps.purchasing_calendar, second, bucket=TimeBucket.WEEK),
        "supplier_exposure": right(ps.supplier_exposure, second),
        "usage": right(ps.usage, second),
        "warehouse_space": right(ps.warehouse_space, second, bucket=TimeBucket.WEEK, unit="m3"),
        "changes": right(ps.changes, first, second, events=plant.events()[known:]),
        "cumulative_lead_times": right(ps.cumulative_lead_times, plant.catalog, at=START, on_hand=["BOX"], site="MAIN"),
        "Plan.demand": right(second.demand, "D2"),
        "Plan.pegs_of": right(second.pegs_of, "D2"),
        "Plan.peg_tree": right(second.peg_tree, "D2"),
        "Plan.where_used": right(second.where_used, second.orders[0]),
        "Plan.delayed": right(second.delayed, second.orders[0], by=DAY),
        "Plan.delayed.to": right(second.delayed, second.orders[0], to=UNTIL),
        "Plan.kit": right(second.kit, "HD", site="MAIN", at=START + 2 * DAY),
        "Plan.material": right(second.material, bucket=TimeBucket.WEEK),
        "Plan.machine_hours": right(second.machine_hours, bucket=TimeBucket.WEEK),
        "Plan.labour_hours": right(second.labour_hours, bucket=TimeBucket.WEEK),
        "Plan.purchasing_calendar": right(second.purchasing_calendar, bucket=TimeBucket.WEEK),
        "Plan.warehouse_space": right(second.warehouse_space, bucket=TimeBucket.WEEK, unit="m3"),
        "Plan.changes_since": right(second.changes_since, first, events=plant.events()[known:]),
        "Plan.projection": right(second.projection, "MIC", site="MAIN"),
        "Plan.fair_shares": right(second.fair_shares, "MIC", source="MAIN", until=UNTIL, rule=ps.ShareRule.PRIORITY),
        "PlanChanges.why": right(found.why, found.orders[0]),
        "PlanChanges.nervousness": right(found.nervousness, DAY),
    }


def functions() -> dict[str, Call]:
    """Return what is no value, command or verb."""
    plant = fresh()
    events = plant.events()
    clock = ps.ManualClock(START)
    days = (date(2026, 1, 1), date(2026, 2, 1))
    document = ps.dump_document(plant._initial, events)
    return {
        "Catalog": right(ps.Catalog, [ps.Item("A")]),
        "Plant": right(ps.Plant, catalog(), clock=clock, ids=ps.CountingIds(), events=ps.MemoryEvents()),
        "Plant.load": right(ps.Plant.load, plant._initial, events, clock=clock, ids=ps.CountingIds()),
        "ManualClock": right(ps.ManualClock, START),
        "ManualClock.advance": right(clock.advance, DAY),
        "Scenario.fork": right(plant.fork("if").fork, "if not"),
        "Scenario.assume": right(plant.fork("if").assume, DEMAND),
        "compare": right(ps.compare, plant, plant.fork("if"), until=UNTIL),
        "explode": right(ps.explode, plant.catalog, "HD", 1, at=START),
        "plan": right(ps.plan, plant.snapshot(), until=UNTIL),
        "schedule": right(ps.schedule, ps.Problem(start=START, resources=[], jobs=[]), ps.SchedulingPolicy()),
        "conflicts": right(ps.conflicts, ps.Problem(start=START, resources=[], jobs=[])),
        "problem_of": right(ps.problem_of, plant.catalog, [], START, feeds=[("a", "b")], arrivals={"a": START}),
        "allocate": right(ps.allocate, [ps.Need("MIC", 1, at=START, ref="x")], [ps.OpenLot("MIC", 5, received=START)]),
        "from_records": right(ps.from_records, ps.Item, [{"code": "A"}], columns={"a": "name"}),
        "dumps": right(ps.dumps, ps.Item("A")),
        "loads": right(ps.loads, ps.dumps(ps.Item("A"))),
        "load_event": right(ps.load_event, ps.dumps(events[0])),
        "dump_document": right(ps.dump_document, plant._initial, events),
        "load_document": right(ps.load_document, document),
        "document_schema": right(ps.document_schema),
        **numbers(),
        **readings(),
        "fold": right(ps.fold, plant._initial, events),
        "decide": right(ps.decide, plant._world, ps.Receive("BOX", 1), now=START, ids=ps.CountingIds()),
        "buckets": right(ps.buckets, *days, TimeBucket.DAY, UTC),
    }


def judged(call: Call) -> None:
    """Check that a right call is not refused, junk is or is answered, and what is no kind of value is in each place."""
    call.function(*call.given, **dict(call.named))
    for place, wish in spoilt(call):
        if place != "progress":  # it may be called with whatever can be
            attempted(wish)
    for place, wish in spoilt(call, [object()]):
        with pytest.raises(ps.ProdstockError):
            pytest.fail(f"{place} may be an object: {wish()!r}")


@pytest.mark.parametrize("name", functions())
def test_functions(name: str) -> None:
    """Functions refuse junk, and in no place pass over what they cannot use."""
    judged(functions()[name])


GIVES = {
    "CountingIds",
    "Definition",
    "Done",
    "Event",
    "MemoryEvents",
    "LotCost",
    "Scenario",
    "Chart",
    "Schedule",
    "SizedLot",
    "SystemClock",
    "Table",
    "View",
}
"""Classes that take nothing of users: bases, twins of ports, and what a plant makes."""


def test_every_public_name_is_here() -> None:
    """What is public is here, or takes nothing of users: errors, enumerations, ports, events and answers."""
    taken = {*VALUES, *COMMANDS, *functions(), *GIVES}
    public = {name: getattr(ps, name) for name in ps.__all__ if not name.startswith("_") and name not in taken}
    classes = {name: one for name, one in public.items() if isclass(one)}
    untaken = {
        name
        for name, one in classes.items()
        if issubclass(one, Exception | Enum) or attrs.has(one) or "Protocol" in {base.__name__ for base in one.__mro__}
    }
    untested = {name for name, one in public.items() if isfunction(one) or isclass(one)}

    assert untested - untaken == {"Change", "Condition", "Measure", "PlantState"}


RECORDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Receipt": ("judge", ("item", "lot", "serials", "quantity", "owner")),
    "Output": ("record", ("item", "lot", "serials")),
    "Reservation": ("issue", ("code",)),
    "ProductionOrder": ("close", ("code",)),
    "Recorded": ("reverse", ("commit",)),
}


@pytest.mark.parametrize("name", RECORDS)
def test_records_made_by_hand(name: str) -> None:
    """An answer that somebody has spoilt before giving it back is refused and changes nothing, or does what it says."""
    plant = fresh()
    answers = {
        "Receipt": fresh().receive("MIC", 1, lot="L1"),
        "Output": fresh().complete("MO-1", good=1),
        "Reservation": plant.stock.reservations("MO-2")[0],
        "ProductionOrder": plant.production.order("MO-1"),
        "Recorded": plant.events()[0],
    }
    more: dict[str, tuple[Any, ...]] = {"judge": (ps.Quality.BLOCKED,), "record": ("label", ps.Verdict.PASSED)}
    verb, fields = RECORDS[name]
    untouched = digest(fresh())
    for field in fields:
        for value in junk():
            spoilt_record = attempted(partial(attrs.evolve, answers[name], **{field: value}))
            plant = fresh()
            done = attempted(partial(getattr(plant, verb), spoilt_record, *more.get(verb, ())))
            assert (done is None) is (digest(plant) == untouched)
            if done is not None:
                kept(plant)


@pytest.mark.parametrize("port", ["clock", "ids", "events"])
def test_ports_that_answer_junk(port: str) -> None:
    """A clock, a source of codes or a store that gives junk is refused when it is asked, and nothing is done."""
    for value in junk():

        class Port:
            """Gives the same junk, whatever it is asked for."""

            def now(self, value: Any = value) -> Any:
                """Return junk."""
                return value

            def next_code(self, _: str, value: Any = value) -> Any:
                """Return junk."""
                return value

            def read(self, _: object, value: Any = value) -> Any:
                """Return junk."""
                return value

            def append(self, _: object) -> None:
                """Keep nothing."""

            def streams(self, value: Any = value) -> Any:
                """Return junk."""
                return value

        plant: ps.Plant = attempted(partial(ps.Plant, catalog(), **{port: Port()}))
        untouched = digest(plant)
        done = attempted(partial(plant.receive, "MIC", 1))
        assert (done is None) is (digest(plant) == untouched)
        if done is not None and port != "events":
            kept(plant)
        attempted(plant.events)


def test_codes_that_come_again() -> None:
    """A source of codes that repeats itself is given up, with its name."""

    class Same:
        """Knows one code."""

        def next_code(self, prefix: str, /) -> str:
            """Return always the same."""
            return f"{prefix}-1"

    plant = ps.Plant(catalog(), ids=Same())
    plant.receive("MIC", 1)
    with pytest.raises(ps.InvalidValueError, match="ids 'L-1' comes again"):
        plant.receive("MIC", 1)


def test_many_unknown_columns() -> None:
    """Twenty thousand unknown columns are told as the first thousand."""
    with pytest.raises(ps.InvalidData) as error:
        ps.from_records(ps.Item, [{f"c{number}": 1 for number in range(20_000)}])
    assert len(error.value.findings) == 1_001


def test_events_alone_fold_if_they_tell_their_definitions() -> None:
    """The state follows from the events alone where they begin with definitions; otherwise these are asked for."""
    plant = ps.Plant(ps.Catalog([]), clock=ps.ManualClock(START))
    plant.do(ps.Redefine(catalog()))
    plant.receive("BOX", 5)

    assert ps.decide(ps.fold(plant.events()), ps.Adjust("BOX", -5)).answer.quantity == 0
    with pytest.raises(ps.InvalidValueError, match="fold"):
        ps.fold(begun().events())


@pytest.mark.parametrize("location", ["CUSTOMER", "SUPPLIER", "PRODUCTION", "LOSS"])
def test_nothing_is_counted_where_nothing_is(location: str) -> None:
    """Only real locations are counted and adjusted."""
    for command in (ps.Count("BOX", 3, location=location), ps.Adjust("BOX", 3, location=location)):
        with pytest.raises(ps.InvalidValueError, match="holds no stock"):
            fresh().do(command)


def test_a_state_is_the_catalogs() -> None:
    """A host's state of another meaning than the catalog's does not pass for it."""
    plant = fresh()
    plant.judge("L1", ps.Quality.REJECTED)
    forged = ps.QualityState("customs", like=ps.Quality.QUARANTINE, allows=ps.Use.NONE)
    with pytest.raises(ps.InvalidValueError, match="defined otherwise"):
        plant.judge("L1", forged)
    with pytest.raises(ps.InvalidValueError, match="defined otherwise"):
        plant.do(ps.Receive("MIC", 1, lot="L9", quality=forged))


def test_texts_that_matter_are_codes() -> None:
    """An owner or a reason is a code: it is refused with blanks around it, and damaged in any spelling."""
    with pytest.raises(ps.InvalidValueError, match="owner"):
        ps.Receive("BOX", 1, owner=" acme\n")
    plant = fresh()
    plant.judge("L1", ps.Quality.BLOCKED, reason="Damaged")
    assert plant.availability("MIC").bucket(ps.Reason.DAMAGED).quantity > 0


def test_members_are_asked_for() -> None:
    """What takes a member of an enumeration takes no text, and says which there are."""
    policy: Any = ps.AllocationPolicy
    wishes: list[Callable[[], object]] = [
        lambda: policy(order="fifo"),
        lambda: policy(partial=True),
        lambda: policy(partial="allow"),
        lambda: ps.explode(catalog(), "HD", 1, at=START, depth="one-level"),  # type: ignore[arg-type]  # on purpose
        lambda: ps.from_records(ps.Item, [], floats=True),  # type: ignore[arg-type]  # on purpose
        lambda: fresh().do(ps.Receive("BOX", 1, movement="receipt")),  # type: ignore[arg-type]  # on purpose
        lambda: fresh().do(ps.Move(GOODS, to="RACK", reserved="break")),  # type: ignore[arg-type]  # on purpose
    ]
    for wish in wishes:
        with pytest.raises(ps.InvalidTypeError, match=r"Use one of \w+\."):
            wish()


def methods() -> dict[str, Call]:
    """Return methods of values and of answers."""
    early, plant = ps.Calendar("early"), fresh()
    routing, bill = catalog().routing("HD", START), catalog().bom("HD", START)
    explosion, plan = ps.explode(catalog(), "HD", 1, at=START), plant.plan(until=UNTIL)
    jobs = [ps.Job("SO-1", [ps.Operation("saw")])]
    made = ps.schedule(ps.Problem(start=START, resources=[ps.Resource("saw")], jobs=jobs))
    promises = [one for one in plan.snapshot.promises if isinstance(one, ps.Demand)]
    assert routing is not None
    assert bill is not None
    return {
        "Calendar.at_site": right(early.at_site, "UTC"),
        "Calendar.working_intervals": right(early.working_intervals, START, START + DAY),
        "Calendar.is_working": right(early.is_working, START),
        "Calendar.is_working_day": right(early.is_working_day, date(2026, 3, 2)),
        "Calendar.worked_between": right(early.worked_between, START, START + DAY),
        "Calendar.add": right(early.add, START, DAY),
        "Calendar.subtract": right(early.subtract, START, DAY),
        "Calendar.add_working_days": right(early.add_working_days, START, 3),
        "Calendar.subtract_working_days": right(early.subtract_working_days, START, 3),
        "Calendar.next_open": right(early.next_open, START),
        "Calendar.previous_open": right(early.previous_open, START),
        "Calendar.shift": right(early.shift, START, DAY),
        "Calendar.shift_back": right(early.shift_back, START, DAY),
        "Recurrence.between": right(ps.Recurrence("FREQ=WEEKLY", START, DAY).between, START, START + DAY),
        "Downtime.between": right(ps.Downtime(START, START + DAY).between, START, START + DAY),
        "Routing.operation": right(routing.operation, "pack"),
        "Routing.predecessors": right(routing.predecessors, "pack"),
        "Routing.input_per_good": right(routing.input_per_good, "pack"),
        "Explosion.of": right(explosion.of, "MIC"),
        "Plan.why": right(plan.why, "D2"),
        "Plan.projected": right(plan.projected, "MIC"),
        "Plan.from_stock": right(plan.from_stock, next(one for one in promises if one.ref == "D2")),
        "Plan.stand_ins": right(plan.stand_ins, plant.production.order("MO-2")),
        "Schedule.why": right(made.why, "SO-1"),
        "Schedule.spells": right(made.spells, "SO-1"),
        "Schedule.dispatch": right(made.dispatch, "saw"),
        "Schedule.value": right(made.value, ps.Goal.MAKESPAN),
        "Schedule.bound": right(made.bound, ps.Goal.MAKESPAN),
        "Schedule.worth": right(made.worth, {ps.Goal.FLOW: 2}),
        "Schedule.levers": right(made.levers, "SO-1"),
        "Schedule.standings": right(made.standings, START, frozen=DAY),
        "Schedule.repaired": right(made.repaired, START, problem=made.problem, actuals=[], frozen=DAY),
        "Availability.bucket": right(plant.availability("MIC").bucket, ps.Reason.FREE),
        "Quantity.to": right(ps.Quantity(3, "pcs").to, "pcs"),
        "Quantity.rounded": right(ps.Quantity(3, "pcs").rounded, 2),
        "Money.rounded": right(ps.Money(3, "EUR").rounded),
        "Money.split": right(ps.Money(3, "EUR").split, [1, 2]),
        "Money.from_minor": right(ps.Money.from_minor, 300, "EUR"),
        "listed_holidays": right(listed_holidays, {date(2026, 1, 1)}, [2026]),
    }


@pytest.mark.parametrize("name", methods())
def test_methods(name: str) -> None:
    """Methods of values and answers refuse junk, and in no place pass over what they cannot use."""
    judged(methods()[name])
