"""Units of measure by their UN/ECE Recommendation 20 codes, with the names people use, and exact conversion.

Units of one dimension convert into each other by exact ratios. Anything else (pieces per kilogram, pieces in a box)
is a fact about one item, given as a factor. A code that is in no table, such as `box` or `reel`, is a unit of its own:
it converts only by an item's factor.

Codes and aliases are matched as written, after NFKC (`m²` is `m2`): `mW` and `MW` are a billion apart, and a new alias
never changes what an old text meant. What means different things to different people (gallon, pint, ton,
hundredweight) has its code and a name that says which.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import normalize

from prodstock.errors import InvalidTypeError, InvalidValueError, UnknownCode, nearest
from prodstock.quantities.number import rational
from prodstock.quantities.scaled import said

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

LONGEST: Final = 40
"""Characters of a unit's code."""


class Unit(NamedTuple):
    """A unit: its code, the name it is shown by, its dimension, and how many of the dimension's base unit it is."""

    code: str
    symbol: str
    dimension: str
    factor: Fraction


_TABLE: Final = """
count C62 1 pcs pc PCS PC one unit piece pieces
count H87 1
count EA 1 ea each
count NAR 1
count PR 2 pair pairs
count DPR 24
count TPR 20
count DZN 12 dozen doz
count SCO 20 score
count CEN 100 hundred
count GRO 144 gross
count MIL 1000 thousand
count T3 1000
count GGR 1728
count MIO 1000000 million
mass KGM 1 kg KG
mass GRM 1e-3 g
mass DJ 1e-2 dag
mass CGM 1e-5 cg
mass MGM 1e-6 mg
mass MC 1e-9 ug µg
mass HGM 1e-1 hg
mass DTN 100 dt
mass TNE 1000 t
mass 2U 1000 Mg
mass KTN 1000000 kt
mass LBR 0.45359237 lb lbs LB
mass ONZ 0.028349523125 oz
mass APZ 0.0311034768 ozt
mass GRN 0.00006479891 grain
mass STI 6.35029318 stone
mass CWA 45.359237 cwt_(US)
mass CWI 50.80234544 cwt_(UK)
mass STN 907.18474 ton_(US)
mass LTN 1016.0469088 ton_(UK)
mass CTM 2e-4 carat
length MTR 1 m
length DMT 1e-1 dm
length CMT 1e-2 cm
length MMT 1e-3 mm
length 4H 1e-6 um µm
length C45 1e-9 nm
length A11 1e-10 angstrom
length A45 10 dam
length HMT 100 hm
length KMT 1000 km
length INH 0.0254 in
length 77 0.0000254 mil
length FOT 0.3048 ft
length YRD 0.9144 yd
length AK 1.8288 fathom
length SMI 1609.344 mi
length NMI 1852 nmi
area MTK 1 m2
area DMK 1e-2 dm2
area CMK 1e-4 cm2
area MMK 1e-6 mm2
area ARE 100 are
area HAR 10000 ha
area KMK 1000000 km2
area INK 0.00064516 in2
area FTK 0.09290304 ft2 sqft
area YDK 0.83612736 yd2
area ACR 4046.8564224 acre
area MIK 2589988.110336 mi2
volume LTR 1 l L
volume A44 10 dal daL
volume HLT 100 hl hL
volume K6 1000 kl kL
volume MAL 1000000 Ml ML
volume DLT 1e-1 dl dL
volume CLT 1e-2 cl cL
volume MLT 1e-3 ml mL
volume 4G 1e-6 ul uL µl µL
volume MTQ 1000 m3 cbm
volume DMQ 1 dm3
volume CMQ 1e-3 cm3 ccm
volume MMQ 1e-6 mm3
volume GLL 3.785411784 gal_(US)
volume GLI 4.54609 gal_(UK)
volume QTL 0.946352946 liq_qt_(US)
volume QTI 1.1365225 qt_(UK)
volume PTL 0.473176473 liq_pt_(US)
volume PTI 0.56826125 pt_(UK)
volume OZA 0.0295735295625 fl_oz_(US)
volume OZI 0.0284130625 fl_oz_(UK)
volume BUA 35.23907016688 bu_(US)
volume INQ 0.016387064 in3
volume FTQ 28.316846592 ft3
volume YDQ 764.554857984 yd3
volume BLL 158.987294928 bbl
time SEC 1 s
time C26 1e-3 ms
time MIN 60 min
time HUR 3600 h
time DAY 86400 d
time WEE 604800 wk
energy JOU 1 J
energy KJO 1000 kJ
energy 3B 1000000 MJ
energy GV 1000000000 GJ
energy WHR 3600 Wh
energy KWH 3600000 kWh
energy MWH 3600000000 MWh
energy GWH 3600000000000 GWh
energy BTU 1055.05585262 Btu
energy E14 4186.8 kcal
power WTT 1 W
power C31 1e-3 mW
power KWT 1000 kW
power MAW 1000000 MW
power A90 1000000000 GW
power HJ 735.49875 PS
pressure PAL 1 Pa
pressure A97 100 hPa
pressure KPA 1000 kPa
pressure MPA 1000000 MPa
pressure MBR 100 mbar
pressure BAR 100000 bar
pressure ATM 101325 atm
amount C34 1 mol
amount C18 1e-3 mmol
amount B45 1000 kmol
activity BQL 1 Bq
activity 2Q 1000 kBq
activity 4N 1000000 MBq
activity GBQ 1000000000 GBq
activity CUR 37000000000 Ci
activity MCU 37000000 mCi
potency NIU 1 IU
force NEW 1 N
force B47 1000 kN
frequency HTZ 1 Hz
frequency KHZ 1000 kHz
frequency MHZ 1000000 MHz
frequency A86 1000000000 GHz
voltage VLT 1 V
voltage 2Z 1e-3 mV
voltage KVT 1000 kV
current AMP 1 A
current 4K 1e-3 mA
charge COU 1 C
charge AMH 3600 Ah
charge E09 3.6 mAh
resistance OHM 1 ohm Ω
resistance B49 1000 kohm kΩ
resistance B75 1000000 Mohm MΩ
capacitance FAR 1 F
capacitance 4O 1e-6 uF µF
capacitance C41 1e-9 nF
capacitance 4T 1e-12 pF
percentage P1 1 %
"""
"""Dimension, code, factor to the dimension's base unit, then aliases (`_` is a blank), the first of which is shown.

Left out: temperatures, which have no common zero and so do not convert by a ratio; months and years, whose length is
the calendar's; and sets, kits, boxes and rolls, of which every item has its own."""


@lru_cache(maxsize=1)
def _units() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for line in _TABLE.strip().splitlines():
        dimension, code, factor, *names = line.split()
        aliases = [normalize("NFKC", name.replace("_", " ")) for name in names]
        unit = Unit(code, aliases[0] if aliases else code, dimension, Fraction(factor))
        for name in (code, *aliases):
            found[name] = unit
    return found


def known_units() -> Mapping[str, Unit]:
    """Return every unit of the table by code and by alias."""
    return dict(_units())


def unit_code(value: str) -> str:
    """Return the code of a unit in its normal form: NFKC, printable, without blanks around it, of 1 to 40 characters.

    Raises:
        InvalidTypeError: if the value is no text.
        InvalidValueError: if it is empty, too long, not printable or has blanks around it.

    >>> unit_code("m²")
    'm2'
    """
    if not isinstance(value, str):
        raise InvalidTypeError(field="unit", value=value, reason="is no text", advice='Write a unit such as "kg"')
    plain = str.__str__(value)
    if not plain.isascii() and len(plain) <= LONGEST:
        plain = normalize("NFKC", plain)
    if 0 < len(plain) <= LONGEST and plain.isprintable() and plain[0] != " " and plain[-1] != " ":
        return plain
    raise InvalidValueError(field="unit", value=value, reason="is no unit", advice='Write a unit such as "kg"')


def unit(code: str) -> Unit:
    """Return the unit of a Rec 20 code or alias, as written: `m` is a metre, `M` is nothing.

    Raises:
        UnknownCode: if it is in neither list, with the names that resemble it.
        InvalidValueError, InvalidTypeError: if it is no code at all.

    >>> unit("KGM") is unit("kg")
    True
    >>> unit("lb").factor
    Fraction(45359237, 100000000)
    """
    plain = unit_code(code)
    try:
        return _units()[plain]
    except KeyError:
        raise UnknownCode(kind="unit", given=plain, nearest=nearest(plain, _units())) from None


@lru_cache(maxsize=2048)
def unit_or_own(code: str) -> Unit:
    """Return the unit of a code or alias; any other well-formed code is a unit and a dimension of its own.

    >>> unit_or_own("reel").dimension
    'own:reel'
    """
    found = _units().get(code)
    if found is None:
        plain = unit_code(code)
        found = _units().get(plain)
        if found is None:
            return Unit(plain, plain, f"own:{plain}", Fraction(1))
    return found


def convert(
    value: Fraction | Decimal | int,
    source: str,
    target: str,
    factors: Mapping[str, Fraction] | None = None,
    *,
    base: str | None = None,
    item: str | None = None,
) -> Fraction:
    """Return the amount in another unit, exactly; there and back gives the same amount. O(f log f) in factors.

    A unit is reached by its own dimension first, then by the factor of the unit itself, then by the factor of a unit
    of its dimension (grams, by the factor of kg); of several of those the first by name, which `check_factors` holds
    equal to the others.

    Args:
        value: the amount in `source`.
        source: the unit it is in.
        target: the unit it is wanted in.
        factors: of one item: how many of its base unit one of the named unit is.
        base: the item's base unit. Not needed between two units that both have a factor; otherwise `target` is taken
            for it, which must then have none.
        item: the item's code, for the error.

    Raises:
        InvalidTypeError: if value is a float or no number.
        InvalidValueError: if the units measure different things and no factor joins them.

    >>> convert(970, "kg", "lb")
    Fraction(1000000000, 467621)
    >>> convert(3, "box", "pcs", {"box": Fraction(9)})
    Fraction(27, 1)
    >>> convert(300, "g", "box", {"box": Fraction(9), "kg": Fraction(120)})
    Fraction(4, 1)
    >>> convert(18, "pcs", "box", {"box": Fraction(9)}, base="pcs")
    Fraction(2, 1)
    """
    amount = rational(value, field="value")
    if source == target:
        return amount
    start, end = unit_or_own(source), unit_or_own(target)
    if start.dimension == end.dimension:
        return amount * (start.factor / end.factor)
    rate = _rate(start, end, None if base is None else unit_or_own(base), factors) if factors else None
    if rate is None:
        raise _refused(start, end, source, target, base, item)
    return amount * rate


def check_factors(base: str, factors: Mapping[str, Fraction], *, item: str | None = None) -> None:
    """Check that an item's factors are above zero and contradict neither the table of units nor each other.

    O(f log f). The first contradiction by the unit's name is the one that is raised.

    Args:
        base: the item's base unit.
        factors: how many base units one of the named unit is.
        item: the item's code, for the error.

    Raises:
        InvalidValueError: if one is not above zero, or two ways from a unit to the base unit differ.

    >>> check_factors("pcs", {"box": Fraction(9), "kg": Fraction(120), "g": Fraction(120, 1000)})
    >>> check_factors("pcs", {"kg": Fraction(120), "g": Fraction(1)})
    Traceback (most recent call last):
    ...
    prodstock.errors.InvalidValueError: factors[kg] '120' contradicts g: one kg would be 1000 pcs. Leave one of them out
    """
    home = unit_or_own(base)
    known = {home.dimension: (base, 1 / home.factor)}
    for name in sorted(factors):
        unit, factor = unit_or_own(name), rational(factors[name], field=f"factors[{name}]")
        if factor <= 0:
            raise _bad_factor(name, factor, "is not above zero", "Say how many base units one is", item)
        other, rate = known.setdefault(unit.dimension, (name, factor / unit.factor))
        if factor != rate * unit.factor:
            reason = f"contradicts {other}: one {name} would be {said(rate * unit.factor)} {base}"
            raise _bad_factor(name, factor, reason, "Leave one of them out", item)


def _rate(start: Unit, end: Unit, base: Unit | None, factors: Mapping[str, Fraction]) -> Fraction | None:
    """Return how many of `end` one of `start` is by the factors, or None."""
    up, down = _worth(start, base, factors), _worth(end, base, factors)
    if down is None:
        return up if base is None else None
    return None if up is None else up / down


def _worth(unit: Unit, base: Unit | None, factors: Mapping[str, Fraction]) -> Fraction | None:
    """Return how many base units one of a unit is, or None."""
    if base is not None and unit.dimension == base.dimension:
        return unit.factor / base.factor
    kin = None
    for name in sorted(factors):
        other = unit_or_own(name)
        if other.dimension == unit.dimension:
            factor = factors[name]
            if factor <= 0:
                raise _bad_factor(name, factor, "is not above zero", "Say how many base units one is", None)
            if other.code == unit.code:
                return Fraction(factor)
            kin = factor * unit.factor / other.factor if kin is None else kin
    return kin


def _refused(start: Unit, end: Unit, source: str, target: str, base: str | None, item: str | None) -> InvalidValueError:
    whose = "the item" if item is None else item
    per = target if base is None else base
    missing = target if per == source else source
    advice = f'Give {whose} a factor, factors={{"{missing}": ...}}: how many {per} one {missing} is'
    meant = next((name for one in (start, end) if one.dimension.startswith("own:") for name in _like(one.code)), None)
    if meant is not None:
        advice += f"; or was {meant!r} meant"
    reason = f"measures {_said(start)}, not {_said(end)} like {target}"
    return InvalidValueError(
        field="unit" if item is None else f"unit of {item}", value=source, reason=reason, advice=advice
    )


def _bad_factor(name: str, factor: Fraction, reason: str, advice: str, item: str | None) -> InvalidValueError:
    field = f"factors[{name}]" if item is None else f"{item} factors[{name}]"
    return InvalidValueError(field=field, value=said(factor), reason=reason, advice=advice)


def _like(code: str) -> tuple[str, ...]:
    return nearest(code, _units())


def _said(unit: Unit) -> str:
    return unit.dimension.removeprefix("own:")
