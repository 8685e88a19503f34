"""Golden case 3: net need 301, minimum lot 100, maximum lot 200, rounding 12 (SAP)."""

from prodstock.planning.lot_sizing.plain import LotForLot
from prodstock.planning.lot_sizing.sizes import LotCut, LotSizes
from prodstock.planning.lot_sizing.terms import LotTerms, SizedLot


def test_only_the_remainder_is_rounded() -> None:
    """Cut at the maximum: 200 as it is, and the remaining 101 rounded to 108."""
    sizes = LotSizes(minimum=100, maximum=200, multiple=12)
    assert sizes.split(301) == (200, 108)
    assert LotForLot().lots([(7, 301)], LotTerms(sizes=sizes)) == (SizedLot(7, 200), SizedLot(7, 108))


def test_every_lot_is_a_multiple_where_that_is_the_policy() -> None:
    """192 is the largest multiple within the maximum, and the remaining 109 are rounded to 120."""
    sizes = LotSizes(minimum=100, maximum=200, multiple=12, cut=LotCut.MULTIPLE)
    assert sizes.split(301) == (192, 120)
    assert LotForLot().lots([(7, 301)], LotTerms(sizes=sizes)) == (SizedLot(7, 192), SizedLot(7, 120))
