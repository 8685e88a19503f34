"""All benchmarks, each in a process of its own: `python -m benchmarks [--quick] [--json FILE] [--gc MODE]`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import arguments

SUBJECTS = ("stock", "lives", "orders", "growth", "replay", "forks", "late", "explosion", "planning", "imports")


def run(subject: str, folder: Path, *, quick: bool, collector: str) -> dict[str, object]:
    """Run one subject, which prints its table, and return its document."""
    figures = folder / f"{subject}.json"
    command = [sys.executable, "-m", f"benchmarks.{subject}", "--json", str(figures), "--gc", collector]
    subprocess.run([*command, *(["--quick"] if quick else [])], check=True)  # noqa: S603  # this Python, our own modules
    found: dict[str, object] = json.loads(figures.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    options = arguments(__doc__)
    with TemporaryDirectory() as folder:
        told = [run(one, Path(folder), quick=options.quick, collector=options.gc.value) for one in SUBJECTS]
    if options.json is not None:
        options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
