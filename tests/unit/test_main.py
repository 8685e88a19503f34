"""The command line: what it answers, where, and with which exit code."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prodstock.__main__ import main
from prodstock.codec import load_document
from prodstock.datasets import furniture
from prodstock.demo.keeping import document_of


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Return the file of a joinery's document."""
    data = furniture()
    file = tmp_path / "joinery.json"
    file.write_text(document_of(data.catalog, data.plant()), encoding="utf-8")
    return file


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    """Return exit code, output and complaints of a command line."""
    code = main(argv)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def demo(seed: str, **environment: str) -> bytes:
    """Return what the demo prints in a fresh interpreter of a hash seed."""
    settings = {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    command = [sys.executable, "-m", "prodstock", "demo"]
    return subprocess.run(command, check=True, capture_output=True, env=os.environ | settings).stdout


def test_the_demo_says_the_same_bytes_for_any_hash_seed() -> None:
    """Neither hash seed nor terminal changes a byte, and there is nothing but plain ASCII lines."""
    first = demo("0", NO_COLOR="1")
    assert first == demo("4711", FORCE_COLOR="1", TERM="xterm-256color")
    assert first.isascii()
    assert b"\x1b" not in first
    assert max(map(len, first.splitlines())) < 240


def test_the_demo_leaves_a_plant_to_try_the_other_commands_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What --save writes is checked without faults and planned, with a why for what is made, bought and short."""
    file = tmp_path / "plant.json"
    code, out, err = told(capsys, "demo", "--save", str(file))
    assert (code, err) == (0, "")
    assert out.rstrip().endswith(f"python -m prodstock plan {file}")
    code, out, err = told(capsys, "check", str(file))
    assert (code, err) == (0, "")
    assert out.startswith("No faults. 16 items, ")
    code, out, err = told(capsys, "plan", str(file), "--until", "2026-05-01")
    assert (code, err) == (0, "")
    assert out.count("Why the first:") == 3
    assert "Customer orders that come late:" in out


def test_the_pages_show_what_the_command_line_says(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The outputs printed in the how-to are those of today."""
    page = Path(__file__).parents[2] / "docs/how-to/check-and-plan-a-document.md"
    saved, broken = tmp_path / "plant.json", tmp_path / "broken.json"
    rows = [{"type": "item", "code": "A", "scale": "3"}, {"type": "itm", "code": "B"}]
    broken.write_text(json.dumps({"prodstock": 1, "catalog": rows, "events": []}), encoding="utf-8")
    told(capsys, "demo", "--save", str(saved))
    for file in (saved, broken):
        out = told(capsys, "check", str(file))[1]
        shown = page.read_text(encoding="utf-8").split(f"check {file.name}\n")[1].partition("```")[0]
        assert out.startswith(shown.removesuffix("...\n"))


def test_a_check_shows_what_there_is_by_item(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    """A document without faults is counted, and each item's stock is split by what may be done with it."""
    code, out, err = told(capsys, "check", str(document))
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "No faults. 6 items, 3 open demands, 0 expected supplies, 0 production orders."
    assert lines[2].split() == ["item", "unit", "there", "free", "reserved", "WIP", "inspection", "release", "blocked"]
    assert lines[-2].split()[:4] == ["TABLE", "pcs", "4", "4"]


def test_a_document_may_come_from_standard_input(
    capsys: pytest.CaptureFixture[str], document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dash reads what another program writes, in UTF-8 whatever the terminal's characters are."""
    content = b"\xef\xbb\xbf" + document.read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="cp1252"))
    assert told(capsys, "check", "-")[0] == 0


def test_a_check_lists_all_faults_by_place(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Every fault is told with its part of the document, its row and its field, and what was probably meant."""
    file = tmp_path / "faulty.json"
    rows = [{"type": "item", "code": "A", "scale": "3"}, {"type": "itm", "code": "B"}]
    file.write_text(json.dumps({"prodstock": 1, "catalog": rows, "events": [7]}), encoding="utf-8")
    code, out, err = told(capsys, "check", str(file))
    assert (code, err) == (1, "")
    assert out.splitlines()[0] == "3 faults:"
    assert "catalog row 1, scale: " in out
    assert "catalog row 2, type: " in out
    assert "Did you mean 'item'?" in out
    assert "events row 1, row: " in out
    code, out, err = told(capsys, "plan", str(file))
    assert (code, out) == (1, "")
    assert err.startswith("3 faults:")


def test_a_check_finds_events_that_contradict_each_other(
    capsys: pytest.CaptureFixture[str], document: Path, tmp_path: Path
) -> None:
    """A document that lacks an event before another one is well written, and wrong."""
    content = json.loads(document.read_text(encoding="utf-8"))
    content["events"][0]["version"] += 1
    file = tmp_path / "gap.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    code, out, err = told(capsys, "check", str(file))
    assert (code, err) == (1, "")
    assert out.startswith("1 fault:\n")


def test_a_check_finds_events_about_what_is_not_defined(
    capsys: pytest.CaptureFixture[str], document: Path, tmp_path: Path
) -> None:
    """An item that events speak of and the catalog lacks is a fault of the document."""
    content = json.loads(document.read_text(encoding="utf-8"))
    content["catalog"] = [row for row in content["catalog"] if row.get("code") != "TABLE" and "item" not in row]
    file = tmp_path / "undefined.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    code, out, err = told(capsys, "check", str(file))
    assert (code, err) == (1, "")
    assert "events, event: unknown item 'TABLE'" in out


def test_a_plan_says_what_to_do_and_why(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    """Without --until the plan reaches beyond the last demand; its parts come with the why of their first line."""
    code, out, err = told(capsys, "plan", str(document))
    assert (code, err) == (0, "")
    assert "Plan of 2026-03-02 06:00 UTC until 2026-04-25" in out
    assert "Why the first:\n40 pcs LEG to make" in out
    assert "Why the first:\n10.00 m2 PLANK to buy" in out
    assert out.index("\nMake\n") < out.index("\nBuy\n") < out.index("\nShort or late\n")


def test_a_plan_may_be_made_on_a_later_day(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    """With --at it is another day; what is due by then comes late."""
    code, out, _ = told(capsys, "plan", str(document), "--at", "2026-04-20", "--until", "2026-05-01")
    assert code == 0
    assert "Plan of 2026-04-20 00:00 UTC until 2026-05-01" in out
    assert "HOTEL" in out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["plan", "{}", "--until", "2026-13-01"], "'2026-13-01' is no date; write it like 2026-07-01"),
        (["plan", "{}", "--until", "2020-01-01"], "is before now. Plan until a later day"),
        (["plan", "{}", "--at", "soon"], "'soon' is no moment; write it like 2026-03-02"),
        (["plan", "{}", "--at", "2026-03-02T10:00:00"], "has no time zone"),
        (["check", "{}", "--at", "2020-01-01"], "is before the last entry, 2026-03-02 06:00+00:00"),
        (["check"], "the following arguments are required: FILE"),
        (["check", "{}/no.json"], "cannot read "),
        (["demo", "--save", "{}/no/plant.json"], "cannot write "),
        (["dance"], "invalid choice: 'dance'"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_a_command_that_cannot_be_meant_is_said_to_be_so(
    capsys: pytest.CaptureFixture[str], document: Path, arguments: list[str], complaint: str
) -> None:
    """Usage errors exit with 2 and one complaint, never with a traceback."""
    code, _, err = told(capsys, *(one.format(document) for one in arguments))
    assert code == 2
    assert complaint in err
    assert "Traceback" not in err


def test_bytes_that_are_no_text_are_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A file in another encoding is named, with the place of the first wrong byte."""
    file = tmp_path / "latin.json"
    file.write_bytes(b'{"prodstock":1,"name":"H\xf6rger\xe4t"}')
    code, _, err = told(capsys, "check", str(file))
    assert (code, err) == (2, f"cannot read {file}: it is not UTF-8 at byte 24\n")


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing asked: the commands are listed, and the exit code says that nothing was done."""
    code, out, _ = told(capsys)
    assert code == 2
    assert "check" in out
    assert "plan" in out
    assert told(capsys, "--help")[0] == 0


def test_the_versions_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    """The library, the schema of its documents, and what it runs on."""
    code, out, _ = told(capsys, "versions")
    assert code == 0
    assert "documents of schema 1" in out
    assert "attrs" in out


def test_the_schema_of_documents_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON: that of a plant, or of a type; a word that is no type is answered with the nearest one."""
    code, out, err = told(capsys, "schema")
    assert (code, err) == (0, "")
    assert json.loads(out)["required"] == ["prodstock", "catalog", "events"]
    code, out, err = told(capsys, "schema", "recorded")
    assert (code, err) == (0, "")
    assert json.loads(out)["properties"]["type"] == {"const": "recorded"}
    code, out, err = told(capsys, "schema", "itm")
    assert (code, out) == (2, "")
    assert "Did you mean 'item'?" in err


def test_names_that_a_terminal_cannot_show_are_escaped(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A customer's name outside the terminal's characters is no reason to stop."""
    text = document.read_text(encoding="utf-8").replace("HOTEL", "H\u014cTEL")
    file = tmp_path / "names.json"
    file.write_text(text, encoding="utf-8")
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(["plan", str(file), "--at", "2026-04-20"]) == 0
    assert b"H\\u014cTEL" in raw.getvalue()


def test_what_is_saved_can_be_loaded_as_any_document(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The document is the codec's own, and all of its moments lie in the story."""
    file = tmp_path / "plant.json"
    assert told(capsys, "demo", "--save", str(file))[0] == 0
    catalog, events = load_document(file.read_text(encoding="utf-8"))
    assert len(catalog.items) == 16
    assert max(one.recorded_at for one in events) == datetime(2026, 3, 18, 11, tzinfo=UTC)
