"""The table of quality states, n times n, and the table of what each state may be used for."""

from itertools import product

import pytest

from prodstock.errors import NotAllowed
from prodstock.master.quality_state import Quality, QualityState, Transition, Use
from prodstock.stock.status import (
    ALL_USES,
    JUDGEMENTS,
    Purpose,
    Release,
    check_judgement,
    release_after,
    state_of,
)

TABLE = """
                    pending-inspection approved quarantine blocked rejected rework
pending-inspection  -                  yes      yes        yes     yes      yes
approved            yes                -        yes        yes     yes      yes
quarantine          yes                yes      -          yes     yes      yes
blocked             yes                yes      yes        -       yes      yes
rejected            -                  -        yes        -       -        yes
rework              yes                -        yes        yes     yes      -
"""
"""From the row to the column: as the shop floor knows it."""

USES = """
                    sale production transfer sample rework vendor-return scrap
pending-inspection  -    -          yes      yes    -      yes           yes
approved            yes  yes        yes      yes    yes    yes           yes
quarantine          -    -          yes      yes    -      yes           yes
blocked             -    -          yes      yes    -      yes           yes
rejected            -    -          yes      -      -      yes           yes
rework              -    -          yes      yes    yes    -             yes
"""


def read(table: str) -> dict[tuple[str, str], bool]:
    """Return a table of yes and no by row and column."""
    head, *rows = (line.split() for line in table.strip().splitlines())
    return {(row[0], column): cell == "yes" for row in rows for column, cell in zip(head, row[1:], strict=True)}


CUSTOMS = QualityState("customs-hold", like=Quality.BLOCKED, allows=Use.NET | Use.VALUE)
SHOWN = QualityState("shown", like=Quality.APPROVED, allows=Use.NET | Use.RESERVE | Use.VALUE)
ALMOST = QualityState("almost", like=Quality.REJECTED, allows=Use.NONE)


def allowed(start: Quality | QualityState, end: Quality | QualityState, *own: Transition) -> bool:
    """Tell whether goods may be judged so."""
    try:
        check_judgement("M-88", start, end, own)
    except NotAllowed:
        return False
    return True


@pytest.mark.parametrize(("start", "end"), list(product(Quality, Quality)))
def test_every_transition(start: Quality, end: Quality) -> None:
    """Of all six times six transitions exactly those of the table are allowed; the refusal lists them."""
    assert allowed(start, end) is read(TABLE)[start.value, end.value]
    if not allowed(start, end):
        with pytest.raises(NotAllowed) as refused:
            check_judgement("M-88", start, end)
        assert set(refused.value.legal) == {quality.value for quality in JUDGEMENTS[start]}


@pytest.mark.parametrize(("quality", "purpose"), list(product(Quality, Purpose)))
def test_every_use(quality: Quality, purpose: Purpose) -> None:
    """Every state serves exactly the purposes of the table when nothing awaits release."""
    for release in (Release.NOT_REQUIRED, Release.RELEASED):
        assert state_of(quality, release).serves(purpose) is read(USES)[quality.value, purpose.value]


@pytest.mark.parametrize(("quality", "purpose"), list(product(Quality, Purpose)))
def test_what_awaits_release_stays(quality: Quality, purpose: Purpose) -> None:
    """What awaits release is neither sold nor used in production, whatever its quality; the rest is as before."""
    expected = read(USES)[quality.value, purpose.value] and purpose not in {Purpose.SALE, Purpose.PRODUCTION}

    assert state_of(quality, Release.AWAITING).serves(purpose) is expected


@pytest.mark.parametrize("purpose", Purpose)
def test_a_hosts_state_narrows_what_it_is_like(purpose: Purpose) -> None:
    """A host's state serves what the state it is like serves, less what it does not allow."""
    shown = state_of(SHOWN, Release.NOT_REQUIRED)
    assert shown.serves(purpose) is (purpose is not Purpose.SALE)
    frozen = state_of(QualityState("frozen", like=Quality.APPROVED, allows=Use.NONE), Release.NOT_REQUIRED)
    assert frozen.serves(purpose) is (purpose in {Purpose.TRANSFER, Purpose.VENDOR_RETURN, Purpose.SCRAP})
    assert state_of(CUSTOMS, Release.NOT_REQUIRED).serves(purpose) is (
        purpose in {Purpose.TRANSFER, Purpose.VENDOR_RETURN, Purpose.SCRAP}
    )


def test_what_planning_may_count_on() -> None:
    """Approved goods, goods expected to pass, and a host's state that says so; never goods that are shut away."""
    hopeful = {quality for quality in Quality if state_of(quality, Release.AWAITING).nettable}

    assert hopeful == {Quality.APPROVED, Quality.PENDING_INSPECTION}
    assert state_of(CUSTOMS, Release.NOT_REQUIRED).nettable
    assert not state_of(ALMOST, Release.NOT_REQUIRED).nettable


def test_a_hosts_state_is_entered_and_left_as_what_it_is_like() -> None:
    """Into and out of a host's state lead the ways of the state it is like, and between the two."""
    assert allowed(Quality.BLOCKED, CUSTOMS)
    assert allowed(CUSTOMS, Quality.BLOCKED)
    assert allowed(Quality.APPROVED, CUSTOMS)
    assert allowed(CUSTOMS, Quality.APPROVED)
    assert not allowed(ALMOST, Quality.APPROVED)
    assert not allowed(CUSTOMS, CUSTOMS)
    assert not allowed(ALMOST, CUSTOMS)


def test_a_hosts_own_transition() -> None:
    """A transition of the host's own is allowed besides, from exactly there to exactly there, and is listed."""
    own = Transition(Quality.REJECTED, Quality.APPROVED)

    assert allowed(Quality.REJECTED, Quality.APPROVED, own)
    assert not allowed(ALMOST, Quality.APPROVED, own)
    with pytest.raises(NotAllowed) as refused:
        check_judgement("M-88", Quality.REJECTED, Quality.BLOCKED, [own])
    assert refused.value.legal == ("approved", "quarantine", "rework")


@pytest.mark.parametrize(("quality", "release"), list(product(Quality, Release)))
def test_leaving_approval_withdraws_the_release(quality: Quality, release: Release) -> None:
    """Released goods that are judged anything but approved await release again; nothing else changes."""
    withdrawn = release is Release.RELEASED and quality is not Quality.APPROVED

    assert release_after(quality, release) is (Release.AWAITING if withdrawn else release)
    assert state_of(quality, release).allows == ALL_USES
