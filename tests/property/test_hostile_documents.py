"""Documents made to hurt are refused at once, with the library's own error."""

from __future__ import annotations

import pytest

from prodstock.codec import Floats, dumps, from_records, loads
from prodstock.errors import InvalidData, InvalidTypeError, InvalidValueError, ProdstockError
from prodstock.master.item import Item
from prodstock.tables import Derivation

BILL = '{"prodstock":1,"type":"bill-of-material","item":"A","lines":['
HEAD = '{"prodstock":1,"type":"item","code":"A",'
DEEP = 100_000

HOSTILE = {
    "empty": "",
    "no json": "{",
    "not an object": "[1]",
    "a bare number": "1",
    "null": "null",
    "deep lists": "[" * DEEP + "]" * DEEP,
    "deep objects": '{"a":' * DEEP + "1" + "}" * DEEP,
    "deep and unfinished": "[" * DEEP,
    "deep in a field": HEAD + '"name":' + "[" * 70 + "]" * 70 + "}",
    "deep behind a text of brackets": HEAD + '"name":"' + "]" * 100 + '","unit":' + "[" * 70 + "]" * 70 + "}",
    "many quotes": '"' * 100_001,
    "many escapes": '"' + "\\" * 100_001,
    "a long integer": HEAD + '"scale":' + "9" * 1_000_000 + "}",
    "an integer of 41 digits": HEAD + '"scale":' + "9" * 42 + "}",
    "a long decimal": HEAD + '"safety_stock":"' + "9" * 900_000 + '"}',
    "a huge exponent": HEAD + '"safety_stock":"1e600000"}',
    "a large exponent": HEAD + '"safety_stock":"1e999"}',
    "a huge float": HEAD + '"safety_stock":1e600000}',
    "a ratio over zero": '{"prodstock":1,"type":"fraction","value":"1/0"}',
    "a long ratio": '{"prodstock":1,"type":"fraction","value":"' + "9" * 100_000 + '/3"}',
    "a long text": HEAD + '"name":"' + "x" * 1_000_001 + '"}',
    "a long code": '{"prodstock":1,"type":"item","code":"' + "x" * 900_000 + '"}',
    "a long key": HEAD + '"' + "x" * 900_000 + '":1}',
    "many unknown keys": HEAD + ",".join(f'"k{n}":1' for n in range(5_000)) + "}",
    "many wrong elements": '{"prodstock":1,"type":"bill-of-material","item":"A","lines":['
    + ",".join("1" * 5_000)
    + "]}",
    "a key twice": '{"prodstock":1,"type":"item","code":"A","code":"B"}',
    "the schema twice": '{"prodstock":1,"prodstock":1,"type":"item","code":"A"}',
    "NaN": HEAD + '"scale":NaN}',
    "Infinity": HEAD + '"safety_stock":Infinity}',
    "minus Infinity": HEAD + '"safety_stock":-Infinity}',
    "NaN as text": HEAD + '"safety_stock":"NaN"}',
    "Infinity as text": HEAD + '"safety_stock":"Infinity"}',
    "a float for a whole number": HEAD + '"scale":1.9}',
    "a whole float for a whole number": HEAD + '"scale":1.0}',
    "a text for a whole number": HEAD + '"scale":"1"}',
    "true for a whole number": HEAD + '"scale":true}',
    "a number for a text": HEAD + '"name":1}',
    "a number for a decimal": HEAD + '"safety_stock":1}',
    "a word for a flag": '{"prodstock":1,"type":"quality-state","code":"x","like":"blocked","allows":"net"}',
    "false as text": '{"prodstock":1,"type":"order-line","number":0,"item":"A","need":"1","exact":"1","unit":"pcs",'
    '"operation":"","fixed":"false"}',
    "null for a text": HEAD + '"name":null}',
    "a list for an object": '{"prodstock":1,"type":"bill-of-material","item":"A","lines":[[]]}',
    "a text for a list": '{"prodstock":1,"type":"release-criteria","item":"A","requires":"ab"}',
    "an object for a list": '{"prodstock":1,"type":"release-criteria","item":"A","requires":{"a":1}}',
    "other digits": HEAD + '"safety_stock":"\u0661"}',
    "underscores": HEAD + '"safety_stock":"1_000"}',
    "blanks around a number": HEAD + '"safety_stock":" 1"}',
    "leading zeros": HEAD + '"safety_stock":"007"}',
    "a day that is none": '{"prodstock":1,"type":"date","value":"2026-02-30"}',
    "a moment without a zone": '{"prodstock":1,"type":"datetime","value":"2026-02-03T00:00:00"}',
    "a moment out of range": '{"prodstock":1,"type":"datetime","value":"0001-01-01T00:00:00+14:00"}',
    "an endless duration": '{"prodstock":1,"type":"duration","value":"P999999999DT999999999H"}',
    "an endless rule": '{"prodstock":1,"type":"recurrence","rule":"FREQ=DAILY;INTERVAL=0","start":"2026-01-01",'
    '"duration":"PT1H"}',
    "too many working days": '{"prodstock":1,"type":"working-days","value":"999999 working days"}',
    "an unprintable code": '{"prodstock":1,"type":"item","code":"A\\u202eB"}',
    "half a surrogate as code": '{"prodstock":1,"type":"item","code":"\\ud800"}',
    "a type that is none": '{"prodstock":1,"type":"os.system","code":"A"}',
    "a type that is no text": '{"prodstock":1,"type":["item"],"code":"A"}',
    "no type": '{"prodstock":1,"code":"A"}',
    "no schema": '{"type":"item","code":"A"}',
    "a newer schema": '{"prodstock":2,"type":"item","code":"A"}',
    "schema zero": '{"prodstock":0,"type":"item","code":"A"}',
    "schema true": '{"prodstock":true,"type":"item","code":"A"}',
    "schema as float": '{"prodstock":1.0,"type":"item","code":"A"}',
    "a command where a definition belongs": '{"prodstock":1,"type":"catalog","definitions":'
    '[{"type":"void","reservation":"A"}]}',
    "a command where an event belongs": '{"prodstock":1,"type":"recorded","event":{"type":"void","reservation":"A"}}',
    "a circle of bills": '{"prodstock":1,"type":"catalog","definitions":[{"type":"item","code":"A"},'
    '{"type":"bill-of-material","item":"A","lines":[{"item":"A","quantity":"1"}]}]}',
    "a member twice": '{"prodstock":1,"type":"set","members":[1,1]}',
    "a flag twice": '{"prodstock":1,"type":"use","value":["net","net"]}',
    "trailing text": '{"prodstock":1,"type":"item","code":"A"}{}',
    "a control character": '{"prodstock":1,"type":"item","code":"A\n"}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused(name: str) -> None:
    """Each is refused as data, with a finding that says where and what, and short."""
    with pytest.raises(InvalidData) as refused:
        loads(HOSTILE[name])
    assert refused.value.findings
    assert all(len(str(one)) < 600 for one in refused.value.findings)


@pytest.mark.parametrize("name", [name for name in HOSTILE if "float" not in name and name != "a number for a decimal"])
def test_printed_floats_open_no_other_door(name: str) -> None:
    """Taking the digits of floats lets in nothing else."""
    with pytest.raises(InvalidData):
        loads(HOSTILE[name], floats=Floats.AS_PRINTED)


def test_bytes_are_refused_as_a_bad_call() -> None:
    """A document is text: whoever has bytes decodes them."""
    with pytest.raises(InvalidTypeError):
        loads(b"{}")  # type: ignore[call-overload]


def test_documents_beyond_the_limit_are_refused_unread() -> None:
    """The caller's limit counts characters, before anything is read."""
    text = dumps(Item("A"))
    assert loads(text, limit=len(text)) == Item("A")
    with pytest.raises(InvalidData, match="more than 5"):
        loads(text, limit=5)


def test_a_list_of_faults_ends() -> None:
    """Of a million faults a thousand are named, and that there are more."""
    with pytest.raises(InvalidData) as refused:
        loads('{"prodstock":1,"type":"release-criteria","item":"A","requires":[' + ",".join("1" * 20_000) + "]}")
    assert len(refused.value.findings) == 1_001
    assert refused.value.findings[-1].code == "more"


def test_values_too_deep_to_be_read_are_not_written() -> None:
    """What could not be read back is refused when it is written, however deep it is."""
    for depth in (40, 5_000):
        tree = Derivation("leaf")
        for _ in range(depth):
            tree = Derivation("above", (tree,))
        with pytest.raises(InvalidValueError, match="nested deeper"):
            dumps(tree)


@pytest.mark.parametrize(
    "row",
    [
        {"code": "A", "safety_stock": "1e600000"},
        {"code": "A", "scale": "9" * 1_000_000},
        {"code": "A", "scale": 10**5_000},
        {"code": "A", "safety_stock": float("inf")},
        {"code": "A", "shelf_life": "9" * 100_000 + " days"},
        {"code": "A", "shelf_life": "999999999 weeks"},
        {"code": "A" * 1_000_000},
        {"code": "A", "name": "x" * 1_000_001},
        {"code": "A", "factors": "a=1;" * 20_000},
        {"code": "A", "tracking": ["lot"]},
        {"code": "A", "attributes": object()},
        {"code": "A", object(): 1},
    ],
    ids=lambda row: str(list(row)[-1])[:12],
)
def test_hostile_rows_are_refused(row: dict[object, object]) -> None:
    """A hostile cell is refused as data, at once and in few words."""
    with pytest.raises(ProdstockError) as refused:
        from_records(Item, [row], floats=Floats.AS_PRINTED)
    assert len(str(refused.value)) < 1_000


@pytest.mark.parametrize("depth", [63, 64, 65, 500])
@pytest.mark.parametrize("before", ["", " ", '"]}", ', r'"\\", ', r'"\"[", ', "1, "])
def test_depth_counts_brackets_outside_of_texts(depth: int, before: str) -> None:
    """A document may be nested 64 deep, whatever its texts hold."""
    text = f"[{before}" * depth + "1" + "]" * depth
    with pytest.raises(InvalidData) as refused:
        loads(text)
    assert (refused.value.findings[0].code == "too-deep") is (depth > 64)


@pytest.mark.parametrize("inside", ["[],", "{},", "1,", '"]",'])
def test_a_long_list_is_refused_before_it_is_read(inside: str) -> None:
    """Millions of brackets where an object should be are one fault, as a short list is."""
    codes = set()
    for text in ("[1]", "[" + inside * 500_000 + "1]"):
        with pytest.raises(InvalidData) as refused:
            loads(text)
        codes.add((refused.value.findings[0].code, refused.value.findings[0].message))
    assert len(codes) == 1
