"""Golden case 4: net need 501, fixed lot 75."""

from prodstock.planning.lot_sizing.plain import FixedQuantity, LotForLot
from prodstock.planning.lot_sizing.sizes import LotSizes
from prodstock.planning.lot_sizing.terms import LotTerms, SizedLot


def test_seven_orders_of_the_fixed_size() -> None:
    """Seven orders of 75, by the rule and by the sizes alike."""
    assert FixedQuantity(75).lots([(7, 501)]) == (SizedLot(7, 75),) * 7
    assert LotForLot().lots([(7, 501)], LotTerms(sizes=LotSizes(fixed=75))) == (SizedLot(7, 75),) * 7
