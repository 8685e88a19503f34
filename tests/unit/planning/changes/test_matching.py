"""Which row of one side is which of the other."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from prodstock.calendars.zone import micros
from prodstock.master.codes import ItemCode
from prodstock.orders.planned import PlannedBuy
from prodstock.planning.changes.matching import Pairs, instant, matched

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def buy(day: int, *serves: str, quantity: int = 5, code: str = "") -> PlannedBuy:
    """Return a purchase that is due on a day."""
    due = NOW + timedelta(days=day)
    return PlannedBuy(ItemCode("MIC"), Decimal(quantity), NOW, due, "KNW", code=code, serves=serves)


def pairs(before: list[PlannedBuy], after: list[PlannedBuy]) -> Pairs[PlannedBuy]:
    """Return which is which, as plans do."""
    rules = (lambda one: one.code or None, lambda one: one.serves or None)
    return matched(before, after, rules, lambda one: one.serves, lambda one: micros(one.due), lambda _: "any")


def test_one_code_is_one_order_however_far_it_moved() -> None:
    """A settled order keeps its code: it is itself, also where another is nearer and serves the same."""
    old, moved, near = buy(1, "A", code="F"), buy(40, "B", code="F"), buy(2, "A", code="G")
    assert pairs([old], [near, moved]) == [(old, moved), (None, near)]


def test_the_same_demands_come_before_shared_ones_and_those_before_the_nearest() -> None:
    """Serving the same is closer than serving one of them, and that than being due at the same time."""
    same, shared, near = buy(9, "A", "B"), buy(7, "B", "C"), buy(3, "D")
    one, other, third = buy(3, "A", "B"), buy(3, "B"), buy(4, "E")
    found = pairs([one, other, third], [near, shared, same])
    assert found == [(one, same), (other, shared), (third, near)]


def test_ties_go_to_the_earlier() -> None:
    """Of two equally near ones the earlier is taken, of two at one time the first by content; each once."""
    old, sooner, later = buy(5), buy(3), buy(7)
    assert pairs([old], [later, sooner]) == [(old, sooner), (None, later)]
    small, large = buy(5, quantity=1), buy(5, quantity=9)
    assert pairs([old], [large, small]) == pairs([old], [small, large])
    assert pairs([old, buy(6)], [sooner]) == [(old, sooner), (buy(6), None)]


def test_nothing_is_matched_with_nothing() -> None:
    """What has no counterpart stands alone."""
    assert pairs([], []) == []
    assert pairs([buy(1)], []) == [(buy(1), None)]
    assert pairs([], [buy(1)]) == [(None, buy(1))]


def test_what_has_no_time_is_last() -> None:
    """A moment that is not known comes after all that are."""
    assert instant(None) > instant(datetime(2199, 1, 1, tzinfo=UTC))
