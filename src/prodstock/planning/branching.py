"""Boxes in columns, joined from left to right, as SVG: for trees whose branches meet again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prodstock.planning.drawing import GUIDE, INK, LINE, SHORT, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST = 60
"""Boxes of one picture: more than anybody reads."""

_WIDTH, _LINE, _PAD = 210, 15, 6
_ACROSS, _DOWN, _EDGE = 90, 12, 10
_LETTERS, _ON_LINES = 32, 12


class Box(NamedTuple):
    """A few lines of text in a column; `marked` boxes have the second colour, and should say why in words."""

    column: int
    lines: tuple[str, ...]
    marked: bool = False

    @property
    def height(self) -> int:
        """How high it is drawn."""
        return len(self.lines) * _LINE + 2 * _PAD


class Joint(NamedTuple):
    """A line between two boxes, by their numbers, with what stands on it."""

    left: int
    right: int
    text: str


def branching(title: str, description: str, boxes: Sequence[Box], joints: Sequence[Joint]) -> str:
    """Return boxes in their columns and the joints between them, as SVG; of very many boxes the first, and a count.

    Within a column boxes lie in the order in which those that they are joined to lie on the left, then in the order
    given. Texts are cut to the width of a box; the whole of them shows when the pointer rests on it.

    Args:
        title: read out first.
        description: the same in a sentence or two, for those who do not see it.
        boxes: what to draw, the most important first.
        joints: lines from a box to one further right; others, and those of boxes that are not drawn, are left out.

    O(n log n) in boxes and joints.
    """
    shown = boxes[:MOST]
    lines = [one for one in joints if _runs_right(one, shown)]
    places = _places(shown, lines)
    width = max((x + _WIDTH for x, _ in places.values()), default=0) + _EDGE
    height = max((y + shown[at].height for at, (_, y) in places.items()), default=0) + _EDGE
    rest = len(boxes) - len(shown)
    if rest:
        height += _LINE
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} font-family="sans-serif" font-size="12">',
        f"<title>{printable(title)}</title><desc>{printable(description)}</desc>",
        *_curves(shown, lines, places),
        *(_drawn(box, places[number]) for number, box in enumerate(shown)),
    ]
    if rest:
        parts.append(f'<text x="{_EDGE}" y="{height - _EDGE}" fill="{INK}">and {rest} more</text>')
    return "".join([*parts, "</svg>"])


def _runs_right(joint: Joint, boxes: Sequence[Box]) -> bool:
    known = 0 <= joint.left < len(boxes) and 0 <= joint.right < len(boxes)
    return known and boxes[joint.left].column < boxes[joint.right].column


def _places(boxes: Sequence[Box], joints: Sequence[Joint]) -> Mapping[int, tuple[int, int]]:
    """Return where the upper left corner of each box lies, column by column from the left."""
    before: dict[int, list[int]] = {}
    for one in joints:
        before.setdefault(one.right, []).append(one.left)
    columns: dict[int, list[int]] = {}
    for number, box in enumerate(boxes):
        columns.setdefault(box.column, []).append(number)
    places: dict[int, tuple[int, int]] = {}
    for place, column in enumerate(sorted(columns)):
        joined = {number: [places[one][1] for one in before.get(number, ())] for number in columns[column]}
        middle = {number: sum(tops) // max(1, len(tops)) for number, tops in joined.items()}
        y = _EDGE
        for number in sorted(columns[column], key=middle.__getitem__):
            places[number] = (_EDGE + place * (_WIDTH + _ACROSS), y)
            y += boxes[number].height + _DOWN
    return places


def _curves(boxes: Sequence[Box], joints: Sequence[Joint], places: Mapping[int, tuple[int, int]]) -> Iterator[str]:
    """Yield the joints, those of one box spread over its side in the order in which their other ends lie."""
    ends: dict[tuple[str, int], list[int]] = {}
    for number, one in enumerate(joints):
        ends.setdefault(("out", one.left), []).append(number)
        ends.setdefault(("in", one.right), []).append(number)
    height: dict[tuple[str, int], int] = {}
    for (side, box), numbers in ends.items():
        other = {one: places[joints[one].right if side == "out" else joints[one].left][1] for one in numbers}
        for at, number in enumerate(sorted(numbers, key=other.__getitem__), 1):
            height[side, number] = places[box][1] + boxes[box].height * at // (len(numbers) + 1)
    for number, one in enumerate(joints):
        start, end = places[one.left][0] + _WIDTH, places[one.right][0]
        y, to_y, middle = height["out", number], height["in", number], (start + end) // 2
        yield f'<path d="M{start} {y}C{middle} {y} {middle} {to_y} {end} {to_y}" fill="none" stroke="{GUIDE}"/>'
        said = printable(_cut(one.text, _ON_LINES))
        yield f'<text x="{end - 4}" y="{to_y - 4}" text-anchor="end" fill="{INK}">{said}</text>'


def _drawn(box: Box, place: tuple[int, int]) -> str:
    x, y = place
    colour = SHORT if box.marked else LINE
    frame = f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{box.height}" rx="4" fill="#ffffff" stroke="{colour}"/>'
    texts = "".join(
        f'<text x="{x + _PAD}" y="{y + _PAD + 11 + at * _LINE}" fill="{INK}">{printable(_cut(line, _LETTERS))}</text>'
        for at, line in enumerate(box.lines)
    )
    return f"<g><title>{printable(chr(10).join(box.lines))}</title>{frame}{texts}</g>"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
