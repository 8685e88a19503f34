"""A parcel's history equals a plain list, below and above the size of a page."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodstock.stock.history import EMPTY, History, Pages, added, as_of, entries, last_time, lowest_from

Entry = tuple[int, int, int, int]

MOMENTS = st.integers(0, 40)
CHANGES = st.integers(-5, 5)
SHORT = st.lists(st.tuples(MOMENTS, CHANGES, CHANGES), max_size=30)


@st.composite
def long_ones(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """Draw what fills several pages: a run of regular entries with some drawn ones among them."""
    step, spread = draw(st.integers(1, 3)), draw(st.integers(0, 60))
    base = [
        (step * n - (spread * n) % 61, (n * 7) % 11 - 5, (n * 3) % 5 - 2) for n in range(draw(st.integers(140, 420)))
    ]
    for when, change, held in draw(SHORT):
        base.insert(draw(st.integers(0, len(base))), (when * 20, change, held))
    return base


def built(changes: Sequence[tuple[int, int, int]]) -> tuple[History, list[Entry]]:
    """Return a history, and the same as a list that is sorted by effect, of one instant by recording."""
    history: History = EMPTY
    plain: list[Entry] = []
    for commit, (when, change, held) in enumerate(changes):
        history = added(history, when, commit, change, held)
        plain.append((when, commit, change, held))
    return history, sorted(plain, key=lambda entry: entry[:2])


def lowest(plain: Sequence[Entry], effective: int) -> tuple[int, int]:
    """Return the lowest quantity after an instant's last entry, from a moment on, and where it is first reached."""
    moments = [effective, *sorted({when for when, *_ in plain if when > effective})]
    sums = [sum(change for when, _, change, _ in plain if when <= moment) for moment in moments]
    return min(sums), moments[sums.index(min(sums))]


@given(st.one_of(SHORT, long_ones()), st.integers(-70, 1_400), st.integers(0, 450))
@settings(max_examples=150)
def test_equals_a_list(changes: list[tuple[int, int, int]], at: int, commits: int) -> None:
    """Entries, what was there as of a moment as known then, and the lowest point from a moment on equal plain sums."""
    history, plain = built(changes)

    assert list(entries(history)) == plain
    expected = [entry for entry in plain if entry[0] <= at and entry[1] < commits]
    assert as_of(history, at, commits) == (sum(e[2] for e in expected), sum(e[3] for e in expected))
    assert lowest_from(history, at, sum(entry[2] for entry in plain)) == lowest(plain, at)
    if plain:
        assert last_time(history) == plain[-1][0]


@given(long_ones())
@settings(max_examples=20)
def test_pages_are_bounded_and_never_changed(changes: list[tuple[int, int, int]]) -> None:
    """A longer history is pages of at most twice the size; the values before a change keep what they held."""
    history, plain = built(changes[:-1])
    assert isinstance(history, Pages)
    assert all(len(page.entries) <= 2 * 128 * 28 for page in history.pages)

    added(history, -1, len(changes), 3, 0)

    assert list(entries(history)) == plain


@pytest.mark.parametrize("count", [127, 128, 129, 256, 257, 1_000])
def test_late_entries_at_the_front(count: int) -> None:
    """Entries that all come before those known stay in order over every size of page."""
    changes = [(-number, 1, 0) for number in range(count)]
    history, plain = built(changes)

    assert list(entries(history)) == plain
    assert lowest_from(history, -count, count) == (0, -count)
    assert lowest_from(history, 0, count) == (count, 0)
