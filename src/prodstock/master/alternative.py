"""What an operation occupies besides its resource, and what it may run on instead."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import attrs

from prodstock.errors import InvalidTypeError, InvalidValueError, listed
from prodstock.master import checks
from prodstock.master.codes import code

MOST = 100


def _resource(value: str) -> str:
    return code(value, "resource")


@attrs.frozen(repr=False)
class Alternative:
    """Another resource that an operation may run on.

    Args:
        resource: which.
        setup: once per order, there; None: as on the operation's own resource.
        run_per_unit: per unit that goes in, there; None: as on the operation's own resource.
        speed: how fast it is: at 2 setup and run take half of the time, at 0.8 a quarter more.

    >>> Alternative("press-2", speed="0.8")
    <Alternative press-2, speed 0.8>
    """

    resource: str = attrs.field(converter=_resource)
    setup: timedelta | None = attrs.field(kw_only=True, default=None)
    run_per_unit: timedelta | None = attrs.field(kw_only=True, default=None)
    speed: Decimal = attrs.field(kw_only=True, default=checks.ONE, converter=checks.number)

    def __attrs_post_init__(self) -> None:
        for field in ("setup", "run_per_unit"):
            if getattr(self, field) is not None:
                checks.duration(getattr(self, field), field)
        checks.positive(self.speed, "speed")

    def __repr__(self) -> str:
        speed = "" if self.speed == 1 else f", speed {self.speed:f}"
        return f"<Alternative {self.resource[:60]}{speed[:30]}>"


@attrs.frozen(repr=False)
class Secondary:
    """Something that an operation occupies beside its resource for as long as it runs: a tool, a fixture, a crane.

    Args:
        resource: which.
        units: how much of its capacity.

    >>> Secondary("mould-7"), Secondary("power", 40)
    (<Secondary mould-7>, <Secondary power, 40>)
    """

    resource: str = attrs.field(converter=_resource)
    units: int = 1

    def __attrs_post_init__(self) -> None:
        checks.whole(self.units, "units", least=1)

    def __repr__(self) -> str:
        units = "" if self.units == 1 else f", {self.units}"
        return f"<Secondary {self.resource[:60]}{units}>"


def alternatives(values: Iterable[Alternative | str]) -> tuple[Alternative, ...]:
    """Return alternatives in the order of preference; the code of a resource is one as fast as the operation's own."""
    found = [Alternative(one) if isinstance(one, str) else one for one in listed(values, "alternatives")]
    for one in found:
        if not isinstance(one, Alternative):
            raise InvalidTypeError(field="alternatives", value=one, reason="is no Alternative")
    return tuple(found)


def secondary(values: Iterable[Secondary | str]) -> tuple[Secondary, ...]:
    """Return what is occupied besides, by resource; the code of a resource is one unit of it."""
    found = [Secondary(one) if isinstance(one, str) else one for one in listed(values, "secondary")]
    for one in found:
        if not isinstance(one, Secondary):
            raise InvalidTypeError(field="secondary", value=one, reason="is no Secondary")
    return tuple(sorted(found, key=lambda one: one.resource))


def check_occupied(resource: str | None, instead: tuple[Alternative, ...], besides: tuple[Secondary, ...]) -> None:
    """Refuse alternatives to nothing, too many of them, and a resource that is named twice."""
    if instead and resource is None:
        advice = "Name the resource it usually runs on, or leave the alternatives out"
        raise InvalidValueError(field="alternatives", value=instead, reason="are instead of nothing", advice=advice)
    for values, field in ((instead, "alternatives"), (besides, "secondary")):
        if len(values) > MOST:
            raise InvalidValueError(field=field, value=len(values), reason=f"are more than {MOST}")
    named = [] if resource is None else [resource]
    for code_, field in [
        *((one.resource, "alternatives") for one in instead),
        *((one.resource, "secondary") for one in besides),
    ]:
        if code_ in named:
            raise InvalidValueError(field=field, value=code_, reason="is occupied already")
        named.append(code_)
