"""What a type checker has to refuse. Each line names the error; strict mode reports a comment that names none."""

from __future__ import annotations

from datetime import date

import prodstock as ps


def numbers(plant: ps.Plant) -> None:
    """A quantity is whole, a text, a decimal or a quantity; never a float."""
    plant.receive("WIRE", 0.2)  # type: ignore[arg-type]
    ps.Receive("WIRE", 0.2)  # type: ignore[arg-type]
    ps.BomLine("WIRE", 0.2)  # type: ignore[arg-type]
    ps.Item("WIRE", safety_stock=1.5)  # type: ignore[arg-type]
    ps.Demand("WIRE", 1.5, due=date(2026, 3, 20), ref="SO-1")  # type: ignore[arg-type]
    ps.Quantity(0.2, "km")  # type: ignore[arg-type]
    ps.Money(1.2, "EUR")  # type: ignore[arg-type]
    plant.adjust("WIRE", -0.5)  # type: ignore[arg-type]
    plant.report("MO-1", "pack", good=1.5)  # type: ignore[arg-type]
    ps.explode(plant.catalog, "HD-7", 1.5, at=date(2026, 3, 2))  # type: ignore[arg-type]


def words(plant: ps.Plant) -> None:
    """A choice is a member of its own enumeration, in calls not even the text of it."""
    plant.judge("M-88", ps.Verdict.PASSED)  # type: ignore[arg-type]
    plant.judge("M-88", "approved")  # type: ignore[arg-type]
    ps.Item("MIC", tracking="lot")  # type: ignore[arg-type]
    ps.Item("MIC", tracking=ps.Tracking.LOTS)  # type: ignore[attr-defined]
    ps.AllocationPolicy(partial=True)  # type: ignore[arg-type]
    plant.record("M-88", "label", ps.Quality.APPROVED)  # type: ignore[arg-type]


def calls(plant: ps.Plant) -> None:
    """What and how much by place, all else by name, and no name that does not exist."""
    plant.receive("MIC", 500, "M-88")  # type: ignore[call-arg]
    plant.receive("MIC", 500, lott="M-88")  # type: ignore[call-arg]
    plant.receive("MIC", 500, by=7)  # type: ignore[arg-type]
    plant.receive("MIC")  # type: ignore[call-arg]
    plant.plan()  # type: ignore[call-arg]
    plant.do("reserve")  # type: ignore[arg-type]
    plant.launch("MO-1")  # type: ignore[arg-type]
    ps.Plant()  # type: ignore[call-arg]
    ps.from_records(ps.Item, [{"code": "A"}], floats=True)  # type: ignore[arg-type]


def answers(plant: ps.Plant) -> None:
    """Answers are frozen, and have the fields that they have."""
    receipt = plant.do(ps.Receive("MIC", 1)).answer
    receipt.quantity = receipt.quantity * 2  # type: ignore[misc]
    assert receipt.amount  # type: ignore[attr-defined]
    assert plant.plan(until=date(2026, 7, 1)).make[0].supplier  # type: ignore[attr-defined]
    plant.fork("late").receive("MIC", 1)  # type: ignore[attr-defined]
    whole: int = plant.availability("MIC").free  # type: ignore[assignment]
    order: ps.ProductionOrder = plant.do(ps.Reserve("SO-1")).answer  # type: ignore[assignment]
    del whole, order


class LotsOfAnotherShape:
    """No source of lots: its one method takes too little."""

    def open_lots(self, items: list[str]) -> list[str]:
        """Return the items themselves."""
        return items


def ports() -> None:
    """A host's object has to have the shape of the port."""
    ps.allocate([], LotsOfAnotherShape())  # type: ignore[arg-type]
    ps.Plant(ps.Catalog([]), clock=lambda: 0)  # type: ignore[arg-type]
    ps.Plant(ps.Catalog([]), events=[])  # type: ignore[arg-type]
