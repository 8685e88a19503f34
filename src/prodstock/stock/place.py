"""Where a parcel is and in which state: everything of its key but what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from prodstock.master.item import Item

OURS = ""
"""The owner of what is our own."""

FREE = ""
"""The segment of what is set aside for nobody."""


def stock_of(item: Item, segment: str) -> str:
    """Return which stock goods are of that somebody wants or brings: what is planned for all alike is free."""
    return FREE if item.collective else segment


class Place(NamedTuple):
    """A parcel's key without item, lot and serial.

    Attributes:
        site: the site's code.
        location: the location's code within the site.
        owner: whose it is; empty for ours.
        segment: the order or project it is set aside for, as a stream name; empty for free stock. In WIP it is the
            production order, in transit the transfer, at a customer the demand it was shipped for.
        container: the container's code, or empty.
        quality: the code of the quality state.
        reason: the short reason of the state, such as `damaged`, or empty.
        release: the release state.
    """

    site: str
    location: str
    owner: str = OURS
    segment: str = FREE
    container: str = ""
    quality: str = "approved"
    reason: str = ""
    release: str = "not-required"

    @property
    def holder(self) -> str:
        """The code of the order or demand it is set aside for, or empty."""
        return self.segment.partition(":")[2]

    @property
    def label(self) -> str:
        """The place as people say it."""
        parts = [self.location, self.segment, self.container, "" if self.owner == OURS else f"of {self.owner}"]
        return f"{self.site}/" + " ".join(part for part in parts if part)
