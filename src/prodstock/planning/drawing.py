"""Small pictures as SVG, with no plotting library: the same input gives the same text, and every picture has words."""

from __future__ import annotations

from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 20, 40
INK, LINE, SHORT, GUIDE = "#222222", "#0072b2", "#d55e00", "#999999"
"""Colours that people with every kind of sight tell apart; what is short is also marked by its place and in words."""

Point = tuple[int, Fraction]
"""A moment in microseconds, and the value from it on."""


def staircase(
    title: str,
    description: str,
    points: Sequence[Point],
    end: int,
    *,
    guide: Fraction | None = None,
    days: tuple[str, str] = ("", ""),
    unit: str = "",
) -> str:
    """Return a line that holds each value until the next, as SVG; what lies below zero is drawn in a second colour.

    Args:
        title: read out first, and shown when the pointer rests on it.
        description: the same in a sentence or two, for those who do not see it.
        points: where the value changes, in the order of time.
        end: where the last value ends.
        guide: a value to mark with a dashed line.
        days: what stands below the first and the last moment.
        unit: what the values are counted in.
    """
    values = [value for _, value in points] + [Fraction(0)] + ([] if guide is None else [guide])
    low, high = min(values), max(values)
    first = points[0][0] if points else end
    across, up = max(1, end - first), (high - low) or Fraction(1)

    def x(moment: int) -> str:
        return _number(LEFT + Fraction(moment - first, across) * (WIDTH - LEFT - RIGHT))

    def y(value: Fraction) -> str:
        return _number(HEIGHT - BOTTOM - (value - low) / up * (HEIGHT - TOP - BOTTOM))

    whole = (str(LEFT), str(WIDTH - RIGHT))
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} font-family="sans-serif" font-size="12">',
        f"<title>{printable(title)}</title><desc>{printable(description)}</desc>",
        _line(whole, (y(Fraction(0)), y(Fraction(0))), f'stroke="{INK}"'),
    ]
    if guide is not None:
        parts.append(_line(whole, (y(guide), y(guide)), f'stroke="{GUIDE}" stroke-dasharray="6 4"'))
    for place, (moment, value) in enumerate(points):
        until = points[place + 1][0] if place + 1 < len(points) else end
        colour = SHORT if value < 0 else LINE
        parts.append(_line((x(moment), x(until)), (y(value), y(value)), f'stroke="{colour}" stroke-width="3"'))
        if place:
            before = points[place - 1][1]
            parts.append(_line((x(moment), x(moment)), (y(before), y(value)), f'stroke="{GUIDE}"'))
    parts += [
        f'<text x="{LEFT - 6}" y="{y(value)}" text-anchor="end" dominant-baseline="middle" fill="{INK}">{said}</text>'
        for value, said in {y(value): (value, _number(value)) for value in (low, Fraction(0), high)}.values()
    ]
    parts += [
        f'<text x="{LEFT}" y="{HEIGHT - 14}" fill="{INK}">{printable(days[0])}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 14}" text-anchor="end" fill="{INK}">{printable(days[1])}</text>',
        f'<text x="6" y="14" fill="{INK}">{printable(unit)}</text></svg>',
    ]
    return "".join(parts)


def _line(x: tuple[str, str], y: tuple[str, str], style: str) -> str:
    return f'<line x1="{x[0]}" x2="{x[1]}" y1="{y[0]}" y2="{y[1]}" {style}/>'


def _number(value: Fraction) -> str:
    """Return a number to the hundredth, without needless zeros."""
    hundredths = round(value * 100)
    sign, whole = "-" if hundredths < 0 else "", abs(hundredths)
    rest = f".{whole % 100:02d}".rstrip("0").rstrip(".")
    return f"{sign}{whole // 100}{rest}"


def printable(value: str) -> str:
    """Return a text as XML takes it: escaped, without the characters that XML forbids."""
    return escape("".join(one for one in value if one.isprintable() or one == "\n"))
