"""Netting a whole factory by buckets in milliseconds, for sweeps over demand and stock: needs numpy, `prodstock[grid]`.

>>> from datetime import UTC, datetime, timedelta
>>> from prodstock.calendars.calendar import Calendar
>>> from prodstock.master.bom import BillOfMaterial, BomLine
>>> from prodstock.master.catalog import Catalog
>>> from prodstock.master.item import Item
>>> from prodstock.master.location import Site
>>> from prodstock.master.sourcing import Sourcing
>>> from prodstock.orders.demand import Demand
>>> from prodstock.planning.snapshot import Snapshot
>>> now, day = datetime(2026, 3, 2, tzinfo=UTC), timedelta(days=1)
>>> catalog = Catalog([
...     Site("MAIN", calendar=Calendar("ALWAYS", week="Mo-Su 00:00-24:00")),
...     Item("CUP", lead_time=2 * day), BillOfMaterial("CUP", [BomLine("CLAY", "0.4")]),
...     Item("CLAY", unit="kg", scale=1), Sourcing("CLAY", supplier="PIT", lead_time=5 * day, multiple=25),
... ])
>>> cups = Demand("CUP", 120, due=now + 18 * day, ref="SO-1")
>>> grid = Grid.of(Snapshot(catalog=catalog, at=now, promises=[cups]), until=now + 30 * day, bucket=day)
>>> grid
<Grid of 2026-03-02: 2 items, 30 buckets and 7 before>
>>> usual = grid.net()
>>> usual.totals()
{'CUP': Decimal('120'), 'CLAY': Decimal('50.0')}
>>> print(grid.net(demand=2 * grid.demand).against(usual))
item  before  after
CLAY    50.0  100.0
CUP      120    240
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import attrs

try:
    import numpy as np
except ImportError as error:
    raise ImportError("grids need numpy: install prodstock[grid]") from error

from prodstock._render import day
from prodstock.calendars.zone import from_micros, micros, start_of
from prodstock.errors import Finding, InvalidData, InvalidValueError
from prodstock.extras.arrays import LIMIT, Ints, kept, sums, whole
from prodstock.extras.buckets import Buckets
from prodstock.extras.netted import Netted
from prodstock.extras.structure import Structure, Structures
from prodstock.extras.sweep import Inputs, Sweep
from prodstock.master import checks
from prodstock.master.codes import set_aside_for
from prodstock.planning.gather import gather
from prodstock.planning.kernel import STOCK
from prodstock.planning.lead_time import LeadTimes
from prodstock.planning.policy import PlanningPolicy
from prodstock.planning.snapshot import Snapshot
from prodstock.planning.ways import MICROSECOND
from prodstock.stock.lot import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.calendars.span import Moment
    from prodstock.planning.gather import Gathered

_MOST_BUCKETS: Final = 20_000
_MONTH: Final = timedelta(days=30)


@attrs.frozen(repr=False, eq=False)
class Grid:
    """A factory at one site as arrays, ready to be netted: buckets times items, in the smallest steps of each item.

    Items stand level by level, those that need an item before it; find one by `index`. Buckets are equally long; the
    one at `now` starts at the snapshot's moment, those before it are for what would have to start in the past. The
    arrays are read-only: change a copy, and net that.

    Attributes:
        items: the codes of the items, by column.
        starts: when each bucket starts, in UTC, by row.
        now: the row of the bucket that starts now.
    """

    items: tuple[str, ...]
    starts: tuple[datetime, ...]
    now: int
    _structure: Structure = attrs.field(kw_only=True)
    _begins: Ints = attrs.field(kw_only=True)
    _own: Inputs = attrs.field(kw_only=True)

    @property
    def demand(self) -> Ints:
        """What is wanted from outside: open demands, what launched orders still take, transfers that leave."""
        return self._own.demand

    @property
    def scheduled(self) -> Ints:
        """What is on its way, not before now: purchases, transfers, launched orders, stock that is not ready yet."""
        return self._own.scheduled

    @property
    def stock(self) -> Ints:
        """What is there now and free, one number an item."""
        return self._own.stock

    @property
    def safety(self) -> Ints:
        """The safety stock, one number an item."""
        return self._own.safety

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        *,
        until: Moment,
        bucket: timedelta,
        site: str = "MAIN",
        forecast_window: timedelta = _MONTH,
    ) -> Grid:
        """Return the grid of a snapshot: the catalog is compiled once for all its snapshots.

        What happens within a bucket counts as if it happened at its start; so what comes and what is wanted within the
        same bucket meet. An order starts in the bucket in which `plan` lets one start that is due at the start of its
        own: lead times run on the calendars of site and supplier, and are rounded up to buckets. Only rows of the one
        site count: without lanes, sites do not supply each other.

        Args:
            snapshot: what there is and what was promised.
            until: the end of the horizon: demands due from then on are left out; a date is its start at the site MAIN.
            bucket: how long a bucket is.
            site: where.
            forecast_window: how far an order reaches for forecasts to consume, as in `PlanningPolicy`.

        Raises:
            InvalidData: if the snapshot names what its catalog does not have, or has what grids are not for, with every
                such item and why: phantoms, co-products, perishables, several ways that change by quota or date,
                transfer lanes, lead times from routings, days of ordering and delivery, inspection times, planning
                parameters, follow-ups, substitutes that planning takes, needs by a measure, settled orders, lots that
                expire or do not serve everybody, what is of a project or made to order, and numbers that do not fit 64
                bits.
            InvalidValueError: if the horizon ends before it starts, or makes too many buckets.
            UnknownCode: if there is no such site.

        O(items + lines) for a new catalog, then O(buckets x items + lots + promises).
        """
        checks.instance(snapshot, Snapshot, "snapshot", "Use plant.snapshot()")
        checks.duration(bucket, "bucket")
        if bucket <= timedelta():
            raise InvalidValueError(field="bucket", value=bucket, reason="is not above zero", advice="Give a day or so")
        times = LeadTimes(snapshot.catalog)
        site = snapshot.catalog.site(site).code
        end, now, length = micros(start_of(until, times.zone("MAIN"))), micros(snapshot.at), bucket // MICROSECOND
        if end <= now:
            raise InvalidValueError(field="until", value=until, reason="is not after now", advice="Give a later day")
        policy = PlanningPolicy(forecast_window=forecast_window)
        gathered = gather(snapshot, times, policy, from_micros(end))
        findings = [*_refused(snapshot, gathered, site)]
        if findings:
            raise InvalidData(findings=findings)
        structure = snapshot.catalog.derived(Structures).at(site)
        return _filled(gathered, Buckets(structure, times, site, now, length), site, -(-(end - now) // length))

    def index(self, item: str, /) -> int:
        """Return the column of an item.

        Raises:
            UnknownCode: if there is no such item.
        """
        return self._structure.column(item)

    def row(self, at: Moment, /) -> int:
        """Return the row of the bucket in which a moment lies; a date means its start in UTC.

        Raises:
            InvalidValueError: if it lies in none.
        """
        moment = start_of(at, UTC)
        row = bisect_right(self.starts, moment) - 1
        if row < 0 or moment - self.starts[row] >= self.starts[-1] - self.starts[-2]:
            raise InvalidValueError(field="at", value=at, reason="is in no bucket of the grid")
        return row

    def net(
        self,
        *,
        demand: Ints | None = None,
        scheduled: Ints | None = None,
        stock: Ints | None = None,
        safety: Ints | None = None,
    ) -> Netted:
        """Return what is wanted, ordered and left of each item in each bucket; what is not given is the grid's own.

        Each item is netted after all that needs it, bucket by bucket: what falls below zero, or from now on below the
        safety stock, is ordered in the bucket in which it does, a made item with its scrap, all in lot sizes; and what
        the order needs is wanted in the bucket in which it starts, which may lie before now. That is what `plan` does
        with `PlanningPolicy(safety=SafetyStock.AT_ONCE, use_late_receipts=False)`, equal in every cell where all
        moments are the starts of buckets and work goes on at all of them. An item that cannot be ordered falls below
        zero.

        Raises:
            InvalidTypeError: if what is given is no array of whole numbers.
            InvalidValueError: if its shape is not the grid's, a number is below zero, a receipt stands before now, an
                order would start before the first bucket, or a sum does not fit 64 bits, with the item.

        O(buckets x items + needs of orders).
        """
        shape, own = self.demand.shape, self._own
        if demand is not None:
            wanted = whole(demand, shape, "demand")
            own = own._replace(demand=wanted, wanted=sums(wanted))
        if scheduled is not None:
            coming = whole(scheduled, shape, "scheduled")
            own = own._replace(scheduled=coming, coming=sums(coming), receiving=np.any(coming, axis=1))
        if stock is not None:
            own = own._replace(stock=whole(stock, shape[1:], "stock"))
        if safety is not None:
            own = own._replace(safety=whole(safety, shape[1:], "safety"))
        gross, orders = Sweep(self._structure, self._begins, self.now, own).run()
        return Netted(self._structure, self.starts, self.now, own, gross, orders)

    def __repr__(self) -> str:
        coming = len(self.starts) - self.now
        return (
            f"<Grid of {day(self.starts[self.now])}: {len(self.items)} items, {coming} buckets and {self.now} before>"
        )


_Cell = tuple[int, int, int]
"""The bucket, the number of the item, the quantity in steps."""


def _refused(snapshot: Snapshot, gathered: Gathered, site: str) -> Iterator[Finding]:
    """Yield what of a snapshot grids are not for."""
    for number, order in enumerate(snapshot.firm, 1):
        message = f"{order.item} has a settled order"
        yield Finding("firm", number, "code", "not-for-grids", message, "Net a snapshot without settled orders")
    for asked in gathered.asked:
        item, place, segment = asked.place
        if segment and place == site:
            yield _apart("promises", f"{asked.name} of {item}", item, segment)
    for (item, place, segment), reals in gathered.supplies.items():
        for real in reals if place == site else ():
            if segment:
                yield _apart("lots", f"{real.label} of {item}", item, segment)
            elif not real.plain:
                why = "expires" if real.expires != NEVER else "does not serve everybody"
                message = f"{real.label} of {item} {why}"
                yield Finding("lots", None, item, "not-for-grids", message, "Plan it with prodstock.plan")


def _apart(table: str, what: str, item: str, segment: str) -> Finding:
    message = f"{what} is for {set_aside_for(segment)} alone"
    return Finding(table, None, item, "not-for-grids", message, "Plan it with prodstock.plan")


def _filled(gathered: Gathered, buckets: Buckets, site: str, coming: int) -> Grid:
    """Return the grid of what a snapshot holds at a site, with so many buckets from now on.

    Raises:
        InvalidValueError: if that makes too many buckets, or more of an item than fits 64 bits.
    """
    structure = buckets.structure
    index = structure.index
    wants = [
        (buckets.at(asked.at), index[asked.place[0]], asked.quantity)
        for asked in gathered.asked
        if asked.place[1] == site
    ]
    first = _MOST_BUCKETS if coming > _MOST_BUCKETS else -buckets.earliest(min([0, *(cell[0] for cell in wants)]))
    if first + coming > _MOST_BUCKETS:
        reason = f"makes more than {_MOST_BUCKETS} buckets, with those that lead times need before now"
        raise InvalidValueError(field="bucket", value=coming, reason=reason, advice="Give a longer one")
    supplies = [
        (-1 if real.kind == STOCK else buckets.at(real.at), index[item], real.quantity)
        for (item, place, _), reals in gathered.supplies.items()
        if place == site
        for real in reals
    ]
    shape = (first + coming, len(index))
    demand = _cells(shape, first, wants, structure)
    scheduled = _cells(shape, first, [cell for cell in supplies if 0 <= cell[0] < coming], structure)
    stock = kept(_cells((1, len(index)), 1, [cell for cell in supplies if cell[0] < 0], structure)[0])
    receiving = np.any(scheduled, axis=1)
    return Grid(
        tuple(index),
        tuple([from_micros(buckets.moment(bucket)) for bucket in range(-first, coming)]),
        first,
        structure=structure,
        begins=buckets.table(-first, coming),
        own=Inputs(demand, scheduled, stock, structure.safety, sums(demand), sums(scheduled), receiving),
    )


def _cells(shape: tuple[int, int], first: int, cells: Iterable[_Cell], structure: Structure) -> Ints:
    """Return the sums of cells as an array whose rows begin so many buckets before now."""
    found = np.zeros(shape, dtype=np.int64)
    sums: dict[int, int] = {}
    kinds = list(cells)
    for _, item, quantity in kinds:
        sums[item] = sums.get(item, 0) + quantity
        if sums[item] >= LIMIT:
            code = structure.items[item].code
            raise InvalidValueError(field="quantity", value=code, reason="is wanted or there in more than fits 64 bits")
    if kinds:
        buckets, items, quantities = np.array(kinds, dtype=np.int64).T
        np.add.at(found, (buckets + first, items), quantities)
    return kept(found)
