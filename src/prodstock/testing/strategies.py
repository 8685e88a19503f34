"""Values of every public type, drawn by hypothesis: for the tests of this library and of hosts that store its values.

`values(kind)` draws any record, enumeration or value that a document can hold. What it draws is valid by itself; only
`catalogs()` draws definitions that refer to one another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, Flag
from fractions import Fraction
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast, get_args

import attrs
from hypothesis import reject
from hypothesis import strategies as st

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.downtime import Downtime, Windows
from prodstock.calendars.exception import CalendarException
from prodstock.calendars.holidays import Holidays
from prodstock.calendars.recurrence import Recurrence
from prodstock.calendars.span import WorkingDays
from prodstock.codec.hints import Hint, bare, choices, fields_of, plain_class
from prodstock.codec.tags import BASES, COMMANDS, DEFINITIONS, EVENTS, TAGS
from prodstock.errors import InvalidValueError
from prodstock.journal.command import Done, Together
from prodstock.journal.commit import Event, Recorded
from prodstock.master.bom import BillOfMaterial, BomLine, SubstituteGroup
from prodstock.master.bom_terms import Condition
from prodstock.master.catalog import Catalog
from prodstock.master.codes import segment_code
from prodstock.master.condition import Cases, Chosen
from prodstock.master.item import Item, Tracking
from prodstock.master.location import Site
from prodstock.master.measure import EachBegun, Greatest, Least, Linear, Measure, Stepped, Total
from prodstock.master.option import Option
from prodstock.master.quality_state import Quality, QualityState
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.resource import Resource
from prodstock.master.routing import Operation, OperationKind, Routing
from prodstock.master.setups import Setups
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.planning.forecast.answer import ForecastMethod
from prodstock.planning.lot_sizing.terms import SizedLot
from prodstock.planning.plan import Plan
from prodstock.quantities.money import Money
from prodstock.quantities.quantity import Quantity
from prodstock.scenario.calendar_change import CalendarChange
from prodstock.scenario.demand_change import DemandChange, DemandLoss
from prodstock.scenario.loss_change import ScrapChange, YieldChange
from prodstock.scenario.stock_correction import StockCorrection
from prodstock.scenario.supply_change import LeadTimeChange, PriceChange
from prodstock.scheduling.policy import Blend, Goal
from prodstock.scheduling.problem import Job, Problem
from prodstock.scheduling.schedule import Schedule, schedule
from prodstock.scheduling.standing import OperationStatus, Standing
from prodstock.tables import Table
from prodstock.testing import answer_strategies

if TYPE_CHECKING:
    from prodstock.master.definition import Definition

T = TypeVar("T")

Draws: TypeAlias = Callable[[], st.SearchStrategy[Any]]
"""Makes a strategy when it is asked for: hypothesis is slow to start, and types hold one another."""

ZONES: Final = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo")
WEEKS: Final = ("closed", "Mo-Fr 08:00-16:00", "Mo-Th 22:00-06:00; Fr closed", "00:00-24:00")
RULES: Final = ("FREQ=MONTHLY;BYDAY=1MO", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "FREQ=DAILY;COUNT=5")
UNITS: Final = ("pcs", "kg", "g", "m", "km", "box")


def codes() -> st.SearchStrategy[str]:
    """Return codes of items, lots, orders: short, printable, in normal form, some of them not in ASCII."""
    return st.text("ABCXYZ0123456789-äß", min_size=1, max_size=8)


def segments() -> st.SearchStrategy[str]:
    """Return whose stock something is: free, a project's, or that of a demand made to order."""
    return st.one_of(st.just(""), codes().map("project:".__add__), codes().map("own:".__add__))


def texts() -> st.SearchStrategy[str]:
    """Return free texts, with whatever people paste into a form."""
    return st.text(max_size=20)


def amounts() -> st.SearchStrategy[Decimal]:
    """Return numbers above zero, of up to nine digits and six decimals, trailing zeros included."""
    return st.builds(_decimal, st.integers(1, 10**9), st.integers(0, 6))


def _decimal(digits: int, places: int) -> Decimal:
    return Decimal(f"{digits}e-{places}")


def shares() -> st.SearchStrategy[Decimal]:
    """Return numbers from 0 to 0.3: scrap, shares of cost."""
    return st.builds(_decimal, st.integers(0, 30), st.just(2))


def ratios() -> st.SearchStrategy[Fraction]:
    """Return ratios of small integers."""
    return st.fractions(min_value=0, max_value=1000, max_denominator=1000)


def quantities() -> st.SearchStrategy[Quantity]:
    """Return quantities above zero with their units; some have no finite decimal form."""
    exact = st.one_of(amounts(), st.builds(Fraction, st.integers(1, 100), st.integers(1, 100)))
    return st.builds(Quantity, exact, st.sampled_from(UNITS))


def money() -> st.SearchStrategy[Money]:
    """Return amounts of money."""
    return st.builds(Money, amounts(), st.sampled_from(("EUR", "USD", "JPY")))


def days() -> st.SearchStrategy[date]:
    """Return days of the years 2000 to 2050."""
    return st.dates(date(2000, 1, 1), date(2050, 12, 31))


def moments() -> st.SearchStrategy[datetime]:
    """Return moments of the years 2000 to 2050, in UTC, to the microsecond."""
    return st.datetimes(datetime(2000, 1, 1), datetime(2050, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def durations() -> st.SearchStrategy[timedelta]:
    """Return durations from nothing to ten years."""
    return st.timedeltas(timedelta(), timedelta(days=3650))


def definitions() -> st.SearchStrategy[Definition]:
    """Return definitions of all kinds, each valid by itself."""
    return st.one_of(*(cast("st.SearchStrategy[Definition]", values(kind)) for kind in DEFINITIONS))


def events() -> st.SearchStrategy[Event]:
    """Return events of all kinds."""
    return st.one_of(*(cast("st.SearchStrategy[Event]", values(kind)) for kind in EVENTS))


def recorded() -> st.SearchStrategy[Recorded]:
    """Return events of all kinds in their envelopes."""
    return values(Recorded)


@st.composite
def catalogs(draw: st.DrawFn, *, max_items: int = 6) -> Catalog:
    """Return catalogs whose definitions fit together: items, bills without circles, routings, sourcings, sites."""
    items = draw(st.lists(values(Item), min_size=1, max_size=max_items, unique_by=lambda item: item.code))
    items = [attrs.evolve(item, factors={}, follow_up=None) for item in items]
    plain = [attrs.evolve(item, safety_stock=0, minimum=0, multiple=0) for item in items]
    definitions: list[Definition] = list(plain)
    for at, item in enumerate(plain[:-1]):
        below = draw(st.lists(st.sampled_from(plain[at + 1 :]), max_size=3))
        lines = [BomLine(one.code, draw(amounts()), scrap=draw(shares())) for one in below]
        if lines:
            definitions.append(BillOfMaterial(item.code, lines, revision=draw(codes())))
        elif draw(st.booleans()):
            definitions.append(Sourcing(item.code, supplier=draw(codes()), lead_time=draw(durations())))
        else:
            definitions.append(Routing(item.code, [Operation("make", run_per_unit=draw(durations()))]))
    sites = draw(st.lists(values(Site), max_size=2, unique_by=lambda site: site.code))
    suppliers = draw(st.lists(values(Supplier), max_size=2, unique_by=lambda one: one.code))
    return Catalog([*definitions, *sites, *suppliers])


def values(kind: type[T]) -> st.SearchStrategy[T]:
    """Return values of a public type.

    >>> from prodstock.master.item import Item
    >>> values(Item)
    deferred(lambda: _of(kind))
    """
    return cast("st.SearchStrategy[T]", st.deferred(lambda: _of(kind)))


def _of(hint: Hint) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one case a line
    several = choices(hint)
    if len(several) > 1:
        return st.one_of(*(st.none() if one is NoneType else _of(one) for one in several))
    if hint in _SPECIAL:
        return _SPECIAL[hint]()
    kind = plain_class(hint)
    if kind in _LEAVES:
        return _LEAVES[kind]()
    if issubclass(kind, Flag):
        return st.lists(st.sampled_from(list(kind)), max_size=4).map(lambda some: _joined(kind, some))
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if issubclass(kind, tuple):
        return _several(kind, hint)
    if issubclass(kind, Mapping):
        held = get_args(hint)[1]
        return st.dictionaries(codes(), st.deferred(lambda: _of(bare(held))), max_size=3)
    if kind in BASES:
        members = [one for one in (*EVENTS, *DEFINITIONS, *COMMANDS) if issubclass(one, kind)]
        return st.sampled_from(members).flatmap(_of)
    return records(kind)


def _joined(kind: type[Flag], some: list[Flag]) -> Flag:
    found = kind(0)
    for one in some:
        found |= one
    return found


def _several(kind: type, hint: Hint) -> st.SearchStrategy[Any]:
    arguments = get_args(hint)
    if kind is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return st.tuples(*(_of(bare(one)) for one in arguments))
    inner = bare(arguments[0]) if arguments else object
    members = st.lists(st.deferred(lambda: _of(inner)), max_size=2)
    return members.map(Table if issubclass(kind, Table) else tuple)


@st.composite
def records(draw: st.DrawFn, kind: type[T]) -> T:
    """Return records of a class; some fields are left at their defaults."""
    special = _FIELDS.get(kind, {})
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    named = {field.alias: field for field in attrs.fields(cast("Any", kind))}
    for field in fields_of(kind):
        drawn = special[field.name]() if field.name in special else _field(field.hint, named[field.name])
        (required if field.required else optional)[field.name] = drawn
    given = draw(st.fixed_dictionaries(required, optional=optional))
    for start, end in _PERIODS:
        if isinstance(given.get(start), date) and isinstance(given.get(end), date):
            given[end] = given[start] + timedelta(days=draw(st.integers(1, 400)))
    _AFTER.get(kind, _as_drawn)(given)
    try:
        return kind(**given)
    except InvalidValueError:
        reject()


def _field(hint: Hint, field: attrs.Attribute[Any]) -> st.SearchStrategy[Any]:
    """Return what a field may hold: texts that are converted are codes, or whose stock it is; others are free."""
    converter: object = field.converter
    if converter is segment_code:
        return segments()
    if converter is not None and get_args(hint) == (str, Ellipsis):
        return _code_lists(least=0)
    if str in choices(hint) and converter is not None:
        return st.one_of(codes(), st.none()) if NoneType in choices(hint) else codes()
    return st.deferred(lambda: _of(hint))


@st.composite
def _problems(draw: st.DrawFn) -> Problem:
    """Return problems whose jobs run on their resources, at their sites, and come after earlier ones."""
    jobs = draw(st.lists(records(Job), max_size=3, unique_by=lambda one: one.code))
    units: dict[str, int] = {}
    for operation in (operation for job in jobs for operation in job.operations):
        for code in (operation.resource, *(one.resource for one in operation.alternatives)):
            if code is not None:
                units.setdefault(code, 1)
        for one in operation.secondary:
            units[one.resource] = max(one.units, units.get(one.resource, 1))
    resources = [Resource(code, capacity=capacity) for code, capacity in sorted(units.items())]
    jobs = [attrs.evolve(job, after=[one.code for one in jobs[:place]]) for place, job in enumerate(jobs)]
    sites = [Site(one) for one in sorted({job.site for job in jobs})]
    start = draw(moments())
    return Problem(start=start, resources=resources, jobs=jobs, sites=sites)


@st.composite
def _schedules(draw: st.DrawFn) -> Schedule:
    """Return schedules of problems that end within the years that there are."""
    try:
        return schedule(draw(_problems()))
    except InvalidValueError:
        reject()


def _as_drawn(given: dict[str, Any]) -> None:
    """Leave what was drawn as it is."""


def _serials_are_whole(given: dict[str, Any]) -> None:
    if given.get("tracking") is Tracking.SERIAL:
        given.pop("scale", None)


def _one_loss(given: dict[str, Any]) -> None:
    if given.get("scrap"):
        given.pop("yield_rate", None)


def _waiting_occupies_nothing(given: dict[str, Any]) -> None:
    if given.get("kind") is OperationKind.WAIT:
        given.pop("resource", None)
    if "skill" not in given or given.get("kind") in {OperationKind.WAIT, OperationKind.SUBCONTRACT}:
        given.pop("skill", None)
        given.pop("crew", None)
    if given.get("kind") is OperationKind.WAIT or given.get("resource") is None:
        given.pop("alternatives", None)
    if given.get("kind") is OperationKind.WAIT:
        given.pop("secondary", None)
    taken = {given.get("resource")}
    for field in ("alternatives", "secondary"):
        if field in given:
            kept = [one for one in given[field] if one.resource not in taken]
            given[field] = list({one.resource: one for one in kept}.values())
            taken |= {one.resource for one in kept}


def _cleaned_or_not(given: dict[str, Any]) -> None:
    given["cleaning"] = timedelta(hours=1) if given.get("clean_after") else timedelta()
    given["clean_after"] = given.get("clean_after") or None


def _said_of_status(given: dict[str, Any]) -> None:
    if given["status"] is OperationStatus.LOCKED:
        given["start"] = given.get("start") or datetime(2026, 3, 2, tzinfo=UTC)
    if given["status"] is OperationStatus.STARTED:
        given["left"] = given.get("left") or timedelta(hours=1)


def _set_up_alone(given: dict[str, Any]) -> None:
    if given.get("setups") is not None:
        given.pop("batch", None)
        given.pop("capacity", None)
        given.pop("skills", None)


def _one_output(given: dict[str, Any]) -> None:
    given["outputs"] = given.get("outputs", ())[:1]


def _keep_one(given: dict[str, Any], *names: str, otherwise: object) -> None:
    """Leave one of several fields that say the same; give the first one a value where none has one."""
    named = [name for name in names if given.get(name) is not None] or [names[0]]
    value = given.get(named[0])
    for name in names:
        given.pop(name, None)
    given[named[0]] = otherwise if value is None else value


def _one_change_of_demands(given: dict[str, Any]) -> None:
    _keep_one(given, "times", "more", "less", otherwise=Decimal("1.2"))
    _keep_one(given, "later", "sooner", otherwise=timedelta(days=3))
    _some_demands(given)


def _some_demands(given: dict[str, Any]) -> None:
    if all(given.get(name) is None for name in ("ref", "item", "customer", "kind")):
        given["item"] = "A"


def _one_lead_time(given: dict[str, Any]) -> None:
    _keep_one(given, "to", "longer", "shorter", "times", otherwise=WorkingDays(5))
    given["item"] = given.get("item") or "A"


def _one_price(given: dict[str, Any]) -> None:
    _keep_one(given, "to", "times", otherwise=Money(5, "EUR"))
    given["item"] = given.get("item") or "A"


def _one_place_of_scrap(given: dict[str, Any]) -> None:
    if given.get("component") is not None:
        given.pop("operation", None)


def _some_exceptions(given: dict[str, Any]) -> None:
    if given.get("to") is None:
        given["exceptions"] = given.get("exceptions") or (CalendarException(date(2026, 5, 1), date(2026, 5, 2)),)


def _one_correction(given: dict[str, Any]) -> None:
    _keep_one(given, "quality", "quantity", otherwise=Quality.BLOCKED)
    if "quality" not in given:
        given.pop("reason", None)


def _code_lists(*, least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(codes(), min_size=least, max_size=3, unique=True)


def _measures() -> st.SearchStrategy[Measure]:
    """Return measures of one word; those of several are made of these."""
    return st.one_of(records(Stepped), records(EachBegun), records(Linear))


def _conditions() -> st.SearchStrategy[Condition]:
    """Return conditions of one choice, and of two options."""
    one = records(Chosen)
    return st.one_of(one, st.tuples(one, one).filter(_of_two).map(lambda pair: ~(pair[0] & ~pair[1])))


def _of_two(pair: tuple[Chosen, Chosen]) -> bool:
    return pair[0].option != pair[1].option


def _risen(pairs: list[tuple[Decimal, Decimal]]) -> tuple[tuple[Decimal, Decimal], ...]:
    """Return steps of which none counts less than the one before."""
    starts, counts = sorted({start for start, _ in pairs}), sorted(count for _, count in pairs)
    return tuple(zip(starts, counts, strict=False))


def _some_measures() -> st.SearchStrategy[list[Measure]]:
    return st.lists(_measures(), min_size=2, max_size=3)


def _operations() -> st.SearchStrategy[list[Operation]]:
    return st.lists(records(Operation), min_size=1, max_size=3, unique_by=lambda one: one.code)


_SIMPLE: Final = tuple(kind for kind in COMMANDS if kind is not Together)
_PERIODS: Final = (("effective_from", "effective_until"), ("start", "end"))
_AFTER: Final[Mapping[type, Callable[[dict[str, Any]], None]]] = {
    Item: _serials_are_whole,
    BomLine: _one_loss,
    Operation: _waiting_occupies_nothing,
    Resource: _set_up_alone,
    Setups: _cleaned_or_not,
    Standing: _said_of_status,
    BillOfMaterial: _one_output,
    DemandChange: _one_change_of_demands,
    DemandLoss: _some_demands,
    LeadTimeChange: _one_lead_time,
    PriceChange: _one_price,
    ScrapChange: _one_place_of_scrap,
    CalendarChange: _some_exceptions,
    StockCorrection: _one_correction,
}
_FIELDS: Final[Mapping[type, Mapping[str, Draws]]] = {
    **answer_strategies.FIELDS,
    Item: {
        "unit": lambda: st.sampled_from(UNITS),
        "scale": lambda: st.integers(0, 6),
        "factors": lambda: st.dictionaries(codes(), st.one_of(amounts(), quantities()), max_size=2),
        "attributes": lambda: st.dictionaries(codes(), texts(), max_size=2),
        "space": lambda: st.one_of(st.none(), quantities().map(abs)),
    },
    BomLine: {
        "scrap": shares,
        "yield_rate": lambda: st.sampled_from((Decimal("0.97"), Decimal(1))),
        "substitutes": _code_lists,
    },
    BillOfMaterial: {"scrap": shares, "groups": lambda: st.just(())},
    Option: {"values": lambda: _code_lists(least=1), "default": st.none, "requires": lambda: st.just(())},
    Chosen: {"values": lambda: _code_lists(least=1)},
    Cases: {"any_of": lambda: st.lists(st.lists(records(Chosen), min_size=1, max_size=1), min_size=1, max_size=2)},
    SubstituteGroup: {
        "replaces": lambda: _code_lists(least=1),
        "lines": lambda: st.lists(records(BomLine), min_size=1, max_size=2),
    },
    Stepped: {"steps": lambda: st.lists(st.tuples(amounts(), amounts()), min_size=1, max_size=4).map(_risen)},
    Greatest: {"parts": _some_measures},
    Least: {"parts": _some_measures},
    Total: {"parts": _some_measures},
    Operation: {
        "scrap": shares,
        "after": lambda: st.just(()),
        "attributes": lambda: st.dictionaries(codes(), codes(), max_size=2),
        "attended": lambda: st.just(1),
        "load": lambda: st.one_of(st.none(), st.decimals("0.01", 10, places=2)),
        "lags": lambda: st.just(()),
        "transfer": lambda: st.one_of(st.none(), st.integers(1, 100)),
    },
    Blend: {"parts": lambda: st.dictionaries(st.sampled_from(Goal), shares(), min_size=1, max_size=3)},
    Routing: {
        "operations": lambda: st.lists(records(Operation), min_size=1, max_size=3, unique_by=lambda one: one.code)
    },
    ReleaseCriteria: {"requires": lambda: _code_lists(least=1)},
    Together: {"commands": lambda: st.lists(st.sampled_from(_SIMPLE).flatmap(_of), max_size=2)},
    QualityState: {"code": lambda: codes().map("own-".__add__)},
    YieldChange: {"yield_rate": lambda: st.sampled_from((Decimal("0.97"), Decimal("0.5")))},
    Job: {
        "operations": lambda: st.lists(records(Operation), min_size=1, max_size=3, unique_by=lambda one: one.code),
        "material": lambda: st.just(()),
        "quantity": shares,
        "weight": shares,
        "holding_weight": shares,
    },
    Site: {"zone": lambda: st.sampled_from(ZONES)},
    Calendar: {
        "code": codes,
        "week": lambda: st.sampled_from(WEEKS),
        "zone": lambda: st.sampled_from((None, *ZONES)),
        "exceptions": lambda: st.lists(records(CalendarException), max_size=1),
    },
    CalendarException: {"week": lambda: st.sampled_from(WEEKS), "start": days, "end": days},
    Downtime: {"start": days, "end": days},
    Recurrence: {
        "rule": lambda: st.sampled_from(RULES),
        "start": days,
        "duration": lambda: st.timedeltas(timedelta(hours=1), timedelta(days=2)),
        "zone": lambda: st.sampled_from(ZONES),
    },
}
_LEAVES: Final[Mapping[type, Draws]] = {
    str: texts,
    int: lambda: st.integers(0, 1000),
    bool: st.booleans,
    NoneType: st.none,
    Decimal: amounts,
    Fraction: ratios,
    Quantity: quantities,
    Money: money,
    date: days,
    datetime: moments,
    timedelta: durations,
    WorkingDays: lambda: st.builds(WorkingDays, st.integers(0, 300)),
    object: lambda: st.one_of(st.none(), texts(), st.integers(), amounts(), records(Item)),
    Catalog: catalogs,
    Problem: _problems,
    Plan: answer_strategies.plans,
    Schedule: _schedules,
    SizedLot: lambda: st.builds(SizedLot, st.integers(0, 1000), st.integers(0, 1000)),
    Measure: _measures,
    Condition: _conditions,
    Done: lambda: st.builds(
        lambda answer, found: Done(answer, lambda kept, _: kept, found, None),
        texts(),
        st.lists(st.deferred(lambda: records(Recorded)), max_size=2).map(Table),
    ),
}
_SPECIAL: Final[Mapping[Hint, Draws]] = {
    Holidays: lambda: st.frozensets(days(), max_size=3),
    Windows: lambda: st.one_of(records(Downtime), records(Recurrence)),
    ForecastMethod: answer_strategies.methods,
}

PUBLIC: Final = tuple(TAGS)
"""Every type that `values` draws."""
