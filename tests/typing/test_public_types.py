"""What a strict type checker tells a user: the types of answers, and where a call is wrong."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import prodstock

HERE = Path(__file__).parent
STORY = HERE.parent / "scenario" / "test_story_of_the_design.py"
PROMISED = re.compile(r"  # type: ignore\[([a-z-]+)\]")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, int, str]]:
    """Return what mypy finds in the programs of this folder and in the story: file, line, code.

    It runs as at a user's: strict, with no settings of this project, and not told beforehand what to overlook.
    """
    if find_spec("mypy") is None:
        pytest.skip("needs mypy")
    home = tmp_path_factory.mktemp("user")
    for program in (HERE / "inferred.py", HERE / "refused.py", STORY):
        (home / program.name).write_text(PROMISED.sub("", program.read_text(encoding="utf-8")), encoding="utf-8")
    source = Path(str(prodstock.__file__)).parents[1]
    # Code in a path is checked as well, unless mypy is silenced; installed packages never are.
    options = ["--strict", "--follow-imports=silent", "--no-error-summary", "--hide-error-context", "--config-file="]
    programs = sorted(map(str, home.glob("*.py")))
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--cache-dir", str(home / "cache"), *programs],
        cwd=home,
        env=os.environ | {"MYPYPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not run.stderr
    return {error(line) for line in run.stdout.splitlines() if ": note:" not in line}


def error(line: str) -> tuple[str, int, str]:
    """Return file, line and code of what mypy reports."""
    match = re.fullmatch(r"(.*):(\d+): error: .*\[([a-z-]+)\]", line)
    assert match is not None, line
    return Path(match[1]).name, int(match[2]), match[3]


def test_answers_are_of_the_types_that_are_promised(found: set[tuple[str, int, str]]) -> None:
    """Every type that the program asserts is inferred, and nothing in it, or in the design's story, is refused."""
    assert {one for one in found if one[0] != "refused.py"} == set()


def filed(code: str) -> str:
    """Return the kind of an error, alike for all mypys: older ones file too many positional arguments under misc."""
    return "call-arg" if code == "misc" else code


def test_what_is_wrong_is_refused(found: set[tuple[str, int, str]]) -> None:
    """A float, a wrong enumeration, a misspelt name, a host's object of another shape: each line, for its reason."""
    lines = (HERE / "refused.py").read_text(encoding="utf-8").splitlines()
    promised = {(number, filed(code)) for number, line in enumerate(lines, 1) for code in PROMISED.findall(line)}
    assert {(line, filed(code)) for file, line, code in found if file == "refused.py"} == promised
    assert len(promised) > 30


def test_the_program_runs() -> None:
    """What the program is inferred to do, it does."""
    runpy.run_path(str(HERE / "inferred.py"), run_name="__main__")
