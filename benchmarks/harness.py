"""What all benchmarks share: figures with their aims, tables, JSON, the clock and the command line."""

from __future__ import annotations

import gc
import json
import os
import platform
import sys
from argparse import ArgumentParser, Namespace
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Collector(StrEnum):
    """How Python's garbage collector is set while the clock runs."""

    DEFAULT = "default"
    FROZEN = "frozen"
    OFF = "off"


@attrs.frozen
class Figure:
    """Something measured.

    Attributes:
        name: what was measured.
        reached: the figure.
        unit: its unit.
        at_least: the aim, where more is better.
        at_most: the aim, where less is better.
    """

    name: str
    reached: float
    unit: str
    at_least: float | None = attrs.field(kw_only=True, default=None)
    at_most: float | None = attrs.field(kw_only=True, default=None)

    @property
    def aim(self) -> str:
        """The aim, as people write it."""
        if self.at_least is not None:
            return f">= {shown(self.at_least)}"
        return "" if self.at_most is None else f"<= {shown(self.at_most)}"

    @property
    def ratio(self) -> float | None:
        """How far the aim is met: 1 and above is met. None without an aim, or at nothing of what should be little."""
        if self.at_least is not None:
            return self.reached / self.at_least
        if self.at_most is None:
            return None
        return self.at_most / self.reached if self.reached > 0 else None


def shown(value: float) -> str:
    """Return a figure with three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(title: str, figures: Sequence[Figure]) -> str:
    """Return the figures as a text table."""
    head = ("", "reached", "unit", "aim", "times the aim")
    rows = [head]
    for one in figures:
        times = "" if one.ratio is None else f"{one.ratio:.2f}{'' if one.ratio >= 1 else ' missed'}"
        rows.append((one.name, shown(one.reached), one.unit, one.aim, times))
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(width) if column == 1 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([title, *lines, ""])


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that some work takes in this process, in seconds.

    All work measured runs in one thread and waits for nothing, so on an idle machine this is the time on the wall; on a
    shared one it leaves out what others take.
    """
    start = process_time()
    work()
    return process_time() - start


def middle(values: Sequence[float]) -> float:
    """Return the median."""
    return float(median(values))


@contextmanager
def collecting(mode: Collector) -> Iterator[None]:
    """Run with the garbage collector in this mode; what exists before is collected first."""
    gc.collect()
    if mode is Collector.FROZEN:
        gc.freeze()
    elif mode is Collector.OFF:
        gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def resident() -> int:
    """Return the bytes of this process that are in memory now, as the kernel counts them."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def conditions(collector: Collector) -> dict[str, object]:
    """Return under what conditions the figures were measured."""
    return {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "clock": "processor time",
        "garbage collector": f"{collector}, thresholds {gc.get_threshold()}",
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def arguments(about: str | None) -> Namespace:
    """Return what was typed behind the command."""
    parser = ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it runs and answers right")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--gc", type=Collector, default=Collector.DEFAULT, choices=list(Collector))
    return parser.parse_args(sys.argv[1:])


def report(subject: str, figures: Sequence[Figure], options: Namespace) -> None:
    """Print the figures of a subject, and write them where JSON is asked for."""
    told = conditions(options.gc)
    print(table(f"{subject} ({', '.join(f'{name} {value}' for name, value in told.items())})", figures))
    if options.json is not None:
        rows = [{**attrs.asdict(one), "ratio": one.ratio} for one in figures]
        document = {"subject": subject, "quick": options.quick, "conditions": told, "figures": rows}
        options.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
