"""Which known code was probably meant."""

from bisect import bisect_left
from collections.abc import Iterable

from prodstock.errors import nearest

NEIGHBOURS = 1_000


def nearest_codes(given: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three known codes that resemble the given one, best first.

    Of many codes, only the thousand on either side of its place in their order are compared: most slips are near the
    end. The same answer for any order of the known ones. O(n log n).

    >>> nearest_codes("MIC-01", ["WIRE", "MIC-001"])
    ('MIC-001',)
    """
    if not isinstance(given, str):
        return ()
    ordered = sorted(known)
    place = bisect_left(ordered, given)
    return nearest(given, ordered[max(0, place - NEIGHBOURS) : place + NEIGHBOURS])
