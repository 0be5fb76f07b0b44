"""Waterfall: a sum as steps, from where it starts to what comes out, as a table with a bar in each row.

It is plain HTML and no chart: it is there with the words around it, where a chart would come a tenth of a second later;
it reads as a table aloud, and fits a phone. Its looks are in `pages/why/browser/waterfall.css`.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from pages.kit import i18n, theme
from pages.kit.charts import COUNT, HELD_OUT
from pages.kit.i18n import t
from pages.kit.theme import STAR_COLORS

_COLORS = f"--up:{HELD_OUT};--down:{STAR_COLORS[0]};--whole:{COUNT}"
_STYLES = Path(__file__).parent / "browser" / "waterfall.css"
_LEAST_ROOM, _ROOM = 0.08, 0.22
"""What is free left of the lowest point that is reached, and as a share of the reach: there a whole goes on."""
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 46rem; margin: 1.5rem auto; padding: 0 1rem; font-family: {font}; }}
{styles}
</style>
</head>
<body>
<h1>{title}</h1>
{paragraphs}
{table}
<p><small>{origin}</small></p>
</body>
</html>
"""


class Step(NamedTuple):
    """One line of a sum.

    Attributes:
        name: in the reader's language.
        kind: "base" for where the sum starts, "part" for what is added, "total" for what comes out so far.
        value: of a part by how much, else how much it is.
        details: numbers that add up to it, in columns of their own; None where a column has none.
    """

    name: str
    kind: str
    value: float
    details: tuple[float | None, ...] = ()


class Bar(NamedTuple):
    """Where a step lies, in percent of the width.

    Attributes:
        left, width: of the bar.
        end: where the sum stands after it.
    """

    left: float
    width: float
    end: float


def draw(steps: Sequence[Step], *, unit: str, details: Sequence[str] = ()) -> None:
    """Draw a sum; arguments as of `table`."""
    st.html(_STYLES)
    st.html(table(steps, unit=unit, details=details))


def bars(steps: Sequence[Step]) -> list[Bar]:
    """Return where the steps lie. A whole begins at the left edge, though the axis begins above 0."""
    reached, sums = 0.0, [0.0]
    for step in steps:
        reached = reached + step.value if step.kind == "part" else step.value
        sums.append(reached)
    low, high = min(sums[1:]), max(sums[1:])
    left = low - max(_LEAST_ROOM, _ROOM * (high - low))
    found = []
    for step, before, after in zip(steps, sums, sums[1:], strict=False):
        begin, end = (100 * (value - left) / (high - left) for value in (before, after))
        begin = begin if step.kind == "part" else 0.0
        found.append(Bar(min(begin, end), abs(end - begin), end))
    return found


def table(steps: Sequence[Step], *, unit: str, details: Sequence[str] = ()) -> str:
    """Return a sum as HTML.

    Args:
        steps: its lines.
        unit: what heads the numbers.
        details: what heads the columns of the numbers that add up to them.
    """
    rows = "".join(
        f'<tr class="{_look(step)}"><th scope="row">{escape(step.name)}</th>'
        f'<td class="track"><span class="bar" style="left:{bar.left:.2f}%;width:{bar.width:.2f}%"></span>'
        f'<span class="end" style="left:{bar.end:.2f}%"></span></td>'
        + "".join(f'<td class="detail">{_digits(step.kind, value)}</td>' for value in step.details)
        + f'<td class="number">{number(step)}</td></tr>'
        for step, bar in zip(steps, bars(steps), strict=True)
    )
    heads = (
        f'<th scope="col">{escape(t("why.column.part"))}</th><td></td>'
        + "".join(f'<th scope="col" class="detail">{escape(name)}</th>' for name in details)
        + f'<th scope="col" class="number">{escape(unit)}</th>'
    )
    return f'<table class="steps" style="{_COLORS}"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def page(tables: Sequence[tuple[str, str]], *, title: str, paragraphs: Sequence[str], origin: str) -> str:
    """Return sums as an HTML page to take home.

    Args:
        tables: a heading and a `table` each.
        title: plain text, like the rest.
        paragraphs: what is said above the tables.
        origin: of the numbers.
    """
    return _PAGE.format(
        language=i18n.TAGS[i18n.language()],
        font=theme.font(),
        title=escape(title),
        styles=_STYLES.read_text("utf-8"),
        paragraphs="\n".join(f"<p>{escape(text)}</p>" for text in paragraphs),
        table="\n".join(f"<h2>{escape(heading)}</h2>\n{found}" for heading, found in tables),
        origin=escape(origin),
    )


def number(step: Step) -> str:
    """Return a step's number for reading: a part with its sign, +0.12; 0.00 has none."""
    return _digits(step.kind, step.value)


def _digits(kind: str, value: float | None) -> str:
    if value is None:
        return ""
    rounded = round(value, 2) or 0.0  # no -0.00
    return f"{rounded:+.2f}" if kind == "part" and rounded else f"{rounded:.2f}"


def _look(step: Step) -> str:
    if step.kind != "part":
        return "whole"
    return "up" if step.value > 0 else "down" if step.value < 0 else "still"
