"""The boxes are late: the devices are made, tested and counted, and leave as the boxes come."""

from datetime import UTC, datetime, timedelta

import pytest

import prodstock as ps

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


def test_the_boxes_are_late() -> None:
    """A shift of devices is completed with too few boxes; what is packed is shipped, the rest when the others come."""
    catalog = ps.Catalog(
        [
            ps.Item("HD-7", tracking=ps.Tracking.SERIAL),
            ps.Item("BODY", tracking=ps.Tracking.LOT),
            ps.Item("BOX", tracking=ps.Tracking.LOT),
            ps.Item("MANUAL"),
            ps.BillOfMaterial(
                "HD-7",
                [
                    ps.BomLine("BODY", 1, operation="assemble"),
                    ps.BomLine("BOX", 1, operation="pack", role=ps.LineRole.PACKAGING),
                    ps.BomLine("MANUAL", 1, operation="pack", role=ps.LineRole.PACKAGING),
                ],
            ),
            ps.Routing("HD-7", [ps.Operation("assemble"), ps.Operation("pack", kind=ps.OperationKind.PACK)]),
            ps.ReleaseCriteria("HD-7", requires=["acoustic-test", "packaging"]),
        ]
    )
    plant = ps.Plant(catalog, clock=ps.ManualClock(NOW))
    plant.receive("BODY", 10, lot="BODY-1")
    plant.receive("BOX", 6, lot="BOX-1")
    plant.receive("MANUAL", 10)
    plant.expect(ps.Demand("HD-7", 10, due=NOW + timedelta(days=9), ref="SO-1"))
    order = plant.launch(ps.PlannedMake("HD-7", 10, NOW, NOW + timedelta(days=5), ""))
    plant.issue(plant.reserve(order, policy=ps.AllocationPolicy(partial=ps.Partial.ALLOW)))

    output = plant.complete(order, good=10)
    (row,) = plant.production.wip()
    assert (row.state, row.owed) == (ps.OrderState.COMPLETED, ("4 pcs BOX",))
    plant.record(output, "acoustic-test", ps.Verdict.PASSED)
    packed = ps.Goods("HD-7", serials=output.serials[:6])
    plant.record(packed, "packaging", ps.Verdict.PASSED)

    with pytest.raises(ps.NotReleasable) as refused:
        plant.release(output)
    assert refused.value.missing == ("packaging",)
    assert refused.value.owed == ("MO-1 owes 4 pcs BOX, 6 pcs may be released before",)
    plant.release(packed)
    plant.ship(packed, demand="SO-1")
    with pytest.raises(ps.NotAllowed, match="owing 4 pcs BOX"):
        plant.close(order)

    plant.receive("BOX", 50, lot="BOX-2")
    plant.issue(plant.reserve(order))
    rest = ps.Goods("HD-7", serials=output.serials[6:])
    plant.record(rest, "packaging", ps.Verdict.PASSED)
    plant.release(rest)
    plant.ship(rest, demand="SO-1")
    plant.close(order)

    found = plant.recall("BOX-2")
    assert [f"{line.quantity:f} {line.fate}" for line in found.fates] == ["46 in-stock", "4 used"]
    assert {serial for goods in found.shipped for serial in goods.serials} == set(output.serials[6:])
    plant.check()
