"""What a library owes its host: no output, no clock, no chance, no weight that was not asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

import prodstock

PACKAGE = Path(prodstock.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
SPEAKING = {"__main__.py", "demo.py"}  # the two files whose trade is to print

CHANCE_AND_CLOCK = {
    "random",
    "secrets",
    "uuid.uuid1",
    "uuid.uuid4",
    "os.urandom",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
}
HOST_STATE = {
    "decimal.getcontext",
    "decimal.setcontext",
    "decimal.localcontext",
    "locale.setlocale",
    "pickle",
    "marshal",
}


NEEDED_LATER = [
    "cattrs",
    "dateutil",
    "difflib",
    "hashlib",
    "html",
    "json",
    "sortedcontainers",
    "zoneinfo",
    "prodstock.calendars.clock",
    "prodstock.calendars.downtime",
    "prodstock.calendars.exception",
    "prodstock.calendars.recurrence",
    "prodstock.codec",
    "prodstock.gathering",
    "prodstock.planning",
    "prodstock.master.bom",
    "prodstock.master.canonical",
    "prodstock.master.release_criteria",
    "prodstock.master.resource",
    "prodstock.master.routing",
    "prodstock.master.sourcing",
    "prodstock.master.structure",
    "prodstock.master.where_used",
    "prodstock.orders.demand",
    "prodstock.orders.production",
    "prodstock.orders.purchase",
    "prodstock.quality",
    "prodstock.quantities.money",
    "prodstock.scenario.change",
    "prodstock.shopfloor",
    "prodstock.stock.allocation",
    "prodstock.stock.answers",
    "prodstock.stock.events",
    "prodstock.stock.goods",
    "prodstock.stock.selection",
    "prodstock.stock.reservation",
    "prodstock.stock.translate",
    "prodstock.trace",
]


def tree_of(file: Path) -> ast.Module:
    """Return the syntax tree of a file of the package."""
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def names_used(tree: ast.Module) -> set[str]:
    """Return the full dotted names of everything imported from elsewhere, and of its attributes that are used."""
    bound: dict[str, str] = {}
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.split(".")[0]
                bound[alias.asname or root] = alias.name if alias.asname else root
                used.add(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                bound[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                used |= {node.module, f"{node.module}.{alias.name}"}
    attributes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return used | {name for node in attributes if (name := dotted(node, bound))}


def dotted(node: ast.Attribute, bound: dict[str, str]) -> str | None:
    """Return `a.b.c` for an attribute of an imported name, `None` for any other."""
    parts: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name) or inner.id not in bound:
        return None
    return ".".join([bound[inner.id], *reversed(parts)])


def found_in_package(unwanted: set[str]) -> list[str]:
    """Return `file: name` for each unwanted name that the package uses."""
    return sorted(f"{short(file)}: {name}" for file in FILES for name in names_used(tree_of(file)) & unwanted)


def module_of(file: Path) -> str:
    """Return the dotted name of the module that a file holds."""
    return ".".join(file.with_suffix("").relative_to(PACKAGE.parent).parts).removesuffix(".__init__")


def loaded(module: str, *, by: str) -> bool:
    """Return whether a fresh interpreter has loaded a module after running a statement."""
    program = f"import sys\n{by}\nraise SystemExit(7 if {module!r} in sys.modules else 0)"
    code = subprocess.run([sys.executable, "-c", program], check=False).returncode
    assert code in {0, 7}
    return code == 7


def short(file: Path) -> str:
    """Return a file's path inside the package, as a test id."""
    return file.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("file", [file for file in FILES if file.name not in SPEAKING], ids=short)
def test_a_library_does_not_print(file: Path) -> None:
    """Only the command line speaks: nothing else calls print, input or breakpoint."""
    calls = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert not [ast.unparse(call) for call in calls if ast.unparse(call.func) in {"print", "input", "breakpoint"}]


def test_a_library_does_not_log() -> None:
    """What happened is in the events and what is wrong in the errors: a host's log holds what the host puts there."""
    assert found_in_package({"logging", "warnings"}) == []


def test_a_life_in_a_plant_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Commands, refusals, plans and documents write nothing to the terminal."""
    plant = prodstock.Plant(prodstock.Catalog([prodstock.Item("BOX")]))
    plant.receive("BOX", 5)
    with pytest.raises(prodstock.Refused):
        plant.adjust("BOX", -6)
    plant.plan(until=datetime(2200, 1, 1, tzinfo=UTC))
    prodstock.dump_document(plant.catalog, plant.events())
    plant.check()
    assert capfd.readouterr() == ("", "")


def test_nothing_asks_the_wall_clock_or_chance() -> None:
    """Time and identity come from the ports passed in; only the system clock reads the wall clock.

    The test kit and the search for schedules may draw from a generator that they were given the seed of.
    """
    unwanted = found_in_package(CHANCE_AND_CLOCK)
    clocks = {line for line in unwanted if line.endswith(": datetime.datetime.now")}
    drawing = (
        "testing/",
        "scheduling/improve.py",
        "scheduling/disjunctive/search.py",
        "scheduling/cumulative/search.py",
    )
    seeded = {line for line in unwanted if line.startswith(drawing) and line.endswith(": random")}
    assert sorted(set(unwanted) - clocks - seeded) == []
    for line in seeded:
        assert (
            names_used(tree_of(PACKAGE / line.split(":")[0])) & {"random.random", "random.choice", "random.seed"}
            == set()
        )
    assert len(clocks) <= 1, f"one SystemClock is enough: {sorted(clocks)}"
    for line in clocks:
        assert "class SystemClock" in (PACKAGE / line.split(":")[0]).read_text(encoding="utf-8")


def test_nothing_touches_the_hosts_settings() -> None:
    """The decimal context, the locale and pickles belong to the host."""
    assert found_in_package(HOST_STATE) == []


@pytest.mark.parametrize("file", FILES, ids=short)
def test_every_module_says_what_it_is_for(file: Path) -> None:
    """Every module opens with a docstring."""
    assert ast.get_docstring(tree_of(file))


@pytest.mark.parametrize("file", FILES, ids=short)
def test_no_module_imports_the_package_root(file: Path) -> None:
    """Modules import the defining module: names of the root exist for users, and would make cycles inside."""
    modules = {module_of(path) for path in FILES}
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            assert "prodstock" not in [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import of {node.module}"
            if node.module == "prodstock":
                assert {f"prodstock.{alias.name}" for alias in node.names} <= modules


@pytest.mark.parametrize(
    "heavy", ["cattrs", "dateutil", "hypothesis", "narwhals", "numpy", "holidays", "sqlite3", "asyncio"]
)
def test_importing_the_library_is_light(heavy: str) -> None:
    """`import prodstock` loads nothing that only a part of the library needs."""
    assert not loaded(heavy, by="import prodstock")


@pytest.mark.parametrize("heavy", ["cattrs", "hypothesis", "narwhals", "numpy"])
def test_a_plant_is_light(heavy: str) -> None:
    """Nor does the facade: documents are read and written by those who ask for it."""
    assert not loaded(heavy, by="import prodstock; prodstock.Plant")


@pytest.fixture(scope="module")
def loaded_by_a_first_receipt() -> set[str]:
    """Return the modules that a fresh interpreter has loaded once goods have come in to a plant of one item."""
    first = "import prodstock as ps; ps.Plant(ps.Catalog([ps.Item('BOX')])).receive('BOX', 1)"
    program = f"import sys\nbefore = set(sys.modules)\n{first}\nprint(*set(sys.modules) - before)"
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    return set(shown.split())


@pytest.mark.parametrize("needed_later", NEEDED_LATER)
def test_a_first_receipt_loads_nothing_of_what_is_needed_later(
    needed_later: str, loaded_by_a_first_receipt: set[str]
) -> None:
    """Each part of the library costs those who use it: a receipt is no reservation, no order, no plan, no document."""
    assert find_spec(needed_later), "no such module any more"
    assert needed_later not in loaded_by_a_first_receipt


@pytest.mark.parametrize(("statement", "most"), [("import prodstock", 40), ("import prodstock; prodstock.Plant", 150)])
def test_an_import_loads_few_modules(statement: str, most: int) -> None:
    """Counted, not timed: what is loaded beyond a bare interpreter, dependencies and standard library included."""
    program = f"import sys\nbefore = set(sys.modules)\n{statement}\nprint(len(set(sys.modules) - before))"
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert int(shown) <= most
