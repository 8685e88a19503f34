"""A plant as one document, and back: what the command line reads and writes."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from prodstock.codec.document import dump_document, load_document
from prodstock.errors import BrokenInvariant, Finding, InvalidData, InvalidValueError, ProdstockError
from prodstock.journal.store import ManualClock, SystemClock
from prodstock.plant import Plant

if TYPE_CHECKING:
    from datetime import datetime

    from prodstock.master.catalog import Catalog


def plant_of(text: str, *, at: datetime | None = None) -> Plant:
    """Return the plant that a document tells of.

    Args:
        text: the document.
        at: what the plant's clock shows, at the earliest the moment of its last entry; None: that moment, or the
            machine's time if it has none.

    Raises:
        InvalidValueError: if `at` is before the last entry.
        InvalidData: with all faults of the document, each at its place; or that events speak of what is not defined.
        BrokenInvariant: if its events contradict each other.
    """
    catalog, events = load_document(text)
    last = max((recorded.recorded_at for recorded in events), default=None)
    if at is not None and last is not None and at < last:
        reason = f"is before the last entry, {last.isoformat(sep=' ', timespec='minutes')}"
        raise InvalidValueError(field="at", value=at.isoformat(), reason=reason)
    moment = at or last
    try:
        return Plant.load(catalog, events, clock=SystemClock() if moment is None else ManualClock(moment))
    except (InvalidData, BrokenInvariant):
        raise
    except ProdstockError as error:
        found = Finding("events", None, "event", error.code, error.message, error.hint)
        raise InvalidData(findings=[found]) from error


def document_of(catalog: Catalog, plant: Plant) -> str:
    """Return a plant's document: the definitions it began with, and all its events.

    The events stand by the time they were recorded, those of one moment by commit, so that a plant that was loaded from
    its document gives the same document.
    """
    return dump_document(catalog, sorted(plant.events(), key=attrgetter("recorded_at", "commit", "part")))
