"""What the fields of forecasts, lot sizes and plans may hold, where their classes refuse what does not fit together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from prodstock.calendars.span import WorkingDays
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.master.lot_sizes import LotSizes
from prodstock.master.sourcing import Sourcing
from prodstock.orders.demand import Demand
from prodstock.planning.forecast.answer import Forecast, ForecastPeriod
from prodstock.planning.forecast.averages import MovingAverage, Naive, WeightedMovingAverage
from prodstock.planning.forecast.choice import BestMethod
from prodstock.planning.forecast.history import DemandHistory
from prodstock.planning.forecast.intermittent import TSB, Croston, CrostonKind
from prodstock.planning.forecast.seasonal import HoltWinters
from prodstock.planning.forecast.smoothing import ExponentialSmoothing, Holt
from prodstock.planning.lot_sizing.economic import EconomicOrderQuantity, PeriodicOrderQuantity
from prodstock.planning.lot_sizing.periods import CalendarPeriods, PeriodOfSupply
from prodstock.planning.lot_sizing.plain import FixedQuantity, ReplenishToMaximum
from prodstock.planning.lot_sizing.terms import LotTerms
from prodstock.planning.planner import plan
from prodstock.planning.policy import Mode, PlanningPolicy
from prodstock.planning.snapshot import Held, Snapshot
from prodstock.stock.allocation import OpenLot
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prodstock.planning.plan import Plan

NOW: Final = datetime(2026, 3, 2, 6, tzinfo=UTC)
LAMP: Final = Catalog(
    [
        Item("LAMP", lead_time=WorkingDays(2)),
        BillOfMaterial("LAMP", [BomLine("BULB", 2)]),
        Item("BULB", safety_stock=5),
        Sourcing("BULB", supplier="LUX", lead_time=WorkingDays(9), minimum=50),
    ]
)


def _numbers() -> st.SearchStrategy[int]:
    return st.integers(1, 1000)


def _shares() -> st.SearchStrategy[Decimal | None]:
    return st.one_of(st.none(), st.builds(lambda digits: Decimal(digits).scaleb(-2), st.integers(1, 99)))


def _histories() -> st.SearchStrategy[list[int | None]]:
    return st.lists(st.one_of(st.none(), st.integers(0, 1000)), min_size=1, max_size=6)


def methods() -> st.SearchStrategy[Any]:
    """Return methods of forecasting."""
    plain = st.sampled_from((Naive(), Naive(12), MovingAverage(3), WeightedMovingAverage([3, 2, 1]), BestMethod()))
    return st.one_of(
        plain,
        st.builds(ExponentialSmoothing, _shares()),
        st.builds(Holt, _shares(), _shares()),
        st.builds(HoltWinters, st.integers(2, 12), alpha=_shares()),
        st.builds(Croston, _shares(), kind=st.sampled_from(CrostonKind)),
        st.builds(TSB, _shares(), _shares()),
    )


def plans() -> st.SearchStrategy[Plan]:
    """Return plans of lamps, in which more or less is late."""
    return st.builds(_plan, st.integers(1, 90), st.integers(0, 60), st.integers(0, 30), st.sampled_from(Mode))


def _plan(wanted: int, there: int, days: int, mode: Mode) -> Plan:
    demand = Demand("LAMP", wanted, due=date(2026, 3, 2) + timedelta(days=days), ref="SO-1")
    lots = [OpenLot("BULB", there, received=NOW)]
    snapshot = Snapshot(catalog=LAMP, at=NOW, lots=lots, promises=[demand])
    return plan(snapshot, PlanningPolicy(mode=mode), until=date(2026, 7, 1))


def _periods() -> st.SearchStrategy[list[ForecastPeriod]]:
    amount = st.integers(0, 1000).map(Decimal)
    period = st.builds(ForecastPeriod, st.just(NOW.date()), st.just(NOW.date()), amount, amount, st.tuples(amount))
    return st.lists(period, min_size=1, max_size=3)


FIELDS: Final[Mapping[type, Mapping[str, Callable[[], st.SearchStrategy[Any]]]]] = {
    DemandHistory: {
        "quantities": _histories,
        "start": lambda: st.builds(date, st.integers(2000, 2050), st.integers(1, 12), st.just(1)),
        "unit": lambda: st.sampled_from(("pcs", "kg", "m")),
        "scale": lambda: st.integers(0, 6),
    },
    Forecast: {
        "periods": lambda: _periods().map(Table),
        "levels": lambda: st.just((Decimal("0.9"),)),
        "scale": lambda: st.integers(0, 6),
    },
    Naive: {"season": _numbers, "quantiles": lambda: st.just(("0.5", "0.9"))},
    MovingAverage: {"window": _numbers, "quantiles": lambda: st.just(())},
    WeightedMovingAverage: {"weights": lambda: st.just((3, 2, 1)), "quantiles": lambda: st.just(())},
    ExponentialSmoothing: {"alpha": _shares, "quantiles": lambda: st.just(())},
    Holt: {"alpha": _shares, "beta": _shares, "damping": _shares, "quantiles": lambda: st.just(())},
    HoltWinters: {
        **dict.fromkeys(("alpha", "beta", "gamma", "damping"), _shares),
        **dict.fromkeys(("level", "trend", "seasons"), st.none),
        "season": lambda: st.integers(2, 12),
        "quantiles": lambda: st.just(()),
    },
    Croston: {"alpha": _shares, "beta": _shares, "quantiles": lambda: st.just(())},
    TSB: {"alpha": _shares, "beta": _shares, "quantiles": lambda: st.just(())},
    BestMethod: {"season": _numbers, "trials": _numbers},
    LotSizes: {
        "minimum": lambda: st.integers(0, 9),
        "maximum": lambda: st.sampled_from((0, 1000)),
        "multiple": lambda: st.integers(0, 9),
        "fixed": lambda: st.just(0),
    },
    LotTerms: {"opening": _numbers},
    FixedQuantity: {"quantity": _numbers},
    ReplenishToMaximum: {"maximum": _numbers},
    PeriodOfSupply: {"periods": _numbers},
    CalendarPeriods: {"starts": lambda: st.lists(_numbers(), min_size=1, max_size=4, unique=True).map(sorted)},
    EconomicOrderQuantity: {"rate": lambda: st.one_of(st.none(), _numbers())},
    PeriodicOrderQuantity: {"rate": lambda: st.one_of(st.none(), _numbers())},
    Snapshot: {"done": lambda: st.dictionaries(st.sampled_from(("SO-1", "PU-1")), _numbers(), max_size=2)},
    Held: {"line": lambda: st.one_of(st.none(), _numbers())},
}
"""What fields hold by class and name."""
