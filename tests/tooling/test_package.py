"""What is installed: few and light dependencies, a typed package, one version."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import prodstock

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_package_needs_at_most_six_distributions() -> None:
    """What comes along, dependencies of dependencies included, stays countable."""
    needed, waiting = set[str](), ["prodstock"]
    while waiting:
        for line in metadata.requires(waiting.pop()) or ():
            wanted = re.fullmatch(r"([\w.-]+)[^;]*(;.*)?", line)
            assert wanted, line
            optional = "extra ==" in line or "sys_platform" in line or "python_version" in line
            if not optional and wanted[1] not in needed:
                needed.add(wanted[1])
                waiting.append(wanted[1])
    assert len(needed) <= 6, sorted(needed)


@pytest.mark.parametrize("name", ["attrs", "cattrs", "python-dateutil", "sortedcontainers"])
def test_every_dependency_is_pure_python(name: str) -> None:
    """No dependency brings a compiled file."""
    files = metadata.files(name) or ()
    assert files
    assert not [str(file) for file in files if file.suffix in {".so", ".pyd", ".dylib"}]


def test_the_package_says_that_it_is_typed() -> None:
    """Type checkers read the annotations of the installed package."""
    assert (Path(prodstock.__file__).parent / "py.typed").is_file()


def test_the_version_stands_in_one_place() -> None:
    """The installed version is that of pyproject.toml, and the changelog says what it brought."""
    assert metadata.version("prodstock") == PROJECT["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{PROJECT['version']}]" in changelog
