"""A message to the planner, of a closed set of kinds."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import attrs


class MessageKind(StrEnum):
    """What the planner should do, or know.

    ORDER, LAUNCH: the plan proposes or has settled it, and it is time: to order or move, or to launch.
    EXPEDITE, DEFER: a receipt is needed sooner than it comes, or all of it later.
    CANCEL: nobody needs any of a receipt within the horizon.
    INCREASE: more of a receipt would cover what no new order can bring in time.
    DECREASE: less of a receipt would do, and its lot rules allow that. EXCESS: they do not, or work on it has begun.
    START_IN_PAST: an order would have had to start before now. FENCED: one should have started before the planning time
    fence ends, and starts at its end. OVERDUE: a receipt has not come on its day.
    BELOW_SAFETY: the safety stock is not there at the end of the horizon. NO_SOURCE: nothing can bring what is missing.
    EXPIRES: stock goes off before anybody needs it. NOT_COUNTED: what falls off too late to be planned with.
    BELOW_MINIMUM_VALUE: what is ordered from a supplier on a day is worth less than its minimum; said of the first day.
    """

    ORDER = "order"
    LAUNCH = "launch"
    EXPEDITE = "expedite"
    DEFER = "defer"
    CANCEL = "cancel"
    INCREASE = "increase"
    DECREASE = "decrease"
    EXCESS = "excess"
    START_IN_PAST = "start-in-past"
    FENCED = "fenced"
    OVERDUE = "overdue"
    BELOW_SAFETY = "below-safety"
    NO_SOURCE = "no-source"
    EXPIRES = "expires"
    NOT_COUNTED = "not-counted"
    BELOW_MINIMUM_VALUE = "below-minimum-value"


NO_BILL_SELECTED = 52
SAP = {
    MessageKind.ORDER: 1,
    MessageKind.LAUNCH: 1,
    MessageKind.START_IN_PAST: 3,
    MessageKind.OVERDUE: 7,
    MessageKind.EXPEDITE: 10,
    MessageKind.DEFER: 15,
    MessageKind.CANCEL: 20,
    MessageKind.EXCESS: 25,
    MessageKind.BELOW_SAFETY: 96,
}
"""The exception messages of SAP's MRP that say the same, of what is newly proposed where that differs."""

SAP_OF_SETTLED = {MessageKind.START_IN_PAST: 6}
"""Those of orders that are not new."""

_GROUPS = {1: 4, 3: 2, 6: 2, 7: 3, 10: 7, 15: 7, 20: 7, 25: 6, NO_BILL_SELECTED: 5, 96: 6}


@attrs.frozen(repr=False)
class ActionMessage:
    """Something the planner should look at.

    Attributes:
        kind: what to do, or what is the matter.
        order: the order, receipt, lot, item or supplier it is about.
        text: that in one line.
        item: of what.
        site: where.
        date_from: when it comes, or starts, as it is; UTC.
        date_to: when it should; None: that is not the point.
        quantity_from: how much it is, in base units.
        quantity_to: how much it should be; None: that is not the point.
        sap: the number of the exception message of SAP's MRP that says the same; None: none does for sure.
        segment: whose stock it is about: `project:` and a project, `own:` and a demand made to order; empty: free.
    """

    kind: MessageKind
    order: str
    text: str
    item: str = attrs.field(kw_only=True, default="")
    site: str = attrs.field(kw_only=True, default="MAIN")
    date_from: datetime | None = attrs.field(kw_only=True, default=None)
    date_to: datetime | None = attrs.field(kw_only=True, default=None)
    quantity_from: Decimal | None = attrs.field(kw_only=True, default=None)
    quantity_to: Decimal | None = attrs.field(kw_only=True, default=None)
    sap: int | None = attrs.field(kw_only=True, default=None)
    segment: str = attrs.field(kw_only=True, default="")

    @property
    def sap_group(self) -> int | None:
        """The exception group that SAP delivers that message in, 1 to 8; None: it has no number."""
        return None if self.sap is None else _GROUPS.get(self.sap)

    def __repr__(self) -> str:
        return f"<ActionMessage {self.kind} {self.order[:30]}: {self.text[:50]}>"
