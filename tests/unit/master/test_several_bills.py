"""An item with several bills: of which one holds where and when, and what each of the questions then sees."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from prodstock.master.bom import BillOfMaterial, BomLine, BomStatus, CoProduct, LineRole
from prodstock.master.catalog import Catalog
from prodstock.master.explosion import explode
from prodstock.master.item import Item, Supply
from prodstock.master.location import Site

TURN = date(2026, 6, 1)
BEFORE = TURN - timedelta(days=1)
PARTS = "CLAY GLAZE RIM TAPE TRIM STRAW"


def several(*more: Item | BillOfMaterial | Site) -> Catalog:
    """Return a cup whose bills change in June, with one for Kyoto alone, a draft and lines that come and go."""
    bills = [
        BillOfMaterial("CUP", [BomLine("TAPE", 9)], revision="0", status=BomStatus.DRAFT),
        BillOfMaterial(
            "CUP",
            [BomLine("TAPE", 1, role=LineRole.REWORK), BomLine("CLAY", 2), BomLine("RIM", 1, effective_until=BEFORE)],
            revision="A",
            effective_until=TURN,
        ),
        BillOfMaterial(
            "CUP",
            [BomLine("STRAW", 3), BomLine("GLAZE", 1, effective_from=TURN), BomLine("CLAY", 1)],
            revision="B",
            effective_from=TURN,
        ),
        BillOfMaterial("CUP", [BomLine("TRIM", 5), BomLine("CLAY", 4)], site="KYOTO", revision="A"),
        BillOfMaterial("SET", [BomLine("CUP", 10)]),
    ]
    return Catalog([Site("KYOTO"), *map(Item, f"SET CUP {PARTS}".split()), *bills, *more])


VALID = {
    (BEFORE, "MAIN"): {"CLAY": 2},
    (TURN, "MAIN"): {"STRAW": 3, "GLAZE": 1, "CLAY": 1},
    (BEFORE, "KYOTO"): {"TRIM": 5, "CLAY": 4},
    (TURN, "KYOTO"): {"TRIM": 5, "CLAY": 4},
}


@pytest.mark.parametrize(("day", "site"), list(VALID))
def test_every_question_sees_the_bill_of_its_day_and_site(day: date, site: str) -> None:
    """Explosion, where-used and low-level codes follow the lines of the one bill that holds, and no others."""
    catalog, needed = several(), VALID[day, site]

    rows = explode(catalog, "SET", 1, at=day, site=site).requirements

    assert {row.item: row.quantity for row in rows} == {"CUP": 10, **{part: 10 * n for part, n in needed.items()}}
    for part in PARTS.split():
        users = {row.item: row.quantity for row in catalog.where_used(part, day, site=site)}
        per = needed.get(part)
        assert users == ({} if per is None else {"CUP": Decimal(per), "SET": Decimal(10 * per)})
    codes = catalog.low_level_codes(day, site=site)
    assert codes == {"SET": 0, "CUP": 1} | {part: 2 if part in needed else 0 for part in PARTS.split()}


def test_low_level_codes_of_all_days_see_all_active_bills() -> None:
    """Drafts and rework lines count for none of them; lines of all days and sites do."""
    codes = several().low_level_codes()

    assert codes == {"SET": 0, "CUP": 1, "TAPE": 0} | dict.fromkeys(["CLAY", "RIM", "GLAZE", "STRAW", "TRIM"], 2)


def test_low_level_codes_leave_out_the_bills_of_what_is_bought() -> None:
    """A bought jug with a bill for looking at puts nothing below it; what is made with it stands as before."""
    catalog = several(Item("JUG", supply=Supply.BUY), BillOfMaterial("JUG", [BomLine("SET", 1)]))

    assert catalog.low_level_codes() == {**several().low_level_codes(), "JUG": 0}
    assert catalog.low_level_codes(TURN) == {**several().low_level_codes(TURN), "JUG": 0}
    assert explode(catalog, "JUG", 1, at=TURN).of("CLAY").level == 3
    assert [row.item for row in catalog.where_used("CLAY", TURN)] == ["CUP", "SET"]


def test_co_products_stand_on_one_level_on_the_days_of_their_bill() -> None:
    """A saucer that comes out with the cup shares its level, and what is made of the saucer stands above it."""
    fire = BillOfMaterial("PAIR", [BomLine("CUP", 1)], outputs=[CoProduct("SAUCER", 1)], effective_from=TURN)
    catalog = several(*map(Item, ("PAIR", "SAUCER", "BOX")), fire, BillOfMaterial("BOX", [BomLine("SAUCER", 1)]))

    before, after = catalog.low_level_codes(BEFORE), catalog.low_level_codes(TURN)

    assert (before["BOX"], before["SAUCER"], before["PAIR"], before["CUP"]) == (0, 1, 0, 1)
    assert (after["BOX"], after["SAUCER"], after["PAIR"], after["CUP"]) == (0, 1, 1, 2)
    assert catalog.low_level_codes() == {**after, "CLAY": 3, "RIM": 3, "GLAZE": 3, "STRAW": 3, "TRIM": 3, "TAPE": 0}


def test_revisions_and_sites_of_bills_are_listed_in_order_whatever_was_given_first() -> None:
    """General bills come before those of a site, each by revision, drafts among them."""
    listed = [(bom.site, bom.revision) for bom in several().boms("CUP")]

    assert listed == [(None, "0"), (None, "A"), (None, "B"), ("KYOTO", "A")]
    assert several().boms("CLAY") == ()
