"""What an import costs: the library with the first use of a plant, against attrs and cattrs.

Each import runs in an interpreter of its own, with compiled files at hand, in turns. A figure is the processor time
that it spends from before the import to after it; a ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import Collector, Figure, arguments, middle, report

import prodstock

CLOCK = "from time import process_time as t; s = t(); {}; print(t() - s)"
OURS = "import prodstock as ps; ps.Plant(ps.Catalog([ps.Item('BOX')])).receive('BOX', 1)"
THEIRS = "import attrs, cattrs"
ROUNDS = 25


def spent(code: str, compiled: str) -> float:
    """Return the seconds of processor time that some code takes in a new interpreter."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env |= {"PYTHONPATH": str(Path(prodstock.__file__).parents[1]), "PYTHONPYCACHEPREFIX": compiled}
    command = [sys.executable, "-c", CLOCK.format(code)]
    return float(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)  # noqa: S603  # this Python


def measure(*, quick: bool, collector: Collector) -> list[Figure]:
    """Return the figures of this subject."""
    del collector
    with TemporaryDirectory() as compiled:
        spent(OURS, compiled)
        spent(THEIRS, compiled)
        rounds = [(spent(OURS, compiled), spent(THEIRS, compiled)) for _ in range(2 if quick else ROUNDS)]
    return [
        Figure(
            "prodstock and first use of Plant, times attrs and cattrs",
            middle([a / b for a, b in rounds]),
            "",
            at_most=1.5,
        ),
        Figure("   prodstock and first use of Plant", middle([a for a, _ in rounds]) * 1e3, "ms"),
        Figure("   attrs and cattrs", middle([b for _, b in rounds]) * 1e3, "ms"),
    ]


if __name__ == "__main__":
    options = arguments(__doc__)
    report("Import", measure(quick=options.quick, collector=options.gc), options)
