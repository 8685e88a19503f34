"""What is written reads back as the same value, and writes again as the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.codec import dump_document, dumps, load_document, load_event, loads
from prodstock.codec.forms import FORMS
from prodstock.codec.hints import fields_of
from prodstock.codec.tags import RECORDS, TAGS
from prodstock.codec.writing import writer
from prodstock.testing.strategies import PUBLIC, catalogs, definitions, recorded, values

if TYPE_CHECKING:
    from prodstock.journal.commit import Recorded
    from prodstock.master.catalog import Catalog
    from prodstock.master.definition import Definition


@pytest.mark.parametrize("kind", PUBLIC, ids=lambda kind: kind.__name__)
@settings(max_examples=4)
@given(data=st.data())
def test_each_type_reads_back_as_it_was_written(kind: type[object], data: st.DataObject) -> None:
    """A value of every public type survives its document, type and all, and its document is the only one it has."""
    value = data.draw(values(kind))
    text = dumps(value)
    read = loads(text, kind)
    assert read == value
    assert type(read) is type(value)
    assert dumps(read) == text


@given(st.one_of(definitions(), recorded()))
def test_what_facts_and_definitions_say_is_kept_digit_for_digit(value: Definition | Recorded) -> None:
    """Reading back changes no digit and no default: written field by field, both are the same."""
    read = loads(dumps(value))
    assert repr(read) == repr(value)
    assert dumps(read) == dumps(value)


@settings(max_examples=15)
@given(catalogs(), st.lists(recorded(), max_size=5))
def test_a_plant_survives_its_document(catalog: Catalog, events: list[Recorded]) -> None:
    """A plant's document gives back its catalog and its events, and again the same bytes."""
    text = dump_document(catalog, events)
    read, happened = load_document(text)
    assert read == catalog
    assert list(happened) == events
    assert dump_document(read, happened) == text


@settings(max_examples=40)
@given(recorded())
def test_an_event_store_reads_back_what_it_kept(event: Recorded) -> None:
    """An event goes to one line of text and back."""
    text = dumps(event)
    assert "\n" not in text
    assert text.isascii()
    assert load_event(text) == event


@given(definitions())
def test_documents_are_plain_json(value: Definition) -> None:
    """Any JSON reader can read what is written: no float, no key twice, keys are the fields."""
    tree = json.loads(dumps(value), parse_float=pytest.fail)
    names = {field.name for field in fields_of(type(value))}
    assert tree.keys() <= names | {"prodstock", "type"}


def test_tags_are_unique_and_no_field_takes_their_place() -> None:
    """A tag names one type, and no record has a field of the name under which tags stand."""
    assert len(set(TAGS.values())) == len(TAGS)
    for kind in RECORDS:
        assert {"type", "prodstock"}.isdisjoint(field.name for field in fields_of(kind))


def test_every_field_of_every_record_can_be_written() -> None:
    """No record has a field that documents have no form for."""
    for kind in RECORDS | {form.form for form in FORMS.values()}:
        for field in fields_of(kind):
            assert callable(writer(field.hint))
