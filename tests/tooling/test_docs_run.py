"""Every Python block of the documentation runs, and is typed as strictly as the library."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_EXECUTED = "<!-- not executed -->"
NEEDS = re.compile(r"<!-- needs (\w+) -->")
BLOCK = re.compile(r"^```python\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


def program(page: Path) -> str:
    """Return the Python blocks of a page as one program, each line where it stands on the page.

    Of a page that is not executed, or needs an extra that is absent, there is none.
    """
    text = page.read_text(encoding="utf-8")
    if NOT_EXECUTED in text or any(find_spec(name) is None for name in NEEDS.findall(text)):
        return ""
    lines = [""] * (text.count("\n") + 1)
    for block in BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(1))
        code = block[1].splitlines()
        lines[first : first + len(code)] = code
    return "\n".join(lines).rstrip()


PAGES = {
    page.relative_to(ROOT).as_posix(): page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "_build" not in page.parts and program(page)
}


def test_the_tutorial_is_among_the_pages() -> None:
    """The search for blocks finds the pages that are known to have some."""
    assert {"README.md", "docs/tutorial/index.md"} <= PAGES.keys()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_from_top_to_bottom(page: str) -> None:
    """The blocks of a page, in order and in one namespace, run without an error."""
    exec(compile(program(PAGES[page]), page, "exec"), {"__name__": "page"})  # noqa: S102  # our own text


def test_the_pages_are_typed_strictly(tmp_path: Path) -> None:
    """Under strict settings, a reader who copies a block gets no complaint."""
    for page, path in PAGES.items():
        name = re.sub(r"\W", "_", page.removesuffix(".md"))
        (tmp_path / f"{name}.py").write_text(program(path) + "\n", encoding="utf-8")
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--no-explicit-package-bases",
            f"--cache-dir={tmp_path / 'cache'}",
            str(tmp_path),
        ],
        cwd=ROOT,  # the library's own settings, which are strict
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
