"""Genealogy and recall: across orders, levels, rework of parts and customers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from prodstock.errors import AmbiguousCode, UnknownCode
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.shopfloor.issue import IssueGoods, PutBack
from prodstock.shopfloor.launch import Launch
from prodstock.shopfloor.report import Complete, Report
from prodstock.shopfloor.take_apart import TakeApart
from prodstock.stock.goods import Goods
from prodstock.stock.world import Commit, World
from prodstock.trace.genealogy import EdgeKind, backward, forward
from prodstock.trace.recall import Fate, Recall, recall

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


class Shop:
    """A plant that makes modules of chips and devices of modules, one command a line."""

    def __init__(self) -> None:
        catalog = Catalog(
            [
                Item("CHIP", tracking=Tracking.LOT),
                Item("SCREW"),
                Item("MODULE", tracking=Tracking.LOT),
                Item("DEVICE", tracking=Tracking.SERIAL),
                BillOfMaterial("MODULE", [BomLine("CHIP", 2)]),
                BillOfMaterial("DEVICE", [BomLine("MODULE", 1), BomLine("SCREW", 4)]),
            ]
        )
        self.clock = ManualClock(NOW)
        self.plant = Plant(catalog, clock=self.clock)
        self.plant.receive("CHIP", 100, lot="C-1")
        self.plant.receive("CHIP", 100, lot="C-2")
        self.plant.receive("SCREW", 1000)

    def launch(self, item: str, quantity: int, code: str) -> None:
        """Launch an order whose output lot bears its code."""
        self.clock.advance(timedelta(minutes=1))
        self.plant.do(Launch(PlannedMake(item, quantity, NOW, NOW, ""), code=code))

    def issue(self, code: str, item: str, quantity: int, lot: str | None = None) -> None:
        """Issue so much of a lot to an order."""
        self.clock.advance(timedelta(minutes=1))
        self.plant.do(IssueGoods(code, Goods(item, lot=lot, quantity=quantity)))

    def complete(self, code: str, good: int, scrapped: int = 0) -> None:
        """Complete units of an order."""
        self.clock.advance(timedelta(minutes=1))
        self.plant.do(Complete(code, good=good, scrapped=scrapped))

    def recall(self, goods: str | Goods) -> Recall:
        """Recall goods."""
        return recall(self.plant._world, goods)


@pytest.fixture
def shop() -> Shop:
    """Ten modules M of chips C-1, of which six went into devices D; three of those were shipped to ANNA."""
    shop = Shop()
    shop.launch("MODULE", 10, "M")
    shop.issue("M", "CHIP", 30, "C-1")
    shop.complete("M", 9, scrapped=1)
    shop.launch("DEVICE", 6, "D")
    shop.issue("D", "MODULE", 6, "M")
    shop.issue("D", "SCREW", 24)
    shop.complete("D", 6)
    shop.plant.expect(Demand("DEVICE", 3, due=NOW + timedelta(days=9), ref="SO-1", customer="ANNA"))
    shop.plant.reserve("SO-1")
    shop.plant.ship(Goods("DEVICE", serials=["D-0001", "D-0002"]), demand="SO-1")
    return shop


def plain(value: object) -> object:
    """Return a value without its static type, so that numbers of any kind compare."""
    return value


def rows(goods: tuple[Goods, ...]) -> list[tuple[str, str | None, str | None, str]]:
    """Return goods as item, lot, location and number."""
    return [(g.item, g.lot, g.location, str(g.quantity)) for g in goods]


def test_a_recall_reaches_across_levels(shop: Shop) -> None:
    """A bad chip lot is in modules, in devices, in WIP, in scrap and at the customer."""
    found = shop.recall("C-1")

    assert [order.code for order in found.orders] == ["M", "D"]
    assert rows(found.wip) == [("CHIP", "C-1", "WIP", "10 pcs")]
    assert rows(found.stock) == [
        ("CHIP", "C-1", "STORES", "70 pcs"),
        ("MODULE", "M", "SCRAP", "1 pcs"),
        ("MODULE", "M", "STORES", "3 pcs"),
        ("DEVICE", "D", "STORES", "4 pcs"),
    ]
    assert rows(found.shipped) == [("DEVICE", "D", "CUSTOMER", "2 pcs")]
    assert found.shipped[0].serials == ("D-0001", "D-0002")
    assert (found.customers, found.demands) == (("ANNA",), ("SO-1",))
    assert [(one.ref, one.item, int(one.quantity)) for one in found.promises] == [("SO-1", "DEVICE", 1)]


def test_what_became_of_the_lot_sums_to_what_came_in(shop: Shop) -> None:
    """Seventy in stock, ten on the floor, twenty used: a hundred."""
    fates = {line.fate: int(line.quantity) for line in shop.recall("C-1").fates}

    assert fates == {Fate.IN_STOCK: 70, Fate.IN_WIP: 10, Fate.USED: 20}
    modules = {line.fate: int(line.quantity) for line in shop.recall("M").fates}
    assert modules == {Fate.IN_STOCK: 3, Fate.SCRAPPED: 1, Fate.USED: 6}
    devices = {line.fate: int(line.quantity) for line in shop.recall("D").fates}
    assert devices == {Fate.IN_STOCK: 4, Fate.SHIPPED: 2}


def test_a_lot_that_went_nowhere_concerns_nobody(shop: Shop) -> None:
    """The other chip lot lies in stores."""
    found = shop.recall("C-2")

    assert (found.orders, found.wip, found.shipped, found.customers) == ((), (), (), ())
    assert rows(found.stock) == [("CHIP", "C-2", "STORES", "100 pcs")]


def test_a_recall_reads_and_renders(shop: Shop) -> None:
    """One line in text, tables in a notebook, escaped."""
    found = shop.recall("C-1")

    assert found.summary() == "CHIP C-1: 2 orders, 1 lots in WIP, 4 in stock, 1 shipped to 1 customers"
    assert "DEVICE" in str(found)
    assert "<table" in found._repr_html_()
    assert repr(found).startswith("<Recall CHIP C-1")


def test_only_what_was_confirmed_after_the_first_issue_is_suspect() -> None:
    """Two modules were complete before the second chip lot came to the floor: only the devices after it are suspect."""
    shop = Shop()
    shop.launch("DEVICE", 4, "D")
    for lot, code in (("C-1", "M-1"), ("C-2", "M-2")):
        shop.launch("MODULE", 2, code)
        shop.issue(code, "CHIP", 4, lot)
        shop.complete(code, 2)
    shop.issue("D", "SCREW", 16)
    shop.issue("D", "MODULE", 2, "M-1")
    shop.complete("D", 2)
    shop.issue("D", "MODULE", 2, "M-2")
    shop.complete("D", 2)

    second = shop.recall("C-2")
    first = shop.recall("C-1")

    assert [goods.serials for goods in second.stock if goods.item == "DEVICE"] == [("D-0003", "D-0004")]
    assert [goods.serials for goods in first.stock if goods.item == "DEVICE"] == [
        ("D-0001", "D-0002", "D-0003", "D-0004")
    ]


def test_of_two_lots_in_wip_either_may_have_been_taken() -> None:
    """The books used the lot that expires first, but the other lay beside it: it is suspect too."""
    shop = Shop()
    shop.launch("MODULE", 5, "M")
    shop.issue("M", "CHIP", 10, "C-1")
    shop.issue("M", "CHIP", 4, "C-2")
    shop.complete("M", 5)

    assert [order.code for order in shop.recall("C-2").orders] == ["M"]
    assert ("MODULE", "M", "STORES", "5 pcs") in rows(shop.recall("C-2").stock)


@pytest.mark.parametrize("confirmed", [True, False])
def test_what_was_put_back_whole_is_suspect_only_if_something_was_confirmed_meanwhile(confirmed: bool) -> None:  # noqa: FBT001 - both cases
    """A lot issued by mistake and put back untouched is in nothing that was made afterwards."""
    shop = Shop()
    shop.launch("MODULE", 5, "M")
    shop.issue("M", "CHIP", 10, "C-1")
    shop.issue("M", "CHIP", 4, "C-2")
    if confirmed:
        shop.complete("M", 1)
    shop.clock.advance(timedelta(minutes=1))
    shop.plant.do(PutBack("M", Goods("CHIP", lot="C-2")))
    shop.complete("M", 2)

    found = [goods for goods in shop.recall("C-2").stock if goods.item == "MODULE"]
    assert bool(found) is confirmed


def test_a_late_issue_counts_from_when_it_took_effect() -> None:
    """An issue entered today for yesterday makes suspect what was completed in between."""
    shop = Shop()
    shop.launch("MODULE", 4, "M")
    shop.issue("M", "CHIP", 8, "C-1")
    earlier = shop.clock.now()
    shop.complete("M", 2)
    shop.clock.advance(timedelta(days=1))
    shop.plant.do(IssueGoods("M", Goods("CHIP", lot="C-2", quantity=2), at=earlier))

    assert ("MODULE", "M", "STORES", "2 pcs") in rows(shop.recall("C-2").stock)


def test_forward_edges_carry_quantities_and_levels(shop: Shop) -> None:
    """Chips are used by M and still in its WIP; M made modules; D used them and made devices; two were shipped."""
    edges = forward(shop.plant._world, "C-1").edges

    assert plain([(e.kind, e.item, e.ref, e.quantity, e.level) for e in edges if e.serial is None]) == [
        (EdgeKind.USED, "CHIP", "M", 20, 0),
        (EdgeKind.IN_WIP, "CHIP", "M", 10, 0),
        (EdgeKind.MADE, "MODULE", "M", 10, 0),
        (EdgeKind.USED, "MODULE", "D", 6, 1),
    ]
    assert [e.serial for e in edges if e.kind is EdgeKind.SHIPPED] == ["D-0001", "D-0002"]
    genealogy = forward(shop.plant._world, "C-1")
    assert (genealogy.orders, genealogy.demands) == (("M", "D"), ("SO-1",))
    assert "CHIP C-1" in str(genealogy)
    assert "<table" in genealogy._repr_html_()


def test_backward_leads_to_the_chips(shop: Shop) -> None:
    """A device is made of modules and screws, the modules of chips."""
    edges = backward(shop.plant._world, "D-0002").edges

    assert plain([(e.kind, e.item, e.lot, e.ref, e.quantity, e.level) for e in edges]) == [
        (EdgeKind.MADE, "DEVICE", "D", "D", 1, 0),
        (EdgeKind.USED, "MODULE", "M", "D", 6, 0),
        (EdgeKind.USED, "SCREW", "", "D", 24, 0),
        (EdgeKind.MADE, "MODULE", "M", "M", 10, 1),
        (EdgeKind.USED, "CHIP", "C-1", "M", 20, 1),
    ]


def test_forward_and_backward_agree(shop: Shop) -> None:
    """Whatever a lot reaches reaches it back."""
    world = shop.plant._world
    reached = [e for e in forward(world, "C-1").edges if e.kind is EdgeKind.MADE]

    for edge in reached:
        back = backward(world, Goods(edge.item, lot=edge.lot) if edge.serial is None else edge.serial)
        assert ("CHIP", "C-1") in {(e.item, e.lot) for e in back.edges}


def test_a_part_of_an_assembly_taken_apart_leads_on(shop: Shop) -> None:
    """Modules out of a suspect device are suspect where they go next."""
    shop.plant.do(TakeApart("D-0005", parts=[Goods("MODULE", lot="M", quantity=1)]))

    found = shop.recall("D-0005")

    assert [order.code for order in found.orders] == ["D"]
    assert [(e.kind, e.item, e.lot) for e in found.edges if e.level == 0] == [(EdgeKind.RECOVERED, "MODULE", "M")]


def test_goods_judged_or_moved_are_still_found(shop: Shop) -> None:
    """Blocking and moving change where suspect goods are, not whether they are found."""
    shop.plant.judge(Goods("MODULE", lot="M", location="STORES"), Quality.BLOCKED)
    shop.plant.move(Goods("CHIP", lot="C-1", location="STORES", quantity=20), to="QUARANTINE")

    found = rows(shop.recall("C-1").stock)

    assert ("MODULE", "M", "STORES", "3 pcs") in found
    assert ("CHIP", "C-1", "QUARANTINE", "20 pcs") in found


def test_a_demand_without_a_customer_stands_for_itself(shop: Shop) -> None:
    """Nobody who has suspect goods is left out."""
    shop.plant.expect(Demand("DEVICE", 1, due=NOW + timedelta(days=9), ref="SO-2"))
    shop.plant.ship("D-0006", demand="SO-2")

    assert shop.recall("C-1").customers == ("ANNA", "SO-2")


def test_unknown_and_ambiguous_codes_are_refused(shop: Shop) -> None:
    """A recall is for goods that exist, and for one thing."""
    with pytest.raises(UnknownCode, match="C-9"):
        shop.recall("C-9")
    shop.plant.receive("MODULE", 1, lot="C-1")
    with pytest.raises(AmbiguousCode):
        shop.recall("C-1")
    assert shop.recall(Goods("CHIP", lot="C-1")).lot == "CHIP C-1"


def test_the_cost_is_that_of_what_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty-five orders of another lot do not make a recall of this one any larger."""
    shop = Shop()
    for number in range(25):
        shop.launch("MODULE", 2, f"M-{number}")
        shop.issue(f"M-{number}", "CHIP", 4, "C-1" if number == 7 else "C-2")
    shop.complete("M-7", 2)
    read: list[int] = []
    commit = World.commit

    def counting(world: World, number: int) -> Commit:
        read.append(number)
        return commit(world, number)

    monkeypatch.setattr(World, "commit", counting)
    shop.recall("C-1")

    assert len(read) < 20


def test_reports_without_completion_are_in_wip() -> None:
    """Half-made modules are suspect where they stand."""
    shop = Shop()
    shop.launch("MODULE", 5, "M")
    shop.issue("M", "CHIP", 10, "C-1")
    shop.plant.do(Report("M", "make", good=Decimal(3)))

    assert rows(shop.recall("C-1").wip) == [("CHIP", "C-1", "WIP", "4 pcs"), ("MODULE", "M", "WIP", "3 pcs")]
