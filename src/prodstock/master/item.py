"""Items: what is bought, made, stored and sold, with the unit and the digits it is counted in."""

from datetime import timedelta
from enum import StrEnum

import attrs

from prodstock.calendars.span import Span
from prodstock.errors import InvalidValueError
from prodstock.master import checks
from prodstock.master.codes import code, name_text
from prodstock.master.definition import Definition
from prodstock.master.substitute import Substitute
from prodstock.quantities.quantity import Exact, Quantity
from prodstock.quantities.scaled import power_of_ten
from prodstock.quantities.unit import unit_code


class Tracking(StrEnum):
    """How closely stock of an item is identified."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"


class LotOrder(StrEnum):
    """Which lot is taken first: the one that expires first, or the one that was received first."""

    FEFO = "fefo"
    FIFO = "fifo"


class Supply(StrEnum):
    """Where an item comes from: its own production, a supplier, or nowhere (a phantom is never an order)."""

    MAKE = "make"
    BUY = "buy"
    PHANTOM = "phantom"


class Inspection(StrEnum):
    """Whether received goods wait for a judgement before they may be used."""

    NONE = "none"
    ON_RECEIPT = "on-receipt"


@attrs.frozen(repr=False)
class Item(Definition):
    """A thing that is counted: its unit, its digits and how it is supplied and taken.

    Args:
        code: its name everywhere; never renamed.
        name: what people call it.
        tracking: how its stock is identified.
        unit: the base unit; plain numbers are meant in it.
        scale: decimal places of stock quantities in the base unit, 0 to 18.
        shelf_life: from receipt or production to expiry; None: does not expire by itself.
        safety_stock: what planning keeps in stock.
        strategy: which lot is taken first.
        supply: None: made with an active bill of material, else bought with a sourcing.
        lead_time: of a made item; None: its routing's time.
        minimum: smallest lot of a made item; 0: none.
        multiple: step of the lots of a made item; 0: none.
        inspection: whether receipts wait for a judgement.
        inspection_time: how long it takes until goods may be used that were bought or made: receipt, tests, release; on
            the calendar of the site; None: no time. Planning counts on them only then.
        factors: one of the named unit is so many base units. A `Quantity` in another unit is converted in turn, and a
            quantity for the base unit itself is read the other way round: with base unit box, `{"box": Quantity(9,
            "pcs")}` makes a piece one ninth of a box.
        attributes: a host's own facts, by name.
        collective: whether it is planned for all alike, from free stock, even where a project or a demand made to order
            needs it; False: for those it is planned apart, from their own stock.
        space: the room that one base unit takes up, in any unit of its own: `Quantity("0.002", "m3")`; None: not known.
            A pallet that holds 48 is said by a factor, `{"pallet": 48}`, and needs no space.
        follow_up: what takes its place from a day on: from then on planning orders none of it, and what its bills need
            and its stock and receipts do not cover goes to the other, in its ratio; None: it stays.

    >>> wire = Item("WIRE", unit="m", scale=3, safety_stock=50, factors={"reel": 250})
    >>> wire
    <Item WIRE, m with 3 decimals>
    >>> wire.factors
    (('reel', Decimal('250')),)
    """

    code: str = attrs.field(converter=code)
    name: str = attrs.field(kw_only=True, default="", converter=name_text)
    tracking: Tracking = attrs.field(kw_only=True, default=Tracking.NONE)
    unit: str = attrs.field(kw_only=True, default="pcs", converter=unit_code)
    scale: int = attrs.field(kw_only=True, default=0)
    shelf_life: timedelta | None = attrs.field(kw_only=True, default=None)
    safety_stock: Exact = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.quantity)
    strategy: LotOrder = attrs.field(kw_only=True, default=LotOrder.FEFO)
    supply: Supply | None = attrs.field(kw_only=True, default=None)
    lead_time: Span | None = attrs.field(kw_only=True, default=None)
    minimum: Exact = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.quantity)
    multiple: Exact = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.quantity)
    inspection: Inspection = attrs.field(kw_only=True, default=Inspection.NONE)
    inspection_time: Span | None = attrs.field(kw_only=True, default=None)
    factors: tuple[tuple[str, Exact], ...] = attrs.field(kw_only=True, default=(), converter=checks.factor_pairs)
    attributes: tuple[tuple[str, str], ...] = attrs.field(kw_only=True, default=(), converter=checks.text_pairs)
    space: Quantity | None = attrs.field(kw_only=True, default=None)
    collective: bool = attrs.field(kw_only=True, default=False)
    follow_up: Substitute | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        _kinds(self)
        power_of_ten(self.scale)
        if self.scale and self.tracking is Tracking.SERIAL:
            advice = "Serials are whole: leave scale at 0"
            raise InvalidValueError(field="scale", value=self.scale, reason="splits a serial", advice=advice)
        if self.shelf_life is not None:
            checks.duration(self.shelf_life, "shelf_life")
        if self.lead_time is not None:
            checks.span(self.lead_time, "lead_time")
        if self.inspection_time is not None:
            checks.span(self.inspection_time, "inspection_time")
        for field in ("safety_stock", "minimum", "multiple"):
            checks.not_negative(getattr(self, field), field)
        for unit, value in self.factors:
            checks.positive(value, f"factors[{unit}]")
        if self.collective is not False:
            _collective(self)
        if self.space is not None:
            checks.instance(self.space, Quantity, "space", 'Use Quantity("0.002", "m3")')
            checks.not_negative(self.space, "space")
        if self.follow_up is not None:
            _followed(self, self.follow_up)

    @property
    def identity(self) -> tuple[str, ...]:
        """The code."""
        return (self.code,)

    def __repr__(self) -> str:
        digits = f" with {self.scale} decimals" if self.scale else ""
        track = f", by {self.tracking.value}" if self.tracking is not Tracking.NONE else ""
        return f"<Item {self.code[:60]}, {self.unit[:20]}{digits}{track}>"


def _followed(item: Item, follow_up: Substitute) -> None:
    checks.instance(follow_up, Substitute, "follow_up", 'Use Substitute("MIC-B", effective_from=date(2026, 6, 1))')
    if follow_up.item == item.code:
        raise InvalidValueError(field="follow_up", value=follow_up.item, reason="follows itself")
    if item.supply is Supply.PHANTOM:
        advice = "Let its bill of material change on that day"
        raise InvalidValueError(field="follow_up", value=follow_up.item, reason="follows a phantom", advice=advice)
    if follow_up.effective_until is not None or follow_up.use is not None or follow_up.share:
        advice = "Give the item, its ratio and effective_from"
        raise InvalidValueError(field="follow_up", value=follow_up.item, reason="follows for good", advice=advice)


def _collective(item: Item) -> None:
    checks.instance(item.collective, bool, "collective")
    if item.supply is Supply.PHANTOM:
        advice = "Say it of its parts: they are what is planned"
        raise InvalidValueError(field="collective", value=True, reason="is of a phantom", advice=advice)


def _kinds(item: Item) -> None:
    if item.tracking is not Tracking.NONE:
        checks.member(item.tracking, Tracking, "tracking")
    if item.strategy is not LotOrder.FEFO:
        checks.member(item.strategy, LotOrder, "strategy")
    if item.inspection is not Inspection.NONE:
        checks.member(item.inspection, Inspection, "inspection")
    if item.supply is not None:
        checks.member(item.supply, Supply, "supply")
