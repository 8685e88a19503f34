"""The words of bills of material, apart from the bills: whoever only reads them loads no more."""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction


class Basis(StrEnum):
    """What a line's quantity is counted by: every unit that is made, or once per order whatever its size."""

    UNIT = "unit"
    ORDER = "order"


class Measure:
    """What else a line's quantity may be counted by: a function of the quantity that the line serves.

    Those there are stand in `prodstock.master.measure`: a closed vocabulary, of which bills are sure.
    """

    __slots__ = ()

    def count(self, served: Fraction) -> Fraction:
        """Return how many times the line's quantity is needed for so many base units of what is made, exactly."""
        raise NotImplementedError


class Condition:
    """When a line applies: a function of what is chosen of the options.

    Those there are stand in `prodstock.master.condition`: a closed vocabulary, of which bills are sure.
    """

    __slots__ = ()

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """Every option and value that it names, by name."""
        raise NotImplementedError

    def holds(self, chosen: Mapping[str, str]) -> bool:
        """Tell whether it holds of what is chosen of every option."""
        raise NotImplementedError


class ScrapBasis(StrEnum):
    """Which quantity of the parent a line serves: what is started, losses included, or only what comes out good.

    `GOOD` is for parts that go in when all losses are behind (SAP's net indicator): the line's own scrap replaces
    the assembly's and the operations' scrap instead of adding to them.
    """

    STARTED = "started"
    GOOD = "good"


class LineRole(StrEnum):
    """What a line is for.

    Packaging is consumed as any component and may be asked for by itself. A rework line is needed by rework orders
    only: it is no requirement of an explosion and no part of a circle.
    """

    COMPONENT = "component"
    PACKAGING = "packaging"
    REWORK = "rework"


class Substitution(StrEnum):
    """When planning lets a substitute's stock and receipts serve instead of the item of a line.

    NEVER: not at all; who issues may still take it.
    WHEN_LATE: where the item lacks and a new order of it would have had to start before now, or there is no source.
    BEFORE_ORDERING: wherever the item lacks, before any of it is ordered.
    FIRST: before the item itself, until the substitute is used up: how an old item runs out.
    """

    NEVER = "never"
    WHEN_LATE = "when-late"
    BEFORE_ORDERING = "before-ordering"
    FIRST = "first"


class BomStatus(StrEnum):
    """Only an active bill is planned with."""

    DRAFT = "draft"
    ACTIVE = "active"
    OBSOLETE = "obsolete"
