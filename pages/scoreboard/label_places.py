"""Where the names of points stand in a chart, so that they cover each other as little as possible.

Plotly puts a name wherever it is told. Names are placed one after the other, each on the side of its point where it
covers the least of points, of earlier names and of what lies outside.
"""

from collections.abc import Sequence

Point = tuple[float, float]
"""From (0, 0) bottom left to (1, 1) top right."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in pixels."""

WIDTHS = (310.0, 900.0)
"""Of the plot on a phone and on a desk, in pixels."""

HEIGHT = 400.0
_LETTER, _WIDE_LETTER, _LINE, _POINT, _GAP = 7.5, 14.5, 18.0, 8.0, 10.0
SIDES = (
    *("top center", "bottom center", "middle right", "middle left"),
    *("top right", "top left", "bottom right", "bottom left"),
)


def places(points: Sequence[Point], names: Sequence[str]) -> list[str]:
    """Return the text position of each name, in Plotly's words.

    Args:
        points: where each point is.
        names: one a point.
    """
    taken: list[list[Box]] = [[] for _ in WIDTHS]
    chosen = []
    for at, name in enumerate(names):
        costs = dict.fromkeys(SIDES, 0.0)
        for width, earlier in zip(WIDTHS, taken, strict=True):
            dots = [_dot(point, width) for point in points]
            for side in SIDES:
                box = _box(points[at], name, side, width)
                costs[side] += _outside(box, width) + sum(_overlap(box, other) for other in (*dots, *earlier))
        best = min(SIDES, key=lambda side: (round(costs[side], 6), SIDES.index(side)))
        for n, width in enumerate(WIDTHS):
            taken[n].append(_box(points[at], name, best, width))
        chosen.append(best)
    return chosen


def _dot(point: Point, width: float) -> Box:
    """What a point covers."""
    x, y = point[0] * width, point[1] * HEIGHT
    return x - _POINT, y - _POINT, x + _POINT, y + _POINT


def _box(point: Point, name: str, side: str, width: float) -> Box:
    """What a name covers on one side of its point."""
    length = sum(_LETTER if letter.isascii() else _WIDE_LETTER for letter in name)
    up, across = side.split()
    x, y = point[0] * width, point[1] * HEIGHT
    left = {"left": x - _GAP - length, "center": x - length / 2, "right": x + _GAP}[across]
    bottom = {"top": y + _GAP, "middle": y - _LINE / 2, "bottom": y - _GAP - _LINE}[up]
    return left, bottom, left + length, bottom + _LINE


def _overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _outside(box: Box, width: float) -> float:
    """How much of a name lies outside the chart."""
    whole = (box[2] - box[0]) * (box[3] - box[1])
    return whole - _overlap(box, (0.0, 0.0, width, HEIGHT))
