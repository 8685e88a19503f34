"""The reading and checking of published scheduling instances, on instances of a few lines."""

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest
from benchmarks import scheduling
from benchmarks.instances import Instance, Task, WrongScheduleError, check, due, read

JSP = "2 2\n0 3 1 2\n1 4 0 1 -1 -1\n"
FJSP = "2 2 1.5\n2 2 1 3 2 5 1 2 2\n1 1 2 4\n"
SDST = "2 2\n0 3 1 2\n1 4 0 1\n# per machine\n0 2\n5 0\n0 1\n1 0\n"
JIT = """2 2
# jobs
1 9.5 0.3 0.6 0.03
0 8 0.2 0.2 0.02
# routings
0 3 1 2
1 4 0 1
# initial
machine  job
0 1
1 1
0 2
5 0
0 1
1 0
"""
RCPSP = "4 2\n3 0\n0 0 0 2 2 3\n2 2 0 1 4\n3 2 0 1 4\n0 0 0 0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of three tiny instances, one of them packed, with what is known of them."""
    (tmp_path / "one.txt.gz").write_bytes(gzip.compress(JSP.encode()))
    (tmp_path / "two.txt").write_text(FJSP, encoding="utf-8")
    (tmp_path / "three.rcp").write_text(RCPSP, encoding="utf-8")
    files = {"jsp/one": ("one.txt.gz", 6), "fjsp/two": ("two.txt", 6), "rcpsp/j301_1": ("three.rcp", 5)}
    known = {name: {"file": file, "lb": best, "ub": best} for name, (file, best) in files.items()}
    (tmp_path / "best_known.json").write_text(json.dumps(known), encoding="utf-8")
    return tmp_path


def test_each_format_is_read(folder: Path) -> None:
    """Jobs with their machines and times, choices, and projects with units and successors."""
    one, two, three = (
        read(name, folder / file)
        for name, file in (("jsp/one", "one.txt.gz"), ("fjsp/two", "two.txt"), ("rcpsp/j301_1", "three.rcp"))
    )
    assert [step.ways for step in one.activities] == [((0, 3),), ((1, 2),), ((1, 4),), ((0, 1),)]
    assert [step.before for step in one.activities] == [(), (0,), (), (2,)]
    assert [step.ways for step in two.activities] == [((1, 3), (2, 5)), ((2, 2),), ((2, 4),)]
    assert [step.needs for step in three.activities] == [(), ((0, 2),), ((0, 2),), ()]
    assert [step.before for step in three.activities] == [(), (0,), (0,), (1, 2)]
    assert three.capacities == [3, 0]
    with pytest.raises(ValueError, match="no such format"):
        read("else/x", folder / "two.txt")


def test_set_ups_and_costs_of_time_are_read_and_checked(folder: Path) -> None:
    """Matrices by machine; a change too short is found, the first one too; early, late and in process are weighed."""
    (folder / "set.txt").write_text(SDST, encoding="utf-8")
    (folder / "jit.txt").write_text(JIT, encoding="utf-8")
    one = read("jsp_sdst/x", folder / "set.txt")
    assert one.matrices == {0: [[0, 2], [5, 0]], 1: [[0, 1], [1, 0]]}
    fine = (Task(0, 0, 3), Task(1, 5, 7), Task(1, 0, 4), Task(0, 5, 6))
    assert check(one, fine) == 7
    with pytest.raises(WrongScheduleError, match="machine 0 is not free at 4"):
        check(one, (*fine[:3], Task(0, 4, 5)))
    two = read("jit_sdst/x", folder / "jit.txt")
    assert (two.first, two.releases) == ({0: 1, 1: 1}, [1, 0])
    with pytest.raises(WrongScheduleError, match="machine 0 is not free at 1"):
        check(two, (Task(0, 1, 4), Task(1, 6, 8), Task(1, 0, 4), Task(0, 6, 7)))
    late = (Task(0, 5, 8), Task(1, 8, 10), Task(1, 0, 4), Task(0, 10, 11))
    expected = Decimal("0.6") * Decimal("0.5") + Decimal("0.03") * 5 + Decimal("0.2") * 3 + Decimal("0.02") * 11
    assert check(two, late) == expected
    (folder / "odd.txt").write_text(JIT.replace("0.03", "0.07"), encoding="utf-8")
    with pytest.raises(ValueError, match="a tenth"):
        read("jit_sdst/x", folder / "odd.txt")


def test_just_in_time_is_scheduled_by_its_costs(folder: Path) -> None:
    """What the library says a schedule is worth is what the check of the file says."""
    (folder / "jit.txt").write_text(JIT, encoding="utf-8")
    found = scheduling.ours(read("jit_sdst/x", folder / "jit.txt"), scheduling.Asked(None, 50, 0), "auto")
    assert found.objective > 0
    assert found.bound is None


FINE = (Task(0, 0, 3), Task(1, 4, 6), Task(1, 0, 4), Task(0, 4, 5))


@pytest.mark.parametrize(
    ("tasks", "fault"),
    [
        (FINE[:3], "3 of 4"),
        ((Task(1, 0, 3), *FINE[1:]), "does not take 3 on 1"),
        ((Task(0, 0, 2), *FINE[1:]), "does not take 2 on 0"),
        ((Task(0, 2, 5), *FINE[1:]), "before what it comes after"),
        ((Task(0, -1, 2), *FINE[1:]), "starts at -1"),
        ((*FINE[:3], Task(0, 2, 3)), "before what it comes after"),
        ((Task(0, 0, 3), Task(1, 3, 5), *FINE[2:]), "machine 1 is not free at 3"),
    ],
)
def test_the_checker_sees_each_fault(folder: Path, tasks: tuple[Task, ...], fault: str) -> None:
    """What is missing, too short, elsewhere, too early, or two at once."""
    instance = read("jsp/one", folder / "one.txt.gz")
    assert check(instance, FINE) == 6
    with pytest.raises(WrongScheduleError, match=fault):
        check(instance, tasks)


def test_the_checker_counts_units_and_lateness(folder: Path) -> None:
    """Two activities of two units do not run at once where there are three; late is what ends after its date."""
    project = read("rcpsp/j301_1", folder / "three.rcp")
    times = [Task(None, 0, 0), Task(None, 0, 2), Task(None, 2, 5), Task(None, 5, 5)]
    assert check(project, times) == 5
    with pytest.raises(WrongScheduleError, match="4 of 3 units of resource 0 at 1"):
        check(project, [*times[:2], Task(None, 1, 4), times[3]])
    late: Instance = due(read("jsp/one", folder / "one.txt.gz"), 1.1)
    assert [*late.dues, *late.weights] == [5, 5, 2, 2]
    assert check(late, FINE) == 2


@pytest.mark.parametrize(
    "words", [["--solver", "rules"], ["--iterations", "5"], ["--iterations", "5", "--tardiness", "1.3"]]
)
def test_the_command_line_runs(folder: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """It prints a line for each and a mean, and writes figures and schedules that hold."""
    names = "jsp/*" if "--tardiness" in words else "one,fjsp/*,j301_1"
    out, solutions = folder / "out.json", folder / "solutions"
    scheduling.main(
        ["--instances", str(folder), "--names", names, "--json", str(out), "--solutions", str(solutions), *words]
    )
    rows = json.loads(out.read_text(encoding="utf-8"))
    assert len(rows) == len(list(solutions.iterdir())) == (1 if "--tardiness" in words else 3)
    for row in rows:
        assert row["bound"] <= row["objective"]
        told = json.loads((solutions / f"{row['instance'].replace('/', '__')}.json").read_text(encoding="utf-8"))
        assert told["objective"] == row["objective"]
        assert {"job", "operation", "machine", "start", "end"} == set(told["tasks"][0])
    assert ("mean gap" in capsys.readouterr().out) == ("--tardiness" not in words)
    with pytest.raises(SystemExit, match="no instance fits"):
        scheduling.main(["--instances", str(folder), "--names", "no"])
