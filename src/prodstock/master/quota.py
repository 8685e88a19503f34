"""Quota arrangements: how much of an item comes from which source over time."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import attrs

from prodstock.errors import InvalidTypeError, InvalidValueError, listed
from prodstock.master import checks
from prodstock.master.codes import item_code, optional_site, optional_source, optional_supplier
from prodstock.master.definition import Definition


@attrs.frozen(repr=False)
class QuotaShare:
    """The share of one source: a supplier, another site, or, where neither is named, making.

    Args:
        share: above zero; what counts is its ratio to the other shares.
        supplier: from whom it is bought.
        source: the site from which it is moved.
        base: how much counts as having come from it before, in the item's base unit.

    >>> QuotaShare(60, supplier="KNW")
    <QuotaShare 60 from KNW>
    """

    share: Decimal = attrs.field(converter=checks.number)
    supplier: str | None = attrs.field(kw_only=True, default=None, converter=optional_supplier)
    source: str | None = attrs.field(kw_only=True, default=None, converter=optional_source)
    base: Decimal = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.number)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.share, "share")
        checks.not_negative(self.base, "base")
        if self.supplier is not None and self.source is not None:
            advice = "Give each a share of its own"
            raise InvalidValueError(
                field="source", value=self.source, reason="is named beside a supplier", advice=advice
            )

    @property
    def way(self) -> tuple[str, str]:
        """How it comes (buy, move or make), and from whom or where."""
        if self.supplier is not None:
            return "buy", self.supplier
        return ("make", "") if self.source is None else ("move", self.source)

    @property
    def name(self) -> str:
        """The source as people name it."""
        return self.supplier or self.source or "making"

    def __repr__(self) -> str:
        return f"<QuotaShare {str(self.share)[:20]} from {self.name[:60]}>"


def _shares(values: Iterable[QuotaShare]) -> tuple[QuotaShare, ...]:
    found = listed(values, "shares")
    for value in found:
        if not isinstance(value, QuotaShare):
            raise InvalidTypeError(field="shares", value=value, reason="is no QuotaShare", advice="Use QuotaShare(60)")
    return found


@attrs.frozen(repr=False)
class QuotaArrangement(Definition):
    """How an item is shared out between its sources at a site.

    An order goes to the source with the lowest quota rating that is open: what has come from it, over its share. What
    has come is its base, all open purchase, transfer and production orders for the site, and all planned orders before;
    of equal ratings the first one named goes first. An order is never split; what lot sizes add to it counts. Sources
    without a share come after those that have one, by priority.

    Args:
        item: what is shared out.
        shares: the sources, each once.
        site: where; None: every site without an arrangement of its own.
        effective_from: first day of the site on which what is due is shared out so; None: always.
        effective_until: first day on which it no longer is; None: never ends.

    >>> QuotaArrangement("MIC", [QuotaShare(60, supplier="KNW"), QuotaShare(40, supplier="OTIK")])
    <QuotaArrangement MIC: KNW 60, OTIK 40>
    """

    item: str = attrs.field(converter=item_code)
    shares: tuple[QuotaShare, ...] = attrs.field(converter=_shares)
    site: str | None = attrs.field(kw_only=True, default=None, converter=optional_site)
    effective_from: date | None = attrs.field(kw_only=True, default=None)
    effective_until: date | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        if not self.shares:
            raise InvalidValueError(field="shares", value=self.shares, reason="are none", advice="Name a source")
        ways = [one.way for one in self.shares]
        for one in self.shares:
            if ways.count(one.way) > 1:
                raise InvalidValueError(field="shares", value=one.name, reason="stands there twice")
        checks.period(self.effective_from, self.effective_until)

    @property
    def identity(self) -> tuple[str, ...]:
        """The item, the site and the first day."""
        start = "" if self.effective_from is None else self.effective_from.isoformat()
        return (self.item, self.site or "", start)

    def effective_on(self, day: date) -> bool:
        """Tell whether what is due on a day of the site is shared out so."""
        return checks.effective(self.effective_from, self.effective_until, day)

    def __repr__(self) -> str:
        said = ", ".join(f"{one.name[:12]} {str(one.share)[:8]}" for one in self.shares[:3])
        more = f" and {len(self.shares) - 3} more" if len(self.shares) > 3 else ""
        return f"<QuotaArrangement {self.item[:20]}: {said}{more}>"
