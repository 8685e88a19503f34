"""Usage decisions: one look at goods that sorts them: so much accepted, so much to rework, so much rejected."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from prodstock.errors import InvalidTypeError, InvalidValueError, Refused, paired
from prodstock.journal.command import Command
from prodstock.master.codes import ItemCode, reason_code
from prodstock.master.quality_state import Quality
from prodstock.quantities.quantity import Amount, Exact, amount
from prodstock.quantities.scaled import from_scaled
from prodstock.stock.deciding import decides
from prodstock.stock.goods import Goods, Output
from prodstock.stock.holds import Hurt, break_holds
from prodstock.stock.movement import Movement
from prodstock.stock.receipt import Receipt
from prodstock.stock.selection import Found, portions, select
from prodstock.stock.status import Release, check_judgement, release_after
from prodstock.tables import Table

if TYPE_CHECKING:
    from prodstock.stock.draft import Draft


def shares(values: Mapping[Quality, Amount] | Iterable[tuple[Quality, Amount]]) -> tuple[tuple[Quality, Exact], ...]:
    """Return how much becomes what, in the order given."""
    found = []
    for quality, value in paired(values, "into").items():
        if not isinstance(quality, Quality):
            raise InvalidTypeError(field="into", value=quality, reason="is no Quality", advice="Use its members")
        found.append((quality, amount(value)))
    return tuple(found)


@attrs.frozen(repr=False)
class Sorted:
    """How much of the goods became what, and the promises that broke."""

    item: ItemCode
    unit: str
    into: tuple[tuple[Quality, Decimal], ...]
    hurt: Table[Hurt]

    def __repr__(self) -> str:
        parts = ", ".join(f"{quantity:f} {quality}" for quality, quantity in self.into)
        return f"<Sorted {self.item[:30]}: {parts[:60]}>"


@attrs.frozen
class Sort(Command[Sorted]):
    """Goods are sorted into several states at once; `because` says why.

    Args:
        goods: a lot, or part of it.
        into: how much becomes what; together it is all of the goods, to the last unit.
        reason: the short reason that becomes part of every state but approved, such as `scratched`.
    """

    goods: Goods | Output | Receipt | str
    into: tuple[tuple[Quality, Exact], ...] = attrs.field(converter=shares)
    reason: str = attrs.field(kw_only=True, default="", converter=reason_code)


@decides(Sort)
def decide_sort(draft: "Draft", command: Sort) -> Sorted:
    """Sort goods into states in the order given, free stock before what is promised.

    Raises:
        UnknownCode, AmbiguousCode: if the goods are not to be found.
        InvalidValueError: if the parts are not above zero, or do not sum to the goods exactly.
        NotAllowed: if a transition is not in the table.
        Refused: if the goods are in those states already.
    """
    world = draft.world
    selection = select(world, command.goods)
    item = world.catalog.item(selection.item)
    parts = [(quality, world.catalog.scaled(item.code, value, field="into")) for quality, value in command.into]
    drawn = portions(draft, selection, where=lambda _: True, what="there to be sorted")
    total = sum(quantity for _, quantity in drawn)
    given = sum(quantity for _, quantity in parts)
    if any(quantity <= 0 for _, quantity in parts) or given != total:
        shown, there = from_scaled(given, item.scale), from_scaled(total, item.scale)
        advice = f"Sort all {there:f} {item.unit}, or narrow the goods"
        raise InvalidValueError(field="into", value=shown, reason=f"is not the {there:f} there", advice=advice)
    leaving: dict[Found, int] = {}
    label = selection.label
    for found, quantity, quality in _split(drawn, parts):
        if _judged(draft, label, found, quantity, quality, command.reason):
            leaving[found] = leaving.get(found, 0) + quantity
    if not leaving:
        raise Refused(reason=f"{selection.label} is sorted so already", advice="Say what becomes of it instead")
    hurt: list[Hurt] = []
    for found, quantity in leaving.items():
        hurt += break_holds(draft, found, quantity - (found.quantity - found.reserved))
    into = tuple((quality, from_scaled(quantity, item.scale)) for quality, quantity in parts)
    return Sorted(ItemCode(item.code), item.unit, into, Table(hurt))


def _split(drawn: list[tuple[Found, int]], parts: list[tuple[Quality, int]]) -> Iterator[tuple[Found, int, Quality]]:
    """Yield which part of which parcel becomes what, both in their order."""
    rest = [quantity for _, quantity in drawn]
    at = 0
    for quality, wanted in parts:
        open_part = wanted
        while open_part:
            taken = min(rest[at], open_part)
            if taken:
                yield drawn[at][0], taken, quality
            rest[at] -= taken
            open_part -= taken
            at += not rest[at]


def _judged(draft: "Draft", label: str, found: Found, quantity: int, quality: Quality, reason: str) -> bool:
    """Give part of a parcel a state, and tell whether that is another one than it had."""
    world, place = draft.world, found.place
    release = release_after(quality, Release(place.release)).value
    given = "" if quality is Quality.APPROVED else reason
    target = place._replace(quality=quality.value, reason=given, release=release)
    if target == place:
        return False
    if place.quality != quality:
        check_judgement(label, world.quality(place.quality), quality, world.catalog.transitions)
    draft.leg(Movement.JUDGEMENT, found.shelf, found.parcel, -quantity)
    draft.put(Movement.JUDGEMENT, found.shelf, found.row, target, quantity)
    return True
