"""Resources: machines, benches, chambers and people that operations run on."""

from collections.abc import Iterable

import attrs

from prodstock.calendars.calendar import Calendar
from prodstock.errors import InvalidValueError
from prodstock.master import checks
from prodstock.master.codes import MAIN, code, codes, site_code
from prodstock.master.definition import Definition
from prodstock.master.setups import Setups, setups


def _batch(values: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(sorted(set(codes(values, "batch"))))


def _skills(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes(values, "skills"))))


@attrs.frozen(repr=False)
class Resource(Definition):
    """Something an operation occupies while it runs.

    Args:
        code: its name.
        calendar: when it works; None: the calendar of its site.
        capacity: how many operations it runs at a time; how much goes into a batch, if it runs batches.
        site: where it stands.
        skills: what people can do, if it is people: one of them, or a group of as many as its capacity. Schedules let
            an operation that asks for a skill occupy its crew of them; a skill that no resource has is not limited.
        batch: if it runs batches, like an oven, the attributes that all operations in one share: they begin and end
            together, and take as long as each other. `()`: any that take as long. None: each runs by itself.
        setups: how it is changed over between operations, by their attributes: `Setups`, or rules alone. None: not.

    >>> Resource("bench", capacity=2)
    <Resource bench, capacity 2>
    """

    code: str = attrs.field(converter=code)
    calendar: Calendar | None = attrs.field(kw_only=True, default=None)
    capacity: int = attrs.field(kw_only=True, default=1)
    site: str = attrs.field(kw_only=True, default=MAIN, converter=site_code)
    skills: tuple[str, ...] = attrs.field(kw_only=True, default=(), converter=_skills)
    batch: tuple[str, ...] | None = attrs.field(kw_only=True, default=None, converter=_batch)
    setups: Setups | None = attrs.field(kw_only=True, default=None, converter=setups)

    def __attrs_post_init__(self) -> None:
        checks.whole(self.capacity, "capacity", least=1)
        if self.calendar is not None:
            checks.instance(self.calendar, Calendar, "calendar")
        if self.batch is not None and (self.setups is not None or self.skills):
            advice = "Leave the setups out, and make people another resource"
            reason = "are of what is set up between operations, or is people"
            raise InvalidValueError(field="batch", value=self.batch, reason=reason, advice=advice)
        if self.setups is not None and (self.capacity != 1 or self.skills):
            advice = "Make each machine that is set up a resource of its own, and people another"
            reason = "are of what runs several at a time, or is people"
            raise InvalidValueError(field="setups", value=self.setups, reason=reason, advice=advice)

    @property
    def identity(self) -> tuple[str, ...]:
        """The code."""
        return (self.code,)

    def __repr__(self) -> str:
        return f"<Resource {self.code[:80]}, capacity {self.capacity}>"
