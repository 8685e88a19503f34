"""The plant: a thin facade. Each verb is a command; each command is one pure decision, appended and folded in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from prodstock._lazy import Lazy
from prodstock.decisions import answered, carried_out, check_catalog, check_command
from prodstock.errors import ProdstockError, Refused, listed
from prodstock.journal.command import Command, Done
from prodstock.journal.commit import Batch
from prodstock.journal.store import CountingIds, RepeatableIds, SystemClock, check_port
from prodstock.master.codes import text
from prodstock.scenario.scenario import Scenario
from prodstock.stock.world import World
from prodstock.tables import Table
from prodstock.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prodstock.calendars.span import Moment
    from prodstock.journal.command import Stamp
    from prodstock.journal.commit import Recorded
    from prodstock.journal.store import Clock, EventStore, IdSource
    from prodstock.journal.stream import Stream
    from prodstock.master.catalog import Catalog
    from prodstock.master.quality_state import Quality, QualityState
    from prodstock.orders.demand import Demand
    from prodstock.orders.planned import PlannedBuy, PlannedMake, PlannedMove, PlannedOrder
    from prodstock.orders.production import ProductionOrder
    from prodstock.orders.purchase import Promise, PurchaseOrder, TransferOrder
    from prodstock.quality.inspection import Evidence, Verdict
    from prodstock.quality.release import Released
    from prodstock.quantities.money import Money
    from prodstock.quantities.quantity import Amount, Quantity
    from prodstock.shopfloor.issue import Issued
    from prodstock.stock.claim import AllocationPolicy, Claim
    from prodstock.stock.count import Counted
    from prodstock.stock.goods import GoodsRef, Output, Receipt, Reservation, ReservationRef
    from prodstock.stock.judge import Judgement
    from prodstock.stock.move import Moved
    from prodstock.stock.reverse import Reversal
    from prodstock.stock.ship import Shipment

if TYPE_CHECKING:
    from prodstock.quality import inspection, release
    from prodstock.shopfloor import close, issue, launch, report
    from prodstock.stock import count, expect, judge, move, procure, receive, replay, reverse, ship
    from prodstock.stock import reservation as reserving
else:
    close = Lazy("prodstock.shopfloor.close")
    count = Lazy("prodstock.stock.count")
    expect = Lazy("prodstock.stock.expect")
    inspection = Lazy("prodstock.quality.inspection")
    issue = Lazy("prodstock.shopfloor.issue")
    judge = Lazy("prodstock.stock.judge")
    launch = Lazy("prodstock.shopfloor.launch")
    move = Lazy("prodstock.stock.move")
    procure = Lazy("prodstock.stock.procure")
    receive = Lazy("prodstock.stock.receive")
    release = Lazy("prodstock.quality.release")
    report = Lazy("prodstock.shopfloor.report")
    replay = Lazy("prodstock.stock.replay")
    reserving = Lazy("prodstock.stock.reservation")
    reverse = Lazy("prodstock.stock.reverse")
    ship = Lazy("prodstock.stock.ship")

T = TypeVar("T")


class Plant(View):
    """The truth of stock, orders and quality, and the commands that change it.

    Args:
        catalog: the definitions to begin with.
        events: where events are kept; None: in memory, in this object. Over a store, a plant reads the streams that a
            command touches and is thrown away with the host's transaction.
        clock: tells the time; None: the machine's, in UTC.
        ids: gives codes to what is not named; None: counts from one and skips what exists.

    Raises:
        InvalidTypeError: if it is no catalog, or an object lacks a method that is needed of it.

    >>> from prodstock.master.catalog import Catalog
    >>> from prodstock.master.item import Item
    >>> plant = Plant(Catalog([Item("BOX")]))
    >>> plant.receive("BOX", 450)
    <Receipt BOX 450 pcs in STORES>
    >>> plant.availability("BOX").free
    Decimal('450')
    """

    def __init__(
        self,
        catalog: Catalog,
        *,
        events: EventStore | None = None,
        clock: Clock | None = None,
        ids: IdSource | None = None,
    ) -> None:
        check_catalog(catalog)
        if clock is not None:
            check_port(clock, "clock", "now")
        if events is not None:
            check_port(events, "events", "read", "append")
        if ids is not None:
            check_port(ids, "ids", "next_code")
        super().__init__(World(catalog), clock if clock is not None else SystemClock(), events)
        self._ids = RepeatableIds(ids if ids is not None else CountingIds())

    @classmethod
    def load(
        cls, catalog: Catalog, events: Iterable[Recorded], *, clock: Clock | None = None, ids: IdSource | None = None
    ) -> Plant:
        """Return the plant that events tell, in memory; `prodstock.load_document` reads both from one text.

        Raises:
            BrokenInvariant: if the events contradict each other, or not all of them are there.
            UnknownCode, InvalidValueError: if they name what is not defined, or what cannot be counted.
        """
        plant = cls(catalog, clock=clock, ids=ids)
        plant._world = replay.replay(catalog, events, whole=True)
        return plant

    # -- commands as values -------------------------------------------------------------------------------------

    def do(self, command: Command[T], /) -> Done[T]:
        """Carry out a command and return its answer and its events.

        Raises:
            Refused: if the plant says no; nothing has changed.
            KeyReused: if the command's key was used for another command.
            Conflict: if another writer was first; roll back and call again.
        """
        if self._store is not None:
            check_command(command)
            return self._ask(partial(self._done, command))
        return self._done(command, self._world)

    def submit(self, commands: Iterable[Command[Any]], /) -> tuple[Done[Any] | Refused, ...]:
        """Carry out commands in order, each on what the ones before it leave; a refusal stops only itself.

        Over a store, all of them are kept in one append, or none on a `Conflict`. A bad call, such as a code that names
        nothing, is raised: what came before it has happened, what comes after it has not.
        """
        wishes = listed(commands, "commands")
        return self._ask(partial(self._all_done, wishes))

    def _done(self, command: Command[T], world: World) -> Done[T]:
        if not isinstance(command, Command):
            check_command(command)
        earlier = None if command.key is None else answered(world, command)
        if earlier is not None:
            return earlier
        if self._ids.drawn:
            self._ids.rewind()
        done = carried_out(world, command, self._now(), self._ids)
        if self._store is not None:
            self._keep([done])
        if self._ids.drawn:
            self._ids.keep()
        return done

    def _all_done(self, commands: tuple[Command[Any], ...], world: World) -> tuple[Done[Any] | Refused, ...]:
        results: list[Done[Any] | Refused] = []
        new: list[Done[Any]] = []
        self._ids.rewind()
        for command in commands:
            mark = self._ids.mark()
            try:
                earlier = answered(world, command)
                if earlier is None:
                    new.append(carried_out(world, command, self._now(), self._ids))
                results.append(earlier if earlier is not None else new[-1])
            except Refused as refused:
                self._ids.back(mark)
                results.append(refused)
            except ProdstockError:
                self._ids.back(mark)
                self._keep(new)
                self._ids.keep()
                raise
        self._keep(new)
        self._ids.keep()
        return tuple(results)

    def _keep(self, new: list[Done[Any]]) -> None:
        """Append what happened to the store, if there is one; if it does not take it, forget it."""
        if self._store is None or not new:
            return
        events = Table(event for done in new for event in done.events)
        expected: dict[Stream, int] = {}
        for event in events:
            expected.setdefault(event.stream, event.version - 1)
        try:
            self._store.append(Batch(expected=expected, events=events))
        except BaseException:
            self._world = World(self._initial)
            self._world.loaded = set()
            raise

    def fork(self, name: str, /) -> Scenario:
        """Return the plant as it is now, to be changed by assumption only.

        O(1) in memory; over a store everything is read first.
        """
        return Scenario(text(name, "name"), self._ask_all(World.fork), self._clock)

    # -- the verbs ----------------------------------------------------------------------------------------------

    def expect(self, *promises: Promise, **stamp: Unpack[Stamp]) -> tuple[str, ...]:
        """Take on demands and expected supply, or change them; return their codes."""
        return self.do(expect.Expect(promises, **stamp)).answer

    def receive(
        self,
        item: str,
        quantity: Amount,
        *,
        lot: str | None = None,
        expires: Moment | None = None,
        quality: Quality | QualityState | None = None,
        serials: Iterable[str] = (),
        against: str | None = None,
        supplier_lot: str = "",
        location: str | None = None,
        site: str = "MAIN",
        retest: Moment | None = None,
        second: Quantity | None = None,
        cost: Money | None = None,
        **stamp: Unpack[Stamp],
    ) -> Receipt:
        """Book goods in; `Receive` has more fields."""
        return self.do(
            receive.Receive(
                item,
                quantity,
                lot=lot,
                expires=expires,
                quality=quality,
                serials=serials,
                against=against,
                supplier_lot=supplier_lot,
                location=location,
                site=site,
                retest=retest,
                second=second,
                cost=cost,
                **stamp,
            )
        ).answer

    def judge(
        self,
        goods: GoodsRef,
        quality: Quality | QualityState,
        *,
        reason: str = "",
        retest: Moment | None = None,
        **stamp: Unpack[Stamp],
    ) -> Judgement:
        """Give goods a quality state, or a lot a new retest date; what it does to promises is in the answer."""
        return self.do(judge.Judge(goods, quality, reason=reason, retest=retest, **stamp)).answer

    def move(
        self,
        goods: GoodsRef,
        *,
        to: str,
        site: str | None = None,
        against: str | None = None,
        segment: str | None = None,
        **stamp: Unpack[Stamp],
    ) -> Moved:
        """Move goods to another location, of the same or another site, for a transfer order, or to other stock."""
        return self.do(move.Move(goods, to=to, site=site, against=against, segment=segment, **stamp)).answer

    def count(
        self,
        item: str,
        quantity: Amount,
        *,
        lot: str | None = None,
        location: str | None = None,
        site: str = "MAIN",
        **stamp: Unpack[Stamp],
    ) -> Counted:
        """Book what was counted, whatever the books say."""
        return self.do(count.Count(item, quantity, lot=lot, location=location, site=site, **stamp)).answer

    def adjust(
        self,
        item: str,
        difference: Amount,
        *,
        lot: str | None = None,
        location: str | None = None,
        site: str = "MAIN",
        **stamp: Unpack[Stamp],
    ) -> Counted:
        """Book a difference."""
        return self.do(count.Adjust(item, difference, lot=lot, location=location, site=site, **stamp)).answer

    def scrap(self, goods: GoodsRef, **stamp: Unpack[Stamp]) -> Moved:
        """Throw goods away."""
        return self.do(move.Scrap(goods, **stamp)).answer

    def reserve(
        self,
        claim: ProductionOrder | Demand | Claim | str,
        *,
        policy: AllocationPolicy | None = None,
        **stamp: Unpack[Stamp],
    ) -> Reservation:
        """Bind stock to a demand, an order or a sample."""
        return self.do(reserving.Reserve(claim, policy=policy, **stamp)).answer

    def void(self, reservation: ReservationRef, **stamp: Unpack[Stamp]) -> None:
        """Give back what a reservation still holds."""
        return self.do(reserving.Void(reservation, **stamp)).answer

    def ship(self, goods: GoodsRef, *, demand: str, second: Quantity | None = None, **stamp: Unpack[Stamp]) -> Shipment:
        """Send goods to the customer of a demand, and say what they weigh."""
        return self.do(ship.Ship(goods, demand=demand, second=second, **stamp)).answer

    def take_back(self, goods: GoodsRef, *, demand: str, **stamp: Unpack[Stamp]) -> Shipment:
        """Take goods back from the customer of a demand."""
        return self.do(ship.TakeBack(goods, demand=demand, **stamp)).answer

    def cancel(self, ref: str, **stamp: Unpack[Stamp]) -> None:
        """End a demand, the rest of a supply, an order with nothing issued yet, or that a planned order is settled."""
        self.do(expect.Cancel(ref, **stamp))

    def firm(self, *orders: PlannedOrder, **stamp: Unpack[Stamp]) -> tuple[str, ...]:
        """Settle planned orders: later plans take them as they are."""
        return self.do(procure.Firm(orders, **stamp)).answer

    def launch(
        self, order: PlannedMake, *, lot: str | None = None, groups: Iterable[str] = (), **stamp: Unpack[Stamp]
    ) -> ProductionOrder:
        """Turn a planned order into a production order, with its own copy of bill and routing."""
        return self.do(launch.Launch(order, lot=lot, groups=groups, **stamp)).answer

    def purchase(
        self, order: PlannedBuy, *, ref: str | None = None, due: Moment | None = None, **stamp: Unpack[Stamp]
    ) -> PurchaseOrder:
        """Turn a planned purchase into a purchase order, expected when it was planned, or at `due`."""
        return self.do(procure.Purchase(order, ref=ref, due=due, **stamp)).answer

    def transfer(
        self, order: PlannedMove, *, ref: str | None = None, due: Moment | None = None, **stamp: Unpack[Stamp]
    ) -> TransferOrder:
        """Turn a planned move into a transfer order, expected when it was planned, or at `due`."""
        return self.do(procure.Transfer(order, ref=ref, due=due, **stamp)).answer

    def issue(self, reservation: ReservationRef, **stamp: Unpack[Stamp]) -> Issued:
        """Take what a production order has reserved from stores into its WIP."""
        return self.do(issue.Issue(reservation, **stamp)).answer

    def put_back(self, order: ProductionOrder | str, goods: GoodsRef, **stamp: Unpack[Stamp]) -> Issued:
        """Return components from an order's WIP to stores."""
        return self.do(issue.PutBack(order, goods, **stamp)).answer

    def report(
        self,
        order: ProductionOrder | str,
        operation: str,
        *,
        good: Amount,
        scrapped: Amount = 0,
        **stamp: Unpack[Stamp],
    ) -> ProductionOrder:
        """Confirm units at a step; its predecessors are implied and their components consumed."""
        return self.do(report.Report(order, operation, good=good, scrapped=scrapped, **stamp)).answer

    def complete(
        self, order: ProductionOrder | str, *, good: Amount, scrapped: Amount = 0, **stamp: Unpack[Stamp]
    ) -> Output:
        """Confirm units through the last step; good ones reach stores, awaiting release where the item asks for it."""
        return self.do(report.Complete(order, good=good, scrapped=scrapped, **stamp)).answer

    def close(self, order: ProductionOrder | str, **stamp: Unpack[Stamp]) -> ProductionOrder:
        """End an order: what is left in WIP goes back, reservations are voided, nothing more is expected."""
        return self.do(close.Close(order, **stamp)).answer

    def record(self, goods: GoodsRef, criterion: str, verdict: Verdict, **stamp: Unpack[Stamp]) -> Table[Evidence]:
        """Record the result of a test or the presence of a paper."""
        return self.do(inspection.Record(goods, criterion, verdict, **stamp)).answer

    def release(self, goods: GoodsRef, **stamp: Unpack[Stamp]) -> Released:
        """Release finished goods; refused with what is missing."""
        return self.do(release.ReleaseGoods(goods, **stamp)).answer

    def reverse(self, commit: Recorded | str, **stamp: Unpack[Stamp]) -> Reversal:
        """Take a commit back, exactly and once."""
        return self.do(reverse.Reverse(commit, **stamp)).answer
