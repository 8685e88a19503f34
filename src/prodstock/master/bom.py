"""Bills of material: what goes into an item, how much of it, and what comes out beside it."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode, listed, nearest
from prodstock.master import checks
from prodstock.master.bom_terms import Basis, BomStatus, Condition, LineRole, Measure, ScrapBasis, Substitution
from prodstock.master.canonical import digest
from prodstock.master.codes import code, codes, item_code, optional_operation, optional_site, revision_code
from prodstock.master.definition import Definition
from prodstock.master.substitute import Substitute
from prodstock.quantities.quantity import Exact, amount

__all__ = [
    "Basis",
    "BillOfMaterial",
    "BomLine",
    "BomStatus",
    "ByProduct",
    "CoProduct",
    "LineRole",
    "ScrapBasis",
    "Substitute",
    "SubstituteGroup",
    "Substitution",
    "bom_lines",
    "with_groups",
]


def substitutes_in_order(values: Iterable[str | Substitute]) -> tuple[Substitute, ...]:
    """Return substitutes by priority, then as listed; a bare code stands in one for one."""
    if values == ():
        return ()
    given = listed(values, "substitutes")
    found = [value if isinstance(value, Substitute) else Substitute(value) for value in given]
    return tuple(sorted(found, key=lambda one: one.priority)) if len(found) > 1 else tuple(found)


@attrs.frozen(repr=False)
class BomLine:
    """A component of a bill of material.

    Args:
        item: what goes in.
        quantity: how much, per `for_quantity` of the parent or per order; a plain number is in the item's base unit,
            and its digits are not bound by the item's scale.
        scrap: mark-up: q(1 + scrap) are needed.
        yield_rate: share of it that is usable: q / yield_rate are needed. Either this or `scrap`, not both.
        per: what the quantity is counted by: each unit; once per order; or a measure of the quantity that the line
            serves, such as `EachBegun(24)` or `Stepped([(0, 1), (100, 2)])`. The last two pass `for_quantity` by.
        scrap_basis: whether it serves the quantity started or only the good one.
        role: component, packaging, or needed by rework only.
        operation: the step that consumes it; None, or a step that the order's routing does not have: needed at the
            start.
        substitutes: what may stand in, as codes or as `Substitute`, by priority.
        effective_from: first day, at the site, on which an order may start with it; None: always.
        effective_until: first day on which it no longer may; None: never ends.
        when: with which values of options it applies, such as `Chosen("plug", "EU")`; None: with all.
        limits_life: whether what is made is good no longer than what goes in here: milk, but not the cup.

    >>> BomLine("MIC", 2, scrap="0.01", substitutes=["MIC-B"])
    <BomLine 2 MIC per unit, scrap 0.01>
    """

    item: str = attrs.field(converter=item_code)
    quantity: Exact = attrs.field(converter=amount)
    scrap: Decimal = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.number)
    yield_rate: Decimal = attrs.field(kw_only=True, default=checks.ONE, converter=checks.number)
    per: Basis | Measure = attrs.field(kw_only=True, default=Basis.UNIT)
    scrap_basis: ScrapBasis = attrs.field(kw_only=True, default=ScrapBasis.STARTED)
    role: LineRole = attrs.field(kw_only=True, default=LineRole.COMPONENT)
    operation: str | None = attrs.field(kw_only=True, default=None, converter=optional_operation)
    substitutes: tuple[Substitute, ...] = attrs.field(kw_only=True, default=(), converter=substitutes_in_order)
    effective_from: date | None = attrs.field(kw_only=True, default=None)
    effective_until: date | None = attrs.field(kw_only=True, default=None)
    when: Condition | None = attrs.field(kw_only=True, default=None)
    limits_life: bool = attrs.field(kw_only=True, default=False)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.quantity, "quantity")
        if self.limits_life is not False:
            checks.instance(self.limits_life, bool, "limits_life")
        if self.when is not None:
            checks.instance(self.when, Condition, "when", 'Use Chosen("plug", "EU"), or several with &, | and ~')
        if self.scrap is not checks.ZERO or self.yield_rate is not checks.ONE:
            _losses(self.scrap, self.yield_rate)
        if self.per is not Basis.UNIT and not isinstance(self.per, Measure):
            checks.member(self.per, Basis, "per")
        if self.scrap_basis is not ScrapBasis.STARTED:
            checks.member(self.scrap_basis, ScrapBasis, "scrap_basis")
        if self.role is not LineRole.COMPONENT:
            checks.member(self.role, LineRole, "role")
        if self.effective_from is not None or self.effective_until is not None:
            checks.period(self.effective_from, self.effective_until)
        if self.substitutes:
            _stand_in(self.item, self.substitutes)

    def effective_on(self, day: date) -> bool:
        """Tell whether an order that starts on a day of the site needs this line."""
        return checks.effective(self.effective_from, self.effective_until, day)

    def applies(self, chosen: Mapping[str, str]) -> bool:
        """Tell whether it applies with what is chosen of every option: `catalog.chosen({"plug": "UK"})`."""
        return self.when is None or self.when.holds(chosen)

    def __repr__(self) -> str:
        lost = f", scrap {self.scrap:f}" if self.scrap else ""
        lost = f", yield {self.yield_rate:f}" if self.yield_rate != 1 else lost
        number = f"{self.quantity:f}" if isinstance(self.quantity, Decimal) else str(self.quantity)
        per = self.per.value if isinstance(self.per, Basis) else str(self.per)[:25]
        when = "" if self.when is None else f", when {self.when}"
        return f"<BomLine {number[:20]} {self.item[:30]} per {per}{lost[:25]}{when[:25]}>"


def _stand_in(item: str, substitutes: tuple[Substitute, ...]) -> None:
    for one in substitutes:
        if one.item == item:
            raise InvalidValueError(field="substitutes", value=one.item, reason="stands in for itself")
    if sum(Fraction(one.share) for one in substitutes) > 1:
        shares = ", ".join(f"{one.share:f} {one.item}" for one in substitutes)
        advice = "What the shares leave of the whole is that of the line's item"
        raise InvalidValueError(
            field="substitutes", value=shares[:60], reason="have more than the whole", advice=advice
        )


def _losses(scrap: Decimal, yield_rate: Decimal) -> None:
    checks.not_negative(scrap, "scrap")
    if not 0 < yield_rate <= 1:
        advice = "0.97 means that 97 of 100 are usable"
        raise InvalidValueError(
            field="yield_rate", value=yield_rate, reason="is not above 0 and at most 1", advice=advice
        )
    if scrap and yield_rate != 1:
        advice = "Use scrap for a mark-up, q(1+s), or yield_rate to divide, q/y"
        raise InvalidValueError(
            field="yield_rate", value=yield_rate, reason=f"stands beside scrap {scrap:f}", advice=advice
        )


@attrs.frozen(repr=False)
class CoProduct:
    """An item that comes out beside the main one and may be the reason to make it.

    Args:
        item: what comes out.
        quantity: how much, per `for_quantity` of the main item.
        cost_share: its share of the cost, 0 to 1; what all outputs leave is the main item's.
    """

    item: str = attrs.field(converter=item_code)
    quantity: Exact = attrs.field(converter=amount)
    cost_share: Decimal = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.number)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.quantity, "quantity")
        if not 0 <= self.cost_share <= 1:
            advice = "A quarter of the cost is 0.25"
            raise InvalidValueError(field="cost_share", value=self.cost_share, reason="is not 0 to 1", advice=advice)

    def __repr__(self) -> str:
        return f"<CoProduct {self.item[:60]}, cost share {self.cost_share:f}>"


@attrs.frozen(repr=False)
class ByProduct:
    """An item that comes out beside the main one, bears no cost and is never the reason to make it.

    Args:
        item: what comes out.
        quantity: how much, per `for_quantity` of the main item.
    """

    item: str = attrs.field(converter=item_code)
    quantity: Exact = attrs.field(converter=amount)

    def __attrs_post_init__(self) -> None:
        checks.positive(self.quantity, "quantity")

    def __repr__(self) -> str:
        return f"<ByProduct {self.item[:60]}>"


def bom_lines(lines: Iterable[BomLine]) -> tuple[BomLine, ...]:
    """Return the lines of a bill in the order listed, which is the order of its positions."""
    found = listed(lines, "lines")
    for line in found:
        if not isinstance(line, BomLine):
            raise InvalidTypeError(field="lines", value=line, reason="is no BomLine")
    return found


def bom_outputs(outputs: Iterable[CoProduct | ByProduct]) -> tuple[CoProduct | ByProduct, ...]:
    """Return what comes out beside the main item, by item code."""
    found = listed(outputs, "outputs")
    for output in found:
        if not isinstance(output, CoProduct | ByProduct):
            advice = "Use CoProduct or ByProduct"
            raise InvalidTypeError(field="outputs", value=output, reason="is no output", advice=advice)
    return tuple(sorted(found, key=lambda output: output.item)) if len(found) > 1 else found


def replaced_items(values: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of the items that a group replaces, sorted."""
    return tuple(sorted(codes(values, "replaces")))


@attrs.frozen(repr=False)
class SubstituteGroup:
    """Lines that replace several lines of a bill together: a kit for its parts, or parts for a kit. All or nothing.

    An order is planned and launched with a group, or without: `Launch(order, groups=["KIT"])`.

    Args:
        code: its name on the bill.
        replaces: the items whose lines it replaces, all of them.
        lines: what goes in instead, counted as the bill's own lines are: the ratio is in their quantities.
        priority: lower is preferred; equal priorities by code.
        effective_from: first day, at the site, on which an order may start with it; None: always.
        effective_until: first day on which it no longer may; None: never ends.
        use: when planning counts on what is there of its items; None: as the planning policy says.

    >>> SubstituteGroup("KIT", replaces=["SCREW", "NUT", "WASHER"], lines=[BomLine("SCREW-SET", 1)])
    <SubstituteGroup KIT: SCREW-SET for NUT, SCREW, WASHER>
    """

    code: str = attrs.field(converter=code)
    replaces: tuple[str, ...] = attrs.field(kw_only=True, converter=replaced_items)
    lines: tuple[BomLine, ...] = attrs.field(kw_only=True, converter=bom_lines)
    priority: int = attrs.field(kw_only=True, default=0)
    effective_from: date | None = attrs.field(kw_only=True, default=None)
    effective_until: date | None = attrs.field(kw_only=True, default=None)
    use: Substitution | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        for field in ("replaces", "lines"):
            if not getattr(self, field):
                raise InvalidValueError(field=field, value=(), reason="are none")
        checks.whole(self.priority, "priority")
        if self.use is not None:
            checks.member(self.use, Substitution, "use")
        checks.period(self.effective_from, self.effective_until)

    def effective_on(self, day: date) -> bool:
        """Tell whether an order that starts on a day of the site may be launched with it."""
        return checks.effective(self.effective_from, self.effective_until, day)

    def __repr__(self) -> str:
        items = ", ".join(line.item for line in self.lines)
        return f"<SubstituteGroup {self.code[:20]}: {items[:30]} for {', '.join(self.replaces)[:30]}>"


def bom_groups(groups: Iterable[SubstituteGroup]) -> tuple[SubstituteGroup, ...]:
    """Return groups by priority, then code."""
    if groups == ():
        return ()
    found = listed(groups, "groups")
    for group in found:
        if not isinstance(group, SubstituteGroup):
            raise InvalidTypeError(field="groups", value=group, reason="is no SubstituteGroup")
    return tuple(sorted(found, key=lambda group: (group.priority, group.code)))


@attrs.frozen(repr=False)
class BillOfMaterial(Definition):
    """What an item is made of.

    Args:
        item: what is made.
        lines: what goes in. One item may stand on several lines; they are never merged.
        revision: which version; with item and site it names the bill.
        status: only active bills are planned with.
        site: where it applies; None: every site without a bill of its own.
        for_quantity: how many of the item the quantities of lines and outputs are for.
        scrap: assembly scrap, a mark-up: for q good ones, q(1 + scrap) are started.
        outputs: what comes out beside the item.
        groups: what may replace several lines together, by priority, then code.
        effective_from: first day, at the site, on which an order may start with it; None: always.
        effective_until: first day on which it no longer may; None: never ends.

    >>> BillOfMaterial("HD-7", [BomLine("MIC", 2), BomLine("BATTERY", 1)], revision="C")
    <BillOfMaterial HD-7 C, 2 lines, active>
    """

    item: str = attrs.field(converter=item_code)
    lines: tuple[BomLine, ...] = attrs.field(converter=bom_lines)
    revision: str = attrs.field(kw_only=True, default="A", converter=revision_code)
    status: BomStatus = attrs.field(kw_only=True, default=BomStatus.ACTIVE)
    site: str | None = attrs.field(kw_only=True, default=None, converter=optional_site)
    for_quantity: Exact = attrs.field(kw_only=True, default=checks.ONE, converter=checks.quantity)
    scrap: Decimal = attrs.field(kw_only=True, default=checks.ZERO, converter=checks.number)
    outputs: tuple[CoProduct | ByProduct, ...] = attrs.field(kw_only=True, default=(), converter=bom_outputs)
    groups: tuple[SubstituteGroup, ...] = attrs.field(kw_only=True, default=(), converter=bom_groups)
    effective_from: date | None = attrs.field(kw_only=True, default=None)
    effective_until: date | None = attrs.field(kw_only=True, default=None)

    def __attrs_post_init__(self) -> None:
        checks.member(self.status, BomStatus, "status")
        checks.positive(self.for_quantity, "for_quantity")
        checks.not_negative(self.scrap, "scrap")
        checks.period(self.effective_from, self.effective_until)
        if self.outputs:
            _shares(self)
        if self.groups:
            _groups(self)

    @property
    def identity(self) -> tuple[str, ...]:
        """The item, the site and the revision."""
        return (self.item, self.site or "", self.revision)

    @property
    def co_products(self) -> tuple[CoProduct, ...]:
        """The outputs that may be the reason to make the item, by item code."""
        return tuple(output for output in self.outputs if isinstance(output, CoProduct))

    @property
    def by_products(self) -> tuple[ByProduct, ...]:
        """The outputs that never are, by item code."""
        return tuple(output for output in self.outputs if isinstance(output, ByProduct))

    @property
    def main_cost_share(self) -> Fraction:
        """What the co-products leave of the cost; with their shares it is exactly 1."""
        return 1 - sum((Fraction(output.cost_share) for output in self.co_products), Fraction(0))

    def effective_on(self, day: date) -> bool:
        """Tell whether an order may start with this bill on a day of the site; its status is another question."""
        return checks.effective(self.effective_from, self.effective_until, day)

    def lines_on(self, day: date, chosen: Mapping[str, str] | None = None) -> tuple[BomLine, ...]:
        """Return the lines valid on a day of the site, in the order listed.

        With what is chosen of every option, those that apply; else all, whatever is chosen.
        """
        return tuple(line for line in self.lines if line.effective_on(day) and (chosen is None or line.applies(chosen)))

    def content_hash(self) -> str:
        """Return a SHA-256 in hex of all that the bill says; equal bills have equal hashes in every process.

        The order of lines counts, since it numbers them; 1.0 and 1 are the same number. O(n) in lines.
        """
        return digest(self)

    def __repr__(self) -> str:
        place = f" at {self.site[:20]}" if self.site else ""
        count = f"{len(self.lines)} line" + "s" * (len(self.lines) != 1)
        return f"<BillOfMaterial {self.item[:40]} {self.revision[:20]}{place}, {count}, {self.status.value}>"


def _groups(bom: BillOfMaterial) -> None:
    items, names = {line.item for line in bom.lines}, [group.code for group in bom.groups]
    if len(set(names)) < len(names):
        raise InvalidValueError(field="groups", value=names[:10], reason="name one twice")
    for group in bom.groups:
        if any(line.item == bom.item for line in group.lines):
            raise InvalidValueError(field="groups", value=group.code, reason=f"needs {bom.item} to make it")
        for item in group.replaces:
            if item not in items:
                advice = "A group replaces lines of its bill"
                reason = f"replaces {item}, which no line needs"
                raise InvalidValueError(field="groups", value=group.code, reason=reason, advice=advice)


def with_groups(
    bom: BillOfMaterial, names: Iterable[str], day: date, chosen: Mapping[str, str] | None = None
) -> BillOfMaterial:
    """Return a bill as an order takes it that is launched with groups on a day: the other lines, then theirs.

    Lines count that apply with what is chosen of every option; None: all of them.

    Raises:
        UnknownCode: if the bill has no such group.
        InvalidValueError: if one does not hold that day, none of its lines or not all that it replaces is needed then,
            or two replace the same.
    """
    names = tuple(names)
    refuse_unknown_groups(bom, bom.item, names)
    known = {group.code: group for group in bom.groups}
    lines, added = list(bom.lines_on(day, chosen)), list[BomLine]()
    for name in names:
        group = known[name]
        if not group.effective_on(day):
            raise InvalidValueError(field="groups", value=name, reason=f"does not hold on {day}")
        missing = set(group.replaces) - {line.item for line in lines}
        if missing:
            reason = f"cannot replace {', '.join(sorted(missing))}: the order does not need it"
            raise InvalidValueError(field="groups", value=name, reason=reason)
        instead = [line for line in group.lines if line.effective_on(day) and (chosen is None or line.applies(chosen))]
        if not instead:
            raise InvalidValueError(field="groups", value=name, reason=f"has no line that holds on {day}")
        lines = [line for line in lines if line.item not in group.replaces]
        added += instead
    return attrs.evolve(bom, lines=[*lines, *added], groups=())


def refuse_unknown_groups(bom: BillOfMaterial | None, item: str, names: Iterable[str]) -> None:
    """Refuse names of groups that are none of a bill's.

    Raises:
        UnknownCode: naming the first.
    """
    known = [] if bom is None else [group.code for group in bom.groups]
    for name in names:
        if name not in known:
            raise UnknownCode(kind=f"substitute group of {item}", given=name, nearest=nearest(name, known))


def _shares(bom: BillOfMaterial) -> None:
    names = [output.item for output in bom.outputs]
    if bom.item in names or len(set(names)) < len(names):
        raise InvalidValueError(field="outputs", value=names[:10], reason="name an item twice, or the main one")
    if bom.main_cost_share < 0:
        total = str(1 - bom.main_cost_share)
        advice = "Shares are of the whole cost; what they leave is the main item's"
        raise InvalidValueError(field="outputs", value=total, reason="is more than the whole cost", advice=advice)
