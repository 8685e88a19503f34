"""Quality states: the six that everything understands, and a host's own, each like one of them."""

from enum import Flag, StrEnum

import attrs

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.master import checks
from prodstock.master.codes import code
from prodstock.master.definition import Definition


class Quality(StrEnum):
    """What quality says of goods. Closed: a host's own state is like one of these."""

    PENDING_INSPECTION = "pending-inspection"
    APPROVED = "approved"
    QUARANTINE = "quarantine"
    BLOCKED = "blocked"
    REJECTED = "rejected"
    REWORK = "rework"


class Use(Flag):
    """What goods in a state may be used for: netted by planning, reserved, shipped, valued."""

    NONE = 0
    NET = 1
    RESERVE = 2
    SHIP = 4
    VALUE = 8


@attrs.frozen(repr=False)
class QualityState(Definition):
    """A quality state of the host's own; engines treat it as `like`, narrowed by `allows`.

    >>> QualityState("customs-hold", like=Quality.BLOCKED, allows=Use.NET | Use.VALUE)
    <QualityState customs-hold like blocked>
    """

    code: str = attrs.field(converter=code)
    like: Quality = attrs.field(kw_only=True)
    allows: Use = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        checks.member(self.like, Quality, "like")
        if not isinstance(self.allows, Use):
            advice = "Combine Use.NET, Use.RESERVE, Use.SHIP and Use.VALUE with |, or Use.NONE"
            raise InvalidTypeError(field="allows", value=self.allows, reason="is no Use", advice=advice)
        if any(self.code == built_in.value for built_in in Quality):
            raise InvalidValueError(field="code", value=self.code, reason="is one of the six built-in states")

    @property
    def identity(self) -> tuple[str, ...]:
        """The code."""
        return (self.code,)

    def __repr__(self) -> str:
        return f"<QualityState {self.code[:60]} like {self.like.value}>"


@attrs.frozen(repr=False)
class Transition(Definition):
    """A change of quality that a host allows beyond the built-in ones.

    >>> Transition(Quality.REJECTED, Quality.QUARANTINE)
    <Transition rejected to quarantine>
    """

    start: Quality | QualityState
    end: Quality | QualityState

    def __attrs_post_init__(self) -> None:
        for field in ("start", "end"):
            value = getattr(self, field)
            if not isinstance(value, Quality | QualityState):
                raise InvalidTypeError(field=field, value=value, reason="is no quality state")
        if self.start == self.end:
            raise InvalidValueError(field="end", value=self.end, reason="is the state it starts from")

    @property
    def identity(self) -> tuple[str, ...]:
        """The codes of both states."""
        return (state_code(self.start), state_code(self.end))

    def __repr__(self) -> str:
        return f"<Transition {state_code(self.start)[:40]} to {state_code(self.end)[:40]}>"


def state_code(state: Quality | QualityState) -> str:
    """Return the code of a state, built in or a host's own.

    >>> state_code(Quality.APPROVED)
    'approved'
    """
    return state.value if isinstance(state, Quality) else state.code
