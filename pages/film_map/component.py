"""Map component: mounts the film map, an own component that draws in the browser (`pages/film_map/browser/`).

What is sent to it is a handful of addresses (`pages.kit.published`), the chosen point and texts; points, layouts and
neighbours come over those addresses once. A click draws its neighbour lines in the browser, without the server; the
page hears of it by a callback, and writes the list beside the map in a fragment of its own.

How fast it is stands in `pages/film_map/browser/map.js`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pages.film_map import palette
from pages.kit import i18n
from pages.kit.component import Component
from pages.kit.i18n import t

COMPONENT = Component("film_map/browser", "map.js", "FilmMap")
TEXTS = (
    *(
        "search",
        "none_found",
        "zoom_in",
        "zoom_out",
        "fit",
        "lasso",
        "lasso_hint",
        "picture",
        "points",
        "legend",
        "all",
    ),
    *("unknown", "loading", "failed", "keys", "chosen", "neighbors", "range_from", "range_to", "play", "pause", "step"),
    *("no_webgl", "open", "only", "true", "missed", "false", "wheel_hint", "finger_hint"),
)
"""Names of the texts that the map needs, below "map_view."."""


@dataclass(frozen=True)
class Placed:
    """Something that was put on a finished map.

    Attributes:
        title: what it is called there.
        x, y: place, in the numbers of the layout.
        kind: decides the mark: "film" (typed in), "mean" (of chosen films), "person", "me" (the visitor).
        neighbors: ids of the points nearest to it, drawn as lines.
    """

    title: str
    x: float
    y: float
    kind: Literal["film", "mean", "person", "me"] = "film"
    neighbors: tuple[int, ...] = ()


@dataclass(frozen=True)
class Panel:
    """One layout of the points; one or two stand side by side and share choice, hover, search, legend and lasso.

    Attributes:
        name: written over it; "" for a map that stands alone.
        layout: address of `map_scene.encode_layout`.
        note: written below the name, such as how far it can be trusted.
        clusters: address of `map_scene.encode_clusters`.
        columns: addresses of columns that hold for this panel only, such as the trust of each dot.
        neighbors: address of this panel's own neighbours, where it shows another model.
        placed: what is put on it.
        frames: live address of `map_scene.encode_frames`: a layout under way, or one to be played again.
    """

    name: str
    layout: str
    note: str = ""
    clusters: str | None = None
    columns: tuple[str, ...] = ()
    neighbors: str | None = None
    placed: tuple[Placed, ...] = ()
    frames: str | None = None


@dataclass(frozen=True)
class Marks:
    """Neighbours drawn apart (ids): near in all numbers and on the map, near on the map only, far on the map only."""

    true: tuple[int, ...] = ()
    false: tuple[int, ...] = ()
    missed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Actions:
    """Callbacks; each runs before the page does, so `st.rerun("fragment")` in one draws that fragment alone.

    Attributes:
        on_choose: a point was clicked (its id; 0 for none).
        on_lasso: points were encircled (their ids; none when cleared).
        on_no_webgl: the browser cannot draw.
    """

    on_choose: Callable[[int], None] | None = None
    on_lasso: Callable[[tuple[int, ...]], None] | None = None
    on_no_webgl: Callable[[], None] | None = None


def film_map(  # noqa: PLR0913 - a component has as many properties as it has
    *,
    key: str,
    scene: str,
    panels: Sequence[Panel],
    color: str,
    neighbors: str | None = None,
    neighbors_live: str | None = None,
    columns: Sequence[str] = (),
    chosen: int | None = None,
    marks: Marks | Literal["measured"] | None = None,
    lasso: Sequence[int] = (),
    link: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
    origin: str = "",
    file_name: str = "film-map",
    height: int = 620,
    actions: Actions | None = None,
) -> None:
    """Draw the map.

    Args:
        key: unique on the page; zoom and choice are kept as long as it stays.
        scene: address of `map_scene.encode`.
        panels: one or two layouts.
        color: name of the column that colours the points.
        neighbors: address of the table of `map_scene.encode_neighbors`, for at most `map_scene.MAX_TABLE` points.
        neighbors_live: live address that answers a row with its neighbours, for more.
        columns: addresses of columns that came after the scene, such as one person's predicted stars.
        chosen: id of the chosen point.
        marks: neighbours to draw apart; "measured" lets the browser find out for each click which of the table's
            neighbours are also nearest on the map.
        lasso: ids of the selection to be shown.
        link: around a point's id (`state.link_around`), where Enter or a second click on the chosen point leads to.
        texts: instead of the usual ones (see `TEXTS`).
        origin: data set, split and model, written on pictures.
        file_name: of pictures, without an ending.
        height: in pixels on a desk; a phone shows less.
        actions: what to do when something happens.
    """
    data = {
        **{"scene": scene, "panels": [asdict(panel) for panel in panels], "color": color},
        **{"neighbors": neighbors, "live": neighbors_live, "columns": list(columns), "chosen": chosen},
        **{"marks": asdict(marks) if isinstance(marks, Marks) else marks, "lasso": list(lasso)},
        **{"palette": palette.PALETTE, "origin": origin, "file": file_name, "height": height},
        "link": None if link is None else dict(link),
    }
    COMPONENT.draw(key, data=data, texts=map_texts() | dict(texts or {}), on=_told(actions or Actions()))


def map_texts() -> dict[str, str]:
    """Return the texts of the map in the reader's language."""
    return {name: t(f"map_view.{name}") for name in TEXTS} | i18n.joiners()


def _told(actions: Actions) -> dict[str, Callable[[Any], None]]:
    """What to do with each event."""

    def told(action: Callable[..., None] | None, *read: Callable[[Any], Any]) -> Callable[[Any], None]:
        return lambda came: None if action is None else action(*(each(came) for each in read))

    return {
        "chosen": told(actions.on_choose, lambda came: int(came["id"])),
        "lassoed": told(actions.on_lasso, lambda came: tuple(int(wanted) for wanted in came)),
        "no_webgl": told(actions.on_no_webgl),
    }
