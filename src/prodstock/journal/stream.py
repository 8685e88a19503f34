"""Streams: the units in which writers may collide, and how each is named."""

from __future__ import annotations

from typing import NewType

Stream = NewType("Stream", str)

CATALOG = Stream("catalog")


def stock_stream(item: str, site: str) -> Stream:
    """Return the stream of an item's parcels and reservations at one site."""
    return Stream(f"stock:{item}@{site}")


def item_stream(item: str) -> Stream:
    """Return the name under which an item's lots and serials are kept in memory; it is never stored."""
    return Stream(f"item:{item}")


def lot_stream(item: str, code: str) -> Stream:
    """Return the stream of a lot's identity."""
    return Stream(f"lot:{_escaped(item)}/{code}")


def serial_stream(item: str, code: str) -> Stream:
    """Return the stream of a serial number's identity."""
    return Stream(f"serial:{_escaped(item)}/{code}")


def demand_stream(ref: str) -> Stream:
    """Return the stream of a demand and of what is reserved for it."""
    return Stream(f"demand:{ref}")


def order_stream(code: str) -> Stream:
    """Return the stream of a production order and of what is reserved for it."""
    return Stream(f"order:{code}")


def supply_stream(ref: str) -> Stream:
    """Return the stream of a purchase or transfer order."""
    return Stream(f"supply:{ref}")


def key_stream(key: str) -> Stream:
    """Return the stream that makes an idempotency key usable once."""
    return Stream(f"key:{key}")


def planned_stream(code: str) -> Stream:
    """Return the stream that makes a planned order become an order once."""
    return Stream(f"planned:{code}")


def quality_stream(item: str, lot: str) -> Stream:
    """Return the stream of what was recorded about the quality of a lot."""
    return Stream(f"quality:{_escaped(item)}/{lot}")


def _escaped(item: str) -> str:
    """Return an item's code without the slash that separates it from a lot's: codes may hold slashes themselves."""
    return item.replace("%", "%25").replace("/", "%2F") if "/" in item or "%" in item else item


def goods_of(stream: str) -> tuple[str, str] | None:
    """Return the item and the code of the lot or serial that a stream is of; None: it is of none.

    >>> goods_of(lot_stream("MIC/2", "M-1")), goods_of(stock_stream("MIC", "MAIN"))
    (('MIC/2', 'M-1'), None)
    """
    kind, _, rest = stream.partition(":")
    if kind not in {"lot", "serial"}:
        return None
    item, _, code = rest.partition("/")
    return item.replace("%2F", "/").replace("%25", "%"), code
