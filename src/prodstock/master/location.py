"""Sites and their locations: where goods are, and what being there means."""

from enum import StrEnum

import attrs

from prodstock.calendars.calendar import DEFAULT_CALENDAR, Calendar
from prodstock.errors import InvalidValueError
from prodstock.master import checks
from prodstock.master.codes import MAIN, code, optional_parent, site_code
from prodstock.master.definition import Definition
from prodstock.quantities.quantity import Exact


class LocationKind(StrEnum):
    """What a place is for. Real places hold stock; virtual ones are where it comes from and goes to."""

    RECEIVING = "receiving"
    STORES = "stores"
    WIP = "wip"
    QUARANTINE = "quarantine"
    SCRAP = "scrap"
    IN_TRANSIT = "in-transit"
    AT_VENDOR = "at-vendor"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    PRODUCTION = "production"
    LOSS = "loss"

    @property
    def real(self) -> bool:
        """Whether goods there are physically ours: all but supplier, customer, production and loss."""
        return self not in _VIRTUAL

    @property
    def reservable(self) -> bool:
        """Whether goods there may be reserved: in stores only."""
        return self is LocationKind.STORES

    @property
    def default_code(self) -> str:
        """The code of the location of this kind that every site has unless its catalog names another.

        >>> LocationKind.IN_TRANSIT.default_code
        'IN-TRANSIT'
        """
        return self.value.upper()


_VIRTUAL = frozenset({LocationKind.SUPPLIER, LocationKind.CUSTOMER, LocationKind.PRODUCTION, LocationKind.LOSS})


class LocationRole(StrEnum):
    """Whether goods go to a location when a command names none of its kind."""

    ORDINARY = "ordinary"
    DEFAULT = "default"


@attrs.frozen(repr=False)
class Site(Definition):
    """A plant: its time zone, which decides what a bare date means there, and its working calendar.

    >>> Site("BERLIN", zone="Europe/Berlin")
    <Site BERLIN, Europe/Berlin>
    """

    code: str = attrs.field(converter=code)
    zone: str = attrs.field(kw_only=True, default="UTC")
    calendar: Calendar = attrs.field(kw_only=True, default=DEFAULT_CALENDAR)

    def __attrs_post_init__(self) -> None:
        code(self.zone, "zone")
        checks.instance(self.calendar, Calendar, "calendar")
        if "@" in self.code:
            advice = "Leave it out: it stands between item and site in the names of streams"
            raise InvalidValueError(field="code", value=self.code, reason="has an @ in it", advice=advice)

    @property
    def identity(self) -> tuple[str, ...]:
        """The code."""
        return (self.code,)

    def __repr__(self) -> str:
        return f"<Site {self.code[:60]}, {self.zone[:40]}>"


@attrs.frozen(repr=False)
class Location(Definition):
    """A place at a site: an area, a rack, a bin.

    Args:
        code: its name, unique at its site.
        site: where it is.
        kind: what it is for.
        parent: the location it is part of, at the same site.
        tolerates: how far below zero its stock of an item may be booked, in base units; 0: never.
        role: `DEFAULT` where goods of its kind go unless told otherwise; it takes the place of the built-in one.

    >>> Location("RACK-1", parent="STORES")
    <Location RACK-1 at MAIN, stores>
    """

    code: str = attrs.field(converter=code)
    site: str = attrs.field(kw_only=True, default=MAIN, converter=site_code)
    kind: LocationKind = attrs.field(kw_only=True, default=LocationKind.STORES)
    parent: str | None = attrs.field(kw_only=True, default=None, converter=optional_parent)
    tolerates: Exact = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.quantity)
    role: LocationRole = attrs.field(kw_only=True, default=LocationRole.ORDINARY)

    def __attrs_post_init__(self) -> None:
        checks.member(self.kind, LocationKind, "kind")
        checks.member(self.role, LocationRole, "role")
        checks.not_negative(self.tolerates, "tolerates")

    @property
    def identity(self) -> tuple[str, ...]:
        """The site and the code."""
        return (self.site, self.code)

    def __repr__(self) -> str:
        return f"<Location {self.code[:40]} at {self.site[:40]}, {self.kind.value}>"
