"""The form of documents, which is for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, getcontext, localcontext  # noqa: TID251 - to see that it is left alone
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from prodstock.calendars.calendar import Calendar
from prodstock.codec import Floats, dump_document, dumps, load_document, load_event, loads
from prodstock.errors import InvalidData, InvalidTypeError, InvalidValueError
from prodstock.journal.commit import Event, Recorded
from prodstock.journal.stream import demand_stream
from prodstock.master.bom import BillOfMaterial, BomLine
from prodstock.master.catalog import Catalog
from prodstock.master.item import Item, Tracking
from prodstock.master.quality_state import Use
from prodstock.orders.demand import Demand, DemandExpected, DemandShipped
from prodstock.plant import Plant
from prodstock.quantities.quantity import Quantity
from prodstock.tables import Derivation, Table

EVENT = Recorded(
    stream=demand_stream("SO-1"),
    version=2,
    commit="C-7",
    event=DemandExpected(Demand("HD-7", 120, due=date(2026, 3, 20), ref="SO-1"), Decimal("120.000")),
    effective_at=datetime(2026, 3, 2, 6, tzinfo=UTC),
    recorded_at=datetime(2026, 3, 2, 6, 0, 1, 500, tzinfo=UTC),
    by="anna",
    tags={"web": "1", "a": "2"},
)
WRITTEN = {
    '{"prodstock":1,"type":"recorded","stream":"demand:SO-1","version":2,"commit":"C-7","event":{"type":"demand-expected",'
    '"demand":{"item":"HD-7","quantity":"120","due":"2026-03-20","ref":"SO-1"},"quantity":"120.000"},'
    '"effective_at":"2026-03-02T06:00:00Z","recorded_at":"2026-03-02T06:00:01.000500Z","by":"anna",'
    '"tags":{"a":"2","web":"1"}}': EVENT,
    '{"prodstock":1,"type":"item","code":"WIRE","tracking":"lot","unit":"m","scale":3,"shelf_life":"P720D",'
    '"safety_stock":"1.50","factors":[["box","1/3 reel"],["reel","250"]]}': Item(
        "WIRE",
        tracking=Tracking.LOT,
        unit="m",
        scale=3,
        shelf_life=timedelta(days=720),
        safety_stock="1.50",
        factors=[("reel", 250), ("box", Quantity(Fraction(1, 3), "reel"))],
    ),
    '{"prodstock":1,"type":"use","value":["net","value"]}': Use.NET | Use.VALUE,
    '{"prodstock":1,"type":"table","rows":[{"type":"derivation","text":"500","causes":[{"text":"minimum"}]}]}': Table(
        [Derivation("500", (Derivation("minimum"),))]
    ),
    '{"prodstock":1,"value":["H\\u00f6rger\\u00e4t",1,null,true,{"type":"decimal","value":"1E+3"}]}': (
        "Hörgerät",
        1,
        None,
        True,
        Decimal("1E+3"),
    ),
    '{"prodstock":1,"type":"mapping","entries":{"a":{"type":"date","value":"2026-01-01"},"b":1}}': {
        "b": 1,
        "a": date(2026, 1, 1),
    },
}


@pytest.mark.parametrize("text", WRITTEN, ids=range(len(WRITTEN)))
def test_documents_of_schema_1_keep_their_form(text: str) -> None:
    """What was written once is written so for ever, and reads as what it was."""
    assert dumps(WRITTEN[text]) == text
    assert loads(text) == WRITTEN[text]


def test_decimals_keep_their_digits() -> None:
    """A number equal to a field's default but written with other digits is not left out."""
    text = dumps(DemandShipped(Decimal("0.00")))
    assert text == '{"prodstock":1,"type":"demand-shipped","shipped":"0.00"}'
    assert '"safety_stock":"0.000"' in dumps(Item("A", safety_stock="0.000"))
    assert '"safety_stock"' not in dumps(Item("A", safety_stock="0"))


def test_moments_are_written_in_utc() -> None:
    """Two ways to tell one instant are one text; a moment without a zone has none."""
    instant = datetime(2026, 3, 2, 7, tzinfo=ZoneInfo("Europe/Berlin"))
    assert dumps(instant) == '{"prodstock":1,"type":"datetime","value":"2026-03-02T06:00:00Z"}'
    assert dumps(instant) == dumps(instant.astimezone(timezone(timedelta(hours=-5))))
    with pytest.raises(InvalidValueError, match="no time zone"):
        dumps(instant.replace(tzinfo=None))


def test_all_faults_of_a_document_are_listed_by_place() -> None:
    """Each fault is listed under its part of the document, its row there, and its field."""
    text = (
        '{"prodstock":1,"catalog":[{"type":"item","code":"A","scale":"3"},{"type":"itm","code":"B"},'
        '{"type":"bill-of-material","item":"A","lines":[{"item":"B"},{"item":"C","quantity":"-1","extra":0}]}],'
        '"events":[{"type":"recorded"},7],"more":1}'
    )
    with pytest.raises(InvalidData) as refused:
        load_document(text)
    places = [(one.table, one.row, one.field, one.code) for one in refused.value.findings]
    assert ("catalog", 1, "scale", "wrong-type") in places
    assert ("catalog", 2, "type", "unknown-tag") in places
    assert ("catalog", 3, "lines[0].quantity", "missing") in places
    assert ("catalog", 3, "lines[1].extra", "unknown-field") in places
    assert ("events", 1, "stream", "missing") in places
    assert ("events", 1, "type", "unknown-field") in places
    assert ("events", 2, "row", "wrong-type") in places
    assert ("document", None, "more", "unknown-field") in places


def test_a_catalog_reports_its_own_findings() -> None:
    """What is wrong between definitions is found as the catalog finds it."""
    bill = '{"type":"bill-of-material","item":"A","lines":[{"item":"B","quantity":"1"}]}'
    text = f'{{"prodstock":1,"catalog":[{bill}],"events":[]}}'
    with pytest.raises(InvalidData) as refused:
        load_document(text)
    assert {one.table for one in refused.value.findings} == {"BillOfMaterial"}


def test_a_plant_document_holds_catalog_and_events() -> None:
    """The document of a plant has its schema, its definitions and its events, in this order."""
    catalog = Catalog([BillOfMaterial("A", [BomLine("B", 1)]), Item("B"), Item("A")])
    text = dump_document(catalog, [EVENT])
    assert text.startswith('{"prodstock":1,"catalog":[{"type":"item","code":"A"},{"type":"item","code":"B"},')
    assert load_document(text) == (catalog, (EVENT,))


def test_a_newer_schema_says_to_upgrade() -> None:
    """A document of a later release is refused with the way out."""
    with pytest.raises(InvalidData, match="Upgrade prodstock"):
        loads('{"prodstock":2,"type":"something-new"}')


def test_another_kind_than_asked_for_is_refused() -> None:
    """Who asks for an event gets an event or a refusal."""
    assert loads(dumps(Item("A")), Item).code == "A"
    with pytest.raises(InvalidData, match="of type Item, not Recorded"):
        load_event(dumps(Item("A")))


def test_printed_numbers_are_taken_by_their_digits() -> None:
    """On request numbers of JSON are taken as they are printed, and only where a number belongs."""
    text = '{"prodstock":1,"type":"item","code":"A","safety_stock":1.50,"minimum":2}'
    found = loads(text, Item, floats=Floats.AS_PRINTED)
    assert (str(found.safety_stock), str(found.minimum)) == ("1.50", "2")
    with pytest.raises(InvalidData, match="AS_PRINTED"):
        loads(text)
    with pytest.raises(InvalidData, match="is a float"):
        loads('{"prodstock":1,"type":"item","code":"A","scale":2.0}', floats=Floats.AS_PRINTED)


class Computed:
    """Holidays that answer, and cannot be listed."""

    def __contains__(self, day: date) -> bool:
        return day.day == 1


class Homemade(Event):
    """An event that is not the library's."""


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        [1],
        {1},
        {1: 2},
        object(),
        Computed(),
        Homemade(),
        (1, [2]),
        NotImplemented,
        b"x",
        Item,
        Calendar("X", holidays=Computed()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_no_document_holds_is_refused(value: object) -> None:
    """Floats, lists and a host's own objects have no form: writing them is a bad call."""
    with pytest.raises(InvalidTypeError):
        dumps(value)


def test_a_field_of_the_wrong_kind_is_not_written() -> None:
    """A record with a value of another kind than its field says is refused, not written to be unreadable."""
    for wrong in (DemandShipped(5), DemandShipped(Item("A"))):  # type: ignore[arg-type]
        with pytest.raises(InvalidTypeError):
            dumps(wrong)


def test_half_surrogates_survive() -> None:
    """Text that no encoding takes is escaped, and comes back."""
    assert loads(dumps("a\ud800b\u2028")) == "a\ud800b\u2028"


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    """Sets and mappings are written the same in every process."""
    script = (
        "from datetime import date, timedelta; from prodstock.codec import dumps;"
        "days = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(40));"
        "print(dumps((frozenset('abcdefgh'), {c: days for c in 'hgfedcba'})))"
    )
    found = set()
    for seed in ("0", "1", "2"):
        env = os.environ | {"PYTHONHASHSEED": seed}
        found.add(subprocess.run([sys.executable, "-c", script], env=env, check=True, capture_output=True).stdout)
    assert len(found) == 1


def test_the_decimal_context_is_left_alone() -> None:
    """Whatever the host's context traps or rounds to, the same digits are written and read."""
    text = dumps(Item("A", safety_stock="1234567.123456", factors={"box": Quantity("0.3333333333333333", "pcs")}))
    with localcontext() as context:
        context.prec = 3
        context.traps = dict.fromkeys(context.traps, True)
        before = str(getcontext())
        assert dumps(loads(text)) == text
        assert str(getcontext()) == before


def test_a_mapping_does_not_pass_for_a_record() -> None:
    """A mapping that has a tag as one of its entries stays a mapping."""
    disguised = {"type": "item", "code": "A"}
    text = dumps(disguised)
    assert loads(text) == disguised


def test_what_is_no_catalog_makes_no_document() -> None:
    """Who gives a plant is told what to give instead."""
    with pytest.raises(InvalidTypeError, match=r"plant\.catalog, plant\.events\(\)"):
        dump_document(Plant(Catalog([Item("BOX")])))  # type: ignore[arg-type]  # the mistake under test
