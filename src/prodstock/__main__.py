"""The command line: `python -m prodstock demo`, `check FILE`, `plan FILE`, `schema`, `versions`.

It answers 0 if all is well, 1 if the document has faults, 2 if the command cannot be meant.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from prodstock.codec.schema import document_schema
from prodstock.codec.writing import SCHEMA
from prodstock.datasets.hearing import hearing_device
from prodstock.demo import report
from prodstock.demo.company import Company
from prodstock.demo.keeping import document_of, plant_of
from prodstock.demo.story import tell
from prodstock.errors import BrokenInvariant, InvalidData, ProdstockError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prodstock.calendars.span import Moment
    from prodstock.plant import Plant

FINE, FAULTY, MISUSED = 0, 1, 2
STDIN = "-"


class _UnusableError(Exception):
    """A file cannot be read or written; says so."""


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command line and return its exit code.

    Args:
        argv: the arguments after the program's name; None: those of the process.

    >>> main(["plan", "no-such-file.json"])
    2
    """
    try:
        asked = _parser().parse_args(argv)
    except SystemExit as told:  # argparse has said what is wrong, or has shown its help
        return int(told.code or 0)
    try:
        return int(asked.run(asked))
    except (ProdstockError, _UnusableError) as error:
        return _failed(*_told(error))
    except BrokenPipeError:  # whoever read along has stopped, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE


def _told(error: Exception) -> tuple[int, list[str]]:
    """Return the exit code of an error and what is said about it."""
    match error:
        case InvalidData():
            count = len(error.findings)
            return FAULTY, [f"{count} fault{'s' * (count != 1)}:", *map(str, error.findings)]
        case BrokenInvariant():
            return FAULTY, ["1 fault:", str(error)]
        case _:
            return MISUSED, [str(error)]


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="prodstock",
        description="Manufacturing and production inventory: what exists, what it may be used for, what follows.",
        epilog="A document is one JSON text with definitions and events; demo --save FILE writes one to try.",
    )
    parser.set_defaults(run=_help, parser=parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    demo = commands.add_parser("demo", help="tell the hearing-device story on shipped data")
    demo.add_argument("--save", metavar="FILE", help="also write the plant's document at the end of the story")
    demo.set_defaults(run=_demo)
    check = commands.add_parser("check", help="check a document; list all its faults, or what is there by item")
    check.set_defaults(run=_check)
    plan = commands.add_parser("plan", help="say what to make, buy and move, what is short and late, and why")
    plan.add_argument("--until", metavar="DATE", type=_day, help="plan to this day (default: after the last demand)")
    plan.set_defaults(run=_plan)
    for reader in (check, plan):
        reader.add_argument("file", metavar="FILE", help="the document; - reads standard input")
        reader.add_argument(
            "--at", metavar="DATE", type=_moment, help="what day it is (default: that of the last entry)"
        )
    schema = commands.add_parser("schema", help="print the JSON Schema of documents, for other programs")
    schema.add_argument("type", metavar="TYPE", nargs="?", help="of one type, such as recorded (default: of a plant)")
    schema.set_defaults(run=_schema)
    versions = commands.add_parser("versions", help="say which versions are installed")
    versions.set_defaults(run=_versions)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no date; write it like 2026-07-01") from None


def _moment(text: str) -> datetime:
    """Return a moment; of a bare date its start in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        advice = "write it like 2026-03-02 or 2026-03-02T06:00:00+00:00"
        raise ArgumentTypeError(f"{text!r} is no moment; {advice}") from None
    if found.tzinfo is None and found.time() != time():
        raise ArgumentTypeError(f"{text!r} has no time zone; write it like 2026-03-02T06:00:00+00:00")
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _help(asked: Namespace) -> int:
    asked.parser.print_help()
    return MISUSED


def _demo(asked: Namespace) -> int:
    company = Company.opened(hearing_device())
    _say(tell(company))
    if asked.save is not None:
        _write(asked.save, document_of(company.data.catalog, company.plant))
        program = "python -m prodstock"
        _say(["", f"The plant is in {asked.save}; try: {program} check {asked.save}; {program} plan {asked.save}"])
    return FINE


def _check(asked: Namespace) -> int:
    try:
        fine, lines = report.checked(plant_of(_text(asked.file), at=asked.at))
    except (InvalidData, BrokenInvariant) as faults:
        fine, lines = False, _told(faults)[1]
    _say(lines)
    return FINE if fine else FAULTY


def _plan(asked: Namespace) -> int:
    plant = plant_of(_text(asked.file), at=asked.at)
    _say(report.whole_plan(plant.plan(until=asked.until or _horizon(plant))))
    return FINE


def _horizon(plant: Plant) -> Moment:
    """Return the day after the last demand is due, tomorrow at the earliest."""
    snapshot = plant.snapshot()
    days = [one.due.date() if isinstance(one.due, datetime) else one.due for one in snapshot.promises]
    return max([snapshot.at.date(), *days]) + timedelta(days=1)


def _schema(asked: Namespace) -> int:
    _say([json.dumps(document_schema(asked.type), indent=2)])
    return FINE


def _versions(_: Namespace) -> int:
    needed = ("attrs", "cattrs", "python-dateutil", "sortedcontainers")
    _say([f"prodstock {_version('prodstock')}, documents of schema {SCHEMA}", f"Python {platform.python_version()}"])
    _say(f"{name} {_version(name)}" for name in needed)
    return FINE


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "(not installed)"


def _text(file: str) -> str:
    try:
        content = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise _UnusableError(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise _UnusableError(f"cannot read {file}: it is not UTF-8 at byte {error.start}") from None


def _write(file: str, text: str) -> None:
    try:
        Path(file).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise _UnusableError(f"cannot write {file}: {error.strerror}") from None


def _failed(code: int, lines: Iterable[str]) -> int:
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    return code


def _say(lines: Iterable[str]) -> None:
    """Write lines of plain text: no colours, so that there is nothing for NO_COLOR to switch off."""
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        sys.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
