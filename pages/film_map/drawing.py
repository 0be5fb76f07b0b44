"""Map drawing: puts together what the film map is told to show, on the page and in the file that is taken home."""

from typing import Any

from pages.film_map import controls as map_controls
from pages.film_map import data, lasso, placing, truth, wishes
from pages.film_map import layouts as map_layouts
from pages.film_map.component import Actions, Panel, film_map, map_texts
from pages.film_map.export import TakenPanel
from pages.film_map.layouts import Layout
from pages.film_map.link import Controls
from pages.kit import published, state
from pages.kit.i18n import t
from pages.kit.origin import origin_of

MAP = "film_map"


def draw(controls: Controls, layouts: list[Layout], actions: Actions, *, height: int) -> None:
    """Draw one or two maps in the browser.

    Args:
        controls: of the page.
        layouts: one or two, of the same films or people.
        actions: what to do when something happens on the map.
        height: in pixels, where the window is high enough.
    """
    view, model = controls.view, layouts[0].model
    table, live = data.neighbors(model, view.of, view.near)
    film_map(
        key=MAP,
        scene=data.scene(model, view.of),
        panels=panels_of(controls, layouts),
        color=view.color,
        neighbors=table,
        neighbors_live=live,
        columns=columns_of(controls, layouts),
        chosen=map_controls.chosen(model, controls),
        marks="measured" if view.is_judged else None,
        lasso=lasso.selected(view),
        link=state.link_around(view.kind),
        texts=texts_of(controls),
        origin=origin_text(layouts),
        file_name=f"film-map-{layouts[0].shown.key}",
        height=height,
        actions=actions,
    )


def origin_text(layouts: list[Layout]) -> str:
    """Return where the numbers of one or two maps come from, as plain text."""
    return t("list.semicolon").join(dict.fromkeys(origin_of(found.model).plain() for found in layouts))


def panels_of(controls: Controls, layouts: list[Layout]) -> list[Panel]:
    """Return what each map shows."""
    view = controls.view
    wanted = wishes.wishes(layouts[0].model.dataset)
    is_trust, is_pair = view.color == "trust", len(layouts) > 1
    return [
        Panel(
            name=map_layouts.full_title(found) if is_pair else "",
            layout=data.layout(found),
            note=truth.note(found) if is_trust or is_pair else "",
            clusters=data.clusters(found),
            columns=(data.cluster_column(found), *((data.trust_column(found),) if is_trust else ())),
            neighbors=data.neighbors(found.model, view.of, view.near)[0] if at else None,
            placed=placing.placed(found, wanted),
            frames=None if at else map_layouts.frames_address(found),
        )
        for at, found in enumerate(layouts)
    ]


def columns_of(controls: Controls, layouts: list[Layout]) -> tuple[str, ...]:
    """Return the columns that hold for all maps and are not in the scene."""
    if controls.view.color != "person":
        return ()
    model = layouts[0].model
    return (data.person_column(model, map_controls.person(model)),)


def texts_of(controls: Controls) -> dict[str, str]:
    """Return the texts that differ from the usual ones."""
    return {} if controls.view.of == "movies" else {"search": t("map.search.users")}


def taken(controls: Controls, layouts: list[Layout]) -> dict[str, Any]:
    """Return what the file that is taken home is made of: the arguments of `map_export.offline_page`."""
    view, model = controls.view, layouts[0].model
    panels = [
        TakenPanel(
            name=panel.name,
            layout=_body(panel.layout),
            note=panel.note,
            clusters=None if panel.clusters is None else _body(panel.clusters),
            columns=tuple(map(_body, panel.columns)),
            neighbors=None if panel.neighbors is None else _body(panel.neighbors),
            placed=panel.placed,
        )
        for panel in panels_of(controls, layouts)
    ]
    table, _ = data.neighbors(model, view.of, view.near)
    return {
        "scene": _body(data.scene(model, view.of)),
        "panels": panels,
        "color": view.color,
        "title": f"{t('map.title')} · {map_layouts.title(layouts[0].shown)}",
        "origin": origin_text(layouts),
        "neighbors": None if table is None else _body(table),
        "columns": tuple(map(_body, columns_of(controls, layouts))),
        "texts": map_texts() | texts_of(controls),
        "chosen": map_controls.chosen(model, controls),
        "file_name": f"film-map-{layouts[0].shown.key}",
    }


def _body(address: str) -> bytes:
    """What is published under an address."""
    piece = published.SHELF.piece(address.rsplit("/", 1)[-1])
    if piece is None:
        raise RuntimeError(f"{address} was published a moment ago and is gone")
    return piece.body
