"""The package offers its names, and imports none before it is asked for."""

import subprocess
import sys

import pytest

import prodstock.master as package


def test_every_name_is_there() -> None:
    """Each name of `__all__` is found and listed, and no other."""
    assert all(getattr(package, name) is not None for name in package.__all__)
    assert set(package.__all__) <= set(dir(package))
    assert sorted(package.__all__) == list(package.__all__)
    with pytest.raises(AttributeError):
        package.nothing  # noqa: B018 - what is under test


def test_importing_the_package_imports_no_definition() -> None:
    """Importing is free until a name is used."""
    script = "import sys, prodstock.master; sys.exit(any(name.startswith('prodstock.master.') for name in sys.modules))"

    done = subprocess.run([sys.executable, "-c", script], check=False, env={"PYTHONPATH": ":".join(sys.path)})

    assert done.returncode == 0
