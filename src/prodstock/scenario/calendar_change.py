"""A site, a supplier or a resource works at other times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from prodstock.calendars.calendar import Calendar
from prodstock.calendars.exception import CalendarException
from prodstock.errors import AmbiguousCode, InvalidTypeError, UnknownCode, listed, nearest
from prodstock.master import checks
from prodstock.master.codes import code
from prodstock.master.resource import Resource
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.scenario.change import Change, nothing_changes, redefined, says

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodstock.journal.command import Command
    from prodstock.master.catalog import Catalog
    from prodstock.master.location import Site
    from prodstock.stock.world import World


def whose_code(value: str) -> str:
    """Return the code of a site, a supplier or a resource in its normal form."""
    return code(value, "whose")


def exceptions_given(values: Iterable[CalendarException]) -> tuple[CalendarException, ...]:
    """Return exceptions as a tuple.

    Raises:
        InvalidTypeError: if one is none.
    """
    found = listed(values, "exceptions")
    for one in found:
        if not isinstance(one, CalendarException):
            advice = "Use CalendarException(first_day, first_usual_day_again, week=...)"
            raise InvalidTypeError(field="exceptions", value=one, reason="is no CalendarException", advice=advice)
    return found


@attrs.frozen
class CalendarChange(Change):
    """A site, a supplier or a resource works by another calendar, is closed on more days, or works on more of them.

    Args:
        whose: the code of the site, supplier or resource. One that fits several is refused: give the definition
            itself, with the calendar it is to have.
        to: the calendar; None: the one it has.
        exceptions: other hours for a time, added to it: `CalendarException(start, end)` closes the days from start
            until before end, with `week="Sa 08:00-12:00"` Saturdays are worked. Their priority decides where they meet
            what is there.

    >>> from datetime import date
    >>> CalendarChange("KNW", exceptions=[CalendarException(date(2026, 5, 1), date(2026, 5, 10))])
    CalendarChange(whose='KNW', exceptions=(CalendarException(start=2026-05-01, end=2026-05-10)))
    """

    whose: str = attrs.field(converter=whose_code)
    to: Calendar | None = attrs.field(kw_only=True, default=None)
    exceptions: tuple[CalendarException, ...] = attrs.field(kw_only=True, default=(), converter=exceptions_given)

    def __attrs_post_init__(self) -> None:
        if self.to is not None:
            checks.instance(self.to, Calendar, "to", 'Use Calendar("code", week=...)')
        if self.to is None and not self.exceptions:
            raise nothing_changes("to", None, "and no exceptions change nothing", "Give a calendar or exceptions")

    def __str__(self) -> str:
        by = [] if self.to is None else [f"by calendar {self.to.code}"]
        by += [f"{one.week} from {one.start} until {one.end}" for one in self.exceptions]
        return f"{self.whose} works {', '.join(by)}"


@says(CalendarChange)
def _other_hours(world: World, change: CalendarChange) -> Iterator[Command[Any]]:
    owner = _owner(world.catalog, change.whose)
    before = _calendar(world.catalog, owner)
    calendar = change.to if change.to is not None else before
    added = tuple(one for one in change.exceptions if one not in calendar.exceptions)
    if added:
        calendar = attrs.evolve(calendar, exceptions=(*calendar.exceptions, *added))
    if calendar == owner.calendar or (calendar == before and change.to is None):
        raise nothing_changes("whose", change.whose, "works by that calendar already", "Give other hours")
    yield redefined(world.catalog, attrs.evolve(owner, calendar=calendar))


def _calendar(catalog: Catalog, owner: Site | Supplier | Resource) -> Calendar:
    if isinstance(owner, Resource):
        return owner.calendar if owner.calendar is not None else catalog.site(owner.site).calendar
    return owner.calendar


def _owner(catalog: Catalog, whose: str) -> Site | Supplier | Resource:
    """Return the site, supplier or resource of a code.

    Raises:
        UnknownCode, AmbiguousCode: if there is none, or several.
    """
    sites = {one.code: one for one in catalog.sites}
    resources = {one.code: one for one in catalog.resources}
    named = {one.supplier for one in catalog.definitions if isinstance(one, Sourcing)}
    suppliers = {one: catalog.supplier(one) for one in {*named, *_defined(catalog)}}
    kinds: tuple[tuple[str, dict[str, Any]], ...] = (
        ("site", sites),
        ("supplier", suppliers),
        ("resource", resources),
    )
    found = [(kind, known[whose]) for kind, known in kinds if whose in known]
    if len(found) > 1:
        raise AmbiguousCode(given=whose, candidates=tuple(f"{kind} {whose}" for kind, _ in found))
    if not found:
        known_codes = sorted({*sites, *suppliers, *resources})
        raise UnknownCode(kind="site, supplier or resource", given=whose, nearest=nearest(whose, known_codes))
    owner: Site | Supplier | Resource = found[0][1]
    return owner


def _defined(catalog: Catalog) -> Iterator[str]:
    yield from (one.code for one in catalog.definitions if isinstance(one, Supplier))
