"""The rows of what an engineering change does; every suggestion is one, with its reason, and never a fact."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import attrs

from prodstock._render import day, figure, short
from prodstock.master.codes import ItemCode
from prodstock.quantities.money import Money
from prodstock.tables import Derivation, Table


class Suggestion(StrEnum):
    """What somebody may want to do: about stock, about orders, about purchases."""

    USE_AS_IS = "use as is"
    USE_UP = "use up"
    REWORK = "rework"
    SCRAP = "scrap"
    FINISH = "finish as it is"
    LAUNCH_AGAIN = "launch again"
    PLAN_AGAIN = "plan again"
    KEEP = "keep"
    REDUCE = "reduce"
    CANCEL = "cancel"
    BUY = "buy"
    MAKE = "make"


class PartFate(StrEnum):
    """What becomes of the need for a part."""

    DROPPED = "no longer used"
    LESS = "needed less"
    MORE = "needed more"
    NEW = "newly needed"


@attrs.frozen(repr=False)
class NeedChange:
    """What an order takes of a part, and what it would take by the new definitions.

    Attributes:
        item: the part.
        before: what the order takes, as launched or by the old definitions.
        after: what an order of that size would take.
        unit: its base unit.
        wip: what of it the order has been issued and has not consumed.
    """

    item: ItemCode
    before: Decimal
    after: Decimal
    unit: str
    wip: Decimal

    def __str__(self) -> str:
        return f"{self.item} {self.before:f} to {self.after:f}"

    def __repr__(self) -> str:
        return short(f"<NeedChange {self.item[:40]} {figure(self.before)} to {figure(self.after)} {self.unit[:10]}>")


@attrs.frozen(repr=False)
class OrderImpact:
    """An order to make something that is made otherwise.

    Attributes:
        kind: `launched` for a production order, `settled` for a planned one that the planner has firmed, or `planned`.
        code: the order.
        item: what is made.
        site: where.
        quantity: how many are started.
        unit: its base unit.
        start: when it starts, in UTC.
        before: the revision that it has, or would have had.
        after: the revision that holds for its start now; empty: none.
        frozen: whether it keeps the old revision: what is launched has its own copy.
        needs: what it takes otherwise, by item; of a frozen order, what it would take.
        suggestion: what may be done.
        reason: why.
    """

    kind: str
    code: str
    item: ItemCode
    site: str
    quantity: Decimal
    unit: str
    start: datetime
    before: str
    after: str
    frozen: bool
    needs: Table[NeedChange]
    suggestion: Suggestion
    reason: str

    def why(self) -> Derivation:
        """Return the reason, and the needs that differ."""
        causes = tuple(Derivation(f"{one} {one.unit}") for one in self.needs)
        return Derivation(f"{self.kind} order {self.code} of {self.item}: {self.suggestion}: {self.reason}", causes)

    def __repr__(self) -> str:
        names = f"{self.before[:10]} to {self.after[:10]}"
        return short(f"<OrderImpact {self.kind} {self.code[:30]} {self.item[:20]} {names}: {self.suggestion}>")


@attrs.frozen(repr=False)
class PartImpact:
    """A part that is needed otherwise; quantities in its base unit, within the horizon of the plan.

    Attributes:
        item: the part.
        site: where.
        fate: what becomes of the need.
        unit: its base unit.
        on_hand: what is there and reserved by nobody.
        reserved: what is there and held for orders and demands.
        in_wip: what was issued to open orders and is not consumed.
        coming: what is on its way: purchases, transfers, launched orders.
        needed_before: what would have been taken of it beside what is reserved.
        needed: what will be taken of it now.
        left: what of stock and receipts nobody takes now.
        left_by_change: how much of that the change leaves; without it this would have been taken.
        left_value: what is left, at the price it is bought for; None: no price.
        used_up: when stock and receipts are taken up now, in UTC; None: not within the horizon.
        runs_out: when they would have been taken up without the change; None: not within the horizon.
        first_needed: when more of it is needed than before for the first time; None: never.
        short: what is missing or late by the new plan and was not by the old one.
        covered: when the last of that is there; None: nothing is short, or some never comes.
        used_by: what uses it by the new definitions, when all of them hold, by code.
        suggestion: what may be done.
        reason: why.
    """

    item: ItemCode
    site: str
    fate: PartFate
    unit: str
    on_hand: Decimal
    reserved: Decimal
    in_wip: Decimal
    coming: Decimal
    needed_before: Decimal
    needed: Decimal
    left: Decimal
    left_by_change: Decimal
    left_value: Money | None
    used_up: datetime | None
    runs_out: datetime | None
    first_needed: datetime | None
    short: Decimal
    covered: datetime | None
    used_by: tuple[ItemCode, ...]
    suggestion: Suggestion
    reason: str

    def why(self) -> Derivation:
        """Return the reason, and the figures it comes from."""
        unit = self.unit
        causes = [
            Derivation(f"{self.on_hand:f} {unit} free on hand, {self.coming:f} {unit} coming"),
            Derivation(f"{self.needed:f} {unit} taken within the horizon, {self.needed_before:f} {unit} before"),
        ]
        if self.reserved or self.in_wip:
            causes.append(Derivation(f"beside it {self.reserved:f} {unit} reserved, {self.in_wip:f} {unit} in WIP"))
        if self.left:
            value = "" if self.left_value is None else f", worth {self.left_value}"
            causes.append(Derivation(f"{self.left:f} {unit} left{value}, {self.left_by_change:f} {unit} by the change"))
        if self.used_by:
            causes.append(Derivation(f"used by {', '.join(self.used_by)}"))
        if self.short:
            when = "never" if self.covered is None else f"by {day(self.covered)}"
            causes.append(Derivation(f"{self.short:f} {unit} short, there {when}"))
        return Derivation(f"{self.item} is {self.fate}: {self.suggestion}: {self.reason}", tuple(causes))

    def __repr__(self) -> str:
        left = f"{figure(self.left)} {self.unit[:10]} left"
        return short(f"<PartImpact {self.item[:40]} {self.fate}, {left}: {self.suggestion}>")


@attrs.frozen(repr=False)
class PurchaseImpact:
    """An open purchase of a part that is needed less.

    Attributes:
        ref: the order.
        item: the part.
        site: where it is delivered.
        supplier: from whom.
        due: when it is expected, in UTC.
        open: what has not come yet.
        excess: how much of that nobody takes for the change.
        unit: its base unit.
        value: what the excess costs; None: no price.
        suggestion: what may be done.
        reason: why.
    """

    ref: str
    item: ItemCode
    site: str
    supplier: str
    due: datetime
    open: Decimal
    excess: Decimal
    unit: str
    value: Money | None
    suggestion: Suggestion
    reason: str

    def why(self) -> Derivation:
        """Return the reason."""
        return Derivation(f"purchase order {self.ref} of {self.item}: {self.suggestion}: {self.reason}")

    def __repr__(self) -> str:
        excess = f"{figure(self.excess)} of {figure(self.open)} {self.item[:20]}"
        return short(f"<PurchaseImpact {self.ref[:30]} {excess} in excess: {self.suggestion}>")


@attrs.frozen(repr=False)
class LotImpact:
    """A lot on hand that the change makes old: of a part that is left over, or of an item made to an old revision.

    Attributes:
        item: what it is of.
        lot: its code; empty for what is not tracked.
        site: where.
        quantity: what is free of it, in the base unit.
        unit: the base unit.
        revision: what it was made to; empty: not known, or bought.
        left: how much of it is left over; of a made item all of it.
        value: what that cost to buy; None: no price.
        suggestion: what may be done.
        reason: why.
    """

    item: ItemCode
    lot: str
    site: str
    quantity: Decimal
    unit: str
    revision: str
    left: Decimal
    value: Money | None
    suggestion: Suggestion
    reason: str

    def why(self) -> Derivation:
        """Return the reason."""
        return Derivation(f"{self.left:f} {self.unit} {self.item} of lot {self.lot}: {self.suggestion}: {self.reason}")

    def __repr__(self) -> str:
        what = f"{figure(self.left)} of {figure(self.quantity)} {self.unit[:10]} {self.item[:30]}"
        return short(f"<LotImpact {self.lot[:30]} {what}: {self.suggestion}>")


@attrs.frozen(repr=False)
class CostImpact:
    """What the material of one good unit costs before and after, at the prices of the terms of supply.

    Attributes:
        item: what is made.
        unit: its base unit.
        before: by the old definitions; None: something in it has no price, or it could not be made.
        after: by the new ones.
        difference: after less before; None where one of them is unknown.
        unpriced: the parts in it that have no price, by either, by code.
        by_itself: whether its own bill, routing or terms change, not only those of something in it.
    """

    item: ItemCode
    unit: str
    before: Money | None
    after: Money | None
    difference: Money | None
    unpriced: tuple[ItemCode, ...]
    by_itself: bool

    def __repr__(self) -> str:
        told = "not known" if self.difference is None else str(self.difference)
        return short(f"<CostImpact {self.item[:40]} {told} per {self.unit[:10]}>")
