"""Selecting on the map in a real browser: the lasso, and two maps with one choice."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pages.film_map import scene as map_scene
from pages.film_map.export import TakenPanel
from tests.browser.map_hands import (
    CAMERA,
    SHOWN,
    draw_lasso,
    map_of,
    settle,
)
from tests.browser.map_home import open_file, write_file
from tests.browser.map_points import layout
from tests.browser.visit import Visitor


def test_a_lasso_marks_what_it_encircles(home: Page) -> None:
    rows = draw_lasso(home)
    assert rows == 100
    home.keyboard.press("Escape")
    assert map_of(home).evaluate("e => e.matineeMap.lasso") is None


def test_the_line_of_a_lasso_stays_around_its_points_when_the_map_moves(home: Page) -> None:
    before = map_of(home).evaluate(CAMERA)
    draw_lasso(home)
    box = home.get_by_role("combobox")
    box.fill("point 29")
    box.press("Enter")
    settle(home)
    assert map_of(home).evaluate(CAMERA) != before
    is_around = map_of(home).evaluate("""e => {
      const map = e.matineeMap, { panel, places } = map.lassoLine;
      const line = places.map(([x, y]) => panel.camera.toScreen(x, y));
      const box = map.frame.over.getBoundingClientRect();
      const [xs, ys] = [0, 1].map((axis) => line.map((place) => place[axis]));
      return [...map.lasso].every((row) => {
        const [left, top] = map.where(map.scene.ids[row]).map((at, axis) => at - [box.left, box.top][axis]);
        return left > Math.min(...xs) && left < Math.max(...xs) && top > Math.min(...ys) && top < Math.max(...ys);
      });
    }""")
    assert is_around


@pytest.mark.parametrize(("width", "is_beside"), [(1366, True), (390, False)])
def test_two_maps_share_choice_search_lasso_and_legend(
    tmp_path: Path, visitor: Visitor, width: int, is_beside: bool
) -> None:
    first = TakenPanel("One <b>", map_scene.encode_layout(layout()), note="0.97")
    second = TakenPanel("Two", map_scene.encode_layout(layout()[:, ::-1]))
    visit = visitor(write_file(tmp_path / "two.html", first, second).as_uri(), offline=True)
    visit.page.set_viewport_size({"width": width, "height": 844})
    page = open_file(visit)
    expect(page.locator(".panel-name b")).to_have_text(["One <b>", "Two"])
    boxes = map_of(page).evaluate("e => e.matineeMap.panels.map((panel) => panel.camera.box)")
    assert (boxes[1]["left"] > 0) == is_beside
    left, top = map_of(page).evaluate("e => e.matineeMap.where(40, 1)")
    page.mouse.move(left, top)
    expect(page.locator(".card-title")).to_have_text("Point 40")
    page.mouse.click(left, top)
    expect(map_of(page)).to_have_attribute("data-lines", "40")
    assert map_of(page).evaluate("e => e.matineeMap.panels.map((p) => e.matineeMap.relatedOf(p).length)") == [5, 5]
    page.locator(".legend .part").nth(0).click()
    assert map_of(page).evaluate(SHOWN) == 200
