"""The locks of the gate: whole, and usable anywhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / ".ci").glob("*.txt"))


def pins(lock: Path) -> dict[str, set[str]]:
    """Return the versions each distribution is locked to: more than one where Pythons differ."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def test_both_locks_are_there() -> None:
    """The gate knows two environments: the newest and the lowest versions."""
    assert [lock.name for lock in LOCKS] == ["dev.txt", "lowest.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_host_and_no_path(lock: Path) -> None:
    """A lock says what, not from where: no address, no index option, no path of a machine."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if "://" in line or line.lstrip().startswith("-i") or "index-url" in line]
    assert not [line for line in lines if re.search(r"(^|\s)/|find-links", line)]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_has_a_hash(lock: Path) -> None:
    """A lock is fit for --require-hashes: each pin is followed by at least one hash."""
    entries = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8"))[1:]
    assert not [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry]


def test_the_lowest_lock_holds_what_the_project_declares() -> None:
    """What `dependencies` calls the minimum is the version that the suite is tried with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = dict(re.findall(r"^([a-z-]+)>=([0-9.]+)", "\n".join(project["dependencies"]), flags=re.MULTILINE))
    locked = {name: versions for name, versions in pins(ROOT / ".ci" / "lowest.txt").items() if name in declared}
    assert locked.keys() == declared.keys()
    for name, version in declared.items():
        assert all(f"{pin}.".startswith(f"{version}.") for pin in locked[name]), name
