"""Golden case 9: 4 g a unit from stock kept in kg with 2 decimals (Odoo PR 133387)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from prodstock.errors import InvalidValueError
from prodstock.journal.store import ManualClock
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.codes import ItemCode
from prodstock.master.item import Item
from prodstock.orders.planned import PlannedMake
from prodstock.plant import Plant
from prodstock.quantities.quantity import Quantity
from prodstock.shopfloor.issue import IssueGoods
from prodstock.shopfloor.launch import Launch
from prodstock.stock.goods import Goods

NOW = datetime(2026, 3, 2, tzinfo=UTC)
BOM = BillOfMaterial("SOUP", [BomLine("SALT", Quantity(4, "g"))])
CATALOG = Catalog([Item("SOUP"), Item("SALT", unit="kg", scale=2), BOM])


def plain(value: object) -> object:
    """Return a value without its static type, so that numbers of any kind compare."""
    return value


def plant() -> Plant:
    """A plant with a kilogram of salt."""
    found = Plant(CATALOG, clock=ManualClock(NOW))
    found.receive("SALT", 1)
    return found


@pytest.mark.parametrize(("units", "need"), [(1, "0.01"), (2, "0.01"), (3, "0.02"), (100, "0.40")])
def test_the_need_is_rounded_up_once_per_order(units: int, need: str) -> None:
    """One unit needs 0.01 kg, a hundred need 0.40 kg: rounded up once, and the exact need is kept beside it."""
    order = plant().launch(PlannedMake(ItemCode("SOUP"), Decimal(units), NOW, NOW, ""))

    assert plain((order.lines[0].need, order.lines[0].exact)) == (Decimal(need), Decimal(units) / 250)


def test_a_hundred_made_one_by_one_use_what_a_hundred_use() -> None:
    """Confirming unit by unit does not round a hundred times: 0.40 kg are used, not 1.00 kg."""
    here = plant()
    order = here.launch(PlannedMake(ItemCode("SOUP"), Decimal(100), NOW, NOW, ""))
    here.issue(here.reserve(order))
    for _ in range(100):
        here.complete(order, good=1)

    assert here.availability("SALT").physical == Decimal("0.60")
    here.check()


def test_issuing_literally_four_grams_is_refused_with_the_reason() -> None:
    """Stock that is counted in hundredths of a kilogram does not move by thousandths."""
    here = plant()
    here.do(Launch(PlannedMake(ItemCode("SOUP"), Decimal(1), NOW, NOW, "")))

    with pytest.raises(InvalidValueError, match="more than 2 decimals"):
        here.do(IssueGoods("MO-1", Goods("SALT", quantity=Quantity(4, "g"))))
