"""The catalog: what is found in it, and by which rules."""

import pickle  # noqa: TID251 - that values pickle is under test
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from prodstock.calendars.span import working_days
from prodstock.errors import AmbiguousCode, InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.master.bom import BillOfMaterial, BomStatus
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Supply
from prodstock.master.location import Location, LocationKind, LocationRole, Site
from prodstock.master.quality_state import Quality, QualityState, Use
from prodstock.master.release_criteria import ReleaseCriteria
from prodstock.master.routing import Operation, Routing
from prodstock.master.sourcing import Sourcing, Supplier
from prodstock.quantities.quantity import Quantity

DAY = date(2026, 3, 2)
SALT = Item("SALT", unit="kg", scale=2, factors={"bag": 25})


def test_an_empty_catalog_has_a_site_with_a_place_of_each_kind() -> None:
    """MAIN stands in UTC, and RECEIVING, STORES and the others stand in it."""
    catalog = Catalog([])

    assert catalog.site("MAIN").zone == "UTC"
    assert catalog.zone("MAIN").key == "UTC"
    assert {kind.default_code for kind in LocationKind} == {one.code for one in catalog.locations}
    assert catalog.default_location(None, LocationKind.WIP) == catalog.location("WIP")
    assert catalog.definitions == ()


def test_a_place_can_be_the_default_of_its_kind_instead() -> None:
    """Then the built-in one of that kind is not there."""
    hall = Location("HALL-3", kind=LocationKind.WIP, role=LocationRole.DEFAULT)
    catalog = Catalog([hall])

    assert catalog.default_location("MAIN", LocationKind.WIP) == hall
    with pytest.raises(UnknownCode):
        catalog.location("WIP")


def test_a_definition_of_a_built_in_place_refines_it() -> None:
    """STORES with a tolerance is still the default of its kind."""
    stores = Location("STORES", tolerates=5)

    assert Catalog([stores]).default_location("MAIN", LocationKind.STORES) == stores


def test_a_place_that_several_sites_have_must_be_asked_for_by_site() -> None:
    """No default where a code fits two things; the candidates are named."""
    catalog = Catalog([Site("BERLIN"), Location("RACK-1", site="BERLIN")])

    assert catalog.location("RACK-1").site == "BERLIN"
    assert catalog.location("STORES", "BERLIN").site == "BERLIN"
    with pytest.raises(AmbiguousCode) as caught:
        catalog.location("STORES")
    assert caught.value.candidates == ("STORES at BERLIN", "STORES at MAIN")


def test_unknown_codes_suggest_the_nearest() -> None:
    """For items, sites, resources, states and revisions."""
    catalog = Catalog([Item("MIC-001"), BillOfMaterial("MIC-001", [], revision="B7")])

    with pytest.raises(UnknownCode) as caught:
        catalog.item("MIC-01")
    assert caught.value.nearest == ("MIC-001",)
    for ask in (
        lambda: catalog.site("MAIM"),
        lambda: catalog.resource("bench"),
        lambda: catalog.quality_state("hold"),
        lambda: catalog.bom("MIC-001", DAY, revision="B8"),
        lambda: catalog.routing("MIC-001", DAY, revision="A"),
        lambda: catalog.location("RACK"),
        lambda: catalog.criteria("MIC"),
    ):
        with pytest.raises(UnknownCode):
            ask()
    with pytest.raises(InvalidTypeError):
        catalog.item(7)  # type: ignore[arg-type]  # what is under test


def test_the_revision_of_the_day_is_found_at_both_ends_of_its_period() -> None:
    """Half-open: the day a revision ends belongs to the next."""
    old = BillOfMaterial("CUP", [], revision="A", effective_until=date(2026, 4, 1))
    new = BillOfMaterial("CUP", [], revision="B", effective_from=date(2026, 4, 1), effective_until=date(2026, 5, 1))
    catalog = Catalog([Item("CUP"), new, old])

    found = [
        catalog.bom("CUP", day) for day in (date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 1))
    ]

    assert [old, new, new, None] == found
    assert catalog.boms("CUP") == (old, new)


def test_the_day_is_the_one_at_the_site() -> None:
    """At 20:00 UTC on 31 March it is April in Tokyo."""
    old = BillOfMaterial("CUP", [], revision="A", effective_until=date(2026, 4, 1))
    new = BillOfMaterial("CUP", [], revision="B", effective_from=date(2026, 4, 1))
    catalog = Catalog([Site("TOKYO", zone="Asia/Tokyo"), Item("CUP"), old, new])
    evening = datetime(2026, 3, 31, 20, tzinfo=UTC)

    assert catalog.bom("CUP", evening) == old
    assert catalog.bom("CUP", evening, site="TOKYO") == new
    with pytest.raises(InvalidValueError):
        catalog.bom("CUP", datetime(2026, 3, 31))  # noqa: DTZ001 - what is under test


def test_a_site_has_its_own_bill_before_the_general_one() -> None:
    """And falls back to it where its own is not valid."""
    general = BillOfMaterial("CUP", [])
    special = BillOfMaterial("CUP", [], site="BERLIN", effective_from=date(2026, 4, 1))
    catalog = Catalog([Site("BERLIN"), Item("CUP"), general, special])

    assert catalog.bom("CUP", date(2026, 3, 1), site="BERLIN") == general
    assert catalog.bom("CUP", date(2026, 4, 1), site="BERLIN") == special
    assert catalog.bom("CUP", date(2026, 4, 1)) == general
    assert catalog.bom("CUP", date(2026, 3, 1), site="BERLIN", revision="A") == special


def test_only_active_bills_are_planned_with_but_any_may_be_asked_for_by_name() -> None:
    """Drafts may overlap, even each other."""
    bills = [BillOfMaterial("CUP", [], revision=one, status=BomStatus.DRAFT) for one in "AB"]
    catalog = Catalog([Item("CUP"), *bills, BillOfMaterial("CUP", [], revision="C", status=BomStatus.OBSOLETE)])

    assert catalog.bom("CUP", DAY) is None
    assert catalog.bom("CUP", DAY, revision="B") == bills[1]


def test_routings_are_chosen_as_bills_are() -> None:
    """By site and day."""
    general = Routing("CUP", [Operation("press")], effective_until=date(2026, 4, 1))
    special = Routing("CUP", [Operation("throw")], site="BERLIN")
    catalog = Catalog([Site("BERLIN"), Item("CUP"), general, special])

    assert catalog.routing("CUP", date(2026, 3, 1)) == general
    assert catalog.routing("CUP", date(2026, 4, 1)) is None
    assert catalog.routing("CUP", date(2026, 4, 1), site="BERLIN") == special
    assert catalog.routings("CUP") == (general, special)


def test_supply_is_said_or_follows_from_bills_and_sourcings() -> None:
    """An active bill makes, else a sourcing buys, else nobody knows."""
    days = timedelta(days=5)
    catalog = Catalog(
        [
            *(Item(code) for code in ("MADE", "BOTH", "BOUGHT", "NONE")),
            Item("SAID", supply=Supply.BUY),
            *(BillOfMaterial(code, [], effective_from=date(2026, 1, 1)) for code in ("MADE", "BOTH", "SAID")),
            *(Sourcing(code, supplier="S", lead_time=days) for code in ("BOTH", "BOUGHT")),
        ]
    )

    assert [catalog.supply(code, DAY) for code in ("MADE", "BOTH", "BOUGHT", "NONE", "SAID")] == [
        "make",
        "make",
        "buy",
        None,
        "buy",
    ]
    assert [catalog.supply(code, date(2025, 1, 1)) for code in ("MADE", "BOTH")] == [None, "buy"]


def test_sourcings_come_by_priority_and_the_sites_own_replace_general_ones() -> None:
    """Equal priority: supplier code. With a day, only those valid then."""
    days = working_days(5)
    general = Sourcing("MIC", supplier="KNW", lead_time=days, priority=2)
    other = Sourcing("MIC", supplier="OTIK", lead_time=days, priority=1, effective_until=date(2026, 3, 1))
    special = Sourcing("MIC", supplier="KNW", lead_time=days, site="BERLIN")
    catalog = Catalog([Site("BERLIN"), Item("MIC"), general, other, special])

    assert catalog.sourcings("MIC") == (other, general)
    assert catalog.sourcings("MIC", at=DAY) == (general,)
    assert catalog.sourcings("MIC", "BERLIN") == (special, other)
    assert catalog.supplier("KNW") == Supplier("KNW")


def test_quantities_become_whole_steps_of_the_items_scale() -> None:
    """Plain numbers are base units; units convert by physics or by the item's factor; nothing is rounded."""
    catalog = Catalog([SALT, Item("WIRE", unit="m", scale=3)])

    assert catalog.scaled("WIRE", Quantity("0.2", "km")) == 200_000
    assert [
        catalog.scaled("SALT", amount) for amount in ("1.5", "0.07", Quantity(1, "bag"), Quantity(50_000, "g"))
    ] == [150, 7, 2500, 5000]
    assert catalog.unscaled("SALT", 150) == Decimal("1.50")
    assert catalog.factors("SALT") == {"bag": 25}
    with pytest.raises(InvalidTypeError) as caught:
        catalog.scaled("SALT", 1.5, field="good")  # type: ignore[arg-type]  # what is under test
    assert caught.value.field == "good"


def test_literally_four_grams_of_what_is_kept_in_hundredths_of_a_kilogram_are_refused() -> None:
    """Golden case 9, its second half: the reason is named."""
    catalog = Catalog([SALT])

    with pytest.raises(InvalidValueError) as caught:
        catalog.scaled("SALT", Quantity(4, "g"))

    assert "more than 2 decimals" in str(caught.value)
    assert catalog.base("SALT", Quantity(4, "g")) == Fraction(1, 250)


def test_a_base_unit_may_be_larger_than_what_is_in_it() -> None:
    """With base unit box of nine pieces, nine pieces are one box and one piece is refused."""
    catalog = Catalog([Item("PEN", unit="box", factors={"box": Quantity(9, "pcs"), "carton": Quantity(40, "box")})])

    assert catalog.scaled("PEN", Quantity(9, "pcs")) == 1
    assert catalog.scaled("PEN", Quantity(1, "carton")) == 40
    with pytest.raises(InvalidValueError):
        catalog.scaled("PEN", Quantity(1, "pcs"))


def test_adding_lets_the_later_definition_of_an_identity_win() -> None:
    """A code, or item, site and revision of a bill; definitions and catalogs may be added."""
    catalog = Catalog([Item("CUP"), BillOfMaterial("CUP", [], revision="A")])

    later = [Item("CUP", name="Cup"), BillOfMaterial("CUP", [], revision="A", scrap="0.1")]

    renamed = catalog + later

    assert renamed.item("CUP").name == "Cup"
    assert [Decimal("0.1")] == [bom.scrap for bom in renamed.boms("CUP")]
    assert catalog.item("CUP").name == ""
    assert renamed == renamed + Catalog([Item("CUP", name="Cup")])
    assert renamed != catalog
    assert catalog != "catalog"


def test_it_lists_pickles_and_renders() -> None:
    """Definitions come by kind and identity, as given; the notebook table is escaped."""
    state = QualityState("<hold>", like=Quality.BLOCKED, allows=Use.NONE)
    definitions = (Item("A"), Item("B"), ReleaseCriteria("B", requires=["label"]), state)
    catalog = Catalog(reversed(definitions))

    assert catalog.definitions == definitions
    assert catalog == pickle.loads(pickle.dumps(catalog))  # noqa: S301 - made on the line itself
    assert catalog.criteria("B") == ("label",)
    assert catalog.criteria("A") == ()
    assert catalog.quality_states == (state,)
    assert catalog.quality_state("<hold>") == state
    assert [item.code for item in catalog.items] == ["A", "B"]
    assert "<td>items</td><td>2</td>" in catalog._repr_html_()
    assert repr(catalog) == "<Catalog of 4 definitions: 2 items>"


def test_only_definitions_belong_in_it() -> None:
    """Anything else is a bad call, told at once."""
    with pytest.raises(InvalidTypeError):
        Catalog(["MIC"])  # type: ignore[list-item]  # what is under test
