"""Codes: one normal form."""

import pytest

from prodstock.errors import InvalidTypeError, InvalidValueError
from prodstock.master.codes import code, codes
from prodstock.master.release_criteria import Criterion


def test_compatible_spellings_become_one_code() -> None:
    """Full-width letters are those of the keyboard; a ligature is its letters."""
    assert code("\uff2d\uff29\uff23") == "MIC"
    assert code("\ufb01x") == "fix"


def test_an_enumeration_member_becomes_its_plain_text() -> None:
    """A built-in criterion and its text are one code, of type str."""
    assert code(Criterion.LABELLING) == "labelling"
    assert type(code(Criterion.LABELLING)) is str


@pytest.mark.parametrize(
    "bad", ["", " ", " A", "A ", "\u00a0A", "A\nB", "A\u200bB", "\u202eA", "A" * 101, "\ufdfa" * 60]
)
def test_what_two_people_could_read_differently_is_refused(bad: str) -> None:
    """Blanks around, characters that do not print and endless codes are no codes."""
    with pytest.raises(InvalidValueError) as caught:
        code(bad, "item")
    assert caught.value.field == "item"


@pytest.mark.parametrize("bad", [None, 7, 1.5, b"A", ["A"]])
def test_only_text_is_a_code(bad: object) -> None:
    """Numbers and bytes are refused by their type."""
    with pytest.raises(InvalidTypeError):
        code(bad)  # type: ignore[arg-type]  # what is under test


def test_one_text_is_not_several_codes() -> None:
    """`requires="label"` would be five codes of one letter."""
    with pytest.raises(InvalidTypeError):
        codes("label")
