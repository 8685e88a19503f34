"""The README keeps its word: its two commands, its first result, its links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
INTO_A_NEW_ENVIRONMENT = "python3 -m venv --without-pip .venv && python3 -m pip --python .venv/bin/python install -q "


def blocks(language: str) -> list[str]:
    """Return the README's fenced blocks of one language, in order."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", README.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )


def test_the_two_commands_stand_in_one_block() -> None:
    """A reader copies two lines: one shows the demo, one runs the tests; each makes what it needs."""
    assert [block.splitlines() for block in blocks("sh")] == [
        [
            f"{INTO_A_NEW_ENVIRONMENT}. && .venv/bin/python -m prodstock demo",
            f"{INTO_A_NEW_ENVIRONMENT}-e '.[test]' && .venv/bin/python -m pytest -q",
        ]
    ]


def test_the_first_result_takes_ten_lines_and_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    """The first Python block has at most ten lines, runs as it stands, and shows that 100 are free."""
    first = blocks("python")[0]
    assert len([line for line in first.splitlines() if line.strip()]) <= 10
    exec(compile(first, "<README>", "exec"), {"__name__": "readme"})  # noqa: S102  # our own text
    assert "100" in capsys.readouterr().out


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"\]\(([^)#:]+)[^):]*\)", README.read_text(encoding="utf-8")))), ids=str
)
def test_every_link_leads_to_a_page(target: str) -> None:
    """Each relative link of the README names a file of the project."""
    assert (README.parent / target).is_file()
