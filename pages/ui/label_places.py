"""Where the names of points stand in a chart, so that they cover each other as little as possible.

Plotly puts a name wherever it is told. Names are placed one after the other, each on the side of its point where it
covers the least of points, of earlier names and of what lies outside.
"""

from collections.abc import Sequence
from itertools import combinations

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in pixels."""

WIDTH, HEIGHT = 900.0, 400.0
_LETTER, _WIDE_LETTER, _LINE, _POINT, _GAP = 7.5, 14.5, 18.0, 8.0, 10.0
SIDES = (
    *("top center", "bottom center", "middle right", "middle left"),
    *("top right", "top left", "bottom right", "bottom left"),
)


def places(points: Sequence[tuple[float, float]], names: Sequence[str]) -> list[str]:
    """Return the text position of each name, in Plotly's words.

    Args:
        points: where each point is, from (0, 0) bottom left to (1, 1) top right.
        names: one a point.
    """
    spots = [(x * WIDTH, y * HEIGHT) for x, y in points]
    dots = [(x - _POINT, y - _POINT, x + _POINT, y + _POINT) for x, y in spots]
    taken: list[Box] = []
    chosen = []
    for spot, name in zip(spots, names, strict=True):
        boxes = {side: _box(spot, name, side) for side in SIDES}
        costs = {
            side: _outside(box) + sum(_overlap(box, other) for other in (*dots, *taken)) for side, box in boxes.items()
        }
        best = min(SIDES, key=lambda side: (round(costs[side], 6), SIDES.index(side)))
        taken.append(boxes[best])
        chosen.append(best)
    return chosen


def covered(points: Sequence[tuple[float, float]], names: Sequence[str], sides: Sequence[str]) -> float:
    """Return how many square pixels of names lie over each other."""
    boxes = [_box((x * WIDTH, y * HEIGHT), name, side) for (x, y), name, side in zip(points, names, sides, strict=True)]
    return sum(_overlap(one, other) for one, other in combinations(boxes, 2))


def _box(spot: tuple[float, float], name: str, side: str) -> Box:
    """What a name covers on one side of its point."""
    width = sum(_LETTER if letter.isascii() else _WIDE_LETTER for letter in name)
    up, across = side.split()
    x, y = spot
    left = {"left": x - _GAP - width, "center": x - width / 2, "right": x + _GAP}[across]
    bottom = {"top": y + _GAP, "middle": y - _LINE / 2, "bottom": y - _GAP - _LINE}[up]
    return left, bottom, left + width, bottom + _LINE


def _overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _outside(box: Box) -> float:
    """How much of a name lies outside the chart."""
    whole = (box[2] - box[0]) * (box[3] - box[1])
    return whole - _overlap(box, (0.0, 0.0, WIDTH, HEIGHT))
