"""Map export: the film map as one HTML file that keeps hover, search, neighbours, legend and lasso without a network.

The file holds the same code as the page (`pages.kit.component_code`) and the same bytes (`pages.film_map.scene`), in
base64. A title is data there too: it is inside the bytes and enters the page as text. A policy in the file forbids it
to load anything.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from pages.film_map import palette
from pages.film_map.component import COMPONENT, Placed, map_texts
from pages.kit import i18n, theme

_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; connect-src data:"
)
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>
:root {{
  color-scheme: light dark;
  --st-background-color: #fdfaf5; --st-secondary-background-color: #f3ece1; --st-text-color: #150f0b;
  --st-border-color: #ddd2c3; --st-link-color: #8f1f18; --st-font: {font};
}}
@media (prefers-color-scheme: dark) {{ :root {{
  --st-background-color: #14110f; --st-secondary-background-color: #221d1a; --st-text-color: #f5efe6;
  --st-border-color: #3b332d; --st-link-color: #f6c566;
}} }}
body {{ margin: 0; padding: 0.8rem 1.2rem 1.2rem; background: var(--st-background-color); color: var(--st-text-color);
  font-family: var(--st-font); }}
h1 {{ margin: 0 0 0.5rem; font-size: 1.5rem; font-weight: 800; overflow-wrap: anywhere; }}
footer {{ margin-top: 0.7rem; font-size: 0.85rem; opacity: 0.8; overflow-wrap: anywhere; }}
</style>
</head>
<body>
<h1>{title}</h1>
<main id="map"></main>
<footer>{origin}</footer>
<script>
{script}
const host = document.getElementById("map").attachShadow({{ mode: "open" }});
FilmMap.offline(host, {data});
</script>
</body>
</html>
"""


@dataclass(frozen=True)
class TakenPanel:
    """One layout in the file; as `map_component.Panel`, with bytes where that has addresses.

    Attributes:
        name: written at its foot; "" for a map that stands alone.
        layout: of `map_scene.encode_layout`.
        note: written behind the name.
        clusters: of `map_scene.encode_clusters`.
        columns: each of `map_scene.encode_column`, for this panel only.
        neighbors: of `map_scene.encode_neighbors`, where this panel shows another model.
        placed: what is put on it.
    """

    name: str
    layout: bytes
    note: str = ""
    clusters: bytes | None = None
    columns: tuple[bytes, ...] = ()
    neighbors: bytes | None = None
    placed: tuple[Placed, ...] = ()


def offline_page(
    *,
    scene: bytes,
    panels: Sequence[TakenPanel],
    color: str,
    title: str,
    origin: str,
    neighbors: bytes | None = None,
    columns: Sequence[bytes] = (),
    chosen: int | None = None,
    texts: Mapping[str, str] | None = None,
    file_name: str = "film-map",
) -> str:
    """Return the map as one HTML file.

    Args:
        scene: bytes of `map_scene.encode`.
        panels: one or two layouts.
        color: name of the column that colours the points.
        title: of the file.
        origin: data set, split and model.
        neighbors: bytes of the table of `map_scene.encode_neighbors`.
        columns: bytes of columns that came after the scene.
        chosen: id of the chosen point.
        texts: the map's texts; by default those of the reader's language.
        file_name: of pictures taken from it.
    """
    data = {
        **{"scene": _inside(scene), "panels": [_panel(panel) for panel in panels], "color": color, "chosen": chosen},
        **{"neighbors": _inside(neighbors), "live": None, "columns": [_inside(column) for column in columns]},
        **{"heard": 0, "marks": None, "lasso": [], "texts": dict(texts or map_texts())},
        **{"palette": palette.PALETTE, "origin": origin, "file": file_name, "height": 720},
    }
    return _PAGE.format(
        language=i18n.TAGS[i18n.language()],
        policy=_POLICY,
        title=escape(title),
        font=theme.font(),
        origin=escape(origin),
        script=COMPONENT.code.script().replace("</", "<\\/"),
        data=_literal(data),
    )


def _inside(data: bytes | None) -> dict[str, str] | None:
    """Bytes in the form that `pages/dot_map/decode.js` reads."""
    return None if data is None else {"base64": b64encode(data).decode("ascii")}


def _panel(panel: TakenPanel) -> dict[str, Any]:
    placed = [
        {"title": one.title, "x": one.x, "y": one.y, "kind": one.kind, "neighbors": list(one.neighbors)}
        for one in panel.placed
    ]
    return {
        **{"name": panel.name, "note": panel.note, "placed": placed, "frames": None},
        **{"layout": _inside(panel.layout), "clusters": _inside(panel.clusters)},
        **{"neighbors": _inside(panel.neighbors), "columns": [_inside(column) for column in panel.columns]},
    }


def _literal(data: Mapping[str, Any]) -> str:
    """Data as JavaScript that cannot end the script it stands in."""
    return json.dumps(data, ensure_ascii=True).replace("<", "\\u003c")
