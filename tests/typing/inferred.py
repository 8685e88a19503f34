"""A user's program: what type checkers infer for it is what its author may rely on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, assert_never, assert_type

import prodstock as ps


def catalog() -> ps.Catalog:
    """Definitions of several kinds stand in one list, without a word of typing."""
    rows = [{"part_no": "BOX", "unit": "pcs"}]
    items = ps.from_records(ps.Item, rows, columns={"part_no": "code"})
    assert_type(items, ps.Table[ps.Item])
    assert_type(items[0], ps.Item)
    assert_type(items[:1], ps.Table[ps.Item])
    assert_type(items.where(unit="pcs"), ps.Table[ps.Item])
    assert_type(items.to_dict(), dict[str, list[object]])
    definitions = [
        *items,
        ps.Item("MUG", tracking=ps.Tracking.LOT),
        ps.Item("CLAY", unit="kg", scale=3, tracking=ps.Tracking.LOT),
        ps.Sourcing("CLAY", supplier="PIT", lead_time=ps.working_days(5)),
        ps.BillOfMaterial("MUG", [ps.BomLine("CLAY", "0.4", substitutes=["CLAY"][1:]), ps.BomLine("BOX", 1)]),
        ps.Routing("MUG", [ps.Operation("throw"), ps.Operation("fire")]),
        ps.ReleaseCriteria("MUG", requires=["fired"]),
    ]
    return ps.Catalog(definitions)


def commands(plant: ps.Plant) -> None:
    """A verb and its command answer the same type; what is answered by a list is known where it is one type."""
    receipt = plant.receive("CLAY", "120.5", lot="C-1", expires=date(2027, 1, 1), by="anna", key="dock-1")
    assert_type(receipt, ps.Receipt)
    assert_type(plant.do(ps.Receive("BOX", 500)), ps.Done[ps.Receipt])
    assert_type(plant.do(ps.Receive("BOX", ps.Quantity(5, "pcs"))).answer, ps.Receipt)
    assert_type(plant.judge(receipt, ps.Quality.QUARANTINE, because="wet"), ps.Judgement)
    plant.judge("C-1", ps.Quality.APPROVED)
    assert_type(plant.expect(ps.Demand("MUG", 120, due=date(2026, 3, 20), ref="SO-1")), tuple[str, ...])
    done = plant.do(ps.Reserve(ps.Claim("BOX", 3, ref="sample"), policy=ps.AllocationPolicy(partial=ps.Partial.ALLOW)))
    assert_type(done, ps.Done[ps.Reservation])
    assert_type(done.answer.lines, ps.Table[ps.Pick])
    assert_type(done.answer.lines[0].quantity, Decimal)
    assert_type(done.events, ps.Table[ps.Recorded])
    assert_type(done.events[0].stream, ps.Stream)
    assert_type(plant.do(ps.Void(done.answer)).answer, None)
    assert_type(plant.do(ps.Together([ps.Receive("BOX", 1), ps.Receive("BOX", 2)])), ps.Done[tuple[object, ...]])
    results = plant.submit([ps.Receive("BOX", 1), ps.Reserve("SO-1")])
    assert_type(results, tuple[ps.Done[Any] | ps.Refused, ...])
    for one in results:
        if isinstance(one, ps.Refused):
            assert_type(one.hint, str)
        else:
            assert_type(one.events, ps.Table[ps.Recorded])


def production(plant: ps.Plant) -> None:
    """From a plan to goods: each step answers with what the next one takes."""
    plan = plant.plan(until=date(2026, 7, 1))
    assert_type(plan, ps.Plan)
    assert_type(plan.make, ps.Table[ps.PlannedMake])
    assert_type(plan.buy, ps.Table[ps.PlannedBuy])
    assert_type(plan.move, ps.Table[ps.PlannedMove])
    assert_type(plan.shortages, ps.Table[ps.Shortage])
    assert_type(plan.messages, ps.Table[ps.ActionMessage])
    assert_type(plan.demands, ps.Table[ps.Fulfilment])
    assert_type(plan.pegging, ps.Table[ps.Peg])
    assert_type(plan.slack, ps.Table[ps.Slack])
    assert_type(plan.projection("MUG"), ps.Projection)
    assert_type(plan.why(plan.make[0]), ps.Derivation)
    order = plant.launch(plan.make[0])
    assert_type(order, ps.ProductionOrder)
    assert_type(plant.issue(plant.reserve(order)), ps.Issued)
    assert_type(plant.report(order, "throw", good=120), ps.ProductionOrder)
    output = plant.complete(order.code, good=Decimal(120))
    assert_type(output, ps.Output)
    assert_type(output.good, Decimal)
    assert missing(plant, output) == ("fired",)
    assert_type(plant.record(output, "fired", ps.Verdict.PASSED), ps.Table[ps.Evidence])
    assert_type(plant.release(output), ps.Released)
    assert_type(plant.ship(output, demand="SO-1"), ps.Shipment)
    assert_type(plant.recall("C-1").orders, ps.Table[ps.ProductionOrder])
    assert_type(plant.recall("C-1").customers, tuple[str, ...])


def questions(plant: ps.Plant) -> None:
    """Answers give exact numbers with the names they are known by; a plant and a scenario are asked alike."""
    answer = plant.availability("CLAY", site="MAIN", at=date(2026, 3, 3))
    assert_type(answer, ps.Availability)
    assert_type(answer.free, Decimal)
    assert_type(plant.stock.overview(), ps.Table[ps.StockLine])
    assert_type(plant.stock.holdings("C-1"), ps.Table[ps.Holding])
    assert_type(plant.production.pick_list("MO-1"), ps.PickList)
    assert_type(plant.trace.forward("C-1"), ps.Genealogy)
    assert_type(plant.snapshot(), ps.Snapshot)
    late = plant.fork("late").assume(ps.SupplierDelay("PIT", by=ps.working_days(5)), ps.Receive("BOX", 10))
    assert_type(late, ps.Scenario)
    views: list[ps.View] = [plant, late]
    assert_type([one.availability("BOX").free for one in views], list[Decimal])
    assert_type(ps.compare(*views, until=date(2026, 7, 1)), ps.Comparison)


def values(plant: ps.Plant) -> None:
    """Functions on plain values; documents; what one must be, and what it may be."""
    exploded = ps.explode(plant.catalog, "MUG", 120, at=date(2026, 3, 2))
    assert_type(exploded.requirements, ps.Table[ps.Requirement])
    assert_type(exploded.requirements[0].item, ps.ItemCode)
    assert_type(exploded.requirements[0].quantity, Decimal)
    needs = [ps.Need("CLAY", 240, at=date(2026, 3, 20), ref="SO-1")]
    lots = ps.from_records(
        ps.OpenLot, [{"item": "CLAY", "lot": "C-9", "free": "300", "received": "2026-02-20T08:00:00Z"}]
    )
    assert_type(ps.allocate(needs, lots), ps.Allocation)
    source: ps.LotSource = HostLots(list(lots))
    assert_type(ps.allocate(needs, source).picks[0].item, ps.ItemCode)
    assert_type(ps.plan(plant.snapshot(), until=date(2026, 7, 1)), ps.Plan)
    text = ps.dump_document(plant.catalog, plant.events())
    assert_type(ps.load_document(text), tuple[ps.Catalog, ps.Table[ps.Recorded]])
    assert_type(ps.loads(ps.dumps(needs[0])), object)
    assert_type(ps.loads(ps.dumps(needs[0]), ps.Need), ps.Need)
    assert_type(ps.load_event(ps.dumps(plant.events()[0])), ps.Recorded)


class HostLots:
    """A host's own table of lots: fits by its shape."""

    def __init__(self, lots: Sequence[ps.OpenLot]) -> None:
        self.lots = lots

    def open_lots(self, items: Sequence[str], order: ps.LotOrder) -> Iterator[ps.OpenLot]:
        """Yield the lots of items, whatever the order."""
        assert_type(order, ps.LotOrder)
        return (lot for lot in self.lots if lot.item in items)


class HostEvents:
    """A host's own event store: fits by its shape."""

    def __init__(self) -> None:
        self.kept: dict[str, list[ps.Recorded]] = {}

    def read(self, streams: Sequence[ps.Stream]) -> Iterator[ps.Recorded]:
        """Read streams, one after the other."""
        for stream in streams:
            yield from self.kept.get(stream, [])

    def append(self, batch: ps.Batch) -> None:
        """Keep all events of a batch, or refuse it."""
        assert_type(batch.expected, Mapping[ps.Stream, int])
        if any(len(self.kept.get(stream, [])) != version for stream, version in batch.expected.items()):
            raise ps.Conflict(streams=batch.expected)
        for event in batch.events:
            self.kept.setdefault(event.stream, []).append(event)


def usable(quality: ps.Quality) -> bool:
    """A match over the states of quality is whole without a last resort."""
    match quality:
        case ps.Quality.APPROVED:
            return True
        case (
            ps.Quality.PENDING_INSPECTION
            | ps.Quality.QUARANTINE
            | ps.Quality.BLOCKED
            | ps.Quality.REJECTED
            | ps.Quality.REWORK
        ):
            return False
        case _:
            assert_never(quality)


def faults(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """Bad data and refusals carry fields."""
    try:
        ps.from_records(ps.Item, rows)
    except ps.InvalidData as error:
        assert_type(error.findings, ps.Table[ps.Finding])
        assert_type(error.findings[0].row, int | None)
        return [one.message for one in error.findings]
    return []


def missing(plant: ps.Plant, output: ps.Output) -> tuple[str, ...]:
    """A refusal says what is missing."""
    try:
        plant.release(output)
    except ps.NotReleasable as refused:
        return assert_type(refused.missing, tuple[str, ...])
    except ps.CannotReserve as refused:
        assert_type(refused.short, ps.Table[ps.ShortLine])
    return ()


def main() -> None:
    """Run it all."""
    plant = ps.Plant(catalog(), events=HostEvents(), clock=ps.ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
    plant.receive("BOX", 1)
    plant = ps.Plant(catalog(), clock=ps.ManualClock(datetime(2026, 3, 2, 6, tzinfo=UTC)))
    commands(plant)
    production(plant)
    questions(plant)
    values(plant)
    assert usable(ps.Quality.APPROVED)
    assert faults([{"code": 7}])


if __name__ == "__main__":
    main()
