"""What stands in for the lines of an order, checked by code that did not plan it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from prodstock.errors import InvalidValueError, UnknownCode
from prodstock.master.bom import with_groups
from prodstock.master.bom_terms import Substitution
from prodstock.planning.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from prodstock.master.bom import BillOfMaterial, Substitute
    from prodstock.orders.planned import PlannedMake
    from prodstock.orders.production import ProductionOrder
    from prodstock.planning.verify import Check


class _Line:
    """What an order needs of an item, and what may stand in for it, in which ratio."""

    def __init__(self, item: str, need: Fraction, ratios: dict[str, Fraction], slack: Fraction) -> None:
        self.item, self.need, self.ratios, self.slack = item, need, ratios, slack

    def closeness(self, item: str, average: Fraction) -> tuple[bool, Fraction, int]:
        """Return how near the ratio of what stands in is to an average: from below at best."""
        ratio = self.ratios.get(item, Fraction(0))
        return ratio > average, abs(ratio - average), len(self.ratios)


class Replaced:
    """The lines of an order, and what it says that stands in for them: that is wanted instead."""

    def __init__(self, check: Check, order: PlannedMake | ProductionOrder) -> None:
        self.check, self.order = check, order
        self.lines: list[_Line] = []
        self.shares: list[tuple[str, Fraction, dict[str, Fraction]]] = []
        self.said: list[tuple[str, Fraction, str, Fraction]] = [
            (item, Fraction(much), replaced, Fraction(of)) for item, much, replaced, of in check.plan.stand_ins(order)
        ]

    def add(self, item: str, need: Fraction, ratios: Iterable[tuple[str, Fraction]]) -> None:
        """Add a line of the bill."""
        self._add(item, need, ratios, Fraction(0))

    def _add(self, item: str, need: Fraction, ratios: Iterable[tuple[str, Fraction]], slack: Fraction) -> None:
        lowest: dict[str, Fraction] = {}
        follow_up = self.check.rules.followed(item, self.order.start, self.order.site)
        followers = [] if follow_up is None else [(follow_up.item, Fraction(follow_up.ratio))]
        for other, ratio in [*ratios, *followers]:
            lowest[other] = min(ratio, lowest.get(other, ratio))
        self.lines.append(_Line(item, need, lowest, slack))

    def share(self, item: str, need: Fraction, substitutes: Iterable[Substitute]) -> None:
        """Note what has a share of a line."""
        found = {one.item: one.share for one in reversed(list(substitutes))}
        self.shares.append((item, need, {code: Fraction(share) for code, share in found.items() if share}))

    def _keep_shares(self) -> None:
        """Refuse a share that is not kept to the step, on an order each of whose items stands on one line."""
        items = [item for item, _, _ in self.shares]
        proposed = self.order.code not in self.check.rules.firm and self.check.plan.policy.mode is Mode.UNCONSTRAINED
        for item, need, shares in self.shares if proposed else ():
            follow_up = self.check.rules.followed(item, self.order.start, self.order.site)
            for other, share in shares.items():
                if follow_up is not None and follow_up.item == other:
                    continue
                covered = sum(of for stands, _, replaced, of in self.said if (stands, replaced) == (other, item))
                grain = Fraction(1, 10 ** self.check.catalog.item(item).scale)
                if items.count(item) == 1 and abs(covered - need * share) >= grain:
                    self.check.rules.broken(
                        "shares of a line are kept", f"{covered} of {need} {item} by {other}, not {share}"
                    )

    def finish(self) -> None:
        """Want what the lines still need; refuse what stands in for none. What stands in may be followed in turn."""
        self._keep_shares()
        done = 0
        while done < len(self.lines):
            done = len(self.lines)
            for place, said in enumerate(self.said):
                self.said[place] = self._stand(*said)
        for item, much, replaced, of in [self._stand(*said, anywhere=True) for said in self.said]:
            if much or of:
                self.check.rules.broken(
                    "what stands in may do so", f"{much} {item} for {of} {replaced} in {self.order!r}"
                )
        for line in self.lines:
            self.check.flow(line.item, self.order.site, self.order.segment).want(self.order.start, line.need)

    def _stand(
        self, item: str, much: Fraction, replaced: str, of: Fraction, *, anywhere: bool = False
    ) -> tuple[str, Fraction, str, Fraction]:
        """Let so much stand in on the lines that allow it, and return what is left of it.

        First where the ratio comes nearest; at last `anywhere`, for what others have taken that it might have.
        """
        all_lines = [line for line in self.lines if line.item == replaced]
        allowed = [line for line in all_lines if item in line.ratios]
        if not allowed or not of:
            return item, much, replaced, of
        cheapest, average = min(line.ratios[item] for line in allowed), much / of
        least, slack, covered = Fraction(0), Fraction(1, 10**18), Fraction(0)
        for line in sorted(all_lines if anywhere else allowed, key=lambda one: one.closeness(item, average)):
            some = min(line.need, of - covered)
            line.need -= some
            covered += some
            least += some * (cheapest if anywhere else line.ratios[item])
            slack += line.slack * line.ratios.get(item, 0)
        if not covered:
            return item, much, replaced, of
        self.check.flow(replaced, self.order.site, self.order.segment).replaced = True
        taken = much * covered / of
        if least - taken > slack:
            self.check.rules.broken("what stands in does so in its ratio", f"{much} {item} for {of} {replaced}")
        self._add(item, taken, (), Fraction(1, 10 ** self.check.catalog.item(item).scale))
        return item, much - taken, replaced, of - covered


def with_its_groups(
    check: Check, order: PlannedMake, bom: BillOfMaterial, moment: datetime, chosen: Mapping[str, str]
) -> BillOfMaterial:
    """Return the bill as an order takes it, with its groups in the place of all that they replace; refuse any other."""
    if not order.groups:
        return bom
    policy = check.plan.policy.substitutes
    use = {group.code: policy if group.use is None else group.use for group in bom.groups}
    never = [code for code in order.groups if use.get(code) is Substitution.NEVER]
    if never and order.code not in check.rules.firm:
        check.rules.broken("a group that never serves is not planned", f"{never[0]}, {order!r}")
    try:
        return with_groups(bom, order.groups, check.catalog.day(moment, order.site), chosen)
    except (InvalidValueError, UnknownCode) as refused:
        check.rules.broken("a group replaces what the bill needs", f"{refused.message}, {order!r}")
        raise
