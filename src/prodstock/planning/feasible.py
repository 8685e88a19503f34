"""Constrained netting: one want after another, nothing starts before now, and every part is there when it is needed.

Wants are served by priority, then date: launched orders first, since they stand. Each takes what is there by the
moment it is wanted; the rest is ordered just in time for it, with all that takes in turn. What cannot be there by then
comes as early as it can, in as many parts as it must. What a settled order takes is served when somebody first takes
from it. Capacity is not looked at: where an order may run is asked of `Proposer`, which a scheduler may stand behind.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.master.item import Supply as Origin
from prodstock.orders.demand import Demand
from prodstock.planning.asking import Bound, Call, Reply, Stride, answer
from prodstock.planning.causes import TOO_LATE
from prodstock.planning.groups import Groups
from prodstock.planning.instead import Instead
from prodstock.planning.kernel import Draft, Fit, Supply
from prodstock.planning.made_to import suitable
from prodstock.planning.pool import Journal, Pool, Standing
from prodstock.planning.quotas import way_of
from prodstock.planning.restoring import MOST_ATTEMPTS, Restoring
from prodstock.planning.ways import MICROSECOND, NO_PART, Recipe
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from prodstock.planning.asking import Asking, Limit
    from prodstock.planning.kernel import Place
    from prodstock.planning.netting import Netting
    from prodstock.planning.station import Station
    from prodstock.planning.ways import Part, Way
    from prodstock.tables import Progress


class Feasible:
    """All stations of one plan, filled want by want."""

    def __init__(self, netting: Netting, covers: Mapping[Place, Mapping[int, tuple[int, int]]]) -> None:
        """`covers` has what orders of lot rules that look ahead cover where nothing holds back, by place."""
        self.netting = netting
        self.covers = covers
        self.used: dict[tuple[int, int], int] = {}
        self.held: dict[tuple[int, int], int] = {}
        self.now = netting.now
        self.near = netting.policy.expedite_within // MICROSECOND
        self.orders = netting.orders
        self.journal = Journal()
        self.pools: dict[int, Pool] = {}
        self.standing = Standing(netting.orders.settled)
        self.refs: frozenset[str] = frozenset()
        self.waiting: deque[tuple[Station, int, int]] = deque()
        self.instead = Instead(self)
        self.groups = Groups(self, self._in_lots, self._in_time, self._order)

    def run(self, progress: Progress | None) -> None:
        """Serve everybody, then what is settled and nobody needs, then the safety stocks: nearest the customer first.

        What a settled order needs is served when somebody first takes from it, as if it had just been proposed for him.
        """
        netting = self.netting
        wants = self._wants()
        for done, (_, station, number) in enumerate(wants, 1):
            origin = station.wants[number][2]
            self.refs = frozenset(netting.gathered.asked[origin].refs)
            self._deliver(station, number)
            self._catch_up()
            if progress is not None:
                progress(done, len(wants))
        for number in sorted(self.orders.settled, key=self._turn):
            if number not in self.standing.taken:
                self.refs = self.standing.serves(number)
                answer(self._take_up(number, 0))
                self.journal.keep()
                self._catch_up()
        Restoring(self, self._order).run()
        for station in netting.stations:
            if station.item.supply is not Origin.PHANTOM:
                station.cover()
        netting.groups = [[station] for station in sorted(netting.stations, key=self.place)]

    def place(self, station: Station) -> tuple[int, int, str, str, str]:
        """Return where a station stands: those nearest the customer come first."""
        netting, place = self.netting, station.place
        return netting.levels[place[0]], netting.rank(place[0], place[1]), *place

    def _turn(self, number: int) -> tuple[tuple[int, int, str, str, str], int, int]:
        orders = self.orders
        return self.place(self.netting.stations[orders.station[number]]), orders.start[number], number

    def pool(self, station: Station) -> Pool:
        """Return what is free of a station."""
        found = self.pools.get(station.number)
        if found is None:
            found = self.pools[station.number] = Pool(
                station, self.journal, self.standing, self.orders, self.netting.lives
            )
        return found

    # Who wants something, and in which order

    def _wants(self) -> list[tuple[tuple[int, int, int, int], Station, int]]:
        """Return the wants there are from the start, with their rank, in the order of serving."""
        netting = self.netting
        for order in sorted(self.orders.settled):
            netting.stations[self.orders.station[order]].orders.append(order)
        found = []
        for station in list(netting.stations):
            self.pool(station)
            for number, (at, priority, origin, _, _) in enumerate(station.wants):
                if origin < netting.outside:
                    stands = not isinstance(netting.gathered.asked[origin].origin, Demand)
                    found.append(((0 if stands else 1, priority, at, origin), station, number))
                else:
                    self.standing.moved[origin - netting.outside] = (station, number)
        return sorted(found, key=lambda one: (one[0], one[1].number, one[2]))

    def _take_up(self, number: int, until: int) -> Asking:
        """Ask for all that a settled order takes, at its start; what is lacking then waits to be caught up with.

        `until` is up to when what it brings must be good.
        """
        netting, origin = self.netting, self.netting.outside + number
        netting.lives.until[origin] = max(until, self.orders.due[number])
        self.standing.taken.add(number)
        self.groups.take_up(number)
        self.journal.note(lambda: self.standing.taken.discard(number))
        for station, want, need in self._standing_wants(number):
            at = max(station.wants[want][0], self.now)
            reply = yield self.serve(Call(station, want, netting.lives.of(station.wants[want])), need, at)
            if reply.got < need:
                self.waiting.append((station, want, need - reply.got))
                self.journal.note(self.waiting.pop)
        self.pool(netting.stations[self.orders.station[number]]).shorten(self.orders.supply[number], origin)
        return Reply(0, NEVER)

    def _standing_wants(self, number: int) -> Iterator[tuple[Station, int, int]]:
        """Yield what a settled order takes, as station, want and smallest steps; a transfer takes what it moves."""
        netting, orders = self.netting, self.orders
        if number in self.standing.moved:
            yield *self.standing.moved[number], orders.quantity[number]
        way, quantity = orders.way[number], orders.quantity[number]
        site, segment = netting.stations[orders.station[number]].site, orders.settled[number].segment
        for part in () if way is None else way.parts:
            moment = part.moment(orders.start[number], orders.due[number], quantity)
            child = netting.station(part.item, site, segment)
            want = (moment, 0, netting.outside + number, part.number, self._said(part, quantity))
            yield child, self.pool(child).want(want), self._need(part, quantity)

    def _catch_up(self) -> None:
        """Serve what settled orders lack, each part as early as it can be there."""
        while self.waiting:
            station, want, rest = self.waiting.popleft()
            self._deliver(station, want, rest)

    def _deliver(self, station: Station, number: int, lacking: int | None = None) -> None:
        """Serve a want, or what it still lacks, in as many parts as it must be, each as early as it can."""
        at, _, origin, part, quantity = station.wants[number]
        netting = self.netting
        if lacking is not None:
            rest = lacking
        elif station.item.supply is Origin.PHANTOM:
            exact = Fraction(quantity, 10**station.item.scale) if part == NO_PART else Fraction(quantity)
            rest = -(-exact.numerator * 10**station.item.scale // exact.denominator)
        else:
            rest = int(quantity)
        last, least = self._terms(origin)
        more = max(0, least - rest)
        if more:
            rest = least
            station.wants[number] = (at, station.wants[number][1], origin, part, rest)
        moment = max(at, self.now)
        call = Call(station, number, netting.lives.of(station.wants[number]))
        bound: Bound | None = None
        stride = Stride(moment, last)
        for _ in range(MOST_ATTEMPTS):
            mark = self.journal.mark()
            reply = answer(self.serve(call, rest, moment))
            if 0 < reply.got < rest and min(reply.got, rest - reply.got) < least:
                self.journal.back(mark)
                reply = self._allowed(call, rest, least, moment, reply)
            self.journal.keep()
            rest -= reply.got
            bound = reply.bound if rest else bound
            if not rest or (again := stride.after(moment, reply)) == NEVER:
                break
            moment = again
        rest -= self._less(station, number, min(more, rest))
        if rest:
            station.lack(number, rest, self._why_missing(call, last, stride.said(bound), moment))
        elif bound is not None:
            station.say(number, str(bound))
        if station.item.supply is Origin.PHANTOM and moment > max(at, self.now) and not rest:
            station.delay(number, moment)

    def _terms(self, origin: int) -> tuple[int, int]:
        """Return until when at the latest somebody is delivered, and how much at least each time."""
        terms = self.netting.gathered.terms.get(origin)
        if terms is None:
            return NEVER, 0
        return (NEVER if terms.latest is None else terms.latest), terms.least

    @staticmethod
    def _less(station: Station, number: int, more: int) -> int:
        """Take back so much of a want that never comes and was wanted only for its least shipment, and return it."""
        if more:
            at, priority, origin, part, quantity = station.wants[number]
            station.wants[number] = (at, priority, origin, part, quantity - more)
        return more

    def _allowed(self, call: Call, rest: int, least: int, moment: int, full: Reply) -> Reply:
        """Deliver less than could be there, so that neither this delivery nor the last is below the least one."""
        some = min(full.got, rest - least)
        if some < least:
            return Reply(0, full.later, full.bound)
        mark = self.journal.mark()
        reply = answer(self.serve(call, some, moment))
        if reply.got < some:
            self.journal.back(mark)
            return Reply(0, full.later, full.bound)
        return Reply(some, full.later, full.bound)

    def _why_missing(self, call: Call, last: int, bound: Bound | None, moment: int) -> str:
        station = call.station
        draft, reason = self.netting.fitter.source(station, moment, call.fit.revision, call.fit.life)
        if draft is None and not station.supplies:
            station.no_source = reason
        if draft is None and (last == NEVER or not station.supplies):
            return reason
        if draft is not None and last == NEVER:
            why = f": {bound}" if bound is not None and bound.closed else ""
            return self.netting.proposer.never(draft) or f"its parts never come{why}"
        return TOO_LATE + (f": {bound}" if bound is not None else "")

    # Questions

    def serve(self, call: Call, quantity: int, at: int, *, there: bool = False) -> Asking:
        """Take what is there by a moment, and order the rest, unless it is to be `there`, by the first way that can."""
        station = call.station
        if station.item.supply is Origin.PHANTOM:
            return (yield self._phantom(call, quantity, at))
        pool, handling = self.pool(station), station.handling
        moment = latest = here = at
        fit, life = call.fit, call.fit.life
        if handling is not None and (handling.timed or handling.covering):
            moment, latest = handling.covered_from(at, life), handling.latest(at)
            here = max(latest, self.now)
            fit = fit._replace(life=life + max(0, at - here))
        others = not fit.revision and self.instead.may_serve(station)
        first = (yield self.instead.first(call, quantity, here)).got if others else 0
        rest = pool.take(call.want, quantity - first, here, fit, self.refs)
        yield from self.settled(pool, here + fit.life)
        if rest and others:
            rest -= (yield self.instead.before_ordering(call, rest, here)).got
        if not rest:
            return Reply(quantity, NEVER)
        goods = pool.next_after(here, fit)
        goods = min(goods, self.instead.next_after(call, here)) if others else goods
        when = (moment, latest, at + life)
        there = there or (self.near > 0 and goods <= here + self.near)
        reply = Reply(0, NEVER) if there else (yield from self.groups.ways(call, rest, when))
        if others and not there and reply.got < rest:
            reply = yield self.instead.late(call, rest - reply.got, reply, here)
        rest -= reply.got
        if not rest:
            return Reply(quantity, NEVER)
        later, bound = goods, None if goods == NEVER else Bound(station.item.code, goods, by_lead_time=False)
        if reply.later < self._same_day(later, station.site) or bound is None:
            later, bound = min(later, reply.later), reply.bound
        return Reply(quantity - rest, station.usable(later), bound)

    def _same_day(self, comes: int, site: str) -> int:
        """Return from when on goods that come are as good as an order: the start of their day, if late ones count."""
        if comes == NEVER or not self.netting.policy.use_late_receipts:
            return comes
        return self.netting.times.day_start(comes, site)

    def settled(self, pool: Pool, until: int) -> Generator[Asking, Reply, None]:
        """Take up the settled orders from which something was just taken for the first time, to be good until then."""
        for number in pool.tapped():
            yield self._take_up(number, until)

    def _in_time(self, call: Call, missing: int, when: tuple[int, int, int]) -> Asking:
        """Order what is missing for a moment, or as soon after up to the latest as it can be; good until a third."""
        moment, latest, until = when
        rest, reply, stride = missing, Reply(0, NEVER), Stride(moment)
        for _ in range(MOST_ATTEMPTS):
            reply = yield from self._in_lots(call, rest, moment, until)
            rest -= reply.got
            if not rest or moment >= latest or latest < reply.later < NEVER:
                break
            moment = latest if reply.later == NEVER else min(latest, stride.after(moment, reply))
        return Reply(missing - rest, reply.later, reply.bound)

    def _in_lots(self, call: Call, missing: int, at: int, until: int) -> Asking:
        """Order what is missing for a moment by the first ways that can bring it, in as many lots as it takes.

        What a lot rule orders ahead comes with it where that can be in time, else what is missing comes without.
        """
        later, bound, rest, more, open_now = NEVER, None, missing, True, False
        while rest and more:
            more = False
            for draft, lots in self._lots(call, rest, at, until):
                full, open_now = draft.good, True
                reply = yield self._order(call, draft, rest, at)
                rest -= reply.got
                if reply.later < later or bound is None:
                    later, bound = reply.later, reply.bound
                more = lots and reply.got == full
                if not rest or more:
                    break
        if not rest:
            return Reply(missing, NEVER)
        station = call.station
        proposer = self.netting.proposer.of(station.segment)
        if not open_now:
            later = proposer.reopens(station.item, station.site, rest, at, max(0, until - at))
            fit = call.fit
            reason = self.netting.fitter.source(station, at, fit.revision, fit.life)[1]
            closed = reason.removeprefix("no source: ")
            bound = Bound(station.item.code, later, by_lead_time=False, closed=closed) if closed else None
        ever = proposer.ever(station.item, station.site, missing, call.fit.life)
        return Reply(missing - rest, later if ever else NEVER, bound)

    def _lots(self, call: Call, missing: int, at: int, until: int) -> Iterator[tuple[Draft, bool]]:
        """Yield the first lot of each way for what is missing, with and then without what is ordered ahead.

        With each, whether further lots are cut from the same need.
        """
        station = call.station
        proposer = self.netting.proposer.of(station.segment)
        whole = self.ahead(station, missing, at)
        for ahead in (whole, 0) if whole else (0,):
            drafts = proposer.drafts(station.item, station.site, missing, ahead, at, until)
            for draft in suitable(drafts, station.item, call.fit.revision):
                draft.safety, draft.ahead = 0, ahead
                lots = bool(draft.rest)
                yield (next(proposer.others(draft, station.site)) if lots else draft), lots

    def ahead(self, station: Station, missing: int, at: int) -> int:
        """Return how much a lot rule orders with what is missing at a moment for later needs."""
        handling = station.handling
        if handling is None or handling.plain:
            return 0
        if handling.level:
            return max(0, handling.level - self.pool(station).free_by(at))
        since, _, covered = self._cover(station, at)
        return max(0, covered - self.used.get((station.number, since), 0) - missing)

    def _cover(self, station: Station, at: int) -> tuple[int, int, int]:
        """Return the moments that one order covers, that of a moment among them, and how much it covers."""
        found = self.covers.get(station.place, {})
        for since, (through, covered) in found.items():
            if since <= at <= through:
                return since, through, covered
        return at, at, 0

    def _order(self, call: Call, draft: Draft, missing: int, at: int) -> Asking:
        """Order for a moment as much as its parts are there for; where it would start too soon, say when it can."""
        way, site = draft.way, call.station.site
        if way is None:
            return Reply(0, NEVER)
        begin = max(self.now, self.netting.fitter.fence(draft, site))
        if draft.start < begin:
            self._hold(call, draft, begin)
            return (yield self._trial(call, draft, begin, at))
        draft.fenced = self.held.get((call.station.number, call.want)) if self.held else None
        later, bound = NEVER, None
        while draft.quantity:
            mark = self.journal.mark()
            number = self._add(call.station, draft)
            startable, lacking = yield from self._parts(call, draft, number, at)
            if lacking is None:
                self.held.pop((call.station.number, call.want), None)
                return Reply(self._bring(call, draft, number, missing), later, bound)
            self.journal.back(mark)
            soonest = self._soonest(draft, site, max(lacking.later, begin), at)
            if soonest < later or bound is None:
                later, bound = soonest, lacking.bound
            self._cut(draft, self._floor(way, draft, call.station, startable), site)
        return Reply(0, later, bound)

    def _hold(self, call: Call, draft: Draft, begin: int) -> None:
        """Note when an order for somebody outside should have started that a planning time fence holds up."""
        if self.now < begin and (call.want < 0 or call.station.wants[call.want][2] < self.netting.outside):
            self.held.setdefault((call.station.number, call.want), draft.start)

    def _floor(self, way: Way, draft: Draft, station: Station, startable: int) -> int:
        """Return the largest lot that is no larger than what can be started."""
        proposer = self.netting.proposer.of(station.segment)
        return proposer.sizes(way, draft.item.code, station.site).floor(startable)

    def _trial(self, call: Call, draft: Draft, begin: int, at: int) -> Asking:
        """Say when an order could be there that starts at a moment at the earliest, with its parts; nothing is kept."""
        site, way = call.station.site, draft.way
        soonest = self._soonest(draft, site, begin, at)
        own = Reply(0, soonest, Bound(call.station.item.code, soonest, by_lead_time=True, fenced=self.now < begin))
        if soonest == NEVER:
            return own
        draft.due = self.netting.times.worked(soonest, site)
        self.netting.proposer.place(draft, site)
        if draft.start < begin:
            return own
        mark = self.journal.mark()
        number = self._add(call.station, draft)
        startable, lacking = yield from self._parts(call, draft, number, soonest)
        self.journal.back(mark)
        if lacking is None or (way is not None and self._floor(way, draft, call.station, startable)):
            return own
        return Reply(0, self._soonest(draft, site, max(lacking.later, begin), at), lacking.bound)

    def _soonest(self, draft: Draft, site: str, start: int, at: int) -> int:
        """Return when an order could be there that starts at a moment or after: later than it was asked for."""
        if start == NEVER:
            return NEVER
        return max(self.netting.proposer.soonest(draft, site, max(start, self.now)), at + 1)

    def _parts(self, call: Call, draft: Draft, number: int, at: int) -> Generator[Asking, Reply, Limit]:
        """Ask for all parts of an order; return how much can be started, and the reply of the part that limits it.

        Of several parts that limit it alike, that of the one that comes last; without one all parts are there. What
        limits the life of what is made must be good for whoever uses that at a moment.
        """
        netting, site = self.netting, call.station.site
        origin = netting.outside + number
        netting.lives.until[origin] = max(draft.due, at + call.fit.life)
        priority = call.station.wants[call.want][1] if call.want >= 0 else 0
        site = site if draft.way is None else draft.way.takes_from(site)
        startable, lacking = draft.quantity, None
        for part in () if draft.way is None else draft.way.parts:
            need = self._need(part, draft.quantity)
            child = netting.station(part.item, site, call.station.segment)
            moment = part.moment(draft.start, draft.due, draft.quantity)
            want = (moment, priority, origin, part.number, self._said(part, draft.quantity))
            one, there = Call(child, self.pool(child).want(want), netting.lives.of(want)), part.item in draft.there
            reply = yield self.serve(one, need, moment, there=there)
            if reply.got < need:
                most = _most(part, draft.quantity, reply.got, need)
                if lacking is None or most < startable or (most == startable and reply.later > lacking.later):
                    startable, lacking = most, reply
        return startable, lacking

    def _cut(self, draft: Draft, quantity: int, site: str) -> None:
        """Let an order start less."""
        way = draft.way
        if way is None:
            return
        draft.quantity, draft.good = quantity, way.good(quantity)
        draft.ahead = max(0, min(draft.ahead, draft.good - draft.wanted - draft.safety))
        if not draft.good:
            draft.quantity = 0
            return
        if isinstance(way, Recipe):
            self.netting.proposer.yields(draft, way)
        self.netting.proposer.place(draft, site)

    def _need(self, part: Part, started: int) -> int:
        if not part.to_phantom:
            return part.need(started)
        exact = part.exact(started, per_order=True) * int(10 ** self.netting.catalog.item(part.item).scale)
        return -(-exact.numerator // exact.denominator)

    def _said(self, part: Part, started: int) -> int | Fraction:
        return part.exact(started, per_order=True) if part.to_phantom else part.need(started)

    def _add(self, station: Station, draft: Draft) -> int:
        orders = self.orders
        number, good = self.netting.add(station, draft), draft.good
        station.orders.append(number)

        def undo() -> None:
            station.orders.pop()
            orders.drop()
            if draft.way is not None and draft.co_product is None:
                self.netting.proposer.quotas.count(station.item.code, station.site, way_of(draft.way), -good)

        self.journal.note(undo)
        give_back = self.netting.proposer.occupy(draft, station.site)
        if give_back is not None:
            self.journal.note(give_back)
        return number

    def _bring(self, call: Call, draft: Draft, number: int, missing: int) -> int:
        """Let an order's output be there: its part for the want it is for, the rest for everybody."""
        station, netting = call.station, self.netting
        got = 0
        for item, quantity in ((draft.item.code, draft.good), *draft.outputs):
            target = netting.station(item, station.site, station.segment)
            pool = self.pool(target)
            own = netting.gathered.arrives(target.item, draft.due - draft.aged)
            expires = min(own, netting.lives.ends.get(netting.outside + number, NEVER))
            place = pool.bring(Supply(draft.due, draft.due, quantity, expires, number))
            if target is station:
                self.orders.supply[number] = place
                got = min(missing, quantity)
                self._use(target, draft.due, quantity)
                if call.want >= 0:
                    pool.peg(call.want, place, got)
        return got

    def _use(self, station: Station, at: int, quantity: int) -> None:
        """Note how much of what one order is to cover is ordered."""
        if station.place not in self.covers:
            return
        key = (station.number, self._cover(station, at)[0])
        self.used[key] = self.used.get(key, 0) + quantity

        def undo() -> None:
            self.used[key] -= quantity

        self.journal.note(undo)

    def _phantom(self, call: Call, quantity: int, at: int) -> Asking:
        """Serve a phantom from its stock, whole steps only, and the rest by its parts, all of them or nothing."""
        station, netting = call.station, self.netting
        mark = self.journal.mark()
        _, priority, origin, came, said = station.wants[call.want]
        scale = 10**station.item.scale
        exact = Fraction(said, scale) if came == NO_PART else Fraction(said)
        whole = exact.numerator * scale // exact.denominator
        pool = self.pool(station)
        taken = whole - pool.take(call.want, whole, at, call.fit, self.refs)
        yield from self.settled(pool, at)
        rest = exact - Fraction(taken, scale)
        if origin >= netting.outside and taken:
            self._note_phantom(origin - netting.outside, station.item.code, taken)
        if not rest:
            return Reply(quantity, NEVER)
        recipe: Recipe | None = netting.sources.on(
            station.item.code, station.site, netting.times.day(at, station.site), netting.chosen(station, origin)
        )[1]
        if recipe is None or recipe.bom is None:
            self.journal.back(mark)
            return Reply(0, NEVER)
        started = rest * recipe.per_good * scale
        later, bound = 0, None
        for each in recipe.parts:
            part = netting.sources.within(each, came)
            needed = (part.exact if part.to_phantom else part.whole)(started, per_order=True)
            child = netting.station(part.item, station.site, station.segment)
            steps = needed * int(10**child.item.scale) if part.to_phantom else needed
            need = -(-steps.numerator // steps.denominator)
            place = self.pool(child).want((at, priority, origin, part.number, needed))
            lives, outside = netting.lives, origin < netting.outside
            life = call.fit.life if outside else lives.handed_down(origin, part.number, at)
            reply = yield self.serve(Call(child, place, Fit(life, customer=call.fit.customer)), need, at)
            if reply.got < need and reply.later > later:
                later, bound = reply.later, reply.bound
        if later:
            self.journal.back(mark)
            return Reply(0, later, bound)
        return Reply(quantity, NEVER)

    def _note_phantom(self, number: int, item: str, taken: int) -> None:
        known = self.orders.phantoms.setdefault(number, {})
        known[item] = known.get(item, 0) + taken

        def undo() -> None:
            known[item] -= taken
            if not known[item]:
                del known[item]

        self.journal.note(undo)


def _most(part: Part, started: int, got: int, need: int) -> int:
    """Return the most that may be started with what is there of a part, less than what was asked for."""
    if part.to_phantom:
        return min(started - 1, started * got // need)
    low, high = 0, started - 1
    while low < high:
        middle = (low + high + 1) // 2
        if part.need(middle) <= got:
            low = middle
        else:
            high = middle - 1
    return low if part.need(low) <= got else 0
