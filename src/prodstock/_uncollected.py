"""Work that makes many values and no cycles: Python's garbage collector looks again when it is over."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the collector back meanwhile, if it is on; also a decorator.

    Each time enough new values have come together, Python looks through all that there are for cycles that nobody
    reaches any more. Planning only makes values that stay, so that it would look in vain, and again and again through
    whatever the program holds. What is dropped is freed at once, as always; a cycle that another thread drops
    meanwhile is freed later. Where several overlap in threads, the first to end switches the collector on again.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
