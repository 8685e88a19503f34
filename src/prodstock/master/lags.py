"""Lags: how long must pass, and how long may pass, between the end of one step and the start of a later one."""

from collections.abc import Iterable
from datetime import timedelta

import attrs

from prodstock._render import short
from prodstock.errors import InvalidTypeError, InvalidValueError, listed
from prodstock.master import checks
from prodstock.master.codes import code


@attrs.frozen(repr=False)
class Lag:
    """Time from the end of one operation to the start of another that comes after it, as it passes, day and night.

    Args:
        operation: the one that ends: any that comes before, however far.
        least: so much passes at least: glue sets, a casting cools.
        most: no more than this may pass: mixed resin hardens, cleaned parts rust. None: as much as there is.

    >>> Lag("mix", most=timedelta(hours=4)), Lag("cast", least=timedelta(hours=12))
    (<Lag at most 4:00:00 after mix>, <Lag at least 12:00:00 after cast>)
    """

    operation: str = attrs.field(converter=code)
    least: timedelta = attrs.field(kw_only=True, default=timedelta())
    most: timedelta | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        checks.duration(self.least, "least")
        if self.most is not None:
            checks.duration(self.most, "most")
            if self.most < self.least:
                reason = f"is less than the {self.least} that pass at least"
                raise InvalidValueError(field="most", value=self.most, reason=reason)

    def __repr__(self) -> str:
        least = f" at least {self.least}" if self.least or self.most is None else ""
        most = "" if self.most is None else f" at most {self.most}"
        return short(f"<Lag{least}{most} after {self.operation[:40]}>")


def lags(values: Iterable[Lag]) -> tuple[Lag, ...]:
    """Return lags by the operation that they count from, each once.

    Raises:
        InvalidTypeError: if one is no `Lag`.
        InvalidValueError: if two count from the same operation.
    """
    found = listed(values, "lags")
    for one in found:
        if not isinstance(one, Lag):
            raise InvalidTypeError(field="lags", value=one, reason="is no Lag")
    codes = [one.operation for one in found]
    for twice in codes:
        if codes.count(twice) > 1:
            raise InvalidValueError(field="lags", value=twice, reason="stands twice")
    return tuple(sorted(found, key=lambda one: one.operation))
