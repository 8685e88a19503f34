"""Units: the table, exact conversion, and the factors of items."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from unicodedata import normalize

import pytest

from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode
from prodstock.quantities.unit import _TABLE, LONGEST, check_factors, convert, known_units, unit, unit_code, unit_or_own

MICRO = "\u00b5"
GREEK_MU = "\u03bc"


def test_each_name_is_of_one_unit_in_normal_form() -> None:
    """A name that two lines of the table claim would silently mean the later one."""
    claimed: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        _, code, _, *aliases = line.split()
        for name in (code, *aliases):
            assert claimed.setdefault(normalize("NFKC", name.replace("_", " ")), code) == code

    assert claimed == {name: found.code for name, found in known_units().items()}
    assert all(unit_code(name) == name for name in claimed)
    assert all(found.factor > 0 for found in known_units().values())


@pytest.mark.parametrize(
    ("one", "many", "other"),
    [
        ("lb", "0.45359237", "kg"),
        ("lb", 16, "oz"),
        ("lb", 7000, "grain"),
        ("stone", 14, "lb"),
        ("cwt (UK)", 112, "lb"),
        ("cwt (US)", 100, "lb"),
        ("ton (US)", 2000, "lb"),
        ("ton (UK)", 2240, "lb"),
        ("ozt", 480, "grain"),
        ("t", 1000, "kg"),
        ("kg", 1000, "g"),
        ("g", 1000, "mg"),
        ("mg", 1000, "ug"),
        ("carat", 200, "mg"),
        ("in", "2.54", "cm"),
        ("ft", 12, "in"),
        ("yd", 3, "ft"),
        ("mi", 1760, "yd"),
        ("fathom", 6, "ft"),
        ("in", 1000, "mil"),
        ("NMI", 1852, "m"),
        ("acre", 4840, "yd2"),
        ("mi2", 640, "acre"),
        ("ft2", 144, "in2"),
        ("yd2", 9, "ft2"),
        ("ha", 10_000, "m2"),
        ("km2", 100, "ha"),
        ("m2", 10_000, "cm2"),
        ("m3", 1000, "L"),
        ("L", 1000, "mL"),
        ("mL", 1, "cm3"),
        ("cm3", 1000, "mm3"),
        ("gal (US)", 231, "in3"),
        ("gal (US)", 4, "liq qt (US)"),
        ("gal (US)", 8, "liq pt (US)"),
        ("gal (US)", 128, "fl oz (US)"),
        ("gal (UK)", 4, "qt (UK)"),
        ("gal (UK)", 8, "pt (UK)"),
        ("gal (UK)", 160, "fl oz (UK)"),
        ("bbl", 42, "gal (US)"),
        ("bu (US)", "2150.42", "in3"),
        ("ft3", 1728, "in3"),
        ("yd3", 27, "ft3"),
        ("dozen", 12, "pcs"),
        ("gross", 12, "dozen"),
        ("GGR", 12, "GRO"),
        ("score", 10, "pair"),
        ("EA", 1, "H87"),
        ("wk", 7, "d"),
        ("d", 24, "h"),
        ("h", 60, "min"),
        ("min", 60, "s"),
        ("kWh", "3.6", "MJ"),
        ("Ah", 1000, "mAh"),
        ("bar", 1000, "hPa"),
        ("atm", "1.01325", "bar"),
        ("Ci", 37, "GBq"),
        ("kg", 1000, "GRM"),
    ],
)
def test_units_stand_to_each_other_as_their_definitions_say(one: str, many: int | str, other: str) -> None:
    """The known relations between units, of which the table holds only one side."""
    assert convert(1, one, other) == Fraction(many)
    assert convert(Fraction(many), other, one) == 1


def test_golden_14_kilograms_to_pounds_and_back() -> None:
    """970 kg are 97,000,000,000/45,359,237 lb, and 970 kg again."""
    pounds = convert(970, "kg", "lb")

    assert pounds == Fraction(97_000_000_000, 45_359_237)
    assert convert(pounds, "lb", "kg") == 970


def test_codes_are_matched_as_written() -> None:
    """A milliwatt is no megawatt, and what only looks like a code is a unit of its own."""
    assert convert(1, "MW", "mW") == 10**9
    assert unit("KGM") is unit("kg") is unit("KG")
    assert unit_or_own("Kg").dimension == "own:Kg"


def test_compatible_letters_are_one_letter() -> None:
    """The micro sign, the Greek letter and u are one, and so are a raised and a plain two."""
    assert unit(f"{MICRO}m") is unit(f"{GREEK_MU}m") is unit("um") is unit("4H")
    assert unit("m²") is unit("m2") is unit("MTK")
    assert unit_or_own("\uff42\uff4f\uff58") == unit_or_own("box")


@pytest.mark.parametrize("code", ["gal", "pt", "qt", "ton", "cwt", "st", "gr", "oz fl"])
def test_a_name_with_two_meanings_is_no_unit(code: str) -> None:
    """A gallon is not guessed to be American, nor `gr` to be a grain."""
    with pytest.raises(UnknownCode):
        unit(code)


def test_an_unknown_unit_says_what_resembles_it() -> None:
    """The nearest known names are fields of the error."""
    with pytest.raises(UnknownCode) as caught:
        unit("dozn")

    assert "dozen" in caught.value.nearest
    with pytest.raises(UnknownCode, match=r"gal \(US\)"):
        unit("gal US")


@pytest.mark.parametrize("code", ["", " kg", "kg ", "k\ng", "k\x00g", "x" * (LONGEST + 1), "\u200bkg", "k" * 10**6])
def test_what_cannot_be_a_code_is_refused(code: str) -> None:
    """Everywhere a unit is named, and at once."""
    for call in (unit, unit_or_own, unit_code, lambda given: convert(1, given, "kg")):
        with pytest.raises(InvalidValueError, match=r"unit .* is no unit"):
            call(code)


@pytest.mark.parametrize("code", [None, 5, b"kg"])
def test_a_unit_is_a_text(code: Any) -> None:
    """Nothing else names a unit."""
    with pytest.raises(InvalidTypeError):
        unit_code(code)


@pytest.mark.parametrize("value", [0.5, True, None])
def test_only_exact_amounts_are_converted(value: Any) -> None:
    """A float is refused, also where the units are the same."""
    for target in ("kg", "g"):
        with pytest.raises(InvalidTypeError):
            convert(value, "kg", target)


FACTORS = {"box": Fraction(9), "kg": Fraction(120), "pallet": Fraction(360)}


@pytest.mark.parametrize(
    ("value", "source", "target", "answer"),
    [
        (1, "box", "pcs", 9),
        (2, "kg", "pcs", 240),
        (500, "g", "pcs", 60),
        (1, "dozen", "box", Fraction(12, 9)),
        (1, "pallet", "box", 40),
        (1, "pallet", "g", 3000),
        (9, "pcs", "box", 1),
        (9, "EA", "box", 1),
        (60, "pcs", "g", 500),
        (3, "kg", "box", 40),
    ],
)
def test_an_items_factors_join_what_the_table_does_not(value: int, source: str, target: str, answer: Fraction) -> None:
    """Through its base unit, through a unit of the same dimension, and both ways."""
    assert convert(value, source, target, FACTORS, base="pcs") == answer
    assert convert(answer, target, source, FACTORS, base="pcs") == value


def test_two_units_with_factors_need_no_base() -> None:
    """The base unit cancels; a target without a factor is taken for the base."""
    assert convert(1, "pallet", "kg", FACTORS) == 3
    assert convert(1, "pallet", "pcs", FACTORS) == 360


def test_a_base_that_is_not_named_is_not_guessed_from_the_source() -> None:
    """Nine kilograms are not a box because nine pieces are."""
    with pytest.raises(InvalidValueError):
        convert(9, "kg", "box", {"box": Fraction(9)})
    with pytest.raises(InvalidValueError):
        convert(1, "box", "kg", {"box": Fraction(9)}, base="pcs")


def test_golden_13_a_box_of_nine_pieces() -> None:
    """A box received and nine pieces sold leave nothing; of one piece a box has a ninth, which no whole box is."""
    box = {"box": Fraction(9)}

    assert convert(1, "box", "pcs", box, base="pcs") - 9 == 0
    piece = {"pcs": Fraction(1, 9)}
    assert 1 - convert(9, "pcs", "box", piece, base="box") == 0
    assert convert(1, "pcs", "box", piece, base="box") == Fraction(1, 9)


def test_a_refusal_names_the_item_the_units_and_the_factor_to_give() -> None:
    """Pieces and kilograms are different things until the item says how they relate."""
    with pytest.raises(InvalidValueError) as caught:
        convert(1, "kg", "pcs", item="WIRE")

    text = str(caught.value)
    assert text == (
        "unit of WIRE 'kg' measures mass, not count like pcs. "
        'Give WIRE a factor, factors={"kg": ...}: how many pcs one kg is'
    )


def test_a_refusal_of_an_unknown_unit_says_what_may_have_been_meant() -> None:
    """A box has a factor or none; a dozn was a dozen."""
    with pytest.raises(InvalidValueError, match="or was 'dozen' meant"):
        convert(1, "dozn", "pcs")


@pytest.mark.parametrize("factor", [0, -1])
def test_a_factor_is_above_zero(factor: int) -> None:
    """No unit is worth nothing."""
    for call in (
        lambda: convert(1, "box", "pcs", {"box": Fraction(factor)}),
        lambda: convert(1, "pcs", "box", {"box": Fraction(factor)}, base="pcs"),
        lambda: check_factors("pcs", {"box": Fraction(factor)}),
    ):
        with pytest.raises(InvalidValueError, match="is not above zero"):
            call()


@pytest.mark.parametrize(
    "factors",
    [
        {"dozen": Fraction(10)},
        {"pcs": Fraction(2)},
        {"EA": Fraction(2)},
        {"kg": Fraction(120), "g": Fraction(1)},
        {"L": Fraction(3), "m3": Fraction(3)},
    ],
)
def test_factors_that_contradict_are_refused(factors: dict[str, Fraction]) -> None:
    """Neither the table nor each other: a kilogram is a thousand grams for every item."""
    with pytest.raises(InvalidValueError, match="contradicts") as caught:
        check_factors("pcs", factors, item="NUT")

    assert caught.value.field.startswith("NUT factors[")


def test_factors_that_agree_are_accepted() -> None:
    """Saying the same twice is no contradiction."""
    check_factors(
        "pcs",
        {"dozen": Fraction(12), "pcs": Fraction(1), "kg": Fraction(120), "g": Fraction(12, 100), "box": Fraction(9)},
    )
    check_factors("box", {"pcs": Fraction(1, 9), "dozen": Fraction(12, 9)})


def test_the_order_of_factors_does_not_matter() -> None:
    """Grams go by the factor of the same unit, whatever else there is."""
    factors = {"mg": Fraction(1, 1000), "g": Fraction(2)}

    for given in (factors, dict(reversed(factors.items()))):
        assert convert(1, "g", "pcs", given) == 2
        assert convert(1, "GRM", "pcs", given) == 2
        assert convert(1, "kg", "pcs", given) == 2000
