"""I15 on the floor: a command that the plant refuses leaves its state, to the last entry, as it was."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.errors import (
    InvalidValueError,
    NotAllowed,
    NotEnough,
    NotReleasable,
    ProdstockError,
    Refused,
    UnknownCode,
)
from prodstock.journal.command import Command, Together
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.bom_terms import LineRole
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Quality
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.routing import Operation, Routing
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.quality.inspection import Record, Verdict
from prodstock.quality.nonconformance import Sort
from prodstock.quality.release import ReleaseGoods
from prodstock.shopfloor.close import CancelOrder, Close, Hold, Leftover, Reopen, Resume
from prodstock.shopfloor.issue import Issue, IssueGoods, PutBack
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Complete, Report
from prodstock.shopfloor.take_apart import TakeApart
from prodstock.stock.goods import Goods
from prodstock.stock.receive import Receive
from prodstock.stock.reservation import Reserve
from prodstock.testing import digest

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
CATALOG = Catalog(
    [
        Item("UNIT", tracking=Tracking.SERIAL),
        Item("CHIP", tracking=Tracking.LOT),
        Item("GLUE", unit="kg", scale=2),
        Item("BOX"),
        BillOfMaterial(
            "UNIT",
            [
                BomLine("CHIP", 2),
                BomLine("GLUE", "0.07", operation="pack"),
                BomLine("BOX", 1, operation="pack", role=LineRole.PACKAGING),
            ],
            revision="B",
        ),
        Routing("UNIT", [Operation("fit"), Operation("pack")]),
        ReleaseCriteria("UNIT", requires=["burn-in", "label"]),
    ]
)


def planned(quantity: str = "4", *, item: str = "UNIT", revision: str = "B", code: str = "") -> PlannedMake:
    """Return a proposal for some units."""
    return PlannedMake(ItemCode(item), Decimal(quantity), NOW, NOW + timedelta(days=9), revision, code=code)


FURNISHING: tuple[Command[object], ...] = (
    Receive("CHIP", 40, lot="A"),
    Receive("CHIP", 20, lot="B", quality=Quality.BLOCKED),
    Receive("GLUE", 3),
    Receive("BOX", 9),
    Launch(planned(code="P-1"), code="NEW"),
    Launch(planned(), code="BUSY"),
    Reserve("BUSY"),
    Issue("BUSY/1", lines=[(0, 6)]),
    Report("BUSY", "fit", good=2),
    Launch(planned(), code="DONE"),
    IssueGoods("DONE", Goods("CHIP", lot="A", quantity=8)),
    IssueGoods("DONE", Goods("GLUE", quantity="0.28")),
    Complete("DONE", good=4),
    Record("DONE-0001", "burn-in", Verdict.PASSED),
    Record("DONE-0002", "burn-in", Verdict.FAILED),
    Launch(planned(), code="OWES"),
    IssueGoods("OWES", Goods("CHIP", lot="A", quantity=8)),
    IssueGoods("OWES", Goods("GLUE", quantity="0.28")),
    IssueGoods("OWES", Goods("BOX", quantity=1)),
    Complete("OWES", good=4),
    Record("OWES", "burn-in", Verdict.PASSED),
    Record("OWES", "label", Verdict.PASSED),
    Launch(planned(), code="OVER"),
    Close("OVER"),
)


def furnished() -> Plant:
    """A plant with an order that has not begun, one that has, one that is done and one that is closed."""
    plant = Plant(CATALOG, clock=ManualClock(NOW))
    for command in FURNISHING:
        plant.do(command)
    return plant


REFUSED: list[tuple[Command[object], type[ProdstockError]]] = [
    (Launch(planned(code="P-1")), NotAllowed),
    (Launch(planned(), code="BUSY"), NotAllowed),
    (Launch(planned(revision="Z")), UnknownCode),
    (Launch(planned("0.5")), InvalidValueError),
    (Issue("BUSY/1", lines=[(0, 1), (1, 5)]), NotEnough),
    (Issue("BUSY/1", lines=[(0, 1), (7, 1)]), InvalidValueError),
    (Issue("BUSY/2"), UnknownCode),
    (IssueGoods("BUSY", Goods("CHIP", lot="A", quantity=100)), NotEnough),
    (IssueGoods("BUSY", Goods("CHIP", lot="B")), NotAllowed),
    (IssueGoods("OVER", Goods("CHIP", lot="A")), NotAllowed),
    (Report("NEW", "fit", good=1), NotEnough),
    (Report("BUSY", "fit", good=3), NotAllowed),
    (Report("BUSY", "fit", good=1, serials=["DONE-0001"]), NotAllowed),
    (Report("BUSY", "pack", good=2), NotEnough),
    (Report("BUSY", "fit", good=1, begun=NOW, ended=NOW - timedelta(1)), InvalidValueError),
    (Complete("BUSY", good=1), NotEnough),
    (Complete("BUSY", good=5), NotAllowed),
    (Complete("DONE", good=1), NotAllowed),
    (PutBack("BUSY", Goods("CHIP", quantity=3)), NotEnough),
    (PutBack("NEW", Goods("CHIP")), NotAllowed),
    (Close("BUSY"), NotAllowed),
    (Close("OVER"), NotAllowed),
    (CancelOrder("BUSY"), NotAllowed),
    (Hold("OVER"), NotAllowed),
    (Resume("BUSY"), NotAllowed),
    (Reopen("BUSY"), NotAllowed),
    (Record("DONE", "label-2", Verdict.PASSED), UnknownCode),
    (Record(Goods("UNIT", lot="DONE", quantity=1), "label", Verdict.PASSED), InvalidValueError),
    (ReleaseGoods("DONE"), NotReleasable),
    (ReleaseGoods(Goods("CHIP", lot="A")), Refused),
    (ReleaseGoods("OWES"), NotReleasable),
    (Close("OWES"), NotAllowed),
    (IssueGoods("OWES", Goods("BOX", quantity=4)), NotAllowed),
    (IssueGoods("OWES", Goods("CHIP", lot="A", quantity=1)), NotAllowed),
    (Together([Reserve("OWES"), Issue("OWES/1"), IssueGoods("OWES", Goods("BOX", quantity=1))]), NotAllowed),
    (Sort(Goods("UNIT", lot="DONE"), {Quality.APPROVED: 1, Quality.REWORK: 2}), InvalidValueError),
    (TakeApart("DONE-0001", parts=[Goods("CHIP", lot="A", quantity=9)]), NotEnough),
    (TakeApart(Goods("CHIP", lot="A", quantity=1)), NotAllowed),
    (Together([Hold("NEW"), Resume("NEW"), Complete("NEW", good=1)]), NotEnough),
    (Together([Launch(planned(), code="X"), Reserve("X"), Issue("X/1"), Close("OVER")]), NotAllowed),
]


@pytest.mark.parametrize(("command", "error"), REFUSED, ids=lambda one: type(one).__name__ if one else "")
def test_a_refused_command_changes_nothing(command: Command[object], error: type[ProdstockError]) -> None:
    """Each command of the floor and of quality, refused after it has begun to collect its changes where it can be."""
    plant = furnished()
    before = digest(plant)

    with pytest.raises(error):
        plant.do(command)

    assert digest(plant) == before
    plant.check()


order = st.sampled_from(["NEW", "BUSY", "DONE", "OWES", "OVER"])
few = st.integers(1, 5)
goods = st.builds(
    lambda lot, many: Goods(lot[0], lot=lot[1], quantity=many),
    st.sampled_from([("CHIP", "A"), ("CHIP", "B"), ("GLUE", None), ("BOX", None)]),
    few,
)
serials = st.builds("{}-000{}".format, order, few)
wishes: st.SearchStrategy[Command[object]] = st.one_of(
    st.builds(lambda number: Launch(planned(str(number), code=f"P-{number}")), few),
    st.builds(Reserve, order),
    st.builds(lambda code, number: Issue(f"{code}/1", lines=[(0, number)]), order, few),
    st.builds(IssueGoods, order, goods),
    st.builds(lambda code, step, n: Report(code, step, good=n), order, st.sampled_from(["fit", "pack"]), few),
    st.builds(lambda code, n, bad: Complete(code, good=n, scrapped=bad), order, few, st.integers(0, 1)),
    st.builds(PutBack, order, goods),
    st.builds(lambda code, left: Close(code, leftover=left), order, st.sampled_from(Leftover)),
    st.builds(Hold, order),
    st.builds(Resume, order),
    st.builds(Reopen, order),
    st.builds(Record, serials, st.sampled_from(["burn-in", "label", "weight"]), st.sampled_from(Verdict)),
    st.builds(ReleaseGoods, serials),
    st.builds(TakeApart, serials),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(wishes, max_size=12), st.booleans())
def test_whatever_is_refused_on_the_way_changes_nothing(commands: list[Command[object]], together: bool) -> None:  # noqa: FBT001 - drawn
    """In any sequence of commands, each alone or all at once, what is refused leaves the digest as it was."""
    plant = furnished()
    wanted: list[Command[object]] = [Together(commands)] if together else commands
    for command in wanted:
        before = digest(plant)
        try:
            plant.do(command)
        except (Refused, InvalidValueError, LookupError):
            assert digest(plant) == before
    plant.check()
