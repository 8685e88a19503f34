"""How the property tests draw: quickly and with fresh examples by hand, repeatably in the gate, long on request.

`pytest --hypothesis-profile=deep` looks twenty times as long.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("hand", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("gate", settings.get_profile("hand"), derandomize=True, database=None, print_blob=True)
settings.register_profile("deep", settings.get_profile("hand"), max_examples=2_000)
settings.load_profile("gate" if "CI" in os.environ else "hand")
