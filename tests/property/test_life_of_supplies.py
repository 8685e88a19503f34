"""Purchase and transfer orders live as a plain model of single units says, whatever is done to them in any order."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import prodstock as ps
from prodstock.testing import digest

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
DUE = date(2026, 3, 12)
CATALOG = ps.Catalog(
    [
        ps.Item("WIRE"),
        ps.Item("BOX"),
        ps.Site("NORTH"),
        ps.Sourcing("WIRE", supplier="KNW", lead_time=timedelta(days=3), over_delivery="0.25"),
    ]
)
REFS = st.sampled_from(("P", "T"))
COUNTS = st.integers(1, 9)
DAYS = st.integers(0, 30).map(lambda days: date(2026, 3, 2) + timedelta(days=days))
PARTS = st.lists(st.tuples(COUNTS, DAYS), min_size=1, max_size=3)


class Paper:
    """An order on paper: every unit that was said to come is a day in a list.

    Attributes:
        said: the day of each unit that was still to come when that was last said.
        since: how many had come then.
        first: by the number of a unit, the day that was first confirmed for it.
    """

    def __init__(self, tolerance: int) -> None:
        self.tolerance = tolerance
        self.ordered, self.received, self.since = 12, 0, 0
        self.said, self.due, self.confirmed, self.ended = [DUE] * 12, DUE, False, ""
        self.replaced = self.credited = self.lost = self.here = self.away = 0
        self.first: dict[int, date] = {}
        self.came: list[tuple[date, date | None, date]] = []
        self.told = ["place"]

    @property
    def open(self) -> int:
        """How many are still to come."""
        return 0 if self.ended else max(self.ordered - self.received, 0)

    @property
    def coming(self) -> list[date]:
        """The days of the units that are expected."""
        taken = self.received - self.since
        if not self.open:
            return []
        return self.said[taken:] if taken >= 0 else [*self.said, *([self.due] * -taken)]

    @property
    def most(self) -> int:
        """How many may come at once."""
        return self.ordered - self.received + (self.ordered // 4 if self.tolerance else 0)

    def stretched(self, count: int) -> list[date]:
        """The days of so many units: as expected, those nobody promised with the last."""
        days = self.coming or [self.due]
        return [*days, *([days[-1]] * count)][:count]

    def say(self, days: list[date], due: date) -> None:
        """Say anew what is to come."""
        self.said, self.since, self.due = days, self.received, due

    @property
    def status(self) -> str:
        """How far it is."""
        if self.ended:
            return "closed" if self.received or self.ended == "close" else "cancelled"
        if self.received >= self.ordered:
            return "received"
        return "part-received" if self.received else "confirmed" if self.confirmed else "placed"


def told(*values: object) -> tuple[object, ...]:
    """Return figures as they are, to be compared with whole numbers and texts."""
    return values


def days_of(parts: Any) -> list[date]:
    """Return the day of each unit of deliveries."""
    return [part.due for part in parts for _ in range(int(part.quantity))]


class Lives(RuleBasedStateMachine):
    """A purchase and a transfer, here and on paper."""

    @initialize()
    def begin(self) -> None:
        """Place both."""
        self.clock = ps.ManualClock(START)
        self.plant = ps.Plant(CATALOG, clock=self.clock)
        self.plant.receive("BOX", 30, site="NORTH")
        self.plant.expect(
            ps.PurchaseOrder("WIRE", 12, supplier="KNW", due=DUE, ref="P"),
            ps.TransferOrder("BOX", 12, source="NORTH", target="MAIN", due=DUE, ref="T"),
        )
        self.papers = {"P": Paper(1), "T": Paper(0)}
        self.source = 30
        self.last: dict[str, tuple[str, Paper] | None] = {"P": None, "T": None}

    @property
    def today(self) -> date:
        """The day it is."""
        return self.clock.now().date()

    def does(
        self, ref: str, command: ps.Command[Any], *, legal: bool, then: Callable[[Paper], None], told: str
    ) -> None:
        """Carry a command out here and on paper, or see it refused and nothing changed."""
        before = digest(self.plant)
        try:
            done = self.plant.do(command)
        except ps.Refused:
            assert not legal
            assert digest(self.plant) == before
            return
        assert legal
        paper = self.papers[ref]
        if told != "ship":
            self.last[ref] = (done.events[0].commit, deepcopy(paper))
        then(paper)
        paper.told.append(told)

    # -- what is said -------------------------------------------------------------------------------------------

    @rule(ref=REFS, count=st.none() | COUNTS, due=st.none() | DAYS)
    def confirm(self, ref: str, count: int | None, due: date | None) -> None:
        """Confirm it as it is, another quantity, another date, or both."""
        paper = self.papers[ref]
        much = paper.open if count is None else count
        days = paper.stretched(much) if due is None else [due] * much
        self.confirmed(ref, ps.ConfirmSupply(ref, count, due=due), days)

    @rule(ref=REFS, parts=PARTS)
    def confirm_parts(self, ref: str, parts: list[tuple[int, date]]) -> None:
        """Confirm several dates."""
        given = [ps.Delivery(count, due=day) for count, day in parts]
        self.confirmed(ref, ps.ConfirmSupply(ref, parts=given), sorted(days_of(given)))

    def confirmed(self, ref: str, command: ps.ConfirmSupply, days: list[date]) -> None:
        """Note a confirmation."""
        paper = self.papers[ref]

        def then(paper: Paper) -> None:
            paper.say(days, days[-1])
            paper.confirmed = True
            for number, day in enumerate(days, paper.received):
                paper.first.setdefault(number, day)

        self.does(ref, command, legal=paper.open > 0 and len(days) <= paper.most, then=then, told="confirm")

    @rule(ref=REFS, count=st.none() | st.integers(1, 20), due=st.none() | DAYS, parts=st.none() | PARTS)
    def revise(self, ref: str, count: int | None, due: date | None, parts: list[tuple[int, date]] | None) -> None:
        """Change the quantity, the date, both, or what comes when."""
        if count is None and due is None and not parts:
            return
        due = None if parts else due
        paper = self.papers[ref]
        after = deepcopy(paper)
        after.ordered = paper.ordered if count is None else count
        given = None if parts is None else [ps.Delivery(much, due=day) for much, day in parts]
        days = sorted(days_of(given or [])) or ([due] * after.open if due else after.stretched(after.open))
        legal = not paper.ended and after.ordered >= paper.received and paper.away <= after.ordered - paper.received
        legal = legal and (count is not None or paper.open > 0) and (not given or len(days) <= after.most)

        def then(paper: Paper) -> None:
            paper.ordered, paper.confirmed = after.ordered, False
            paper.say(days, days[-1] if days else due or paper.due)

        self.does(ref, ps.ReviseSupply(ref, count, due=due, parts=given), legal=legal, then=then, told="revise")

    @rule(ref=REFS, how=st.sampled_from(("cancel", "close")))
    def end(self, ref: str, how: str) -> None:
        """Call the rest off, or leave it short."""
        command = ps.Cancel(ref) if how == "cancel" else ps.CloseSupply(ref)
        paper = self.papers[ref]

        def then(paper: Paper) -> None:
            paper.ended = how

        self.does(ref, command, legal=not paper.ended and not paper.away, then=then, told=how)

    # -- what moves ---------------------------------------------------------------------------------------------

    def come(self, paper: Paper, count: int) -> None:
        """Note units that came."""
        expected = [*paper.coming, *([paper.due] * count)][:count]
        for number, day in enumerate(expected, paper.received):
            paper.came.append((self.today, paper.first.get(number), day))
        paper.received += count
        paper.here += count

    @rule(count=COUNTS)
    def receive(self, count: int) -> None:
        """Receive some of the purchase."""
        paper = self.papers["P"]
        legal = not paper.ended and count <= paper.most
        self.does(
            "P",
            ps.Receive("WIRE", count, against="P"),
            legal=legal,
            then=lambda paper: self.come(paper, count),
            told="receive",
        )

    @rule(count=COUNTS, settlement=st.sampled_from(ps.Settlement))
    def give_back(self, count: int, settlement: ps.Settlement) -> None:
        """Return some to the vendor."""
        paper, credit = self.papers["P"], settlement is ps.Settlement.CREDIT
        legal = count <= paper.here and count <= paper.received - paper.credited and (credit or not paper.ended)

        def then(paper: Paper) -> None:
            paper.here -= count
            if credit:
                paper.credited += count
            else:
                paper.replaced += count
                paper.received -= count

        command = ps.ReturnToVendor(ps.Goods("WIRE", quantity=count), against="P", settlement=settlement)
        self.does("P", command, legal=legal, then=then, told="credit" if credit else "return")

    @rule(count=COUNTS)
    def ship(self, count: int) -> None:
        """Put some on the lorry."""
        paper = self.papers["T"]
        legal = not paper.ended and count <= min(self.source, paper.ordered - paper.received - paper.away)

        def then(paper: Paper) -> None:
            paper.away += count
            self.source -= count

        goods = ps.Goods("BOX", quantity=count, site="NORTH")
        self.does("T", ps.Move(goods, to="IN-TRANSIT", against="T"), legal=legal, then=then, told="ship")

    @rule(count=COUNTS)
    def arrive(self, count: int) -> None:
        """Take some off the lorry."""

        def then(paper: Paper) -> None:
            paper.away -= count
            self.come(paper, count)

        goods = ps.Goods("BOX", quantity=count, location="IN-TRANSIT")
        legal = count <= self.papers["T"].away
        self.does("T", ps.Move(goods, to="STORES", against="T"), legal=legal, then=then, told="receive")

    @rule(count=COUNTS)
    def lose(self, count: int) -> None:
        """Some fell off the lorry."""

        def then(paper: Paper) -> None:
            paper.away -= count
            paper.lost += count

        legal = count <= self.papers["T"].away
        self.does("T", ps.Lose("T", ps.Goods("BOX", quantity=count)), legal=legal, then=then, told="lose")

    # -- the rest -----------------------------------------------------------------------------------------------

    @rule(ref=REFS)
    def take_back(self, ref: str) -> None:
        """Take back what was last told of an order."""
        if self.last[ref] is None:
            return
        commit, before = self.last[ref] or ("", Paper(0))
        now = self.papers[ref]
        moved = (now.received + now.credited + now.lost) != (before.received + before.credited + before.lost)
        legal = moved or now.away <= before.open
        kept = digest(self.plant)
        try:
            self.plant.reverse(commit)
        except ps.Refused:
            assert not legal
            assert digest(self.plant) == kept
            return
        assert legal
        before.away = now.away + (now.received - before.received) + (now.lost - before.lost) if ref == "T" else 0
        before.told = [*now.told, "reverse"]
        self.papers[ref], self.last[ref] = before, None

    @rule(days=st.integers(1, 9))
    def wait(self, days: int) -> None:
        """Let days pass."""
        self.clock.advance(timedelta(days=days))

    @invariant()
    def orders_are_as_on_paper(self) -> None:
        """What is answered of an order is what stands on paper."""
        self.plant.check()
        for ref, paper in self.papers.items():
            sheet = self.plant.supply.order(ref)
            assert told(sheet.status, sheet.ordered, sheet.received) == (paper.status, paper.ordered, paper.received)
            assert told(sheet.open, sheet.due, days_of(sheet.expected)) == (paper.open, paper.due, paper.coming)
            assert told(sheet.replaced, sheet.credited, sheet.lost) == (paper.replaced, paper.credited, paper.lost)
            rest = max(paper.ordered - paper.received, 0) if paper.ended else 0
            assert told(sheet.short, sheet.cancelled) == ((rest, 0) if paper.ended != "cancel" else (0, rest))
            assert sheet.over == max(paper.received - paper.ordered, 0)
            assert told(sheet.in_transit, sheet.asked) == (paper.away, DUE)
            self.came_as_on_paper(sheet, paper)
            assert [one.action.value for one in self.plant.supply.history(ref)] == paper.told
            late = [day for day in paper.coming if day < self.today]
            assert sorted(days_of(self.plant.supply.late().where(ref=ref))) == sorted(late)
            assert sheet.days_overdue == max(((self.today - day).days for day in late), default=0)

    def came_as_on_paper(self, sheet: ps.SupplySheet, paper: Paper) -> None:
        """What came is told with the dates it was to come."""
        rows = [row for row in sheet.arrivals for _ in range(int(row.quantity))]
        assert [told(row.arrived_at.date(), row.promised, row.expected) for row in rows] == paper.came
        for row, (day, promised, expected) in zip(rows, paper.came, strict=True):
            assert told(row.after_asked, row.after_expected) == ((day - DUE).days, (day - expected).days)
            assert row.after_promised == (None if promised is None else (day - promised).days)

    @invariant()
    def plans_count_what_is_expected(self) -> None:
        """For planning, promises and goods on their way are the units that are expected, each on its day."""
        snapshot = self.plant.snapshot()
        done = {ref: int(Decimal(str(much))) for ref, much in snapshot.done}
        for ref, paper in self.papers.items():
            promised = [one for one in snapshot.promises if one.ref == ref]
            days = days_of(promised)
            days = days[done.get(ref, 0) :]
            lots = [lot for lot in snapshot.lots if ref == "T" and lot.ready is not None]
            days += [lot.ready.date() for lot in lots if lot.ready for _ in range(int(Decimal(str(lot.free))))]
            if paper.away <= len(paper.coming):
                assert sorted(days) == sorted(paper.coming)

    def teardown(self) -> None:
        """The plan made of it is sound, and the log tells the same plant again."""
        if hasattr(self, "plant"):
            self.plant.plan(until=date(2040, 1, 1)).verify()
            document = ps.load_document(ps.dump_document(CATALOG, self.plant.events()))
            assert digest(ps.Plant.load(*document, clock=self.clock)) == digest(self.plant)


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
