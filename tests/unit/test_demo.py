"""The hearing-device story: what it tells is what its plant knows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from prodstock.codec import dump_document
from prodstock.datasets import hearing_device
from prodstock.demo import report
from prodstock.demo.company import Company
from prodstock.demo.keeping import document_of, plant_of
from prodstock.demo.story import tell
from prodstock.errors import BrokenInvariant, InvalidValueError
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item
from prodstock.plant import Plant
from prodstock.stock.availability import Reason
from prodstock.tables import Derivation


@pytest.fixture(scope="module")
def company() -> Company:
    """Return the company at the end of the story, with its text."""
    return Company.opened(hearing_device())


@pytest.fixture(scope="module")
def text(company: Company) -> str:
    """Return the story; the company has lived through it then."""
    return "\n".join(tell(company))


def test_the_story_answers_what_each_team_asks(text: str) -> None:
    """Available, reserved, WIP, blocked, ready; what to make and buy; what is late; whom a recall reaches."""
    asked = [
        "Everybody: what is there, and what may be done with it?",
        "Production: what starts in the next 14 days?",
        "Purchasing: what must be ordered in the next 14 days?",
        "Sales: which orders come late?",
        "Production, on Friday morning: how far are we?",
        "labelling, packaging, batch-record missing",
        "Where has it been?",
        "Customers to be told",
        "Planning: what should somebody look at?",
    ]
    places = [text.index(one) for one in asked]
    assert places == sorted(places)


def test_the_recall_reaches_all_levels(company: Company, text: str) -> None:
    """Asked again at the end, the recall names the same orders and customers; and its fates add up to the receipt."""
    found = company.plant.recall("M-88")
    assert [one.item for one in found.orders] == ["AM-7", "HD-7", "HD-7"]
    assert {"BERGER-AKUSTIK", "DELTA-HEALTH", "REPAIR-SHOP"} >= set(found.customers)
    assert "BERGER-AKUSTIK, DELTA-HEALTH, REPAIR-SHOP, for RP-201, SO-1003, SO-1004" in text
    assert sum(one.quantity for one in found.fates) == 500


def test_nothing_suspect_is_free_after_the_recall(company: Company, text: str) -> None:
    """Every lot that the recall found is shut: no promise holds any of it, none of it can be promised."""
    assert "MO-3 is given up" in text
    found = company.plant.recall("M-88")
    assert not found.promises
    assert not found.wip
    for item in ("MIC", "HD-7"):
        assert company.plant.availability(item).usable == 0
    assert company.plant.availability("HD-7").bucket(Reason.UNDER_INSPECTION).quantity == 34


def test_a_unit_knows_its_orders_lots_and_tests(text: str) -> None:
    """From one serial back to the microphones that may be in it, and to who tested it."""
    assert "MO-2 made HD-7 HD7-26-02-0007 of AM-7 AM7-26-01, AM-7 AM7-26-02, SHELL SH-207, BATTERY B-11" in text
    assert "MO-1 made AM-7 AM7-26-02 of MIC M-86, MIC M-88, RECEIVER R-41, CHIP-7 C7-19, WIRE" in text
    assert "tests: calibration passed (mia), acoustic-test passed (mia), cleaning passed (mia)" in text


def test_the_substitute_takes_over(company: Company, text: str) -> None:
    """The order that lost its microphones holds as many of the second source at the end."""
    assert "MO-4 takes what may stand in for M-88: 101 MIC-B MB-3." in text
    assert company.plant.availability("MIC-B").reserved == 101


def test_a_plant_comes_back_from_its_document(company: Company, text: str) -> None:
    """Saved and loaded, it shows the same stock and the same plan, and its document is the same text."""
    assert text
    document = document_of(company.data.catalog, company.plant)
    again = plant_of(document)
    again.check()
    assert list(report.stock(company.plant)) == list(report.stock(again))
    until = company.data.until
    assert list(report.whole_plan(company.plant.plan(until=until))) == list(report.whole_plan(again.plan(until=until)))
    assert document_of(company.data.catalog, again) == document


def test_a_document_without_events_is_an_empty_plant() -> None:
    """Definitions alone are a plant in which there is nothing."""
    plant = plant_of(dump_document(Catalog([Item("BOX")])))
    fine, lines = report.checked(plant)
    assert fine
    assert lines == [
        "No faults. 1 item, 0 open demands, 0 expected supplies, 0 production orders.",
        "",
        "nothing",
    ]


def test_a_plant_is_not_looked_at_before_its_last_entry(company: Company, text: str) -> None:
    """A day before the last entry is refused rather than ignored."""
    assert text
    document = document_of(company.data.catalog, company.plant)
    with pytest.raises(InvalidValueError, match="before the last entry"):
        plant_of(document, at=company.data.today)


def test_the_stock_of_every_item_adds_up(company: Company, text: str) -> None:
    """In the table of stock the columns after the first are disjoint and sum to it."""
    assert text
    header, *rows = (line.split() for line in report.stock(company.plant))
    first = header.index("there")
    assert rows
    for row in rows:
        there, *parts = (Decimal(0) if cell == "." else Decimal(cell) for cell in row[first:])
        assert there == sum(parts)


def test_long_answers_say_what_they_leave_out() -> None:
    """Rows and lines beyond the most shown are counted; nothing is said to be nothing."""
    assert list(report.grid(["n"], [[1], [2], [3]], most=2))[-1] == "... and 1 more"
    assert list(report.grid(["n"], [])) == ["nothing"]
    why = Derivation("500 MIC", [Derivation(str(number)) for number in range(20)])
    assert list(report.tree(why, most=3)) == ["500 MIC", "  0", "  1", "  ... and 18 more lines"]


def test_a_plant_that_contradicts_itself_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken invariant is a fault to be told, not a crash."""

    def broken(_: Plant) -> None:
        raise BrokenInvariant(invariant="I4", detail="BOX has 6, its events say 5")

    monkeypatch.setattr(Plant, "check", broken)
    fine, lines = report.checked(Plant(Catalog([Item("BOX")])))
    assert not fine
    assert lines[0].startswith("1 fault: ")
    assert "its events say 5" in lines[0]
