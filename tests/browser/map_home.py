"""A map that is taken home, for tests of what the browser draws."""

from pathlib import Path

from playwright.sync_api import Page, expect

from pages.film_map import scene as map_scene
from pages.film_map.component import map_texts
from pages.film_map.export import TakenPanel, offline_page
from pages.kit.i18n import speaking
from tests.browser.map_hands import (
    map_of,
)
from tests.browser.map_points import neighbors, scene
from tests.browser.visit import PATIENCE, Visit


def write_file(path: Path, *panels: TakenPanel) -> Path:
    """Write a map as it is taken home."""
    indices, values = neighbors()
    with speaking("en"):
        texts = map_texts()
    page = offline_page(
        scene=map_scene.encode(scene()),
        panels=panels,
        color="kind",
        title="Map <home>",
        origin="invented",
        neighbors=map_scene.encode_neighbors(indices, values),
        texts=texts,
    )
    path.write_text(page, "utf-8")
    return path


def open_file(visit: Visit) -> Page:
    visit.page.goto(visit.address)
    expect(map_of(visit.page)).to_have_attribute("data-state", "drawn", timeout=PATIENCE)
    return visit.page
