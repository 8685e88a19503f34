"""Units of measure by their UN/ECE Recommendation 20 codes, with the names people use, and exact conversion.

Units of one dimension convert into each other by exact ratios. Anything else (pieces per kilogram, pieces in a box)
is a fact about one item, given as a factor. A code that is in no table, such as `box` or `reel`, is a unit of its own:
it converts only by an item's factor.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from prodstock.errors import InvalidValueError, UnknownCode, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal


class Unit(NamedTuple):
    """A unit: its code, the name it is shown by, its dimension, and how many of the dimension's base unit it is."""

    code: str
    symbol: str
    dimension: str
    factor: Fraction


_TABLE = """
count C62 1 pcs pc one unit piece
count H87 1
count EA 1 ea each
count PR 2 pair
count DZN 12 dozen
count SCO 20 score
count CEN 100 hundred
count GRO 144 gross
count MIL 1000 thousand
count GGR 1728
mass KGM 1 kg
mass GRM 1e-3 g
mass MGM 1e-6 mg
mass MC 1e-9 ug µg
mass HGM 1e-1 hg
mass DTN 100 dt
mass TNE 1000 t
mass LBR 0.45359237 lb lbs
mass ONZ 0.028349523125 oz
mass APZ 0.0311034768 ozt
mass GRN 0.00006479891 gr
mass STI 6.35029318 st
mass CWA 45.359237
mass CWI 50.80234544 cwt
mass STN 907.18474
mass LTN 1016.0469088
mass CTM 2e-4 ct
length MTR 1 m
length DMT 1e-1 dm
length CMT 1e-2 cm
length MMT 1e-3 mm
length 4H 1e-6 um µm
length C45 1e-9 nm
length KMT 1000 km
length INH 0.0254 in
length FOT 0.3048 ft
length YRD 0.9144 yd
length SMI 1609.344 mi
length NMI 1852 nmi
area MTK 1 m2 m²
area DMK 1e-2 dm2
area CMK 1e-4 cm2 cm²
area MMK 1e-6 mm2 mm²
area ARE 100 a
area HAR 10000 ha
area KMK 1000000 km2
area INK 0.00064516 in2
area FTK 0.09290304 ft2
area YDK 0.83612736 yd2
area ACR 4046.8564224 acre
volume LTR 1 l L
volume HLT 100 hl hL
volume DLT 1e-1 dl dL
volume CLT 1e-2 cl cL
volume MLT 1e-3 ml mL
volume 4G 1e-6 ul µl
volume MTQ 1000 m3 m³
volume DMQ 1 dm3
volume CMQ 1e-3 cm3 cm³
volume MMQ 1e-6 mm3
volume GLL 3.785411784 gal
volume GLI 4.54609
volume QTL 0.946352946 qt
volume QTI 1.1365225
volume PTL 0.473176473 pt
volume PTI 0.56826125
volume OZA 0.0295735295625 floz
volume OZI 0.0284130625
volume INQ 0.016387064 in3
volume FTQ 28.316846592 ft3
volume YDQ 764.554857984 yd3
volume BLL 158.987294928 bbl
time SEC 1 s
time C26 1e-3 ms
time MIN 60 min
time HUR 3600 h
time DAY 86400 d
time WEE 604800
energy JOU 1 J
energy KJO 1000 kJ
energy 3B 1000000 MJ
energy WHR 3600 Wh
energy KWH 3600000 kWh
energy MWH 3600000000 MWh
power WTT 1 W
power KWT 1000 kW
power MAW 1000000 MW
pressure PAL 1 Pa
pressure KPA 1000 kPa
pressure MPA 1000000 MPa
pressure MBR 100 mbar
pressure BAR 100000 bar
amount C34 1 mol
amount C18 1e-3 mmol
force NEW 1 N
frequency HTZ 1 Hz
frequency KHZ 1000 kHz
frequency MHZ 1000000 MHz
voltage VLT 1 V
current AMP 1 A
charge COU 1 C
charge AMH 3600 Ah
resistance OHM 1 ohm Ω
percentage P1 1 %
"""
"""Dimension, code, factor to the dimension's base unit, then aliases, the first of which is shown. Temperatures are
left out: they have no common zero, so they do not convert by a ratio."""

LONGEST = 40


@lru_cache(maxsize=1)
def _units() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for line in _TABLE.strip().splitlines():
        dimension, code, factor, *aliases = line.split()
        unit = Unit(code, aliases[0] if aliases else code, dimension, Fraction(factor))
        for name in (code, *aliases):
            found[name] = unit
    return found


def known_units() -> Mapping[str, Unit]:
    """Return every unit of the table by code and by alias."""
    return dict(_units())


def unit(code: str) -> Unit:
    """Return the unit of a Rec 20 code or alias, as written: `m` is a metre, `M` is nothing.

    Raises:
        UnknownCode: if it is in neither list, with the names that resemble it.

    >>> unit("KGM") is unit("kg")
    True
    >>> unit("lb").factor
    Fraction(45359237, 100000000)
    """
    try:
        return _units()[code]
    except KeyError:
        raise UnknownCode(kind="unit", given=code, nearest=nearest(code, _units())) from None


def unit_or_own(code: str) -> Unit:
    """Return the unit of a code or alias; any other well-formed code is a unit and a dimension of its own.

    >>> unit_or_own("reel").dimension
    'own:reel'
    """
    found = _units().get(code)
    return Unit(code, code, f"own:{code}", Fraction(1)) if found is None else found


def convert(
    value: Fraction | Decimal | int, source: str, target: str, factors: Mapping[str, Fraction] | None = None
) -> Fraction:
    """Return the amount in another unit, exactly; there and back gives the same amount. O(factors).

    Args:
        value: the amount in `source`.
        source: the unit it is in.
        target: the unit it is wanted in.
        factors: of one item: how many of its base unit one of the named unit is. `target` or `source` is then the
            base unit, or both convert to it: by a factor of the unit itself first, then by the factor of another unit
            of the same dimension, the first by code.

    Raises:
        InvalidValueError: if the units measure different things and no factor joins them.

    >>> convert(970, "kg", "lb")
    Fraction(1000000000, 467621)
    >>> convert(3, "box", "pcs", {"box": Fraction(9)})
    Fraction(27, 1)
    """
    amount = Fraction(value)
    if source == target:
        return amount
    start, end = unit_or_own(source), unit_or_own(target)
    if start.dimension == end.dimension:
        return amount * start.factor / end.factor
    into = _to_base(start, end, factors or {})
    if into is not None:
        return amount * into
    back = _to_base(end, start, factors or {})
    if back is not None:
        return amount / back
    raise InvalidValueError(
        field="unit",
        value=source,
        reason=f"measures {_said(start)}, not {_said(end)} like {target}",
        advice=f'Give the item a factor, factors={{"{source}": ...}}: how many {target} one {source} is',
    )


def _said(unit: Unit) -> str:
    return unit.dimension.removeprefix("own:")


def _to_base(start: Unit, base: Unit, factors: Mapping[str, Fraction]) -> Fraction | None:
    """Return how many of the base unit one of `start` is by the factors, or None."""
    for name, factor in sorted(factors.items()):
        if name in (start.code, start.symbol):
            return factor
    for name, factor in sorted(factors.items()):
        other = unit_or_own(name)
        if other.dimension == start.dimension and other.dimension != base.dimension:
            return start.factor / other.factor * factor
    return None
