"""The benchmarks run, and whoever they measure answers alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import prodstock

ROOT = Path(__file__).parents[2]


def test_the_stock_benchmark_finds_equal_answers(tmp_path: Path) -> None:
    """In its quick mode the benchmark of reservations asserts that all versions pick the same lots, and tells figures.

    How fast anybody is, is not looked at.
    """
    figures = tmp_path / "figures.json"
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.stock", "--quick", "--json", str(figures)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(Path(prodstock.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    names = {row["name"] for row in json.loads(figures.read_text(encoding="utf-8"))["figures"]}
    assert {"prodstock, do", "naive frozen attrs", "SQLite in memory"} <= names


def test_the_planning_benchmark_finds_equal_totals(tmp_path: Path) -> None:
    """In its quick mode the benchmark of planning asserts that as much is ordered of each item as plain sums say."""
    figures = tmp_path / "figures.json"
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.planning", "--quick", "--json", str(figures)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(Path(prodstock.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    names = {row["name"] for row in json.loads(figures.read_text(encoding="utf-8"))["figures"]}
    assert {"1,000 items: netting, pegs implied", "growth exponent, to messages"} <= names
