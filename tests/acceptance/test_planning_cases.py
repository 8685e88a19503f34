"""Planning cases with one right answer, in the neutral format of public ones, solved by the one adapter.

Cases of a folder of your own are run too: name it in PRODSTOCK_PLANNING_CASES. Tiers A and B must hold; C informs only.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from prodstock.testing.planning_cases.case import Case, read
from prodstock.testing.planning_cases.judging import differences

FOLDER = os.environ.get("PRODSTOCK_PLANNING_CASES", "")
FILES = sorted(Path(FOLDER).glob("*.json")) if FOLDER else []
DAY = 86_400


def held(case: Case) -> list[str]:
    """Return the kinds of answer that a case expects of any planner: soft capacity only where there is none."""
    return [
        kind
        for kind, answer in case.expected.items()
        if answer["tier"] in {"A", "B"} and not (kind == "unconstrained_soft_capacity" and case.resources)
    ]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_public_case_is_answered_as_expected(path: Path) -> None:
    """Deliveries when constrained, orders when not, are those that the case expects."""
    case = read(path)
    for kind in held(case):
        assert differences(case, kind) == [], kind


# Cases of our own, so that the adapter is never untried


def document(**parts: Any) -> dict[str, Any]:  # parts of a JSON document
    """Return a case with the parts that are not given left empty."""
    empty = ("operations", "stock_points", "resources", "items", "item_suppliers", "demands", "existing_orders")
    lists: dict[str, Any] = {name: [] for name in (*empty, "calendars", "locations")}
    return {"case": "own", "current": "2026-03-02T00:00:00", "expected": {}, **lists, **parts}


def line(item: str, quantity: float, **more: Any) -> dict[str, Any]:
    """Return a material line at the start for what is taken, at the end for what is made."""
    return {"item": item, "quantity": quantity, "when": "end" if quantity > 0 else "start", **more}


def operation(name: str, days: float, *materials: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an operation of fixed duration in a workshop."""
    fixed = {"type": "fixed_time", "location": "shop", "duration_s": days * DAY, "size_minimum": 1}
    return {"name": name, "materials": list(materials), **fixed, **more}


def demand(name: str, item: str, quantity: float, due: str, **more: Any) -> dict[str, Any]:
    """Return a demand at the workshop."""
    return {"name": name, "item": item, "quantity": quantity, "due": due, "location": "shop", "priority": 1, **more}


def answer(demands: dict[str, dict[str, object]], *orders: tuple[str, str, float]) -> dict[str, object]:
    """Return what is expected."""
    listed = [{"operation": name, "end": end, "quantity": much, "status": "proposed"} for name, end, much in orders]
    return {"tier": "A", "demands": demands, "orders": listed}


def got(planned: float, late: float, last: str | None, short: float = 0) -> dict[str, object]:
    """Return what a demand is expected to get."""
    return {"planned": planned, "short": short, "late_quantity": late, "last_delivery": last}


CUPS = document(
    operations=[
        operation("fire", 3, line("clay", -2), line("cup", 1), item="cup"),
        operation("dig", 5, line("clay", 1), item="clay"),
    ],
    stock_points=[{"name": "clay @ shop", "item": "clay", "location": "shop", "on_hand": 10}],
    demands=[
        demand("urgent", "cup", 8, "2026-03-06T00:00:00"),
        demand("patient", "cup", 4, "2026-03-20T00:00:00", priority=2),
    ],
)


def test_unconstrained_orders_lie_in_the_past_if_they_must() -> None:
    """Eight cups need sixteen clay at the third; ten are there, six should have been dug five days before."""
    expected = answer(
        {"urgent": got(8, 0, "2026-03-06T00:00:00"), "patient": got(4, 0, "2026-03-20T00:00:00")},
        ("fire", "2026-03-06T00:00:00", 8),
        ("dig", "2026-03-03T00:00:00", 6),
        ("fire", "2026-03-20T00:00:00", 4),
        ("dig", "2026-03-17T00:00:00", 8),
    )
    assert differences(Case({**CUPS, "expected": {"unconstrained": expected}}), "unconstrained") == []


def test_constrained_deliveries_come_in_parts_as_early_as_they_can() -> None:
    """Five cups of the clay that is there; the other three three days after the clay that is dug from now on."""
    expected = answer({"urgent": got(8, 3, "2026-03-10T00:00:00"), "patient": got(4, 0, "2026-03-20T00:00:00")})
    assert differences(Case({**CUPS, "expected": {"constrained": expected}}), "constrained") == []


def test_a_full_resource_makes_the_next_wait_and_the_bound_go_without() -> None:
    """One kiln, three days each: two firings fit before the eighth, and whoever takes no lateness gets nothing."""
    kiln = {"name": "kiln", "maximum": 1}
    fire = operation("fire", 3, line("cup", 1), item="cup", loads=[{"resource": "kiln", "quantity": 1}])
    due = "2026-03-08T00:00:00"
    case = document(
        operations=[fire],
        resources=[kiln],
        demands=[
            demand("first", "cup", 5, due),
            demand("second", "cup", 5, due, priority=2),
            demand("third", "cup", 5, due, priority=3),
            demand("fourth", "cup", 5, due, priority=4, max_lateness_s=0),
        ],
        expected={
            "constrained": answer(
                {
                    "first": got(5, 0, due),
                    "second": got(5, 0, due),
                    "third": got(5, 5, "2026-03-11T00:00:00"),
                    "fourth": got(0, 0, None, short=5),
                }
            )
        },
    )
    assert differences(Case(case), "constrained") == []


def test_no_delivery_is_below_the_least_one() -> None:
    """Of twelve, eight now would leave four; least five: seven now and five when more comes."""
    case = document(
        operations=[operation("buy", 0, line("cup", 1), priority=0)],
        stock_points=[{"name": "cup @ shop", "item": "cup", "location": "shop", "on_hand": 8}],
        existing_orders=[
            {"operation": "buy", "start": "2026-03-09T00:00:00", "end": "2026-03-09T00:00:00", "quantity": 6}
        ],
        demands=[demand("bulk", "cup", 12, "2026-03-05T00:00:00", min_shipment=5)],
        expected={"constrained": answer({"bulk": got(12, 5, "2026-03-09T00:00:00")})},
    )
    assert differences(Case(case), "constrained") == []
