"""Invented points for the map's tests: 300 in three heaps, far enough apart to be clicked."""

import numpy as np
from numpy.typing import NDArray

from pages.film_map.scene import Column, Scene

NUM_POINTS, NUM_NEIGHBORS = 300, 5
TITLES = (
    "<b>bold</b>",
    "</script><script>window.bad = 1</script>",
    "\"quotes\" 'n' `ticks`",
    "<img src=x onerror=bad()>",
)
"""Of the first points; the others are called "Point 5" and so on."""


def layout() -> NDArray[np.float64]:
    """Return the places: points on spirals, so that none lies on another."""
    number = np.arange(NUM_POINTS)
    angle, radius = number // 3 * 2.399963, np.sqrt(number // 3 + 0.5)
    heaps = np.array([[0.0, 0.0], [40.0, 0.0], [20.0, 30.0]])[number % 3]
    return heaps + 1.5 * radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])


def neighbors() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return a table: the points of the same heap with the next numbers, and the last one from another heap."""
    steps = np.array([3, 6, 9, 12, 1])
    indices = (np.arange(NUM_POINTS)[:, None] + steps) % NUM_POINTS
    return indices, np.linspace(0.9, 0.5, NUM_NEIGHBORS)[None].repeat(NUM_POINTS, axis=0)


def scene() -> Scene:
    """Return everything else about them; ids begin at 1, the first points are the best known."""
    number = np.arange(NUM_POINTS)
    size = np.linspace(1, 0.05, NUM_POINTS)
    return Scene(
        ids=number + 1,
        titles=[TITLES[n] if n < len(TITLES) else f"Point {n + 1}" for n in number],
        lines=[(str(1900 + n), ["Left", "Right", "Top"][n % 3] + " <i>heap</i>") for n in number],
        sizes=size,
        weights=size,
        columns=(
            Column("kind", "Kind <u>", "category", number % 3, ("Left", "Right", "Top")),
            Column("size", "Size", "number", size * 100, unit=" %"),
        ),
        cards=[["#3f7cb5", "#d1452f", "#5f8f8a"][n % 3] for n in number],
    )
