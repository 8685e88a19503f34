"""The JSON Schema of documents: what is written fits it, and what does not fit is refused by the reader too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.codec import document_schema, dumps, load_document, loads
from prodstock.codec.tags import COMMANDS, DEFINITIONS, EVENTS, TAGS
from prodstock.datasets import chemicals, food, furniture, hearing_device
from prodstock.demo.keeping import document_of
from prodstock.errors import InvalidData, InvalidTypeError, InvalidValueError
from prodstock.testing.strategies import PUBLIC, recorded, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prodstock.datasets.data_set import DataSet
    from prodstock.journal.commit import Recorded

jsonschema = pytest.importorskip("jsonschema")

COMPANIES = (chemicals, food, furniture, hearing_device)


def fits(schema: dict[str, Any], document: object) -> bool:
    """Tell whether a document fits a schema, by code that is not ours."""
    return bool(jsonschema.Draft202012Validator(schema).is_valid(document))


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    """Return the schema of a plant's document."""
    return dict(document_schema())


def test_the_schema_of_a_plant_is_json_schema(whole: dict[str, Any]) -> None:
    """The schema fits the schema of schemas; it holds the definitions of every type that may occur."""
    jsonschema.Draft202012Validator.check_schema(whole)


@pytest.mark.parametrize("tag", TAGS.values())
def test_every_reference_leads_somewhere(tag: str) -> None:
    """The schema of each type defines what it names, and nothing else."""
    schema: dict[str, Any] = dict(document_schema(tag))
    used = {value.removeprefix("#/$defs/") for key, value in leaves(schema) if key == "$ref"}
    assert used == schema["$defs"].keys()


def leaves(tree: object, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every plain value of a document with the key it stands under."""
    if isinstance(tree, dict):
        for name, held in tree.items():
            yield from leaves(held, name)
    elif isinstance(tree, list):
        for held in tree:
            yield from leaves(held, key)
    else:
        yield key, tree


@pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.__name__)
def test_the_documents_of_shipped_companies_fit(company: Callable[[], DataSet], whole: dict[str, Any]) -> None:
    """Definitions and events of each shipped company fit the schema of a plant."""
    data = company()
    assert fits(whole, json.loads(document_of(data.catalog, data.plant())))


@pytest.mark.parametrize("kind", PUBLIC, ids=lambda kind: kind.__name__)
@settings(max_examples=2)
@given(data=st.data())
def test_a_document_of_each_type_fits_its_schema(kind: type[object], data: st.DataObject) -> None:
    """What is written of a value of any public type fits the schema of that type."""
    document = json.loads(dumps(data.draw(values(kind))))
    assert fits(dict(document_schema(TAGS[kind])), document)


@settings(max_examples=30)
@given(recorded(), st.data())
def test_what_does_not_fit_is_refused_by_the_reader(event: Recorded, data: st.DataObject) -> None:
    """Wherever a key is missing, surplus, or holds something else: what the schema refuses, the reader refuses."""
    document = json.loads(dumps(event))
    spoil(document, data)
    if not fits(dict(document_schema("recorded")), document):
        with pytest.raises(InvalidData):
            loads(json.dumps(document))


def spoil(document: dict[str, Any], data: st.DataObject) -> None:
    """Change one place of a document."""
    objects = [document]
    for found in objects:
        held = [one for value in found.values() for one in (value if isinstance(value, list) else [value])]
        objects += [one for one in held if isinstance(one, dict)]
    victim = data.draw(st.sampled_from(objects))
    key = data.draw(st.sampled_from([*sorted(victim), "surplus"]))
    if data.draw(st.booleans()):
        victim.pop(key, None)
    else:
        victim[key] = data.draw(st.sampled_from([None, "", "x", 7, True, 1.5, [], [[]], {}, {"type": "item"}]))


CUP: dict[str, Any] = {"type": "item", "code": "CUP", "safety_stock": "4", "tracking": "lot", "shelf_life": "P30D"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"code": 7},
        {"code": None},
        {"safety_stock": 4},
        {"safety_stock": "NaN"},
        {"safety_stock": "04"},
        {"tracking": "barrel"},
        {"scale": "3"},
        {"shelf_life": "P"},
        {"factors": [["reel"]]},
        {"factors": [["reel", "250", "1"]]},
        {"type": "itm"},
        {"prodstock": 2},
    ],
    ids=str,
)
def test_a_spoilt_definition_fits_neither_schema_nor_reader(wrong: dict[str, Any], whole: dict[str, Any]) -> None:
    """A key that is not known, a value of another type, a word of no enumeration: alone and in a plant."""
    item = dict(document_schema("item"))
    assert fits(item, {"prodstock": 1, **CUP})
    assert not fits(item, {"prodstock": 1, **CUP, **wrong})
    rows = {key: value for key, value in wrong.items() if key != "prodstock"}
    plant = {"prodstock": wrong.get("prodstock", 1), "catalog": [CUP | rows], "events": []}
    assert not fits(whole, plant)
    with pytest.raises(InvalidData):
        load_document(json.dumps(plant))


def test_every_definition_and_event_says_what_it_is(whole: dict[str, Any]) -> None:
    """The schema of a plant holds all kinds of definitions and events, each described; commands are not in it."""
    made = whole["$defs"]
    for tag in [*DEFINITIONS.values(), *EVENTS.values()]:
        assert made[f"tagged-{tag}"]["description"]
        assert made[f"tagged-{tag}"]["additionalProperties"] is False
    assert made["tagged-item"]["properties"]["scale"]["description"].startswith("decimal places of stock quantities")
    assert made["tagged-item"]["properties"]["tracking"]["default"] == "none"
    assert made.keys().isdisjoint(COMMANDS.values())


def test_an_unknown_type_is_refused_with_its_likes() -> None:
    """A tag of no type names the nearest one."""
    with pytest.raises(InvalidValueError, match="Did you mean 'item'"):
        document_schema("itm")
    with pytest.raises(InvalidTypeError, match="is no text"):
        document_schema(7)  # type: ignore[arg-type]  # what a caller without a type checker may give
