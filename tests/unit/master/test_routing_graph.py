"""Routings: the graph of steps, and what scrap makes of what enters them."""

from fractions import Fraction

import pytest

from prodstock.errors import InvalidValueError, UnknownCode
from prodstock.master.routing import MOST_OPERATIONS, Operation, OperationKind, Routing


def test_steps_follow_each_other_unless_they_say_otherwise() -> None:
    """`after=None` is the step listed before; `after=()` is none."""
    routing = Routing("A", [Operation("a"), Operation("b"), Operation("c", after=()), Operation("d", after=["b", "c"])])

    assert [routing.predecessors(code) for code in "abcd"] == [(), ("a",), (), ("b", "c")]
    assert [step.code for step in routing.in_order()] == ["a", "b", "c", "d"]


def test_a_step_listed_too_early_is_put_in_order() -> None:
    """Each step comes after all it waits for; of those that may be next, the one listed first."""
    routing = Routing("A", [Operation("pack", after=["b"]), Operation("a", after=()), Operation("b", after=["a"])])

    assert [step.code for step in routing.in_order()] == ["a", "b", "pack"]


def test_a_circle_is_refused_with_its_path() -> None:
    """Steps that wait for each other never start."""
    with pytest.raises(InvalidValueError) as caught:
        Routing("A", [Operation("a", after=["c"]), Operation("b"), Operation("c")])

    assert all(f" -> {code}" in str(caught.value.value) for code in "abc")


def test_a_routing_as_deep_as_allowed_is_ordered_without_recursion() -> None:
    """A chain of a thousand steps, listed backwards."""
    steps = [Operation(f"s{n}", after=[f"s{n - 1}"] if n else ()) for n in range(MOST_OPERATIONS)]

    ordered = Routing("A", reversed(steps)).in_order()

    assert [step.code for step in steps] == [step.code for step in ordered]
    with pytest.raises(InvalidValueError):
        Routing("A", [*steps, Operation("more")])


def test_the_last_step_is_the_last_that_moves_material() -> None:
    """Testing after packing changes nothing; without any such step it is the last of all."""
    pack, test = Operation("pack", kind=OperationKind.PACK), Operation("test", kind=OperationKind.TEST)

    assert Routing("A", [Operation("a"), pack, test]).last_step == pack
    assert Routing("A", [test]).last_step == test


def test_scrap_of_operations_accumulates_forward() -> None:
    """What enters a step covers its own scrap and that of all that come after it."""
    routing = Routing("A", [Operation("a", scrap="0.1"), Operation("b"), Operation("c", scrap="0.2")])

    assert [Fraction(33, 25), Fraction(6, 5), Fraction(6, 5)] == [routing.input_per_good(code) for code in "abc"]
    assert routing.input_per_good() == Fraction(33, 25)


def test_branches_that_meet_are_started_for_the_hungrier_one() -> None:
    """A branch without scrap needs less than one with; the start is the larger."""
    routing = Routing(
        "A",
        [
            Operation("left", after=(), scrap="0.5"),
            Operation("right", after=()),
            Operation("join", after=["left", "right"], scrap="0.1"),
        ],
    )

    assert routing.input_per_good("left") == routing.input_per_good() == Fraction(33, 20)
    assert routing.input_per_good("right") == Fraction(11, 10)


def test_an_unknown_step_is_named_with_the_nearest() -> None:
    """Typing slips are met with a suggestion."""
    with pytest.raises(UnknownCode) as caught:
        Routing("A", [Operation("assemble")]).predecessors("asemble")

    assert caught.value.nearest == ("assemble",)
