"""How the property tests draw: quickly and with fresh examples by hand, repeatably in the gate, long on request.

`pytest --hypothesis-profile=deep` looks twenty times as long.
"""

from __future__ import annotations

import os
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile("hand", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("gate", settings.get_profile("hand"), derandomize=True, database=None, print_blob=True)
settings.register_profile("deep", settings.get_profile("hand"), max_examples=2_000)
settings.load_profile("gate" if "CI" in os.environ else "hand")


@pytest.fixture
def little_memory() -> Iterator[None]:
    """Fail a test that holds more than 900 kB at a time: what is too large to be true is refused as it came."""
    tracemalloc.start()
    yield
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 900_000
