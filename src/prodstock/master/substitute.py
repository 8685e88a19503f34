"""What may stand in for an item: on the line of a bill, or from a day on wherever the item is needed."""

from datetime import date
from decimal import Decimal

import attrs

from prodstock.errors import InvalidValueError
from prodstock.master import checks
from prodstock.master.bom_terms import Substitution
from prodstock.master.codes import item_code


@attrs.frozen(repr=False)
class Substitute:
    """An item that may stand in for the one of a line.

    Args:
        item: what stands in.
        ratio: how many of it, in base units, replace one of the line's item.
        priority: lower is preferred; equal priorities in the order listed.
        effective_from: first day, at the site; None: always.
        effective_until: first day on which it no longer may; None: never ends.
        use: when planning counts on its stock; None: as the planning policy says.
        share: which part of what planned orders need of the line it covers, bought or made for it: "0.3" is three in
            ten. Zero: none; it is known to whoever issues, and used by the policy. What all leave is the line's item's.

    >>> Substitute("MIC-B", ratio=2)
    <Substitute MIC-B, 2 for one>
    """

    item: str = attrs.field(converter=item_code)
    ratio: Decimal = attrs.field(kw_only=True, default=checks.ONE, converter=checks.number)
    priority: int = attrs.field(kw_only=True, default=0)
    effective_from: date | None = attrs.field(kw_only=True, default=None)
    effective_until: date | None = attrs.field(kw_only=True, default=None)
    use: Substitution | None = attrs.field(kw_only=True, default=None)
    share: Decimal = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.number)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.ratio, "ratio")
        checks.whole(self.priority, "priority")
        if self.share is not checks.ZERO:
            _share(self.share, self.use)
        if self.use is not None:
            checks.member(self.use, Substitution, "use")
        checks.period(self.effective_from, self.effective_until)

    def effective_on(self, day: date) -> bool:
        """Tell whether it may stand in on a day of the site."""
        return checks.effective(self.effective_from, self.effective_until, day)

    def __str__(self) -> str:
        return self.item if self.ratio == 1 else f"{self.item} ({self.ratio:f} for one)"

    def __repr__(self) -> str:
        return f"<Substitute {self.item[:60]}, {self.ratio:f} for one>"


def _share(share: Decimal, use: Substitution | None) -> None:
    if not 0 <= share <= 1:
        raise InvalidValueError(field="share", value=share, reason="is not 0 to 1", advice='Three in ten is "0.3"')
    if share and use is not None:
        advice = "A share is planned with in any case; leave out the use"
        raise InvalidValueError(field="share", value=share, reason=f"stands beside use {use.value}", advice=advice)
