"""Judgements: goods change their quality state, and promises on what is no longer eligible are resolved with it."""

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock.errors import Refused
from prodstock.journal.command import Command
from prodstock.master.codes import ItemCode, reason_code
from prodstock.master.quality_state import Quality, QualityState
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.deciding import decides
from prodstock.stock.goods import Found, Goods, Output, portions, select
from prodstock.stock.holds import Hurt, break_holds
from prodstock.stock.movement import Movement
from prodstock.stock.receipt import Receipt
from prodstock.stock.receive import known_quality
from prodstock.stock.status import Release, check_judgement, release_after
from prodstock.tables import Table

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft


@attrs.frozen(repr=False)
class Judgement:
    """What a judgement changed: how much of the goods, and the promises it broke."""

    item: ItemCode
    quantity: Decimal
    unit: str
    hurt: Table[Hurt]

    def __repr__(self) -> str:
        return f"<Judgement of {self.quantity:f} {self.unit[:10]} {self.item[:40]}, {len(self.hurt)} promises hurt>"


@attrs.frozen
class Judge(Command[Judgement]):
    """Give goods a quality state.

    Args:
        goods: a lot's code, a serial, what a receipt or completion answered, or `Goods` for part of a lot.
        quality: the state.
        reason: the short reason that becomes part of the state, such as `damaged`.
    """

    goods: Goods | Output | Receipt | str
    quality: Quality | QualityState
    reason: str = attrs.field(kw_only=True, default="", converter=reason_code)


@decides(Judge)
def decide_judge(draft: "Draft", command: Judge) -> Judgement:
    """Change the quality state of goods, wherever they really are; of a partial quantity free stock first.

    Reservations on what is no longer eligible are broken in the same commit, the latest made first.

    Raises:
        UnknownCode, AmbiguousCode: if the goods are not to be found, or not only they.
        NotAllowed: if the transition is not in the table.
        NotEnough: if there is less than the quantity asked for.
        Refused: if nothing is there, or all of it is in that state already.
    """
    world = draft.world
    selection = select(world, command.goods)
    quality = known_quality(world, command.quality)
    end = Quality(command.quality) if isinstance(command.quality, Quality) else command.quality.like
    done = 0
    hurt: list[Hurt] = []
    for found, quantity in portions(draft, selection, where=lambda f: _differs(f, quality, command.reason)):
        place = found.place
        check_judgement(selection.label, world.quality(place.quality), command.quality, world.catalog.transitions)
        release = release_after(end, Release(place.release)).value
        target = place._replace(quality=quality, reason=command.reason, release=release)
        hurt += break_holds(draft, found, quantity - (found.quantity - found.reserved))
        draft.leg(Movement.JUDGEMENT, found.shelf, found.parcel, -quantity)
        draft.put(Movement.JUDGEMENT, found.shelf, found.row, target, quantity)
        done += quantity
    if not done:
        raise Refused(reason=f"{selection.label} is {quality} already, or none of it is here")
    item = world.catalog.item(selection.item)
    return Judgement(ItemCode(item.code), from_scaled(done, item.scale), item.unit, Table(hurt))


def _differs(found: Found, quality: str, reason: str) -> bool:
    return (found.place.quality, found.place.reason) != (quality, reason)
