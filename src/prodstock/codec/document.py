"""The document of a whole plant: its catalog and all its events, in one text that can be kept, sent and read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from prodstock.codec.json_text import MAX_LENGTH, Floats, parse, write
from prodstock.codec.reading import opened, read
from prodstock.codec.writing import SCHEMA, writer
from prodstock.errors import InvalidTypeError, entries
from prodstock.journal.commit import Recorded
from prodstock.master.catalog import Catalog
from prodstock.master.definition import Definition
from prodstock.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable


@attrs.frozen
class Document:
    """What a document of a plant consists of."""

    catalog: tuple[Definition, ...]
    events: Table[Recorded]


def dump_document(catalog: Catalog, events: Iterable[Recorded] = (), /) -> str:
    """Return a plant as one JSON document: `{"prodstock": schema, "catalog": [...], "events": [...]}`.

    Equal plants give equal bytes: definitions stand by kind and code, events in the order given, and there is one way
    to write each of them.

    Raises:
        InvalidTypeError: if this is no catalog, or something in it is a host's own object, such as holidays that
            compute their answer.

    O(n) in definitions and events.

    >>> from prodstock.master.item import Item
    >>> dump_document(Catalog([Item("BOX")]))
    '{"prodstock":1,"catalog":[{"type":"item","code":"BOX"}],"events":[]}'
    """
    if not isinstance(catalog, Catalog):
        advice = "Give the definitions and the events: dump_document(plant.catalog, plant.events())"
        raise InvalidTypeError(field="catalog", value=catalog, reason="is no catalog", advice=advice)
    body = writer(Document)(Document(catalog.definitions, Table(entries(events, "events"))))
    return write({"prodstock": SCHEMA, **body} if isinstance(body, dict) else body)


def load_document(text: str, /, *, limit: int = MAX_LENGTH) -> tuple[Catalog, Table[Recorded]]:
    """Return the catalog and the events of a plant's document.

    Args:
        text: what `dump_document` returned.
        limit: the most characters it may have.

    Raises:
        InvalidData: with every fault: in a definition or event by `catalog` or `events` and its row, from 1; between
            definitions as the catalog itself reports them.
        InvalidTypeError: if the text is no text.

    O(n).
    """
    found = read(Document, opened(parse(text, limit=limit)), floats=Floats.REFUSE, table="document")
    if not isinstance(found, Document):
        raise TypeError(type(found))
    return Catalog(found.catalog), found.events
