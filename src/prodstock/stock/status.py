"""The states of stock, the transitions between them, and what each state may be used for: one table for each."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from prodstock.errors import NotAllowed
from prodstock.master.quality_state import Quality, QualityState, Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prodstock.master.quality_state import Transition


class Release(StrEnum):
    """Whether finished goods may leave: settled by `release`, never by `judge`."""

    NOT_REQUIRED = "not-required"
    AWAITING = "awaiting"
    RELEASED = "released"


class Purpose(StrEnum):
    """What stock is wanted for."""

    SALE = "sale"
    PRODUCTION = "production"
    TRANSFER = "transfer"
    SAMPLE = "sample"
    REWORK = "rework"
    VENDOR_RETURN = "vendor-return"
    SCRAP = "scrap"


_Q = Quality
_P = Purpose

JUDGEMENTS: Mapping[Quality, frozenset[Quality]] = {
    _Q.PENDING_INSPECTION: frozenset({_Q.APPROVED, _Q.QUARANTINE, _Q.BLOCKED, _Q.REJECTED, _Q.REWORK}),
    _Q.APPROVED: frozenset({_Q.PENDING_INSPECTION, _Q.QUARANTINE, _Q.BLOCKED, _Q.REJECTED, _Q.REWORK}),
    _Q.QUARANTINE: frozenset({_Q.APPROVED, _Q.PENDING_INSPECTION, _Q.BLOCKED, _Q.REJECTED, _Q.REWORK}),
    _Q.BLOCKED: frozenset({_Q.APPROVED, _Q.PENDING_INSPECTION, _Q.QUARANTINE, _Q.REJECTED, _Q.REWORK}),
    _Q.REJECTED: frozenset({_Q.QUARANTINE, _Q.REWORK}),
    _Q.REWORK: frozenset({_Q.PENDING_INSPECTION, _Q.QUARANTINE, _Q.BLOCKED, _Q.REJECTED}),
}
"""The quality states that may follow each. Rejected goods are looked at again or reworked first; reworked goods are
inspected before they are approved."""

_USES: Mapping[Quality, frozenset[Purpose]] = {
    _Q.PENDING_INSPECTION: frozenset({_P.TRANSFER, _P.SAMPLE, _P.VENDOR_RETURN, _P.SCRAP}),
    _Q.APPROVED: frozenset(Purpose),
    _Q.QUARANTINE: frozenset({_P.TRANSFER, _P.SAMPLE, _P.VENDOR_RETURN, _P.SCRAP}),
    _Q.BLOCKED: frozenset({_P.TRANSFER, _P.SAMPLE, _P.VENDOR_RETURN, _P.SCRAP}),
    _Q.REJECTED: frozenset({_P.TRANSFER, _P.VENDOR_RETURN, _P.SCRAP}),
    _Q.REWORK: frozenset({_P.TRANSFER, _P.SAMPLE, _P.REWORK, _P.SCRAP}),
}

_NEEDS_RELEASE = frozenset({_P.SALE, _P.PRODUCTION})
_NEEDS_RESERVE = frozenset({_P.SALE, _P.PRODUCTION, _P.SAMPLE, _P.REWORK})


@attrs.frozen
class State:
    """A stored state as the tables see it: the closed quality, the release, and what a host's own state allows."""

    quality: Quality
    release: Release
    allows: Use

    def serves(self, purpose: Purpose) -> bool:
        """Tell whether stock in this state may be used for a purpose: the one predicate of all who take stock.

        >>> approved = State(Quality.APPROVED, Release.NOT_REQUIRED, ALL_USES)
        >>> approved.serves(Purpose.SALE)
        True
        """
        if purpose not in _USES[self.quality]:
            return False
        if purpose in _NEEDS_RELEASE and self.release is Release.AWAITING:
            return False
        if purpose in _NEEDS_RESERVE and Use.RESERVE not in self.allows:
            return False
        return not (purpose is Purpose.SALE and Use.SHIP not in self.allows)

    @property
    def nettable(self) -> bool:
        """Whether planning may count on it: approved, or expected to pass inspection or release."""
        hopeful = self.quality in {Quality.APPROVED, Quality.PENDING_INSPECTION} or self.allows != ALL_USES
        return hopeful and Use.NET in self.allows


ALL_USES = Use.NET | Use.RESERVE | Use.SHIP | Use.VALUE


def state_of(quality: Quality | QualityState, release: Release) -> State:
    """Return the state of a stored quality, the library's own or a host's."""
    if isinstance(quality, QualityState):
        return State(quality.like, release, quality.allows)
    return State(quality, release, ALL_USES)


def release_after(end: Quality, release: Release) -> Release:
    """Return the release that goods have after a judgement: one that leaves approval withdraws the release.

    >>> release_after(Quality.BLOCKED, Release.RELEASED)
    <Release.AWAITING: 'awaiting'>
    """
    if release is Release.RELEASED and end is not Quality.APPROVED:
        return Release.AWAITING
    return release


def check_judgement(
    what: str,
    start: Quality | QualityState,
    end: Quality | QualityState,
    own: Iterable[Transition] = (),
) -> None:
    """Do nothing if goods in `start` may be judged `end`.

    A host's own state may be entered and left as the quality it is like; its own transitions are allowed besides.

    Raises:
        NotAllowed: if the table has no such transition; `legal` lists the states that may follow.
    """
    if may_be_judged(start, end, own):
        return
    plain_start = _plain(start)
    legal = sorted({q.value for q in JUDGEMENTS[plain_start]} | {_name(t.end) for t in own if t.start == start})
    raise NotAllowed(what=what, state=_name(start), asked=_name(end), legal=tuple(legal))


def may_be_judged(start: Quality | QualityState, end: Quality | QualityState, own: Iterable[Transition] = ()) -> bool:
    """Tell whether goods in `start` may be judged `end`: by the table, or by a host's own transitions."""
    if any(t.start == start and t.end == end for t in own):
        return True
    plain_start, plain_end = _plain(start), _plain(end)
    return plain_end in JUDGEMENTS[plain_start] or (plain_start is plain_end and start != end)


def _plain(quality: Quality | QualityState) -> Quality:
    return quality.like if isinstance(quality, QualityState) else quality


def _name(quality: Quality | QualityState) -> str:
    return quality.code if isinstance(quality, QualityState) else quality.value
