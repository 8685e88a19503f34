"""What a reservation asks for, and how stock is chosen for it."""

from datetime import timedelta
from enum import StrEnum

import attrs

from prodstock._render import brief
from prodstock.calendars.span import Moment
from prodstock.master import checks
from prodstock.master.codes import item_code, ref_code, site_code
from prodstock.master.item import LotOrder
from prodstock.quantities.quantity import Amount, Exact, amount


class Partial(StrEnum):
    """What to do when there is not enough: refuse, or take what there is."""

    REFUSE = "refuse"
    ALLOW = "allow"


@attrs.frozen(kw_only=True)
class AllocationPolicy:
    """How stock is chosen.

    Attributes:
        order: which lot first; None: as the item says.
        partial: whether less than asked for is taken.
        minimum_life: how long goods must still be usable after the need.
    """

    order: LotOrder | None = None
    partial: Partial = Partial.REFUSE
    minimum_life: timedelta = timedelta()

    __repr__ = brief

    def __attrs_post_init__(self) -> None:
        if self.order is not None:
            checks.member(self.order, LotOrder, "order")
        checks.member(self.partial, Partial, "partial")
        checks.duration(self.minimum_life, "minimum_life")


DEFAULT_POLICY = AllocationPolicy()


@attrs.frozen(repr=False, init=False)
class Claim:
    """A wish for stock that is no demand of its own: a sample, a repair on the bench, a promise made by phone.

    Attributes:
        item: what.
        quantity: how much; a plain number is in the item's base unit.
        ref: for what; an expected demand of that code is then the target.
        at: when it is needed; None: now. A date means the end of that day.
        site: from where.
    """

    item: str = attrs.field(converter=item_code)
    quantity: Exact = attrs.field(converter=amount)
    ref: str = attrs.field(kw_only=True, converter=ref_code)
    at: Moment | None = attrs.field(kw_only=True, default=None)
    site: str = attrs.field(kw_only=True, default="MAIN", converter=site_code)

    def __init__(self, item: str, quantity: Amount, *, ref: str, at: Moment | None = None, site: str = "MAIN") -> None:
        _set_item(self, item_code(item))
        _set_quantity(self, amount(quantity))
        _set_ref(self, ref_code(ref))
        _set_at(self, at)
        _set_site(self, site_code(site))

    def __repr__(self) -> str:
        return f"<Claim {str(self.quantity)[:20]} {self.item[:30]} for {self.ref[:30]}>"


# Claims are made by the thousand: the slots' own setters cost half of what a frozen class does (benchmarks.stock).
_set_item, _set_quantity, _set_ref, _set_at, _set_site = (
    Claim.__dict__[name].__set__ for name in ("item", "quantity", "ref", "at", "site")
)
