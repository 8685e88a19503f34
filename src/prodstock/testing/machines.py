"""Random life of a plant, as hypothesis state machines: every command beside a ledger on paper that must agree.

Subclass `LedgerMachine` and override `plant()` to run it over a store of your own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random  # noqa: TID251 - seeded by hypothesis, for days with many commands
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from prodstock.errors import KeyReused, ProdstockError, Refused
from prodstock.journal.command import Command, Together
from prodstock.journal.store import ManualClock
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, LotOrder, Tracking
from prodstock.master.location import Location, LocationKind, Site
from prodstock.master.quality_state import Quality
from prodstock.orders.demand import Demand
from prodstock.plant import Plant
from prodstock.stock.claim import AllocationPolicy, Claim, Partial
from prodstock.stock.count import Adjust, Count
from prodstock.stock.expect import Cancel, Expect
from prodstock.stock.goods import Goods, Reservation, ReservationState
from prodstock.stock.judge import Judge
from prodstock.stock.move import Move, OnReserved, Scrap
from prodstock.stock.receive import Receive
from prodstock.stock.replay import replay
from prodstock.stock.reservation import Reserve, Void
from prodstock.stock.ship import Ship, Shipment, TakeBack
from prodstock.stock.status import Release
from prodstock.stock.translate import describe
from prodstock.testing.digests import digest, state_lines
from prodstock.testing.oracles import Ledger, Parcel, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hypothesis.strategies import DataObject

    from prodstock.journal.commit import Recorded
    from prodstock.stock.world import World

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
SITES = ("MAIN", "SOUTH")
STORES = ("STORES", "RACK", "YARD")
TRACKING = {"BOX": "none", "WIRE": "none", "MIC": "lot", "GLUE": "lot", "HD": "serial"}
LOTS = ("L1", "L2", "L3")
REFS = ("D1", "D2", "D3", "D4", "D5")
KINDS = {kind.default_code: kind.value for kind in LocationKind} | {"RACK": "stores", "YARD": "stores"}
YARD_TOLERATES = Decimal(3)
SHELF_LIFE = timedelta(days=4)


def small_catalog() -> Catalog:
    """Return five items, one for each way of tracking and taking, at two sites with a rack and a tolerant yard each."""
    racks = [Location("RACK", site=site) for site in SITES]
    yards = [Location("YARD", site=site, tolerates=YARD_TOLERATES) for site in SITES]
    return Catalog(
        [
            Site("SOUTH"),
            *racks,
            *yards,
            Item("BOX"),
            Item("WIRE", unit="m", scale=2),
            Item("MIC", tracking=Tracking.LOT),
            Item("GLUE", tracking=Tracking.LOT, strategy=LotOrder.FIFO, shelf_life=SHELF_LIFE),
            Item("HD", tracking=Tracking.SERIAL),
        ]
    )


def small_ledger() -> Ledger:
    """Return the ledger on paper of the small catalog."""
    return Ledger(TRACKING, KINDS, fifo=["GLUE"], tolerates={"YARD": YARD_TOLERATES}, shelf_life={"GLUE": SHELF_LIFE})


def plant_over(world: World, clock: ManualClock) -> Plant:
    """Return a plant whose state is that world: to command a fork."""
    plant = Plant(world.catalog, clock=clock)
    plant._world = world  # noqa: SLF001 - a test kit looks inside
    return plant


class Wish(NamedTuple):
    """A command, and the same wish to the ledger on paper."""

    command: Command[Any]
    on_paper: Callable[[], object]


class Wishes:
    """Draws commands over the small catalog, each with its twin on paper.

    Args:
        choose: returns one of several options.
        ledger: the ledger on paper.
    """

    def __init__(self, choose: Callable[[Sequence[Any]], Any], ledger: Ledger) -> None:
        self._of = choose
        self._ledger = ledger

    def one(self, kinds: tuple[str, ...] = ()) -> Wish:
        """Draw a wish of one of the kinds, or of any."""
        kind = self._of(kinds or KIND_NAMES)
        wish: Wish = getattr(self, f"_{kind}")()
        return wish

    def _quantity(self, item: str, most: int = 9) -> Decimal:
        steps = Decimal(self._of(range(1, most + 1)))
        return steps + Decimal("0.25") if item == "WIRE" and self._of((True, False)) else steps

    def _lot(self, item: str) -> str | None:
        return None if TRACKING[item] == "none" else self._of(LOTS)

    def _site(self) -> str:
        site: str = self._of(("MAIN",) * 5 + ("SOUTH",))
        return site

    def _store(self) -> str:
        location: str = self._of(("STORES",) * 4 + STORES)
        return location

    def _receive(self) -> Wish:
        item, site, location = self._of(tuple(TRACKING)), self._site(), self._store()
        quantity, lot = self._quantity(item), self._lot(item)
        quantity = min(quantity, Decimal(3)) if item == "HD" else quantity
        expires = START + timedelta(days=self._of(range(9))) if lot and self._of((True, False)) else None
        quality, reason = self._of(STATES)
        release, owner = self._of(RELEASES), self._of(("", "", "", "ACME"))
        serials = tuple(f"{lot}-{number:04d}" for number in range(1, int(quantity) + 1)) if item == "HD" else ()
        command = Receive(
            item, quantity, lot=lot, expires=expires, quality=quality, reason=reason, site=site, location=location,
            release=release, owner=owner,
        )  # fmt: skip
        place = Parcel("", site, location, "", owner, "", quality.value, reason, release.value)
        return Wish(
            command,
            lambda: self._ledger.receive(item, quantity, lot=lot or "", serials=serials, expires=expires, place=place),
        )

    def _goods(self, most: int = 9) -> tuple[Goods, str, list[str], Decimal | None]:
        there = [(p.item, self._ledger.lot_of.get((p.item, p.code), p.code)) for p in self._ledger.parcels]
        item = self._of(tuple(TRACKING))
        lot = self._lot(item)
        if there and self._of((True, True, True, False)):
            item, lot = self._of(there)
            lot = lot or None
        quantity = self._quantity(item, most) if self._of((True, True, False)) else None
        quantity = quantity.to_integral_value() if quantity is not None and item == "HD" else quantity
        codes = list(self._ledger.codes_of(item, lot or ""))
        if item == "HD" and len(codes) > 1 and self._of((True, False)):
            serial = self._of(tuple(codes[1:]))
            return Goods(item, serials=[serial]), item, [serial], None
        return Goods(item, lot=lot, quantity=quantity), item, codes, quantity

    def _narrowed(self, most: int = 9) -> tuple[Goods, str, list[str], Decimal | None, dict[str, str]]:
        """Draw goods, and often say in which place and state they are, as those are that exist."""
        goods, item, codes, quantity = self._goods(most)
        there = [p for p in self._ledger.parcels if p.item == item and p.code in codes]
        if not there or self._of((True, False)):
            return goods, item, codes, quantity, {}
        parcel = self._of(there)
        names = self._of((("owner",), ("site", "location"), ("quality", "reason"), ("release",), NARROWING))
        only = {name: getattr(parcel, name) for name in names}
        told = only | {name: kind(only[name]) for name, kind in _KINDS_OF.items() if name in only}
        return attrs.evolve(goods, **told), item, codes, quantity, only

    def _judge(self) -> Wish:
        goods, item, codes, quantity, only = self._narrowed()
        quality, reason = self._of(STATES)
        return Wish(
            Judge(goods, quality, reason=reason),
            lambda: self._ledger.judge(item, codes, quality.value, reason=reason, quantity=quantity, only=only),
        )

    def _move(self) -> Wish:
        goods, item, codes, quantity, only = self._narrowed()
        to, site = self._of((*STORES, "QUARANTINE", "IN-TRANSIT", "WIP", "CUSTOMER")), self._of((None, None, *SITES))
        breaks = self._of((False, True))
        return Wish(
            Move(goods, to=to, site=site, reserved=OnReserved.BREAK if breaks else OnReserved.REFUSE),
            lambda: self._ledger.move(item, codes, to, site=site, quantity=quantity, breaks=breaks, only=only),
        )

    def _scrap(self) -> Wish:
        goods, item, codes, quantity, only = self._narrowed(3)
        breaks = self._of((False, True))
        return Wish(
            Scrap(goods, reserved=OnReserved.BREAK if breaks else OnReserved.REFUSE),
            lambda: self._ledger.scrap(item, codes, quantity=quantity, breaks=breaks, only=only),
        )

    def _count(self) -> Wish:
        item, site, location = self._of(tuple(TRACKING)), self._site(), self._store()
        lot, quantity = self._lot(item), self._quantity(item) - 1
        return Wish(
            Count(item, quantity, lot=lot, site=site, location=location),
            lambda: self._ledger.count(item, quantity, lot=lot or "", site=site, location=location),
        )

    def _adjust(self) -> Wish:
        item, site, location = self._of(tuple(TRACKING)), self._site(), self._store()
        lot, difference = self._lot(item), self._quantity(item) - 5
        return Wish(
            Adjust(item, difference, lot=lot, site=site, location=location),
            lambda: self._ledger.adjust(item, difference, lot=lot or "", site=site, location=location),
        )

    def _expect(self) -> Wish:
        ref, item, site = self._of(REFS), self._of(tuple(TRACKING)), self._site()
        quantity = self._quantity(item).to_integral_value()
        due = START + timedelta(days=self._of(range(-1, 8)))
        life = timedelta(days=self._of((0, 0, 1)))
        wanted = Wanted(item, quantity, Decimal(0), due, site, life, "open")
        return Wish(
            Expect([Demand(item, quantity, due=due, ref=ref, site=site, minimum_life=life)]),
            lambda: self._ledger.expect(ref, wanted),
        )

    def _cancel(self) -> Wish:
        ref = self._of(REFS)
        return Wish(Cancel(ref), lambda: self._ledger.cancel(ref))

    def _policy(self) -> tuple[AllocationPolicy | None, dict[str, Any]]:
        order, partial = self._of((None, None, *LotOrder)), self._of(tuple(Partial))
        life = timedelta(days=self._of((0, 0, 2)))
        told = {"order": order and order.value, "partial": partial is Partial.ALLOW, "life": life}
        return AllocationPolicy(order=order, partial=partial, minimum_life=life), told

    def _reserve(self) -> Wish:
        ref = self._of(REFS)
        policy, told = self._policy()
        return Wish(Reserve(ref, policy=policy), lambda: self._ledger.reserve(ref, **told))

    def _claim(self) -> Wish:
        ref, item, site = self._of((*REFS, "PHONE")), self._of(tuple(TRACKING)), self._site()
        quantity = self._quantity(item).to_integral_value()
        at = START + timedelta(days=self._of(range(7))) if self._of((True, False)) else None
        policy, told = self._policy()
        return Wish(
            Reserve(Claim(item, quantity, ref=ref, at=at, site=site), policy=policy),
            lambda: self._ledger.claim(ref, item, quantity, site=site, at=at, **told),
        )

    def _void(self) -> Wish:
        ref, index = self._of((*REFS, "PHONE")), self._of(range(3))
        return Wish(Void(f"{ref}/{index + 1}"), lambda: self._ledger.void(ref, index))

    def _ship(self) -> Wish:
        goods, item, codes, quantity = self._goods(5)
        ref = self._open_ref(item)
        return Wish(Ship(goods, demand=ref), lambda: self._ledger.ship(item, codes, ref, quantity=quantity))

    def _open_ref(self, item: str) -> str:
        fit = [ref for ref, wanted in self._ledger.demands.items() if wanted.item == item]
        ref: str = self._of(fit if fit and self._of((True, True, True, False)) else REFS)
        return ref

    def _take_back(self) -> Wish:
        goods, item, codes, quantity = self._goods(3)
        ref = self._open_ref(item)
        away = [p for p in self._ledger.parcels if p.segment and p.item != "HD"]
        if away and self._of((True, True, False)):
            gone = self._of(away)
            item, codes, ref = gone.item, [gone.code], gone.segment.partition(":")[2]
            quantity = None if quantity is None else self._quantity(item)
            goods = Goods(item, lot=gone.code or None, quantity=quantity)
        return Wish(TakeBack(goods, demand=ref), lambda: self._ledger.take_back(item, codes, ref, quantity=quantity))


STATES = (
    (Quality.APPROVED, ""),
    (Quality.APPROVED, ""),
    (Quality.APPROVED, ""),
    (Quality.PENDING_INSPECTION, ""),
    (Quality.BLOCKED, "damaged"),
    (Quality.BLOCKED, ""),
    (Quality.QUARANTINE, ""),
    (Quality.REJECTED, ""),
    (Quality.REWORK, ""),
)
NARROWING = ("owner", "site", "location", "quality", "reason", "release")
_KINDS_OF: dict[str, type] = {"quality": Quality, "release": Release}
RELEASES = (Release.NOT_REQUIRED, Release.NOT_REQUIRED, Release.NOT_REQUIRED, Release.AWAITING, Release.RELEASED)
KIND_NAMES = (
    "receive", "receive", "judge", "move", "scrap", "count", "adjust", "expect", "expect", "cancel", "reserve",
    "reserve", "claim", "claim", "void", "ship", "ship", "ship", "take_back",
)  # fmt: skip


class LedgerMachine(RuleBasedStateMachine):
    """A plant beside a ledger on paper: the same commands, the same refusals, the same figures after every step.

    After every step: every invariant holds; availability is disjoint, sums to what is physical and equals the sums on
    paper, now and at an earlier moment as known earlier; a refused command left the digest as it was; no fork has
    moved. At the end the events are replayed: the state is the same and tells the same events again.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock: ManualClock = ManualClock(START)
        self.paper: Ledger = small_ledger()
        self.live: Plant = self.plant()
        self.events: list[Recorded] = []
        self.keys: dict[str, tuple[Command[Any], object]] = {}
        self.forks: list[tuple[Plant, str]] = []
        self.steps: int = 0

    def plant(self) -> Plant:
        """Return the plant to be held against paper."""
        return Plant(small_catalog(), clock=self.clock)

    @initialize()
    def stock(self) -> None:
        """Begin with something in stores, so that most commands have something to work on."""
        for item, lot in (("BOX", None), ("MIC", "L1"), ("GLUE", "L1"), ("MIC", "L2")):
            place = Parcel("", "MAIN", "STORES")
            wish = Wish(
                Receive(item, 6, lot=lot),
                lambda item=item, lot=lot, place=place: self.paper.receive(  # type: ignore[misc]  # bound early
                    item, Decimal(6), lot=lot or "", place=place
                ),
            )
            self._both(wish.command, None, wish.on_paper)

    # -- commands -----------------------------------------------------------------------------------------------

    @rule(data=st.data(), hours=st.integers(0, 60))
    def command(self, data: DataObject, hours: int) -> None:
        """Give one command, now or late."""
        wish = self._wishes(data).one()
        at = self._late(hours)
        self._both(_at(wish.command, at), at, wish.on_paper)

    @rule(seed=st.integers(0, 2**32), count=st.integers(1, 12))
    def busy_day(self, seed: int, count: int) -> None:
        """Give many commands in a row, so that there is something for the others to meet."""
        dice = Random(seed)  # noqa: S311 - seeded by hypothesis
        for _ in range(count):
            wish = Wishes(dice.choice, self.paper).one()
            at = self._late(dice.randint(0, 90))
            self._both(_at(wish.command, at), at, wish.on_paper)
            self.clock.advance(timedelta(minutes=dice.randint(0, 90)))

    @rule(data=st.data(), hours=st.integers(0, 60))
    def commands_together(self, data: DataObject, hours: int) -> None:
        """Give two or three commands as one: all of them happen or none."""
        wishes = [self._wishes(data).one(ALONE_OK) for _ in range(data.draw(st.integers(2, 3)))]
        at = self._late(hours)
        command = Together([wish.command for wish in wishes], at=at)
        self._both(command, at, lambda: self.paper.together([wish.on_paper for wish in wishes]))

    @rule(data=st.data())
    def commands_in_a_batch(self, data: DataObject) -> None:
        """Give commands in one batch: each is decided on what the ones before it leave, and refused for itself."""
        wishes = [self._wishes(data).one(("claim", "receive")) for _ in range(3)]
        wishes = [wish for wish in wishes if not isinstance(wish.command, Receive) or wish.command.lot is None]
        expected = [self._on_paper(None, wish.on_paper) for wish in wishes]
        results = self.live.submit([wish.command for wish in wishes])
        for result, answer in zip(results, expected, strict=True):
            assert isinstance(result, ProdstockError) is isinstance(answer, Refused), (result, answer)
            if not isinstance(result, ProdstockError):
                self.events += result.events

    @rule(data=st.data(), key=st.sampled_from(["k1", "k2", "k3"]))
    def keyed(self, data: DataObject, key: str) -> None:
        """Give a command under a key; the key used again answers the same, or is refused for another command."""
        wish = self._wishes(data).one()
        command = _keyed(wish.command, key)
        if key not in self.keys:
            answer = self._both(command, None, wish.on_paper)
            if not isinstance(answer, Refused):
                self.keys[key] = (command, answer)
            return
        before = digest(self.live)
        first, answer = self.keys[key]
        assert self.live.do(first).answer == answer
        if command != first:
            try:
                self.live.do(command)
            except KeyReused:
                pass
            else:
                raise AssertionError(f"key {key} was used for {first} and {command}")
        assert digest(self.live) == before

    @rule(minutes=st.integers(1, 3_000))
    def wait(self, minutes: int) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(minutes=minutes))
        self.paper.now = self.clock.now()

    # -- forks --------------------------------------------------------------------------------------------------

    @rule()
    def fork(self) -> None:
        """Fork the plant, or a fork of it."""
        source = self.forks[-1][0] if self.forks and self.steps % 3 == 0 else self.live
        twin = plant_over(source._world.fork(), self.clock)  # noqa: SLF001 - a test kit looks inside
        assert digest(twin) == digest(source)
        self.forks = [*self.forks[-4:], (twin, digest(twin))]

    @precondition(lambda self: self.forks)
    @rule(data=st.data(), number=st.integers(0, 4))
    def command_in_a_fork(self, data: DataObject, number: int) -> None:
        """Change one fork only."""
        number %= len(self.forks)
        plant, _ = self.forks[number]
        before = digest(self.live)
        for _ in range(data.draw(st.integers(1, 3))):
            try:
                plant.do(self._wishes(data).one().command)
            except ProdstockError:
                continue
        plant.check()
        self.forks[number] = (plant, digest(plant))
        assert digest(self.live) == before

    # -- laws ---------------------------------------------------------------------------------------------------

    @invariant()
    def holds(self) -> None:
        """Every invariant holds, incrementally and in full."""
        self.steps += 1
        self.live.check()
        if self.steps % 5 == 0:
            Plant.check(plant_over(self.live._world, self.clock))  # noqa: SLF001 - a test kit looks inside

    @invariant()
    def agrees(self) -> None:
        """Parcels, reservations and availability equal the sums on paper."""
        now = self.clock.now()
        for item in TRACKING:
            self._availability_agrees(item, now, None)
            found = sorted(_held(self.live, item))
            assert found == sorted(_held_on_paper(self.paper, item)), item
        for ref, count in self.paper.made.items():
            assert [
                {line: pick.quantity for line, pick in enumerate(one.lines) if pick.quantity}
                for one in self.live.stock.reservations(ref)
            ] == [
                {line: held for line, (_, held) in self.paper.rest((ref, number)).items()} for number in range(count)
            ], ref

    @invariant()
    def remembers(self) -> None:
        """The past, as it is known now and as it was known then, equals the sums on paper."""
        if self.paper.postings:
            number = self.steps * 7 % len(self.paper.postings)
            moment = self.paper.postings[number].at
            known = self.paper.postings[self.steps * 11 % len(self.paper.postings)].recorded
            item = self.paper.postings[number].parcel.item
            self._availability_agrees(item, moment, None)
            self._availability_agrees(item, moment, known)

    @invariant()
    def forks_stand_still(self) -> None:
        """No fork has noticed what happened elsewhere."""
        for plant, then in self.forks:
            assert digest(plant) == then

    def teardown(self) -> None:
        """Replay the events: they tell the same state, and the state tells them again."""
        world = self.live._world  # noqa: SLF001 - a test kit looks inside
        told = [describe(world, number) for number in range(len(world))]
        assert self.events == [event for events in told for event in events]
        again = replay(small_catalog(), reversed(self.events))
        assert state_lines(again) == state_lines(self.live)
        assert sorted(map(repr, self.events)) == sorted(
            repr(event) for number in range(len(again)) for event in describe(again, number)
        )

    # -- both sides ---------------------------------------------------------------------------------------------

    def _wishes(self, data: DataObject) -> Wishes:
        return Wishes(lambda options: data.draw(st.sampled_from(options)), self.paper)

    def _late(self, hours: int) -> datetime | None:
        return None if hours > 30 else self.clock.now() - timedelta(hours=hours)

    def _on_paper(self, at: datetime | None, on_paper: Callable[[], object]) -> object:
        try:
            return self.paper.attempt(self.clock.now(), at, on_paper)
        except Refused as refused:
            return refused

    def _both(self, command: Command[Any], at: datetime | None, on_paper: Callable[[], object]) -> object:
        before = digest(self.live)
        expected = self._on_paper(at, on_paper)
        try:
            done = self.live.do(command)
        except ProdstockError as refused:
            assert isinstance(expected, Refused), (command, refused)
            assert digest(self.live) == before
            return Refused(reason=str(refused))
        assert not isinstance(expected, Refused), (command, expected)
        self.events += done.events
        _same_answer(done.answer, expected)
        return done.answer

    def _availability_agrees(self, item: str, at: datetime, known: datetime | None) -> None:
        answer = self.live.availability(item, at=at, known_at=known)
        commits = None if known is None else self.paper.known_by(known)
        expected = self.paper.buckets(item, at, commits)
        assert {bucket.name.value: bucket.quantity for bucket in answer.buckets if bucket.quantity} == expected
        assert sum(bucket.quantity for bucket in answer.buckets) == answer.physical
        assert all(bucket.quantity >= 0 for bucket in answer.buckets) or at_yard(self.paper, item)


ALONE_OK = ("receive", "judge", "move", "count", "adjust", "expect", "claim", "ship", "void")
"""What is mixed in one command. Reservations of one command are told by stream, so two of them may stand in another
order on paper."""


def at_yard(paper: Ledger, item: str) -> bool:
    """Tell whether an item was ever below zero where that is tolerated."""
    return any(posting.parcel.location == "YARD" and posting.parcel.item == item for posting in paper.postings)


def _at(command: Command[Any], at: datetime | None) -> Command[Any]:
    return command if at is None else _with(command, "at", at)


def _keyed(command: Command[Any], key: str) -> Command[Any]:
    return _with(command, "key", key)


def _with(command: Command[Any], name: str, value: object) -> Command[Any]:
    object.__setattr__(command, name, value)
    return command


def _held(plant: Plant, item: str) -> Iterator[tuple[object, ...]]:
    for one in plant.stock.holdings(Goods(item)):
        yield one.serial or one.lot, one.site, one.location, one.segment, one.quantity, one.reserved


def _held_on_paper(paper: Ledger, item: str) -> Iterator[tuple[object, ...]]:
    for one in paper.parcels:
        if one.item == item and paper.on_hand(one):
            segment = one.segment.partition(":")[2]
            yield one.code, one.site, one.location, segment, paper.on_hand(one), paper.reserved(one)


def _same_answer(answer: object, expected: object) -> None:
    if isinstance(answer, Reservation):
        assert answer.state is ReservationState.PENDING
        assert [(pick.serial or pick.lot, pick.location, pick.quantity) for pick in answer.lines] == expected
    elif isinstance(answer, Shipment) and isinstance(expected, list):
        assert [(pick.serial or pick.lot, pick.location, pick.quantity) for pick in answer.lines] == expected
