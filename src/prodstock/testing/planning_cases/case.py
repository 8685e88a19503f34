"""A planning case as it is read: operations, stock points, demands and existing orders, moments in microseconds.

The format is that of the public planning cases derived from frePPLe's engine tests: durations in seconds, naive local
times, quantities as decimal numbers.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from prodstock.calendars.zone import from_micros, micros

if TYPE_CHECKING:
    from pathlib import Path

SECOND = 1_000_000
SCALE = 6
"""Decimals in which quantities are counted: they are continuous in the cases."""
STEPS = 10**SCALE


class Case:
    """One case: the parts of its document by name, and how material lines name their stock points."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.name: str = document["case"]
        self.now: int = moment(document["current"])
        self.operations: dict[str, dict[str, Any]] = {one["name"]: one for one in document["operations"]}
        self.points: dict[str, dict[str, Any]] = {one["name"]: one for one in document["stock_points"]}
        self.suppliers: list[dict[str, Any]] = document["item_suppliers"]
        self.demands: list[dict[str, Any]] = [one for one in document["demands"] if one.get("status") != "closed"]
        self.existing: list[dict[str, Any]] = document["existing_orders"]
        self.calendars: dict[str, dict[str, Any]] = {one["name"]: one for one in document["calendars"]}
        self.locations: dict[str, dict[str, Any]] = {one["name"]: one for one in document["locations"]}
        self.resources: dict[str, dict[str, Any]] = {one["name"]: one for one in document["resources"]}
        self.expected: dict[str, dict[str, Any]] = document["expected"]

    def point(self, item: str, location: str | None) -> str:
        """Return the name of the stock point of an item at a location; without one, the item's only one."""
        found = [
            name
            for name, one in self.points.items()
            if one.get("item") == item and location in (None, one.get("location"))
        ]
        if found:
            return found[0]
        named = [name for name in self._named() if name.startswith(f"{item} @ ")]
        return f"{item} @ {location}" if location is not None or not named else named[0]

    def _named(self) -> list[str]:
        """Return the stock points that only material lines and suppliers name."""
        lines = [
            f"{line['item']} @ {line.get('location') or operation.get('location')}"
            for operation in self.operations.values()
            for line in operation.get("materials", ())
            if "item" in line
        ]
        made = [f"{one['item']} @ {one.get('location')}" for one in self.operations.values() if "item" in one]
        bought = [f"{one['item']} @ {one['location']}" for one in self.suppliers if "location" in one]
        return [*lines, *made, *bought]

    def point_of(self, line: dict[str, Any], operation: dict[str, Any]) -> str:
        """Return the stock point that a material line takes from or brings to."""
        if "stock_point" in line:
            return str(line["stock_point"])
        return self.point(line["item"], line.get("location") or operation.get("location"))


def read(path: Path) -> Case:
    """Return the case in a file."""
    return Case(json.loads(path.read_text(encoding="utf-8")))


def moment(text: str) -> int:
    """Return a naive local time as microseconds; the zone of a case is UTC."""
    found: int = micros(datetime.fromisoformat(text).replace(tzinfo=UTC))
    return found


def shown(instant: int) -> str:
    """Return a moment as the cases write it."""
    return from_micros(instant).replace(tzinfo=None).isoformat(timespec="seconds")


def steps(quantity: float) -> int:
    """Return a quantity of a document in smallest steps."""
    scaled: Decimal = Decimal(str(quantity)) * STEPS
    return round(scaled)
