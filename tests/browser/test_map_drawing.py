"""The map in a real browser: in the file that is taken home, and mounted on a page of Streamlit."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pages.ui import map_export, map_scene
from pages.ui.i18n import TEXTS
from pages.ui.map_component import TEXTS as NAMES
from pages.ui.map_component import Placed
from pages.ui.map_export import TakenPanel, offline_page
from tests.browser.conftest import PATIENCE, ROOT, Visit, Visitor, _wait_until_it_answers
from tests.browser.map_points import NUM_POINTS, TITLES, layout, neighbors, scene

MAP = "e => e.matineeMap"
CHOSEN_ROW = "e => e.matineeMap.chosen"
SHOWN = "e => e.matineeMap.look.mask.reduce((sum, one) => sum + one, 0)"
CAMERA = "e => { const c = e.matineeMap.panels[0].camera; return [c.x, c.y, c.zoom]; }"
# Share of the pixels of a canvas that are painted.
PAINTED = """e => {
  const map = e.matineeMap;
  map.isStale = true;
  map.draw();
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [map.painter.canvas.width, map.painter.canvas.height];
  const context = copy.getContext("2d");
  context.drawImage(map.painter.canvas, 0, 0);
  const { data } = context.getImageData(0, 0, copy.width, copy.height);
  return data.filter((value, at) => at % 4 === 3 && value > 0).length / (data.length / 4);
}"""


# Is the middle of a point's dot painted?
IS_PAINTED = """(e, id) => {
  const map = e.matineeMap, { gl, canvas } = map.painter, box = canvas.getBoundingClientRect();
  map.isStale = true;
  map.draw();
  const [left, top] = map.where(id), pixel = new Uint8Array(4);
  gl.readPixels((left - box.left) * map.ratio, canvas.height - (top - box.top) * map.ratio, 1, 1, gl.RGBA,
    gl.UNSIGNED_BYTE, pixel);
  return pixel[3] > 100;
}"""


def write_file(path: Path, *panels: TakenPanel) -> Path:
    """Write a map as it is taken home."""
    indices, values = neighbors()
    page = offline_page(
        scene=map_scene.encode(scene()),
        panels=panels,
        color="kind",
        title="Map <home>",
        origin="invented",
        neighbors=map_scene.encode_neighbors(indices, values),
        texts={name: TEXTS["en"][f"map_view.{name}"] for name in NAMES},
    )
    path.write_text(page, "utf-8")
    return path


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_export.i18n, "language", lambda: "en")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A map that was taken home."""
    heaps = scene().columns[0].values
    names = {"coarse_names": ["A", "B <s>", "C"], "fine_names": ["a"] * 3}
    panel = TakenPanel(
        "",
        map_scene.encode_layout(layout()),
        clusters=map_scene.encode_clusters(heaps, heaps, **names),
        placed=(Placed("<placed>", 20, 10, "film", (1, 2)),),
    )
    return write_file(tmp_path / "map.html", panel)


@pytest.fixture
def home(file: Path, visitor: Visitor) -> Page:
    """The file, opened from disk without a network."""
    return open_file(visitor(file.as_uri(), offline=True))


def open_file(visit: Visit) -> Page:
    visit.page.goto(visit.address)
    expect(map_of(visit.page)).to_have_attribute("data-state", "drawn", timeout=PATIENCE)
    return visit.page


def map_of(page: Page) -> Locator:
    return page.locator(".matinee-map")


def where(page: Page, point: int) -> tuple[float, float]:
    """Where a point is on the page."""
    left, top = map_of(page).evaluate(f"e => e.matineeMap.where({point})")
    return left, top


def click(page: Page, point: int) -> None:
    left, top = where(page, point)
    page.mouse.move(left, top)
    page.mouse.click(left, top)


def settle(page: Page) -> None:
    expect(map_of(page)).to_have_attribute("data-view", "still", timeout=PATIENCE)


def test_every_dot_can_be_seen(home: Page) -> None:
    assert 0.002 < map_of(home).evaluate(PAINTED) < 0.5
    home.locator(".legend .part").nth(0).click()
    home.locator(".legend .part").nth(1).click()
    home.locator(".legend .part").nth(2).click()
    assert map_of(home).evaluate(PAINTED) == 0


def test_the_card_of_a_dot_shows_its_title_as_it_is(home: Page) -> None:
    for point, title in enumerate(TITLES, start=1):
        home.mouse.move(*where(home, point))
        expect(home.locator(".card-title")).to_have_text(title)
    expect(home.locator(".card-line")).to_have_text("Left <i>heap</i>")
    expect(home.locator(".card-fact")).to_have_text("Kind <u>: Left")
    assert home.evaluate("window.bad") is None
    home.mouse.move(1, 1)
    expect(home.locator(".card")).to_be_hidden()


def test_a_click_draws_the_neighbours_and_names_them(home: Page) -> None:
    click(home, 30)
    expect(map_of(home)).to_have_attribute("data-lines", "30")
    drawn = map_of(home).evaluate("e => e.matineeMap.relatedOf(e.matineeMap.panels[0]).map(one => one.row + 1)")
    assert drawn == [33, 36, 39, 42, 31]
    expect(home.locator(".spoken")).to_contain_text("Nearest: 1 Point 33, 2 Point 36")


def test_a_click_beside_the_dots_and_escape_clear_the_choice(home: Page) -> None:
    for clear in (lambda: home.mouse.click(*beside(home)), lambda: home.keyboard.press("Escape")):
        click(home, 30)
        expect(map_of(home)).to_have_attribute("data-lines", "30")
        clear()
        expect(map_of(home)).to_have_attribute("data-lines", "")


def beside(page: Page) -> tuple[float, float]:
    """A place of the map without dots."""
    box = page.locator(".stage").bounding_box()
    assert box is not None
    return box["x"] + 30, box["y"] + box["height"] - 30


def test_search_finds_a_title_by_the_beginnings_of_its_words_and_flies_there(home: Page) -> None:
    box = home.get_by_role("combobox")
    box.fill("point 29")
    expect(home.locator(".suggestion")).to_have_count(8)
    expect(home.locator(".suggestion b").first).to_have_text("Point 29")
    box.press("ArrowDown")
    box.press("Enter")
    expect(map_of(home)).to_have_attribute("data-lines", "290")
    settle(home)
    stage = home.locator(".stage").bounding_box()
    assert stage is not None
    left, top = where(home, 290)
    assert abs(left - stage["x"] - stage["width"] / 2) < 3
    assert abs(top - stage["y"] - stage["height"] / 2) < 3


def test_search_says_when_nothing_is_found_and_shows_titles_as_they_are(home: Page) -> None:
    box = home.get_by_role("combobox")
    box.fill("<b>")
    expect(home.locator(".suggestion b")).to_have_text(["<b>bold</b>"])
    box.fill("no such thing")
    expect(home.locator(".suggestions .none")).to_be_visible()
    box.press("Escape")
    expect(home.locator(".suggestions li")).to_have_count(0)


def test_the_wheel_keeps_what_is_under_the_pointer_there(home: Page) -> None:
    before = where(home, 40)
    home.mouse.move(*before)
    for _ in range(5):
        home.mouse.wheel(0, -120)
    settle(home)
    assert where(home, 40) == pytest.approx(before, abs=3)  # a wheel tells whole pixels, magnified here
    assert map_of(home).evaluate(CAMERA)[2] > 2


def test_dragging_moves_the_map_and_chooses_nothing(home: Page) -> None:
    left, top = where(home, 40)
    home.mouse.move(left, top)
    home.mouse.down()
    home.mouse.move(left + 60, top - 40, steps=4)
    home.mouse.up()
    assert where(home, 40) == pytest.approx((left + 60, top - 40), abs=1)
    assert map_of(home).evaluate(CHOSEN_ROW) == -1


def test_keys_walk_zoom_and_fit(home: Page) -> None:
    click(home, 4)
    home.keyboard.press("ArrowRight")
    walked = map_of(home).evaluate("e => e.matineeMap.panels[0].place(e.matineeMap.chosen)")
    started = map_of(home).evaluate("e => e.matineeMap.panels[0].place(3)")
    assert walked[0] > started[0]
    home.keyboard.press("+")
    settle(home)
    assert map_of(home).evaluate(CAMERA)[2] == pytest.approx(1.7)
    home.keyboard.press("0")
    settle(home)
    assert map_of(home).evaluate(CAMERA) == pytest.approx([0, 0, 1])


def test_the_legend_switches_parts_off_alone_and_on(home: Page) -> None:
    parts = home.locator(".legend .part")
    parts.nth(0).click()
    expect(parts.nth(0)).to_have_attribute("aria-pressed", "false")
    assert map_of(home).evaluate(SHOWN) == 200
    home.locator(".legend .all").click()
    assert map_of(home).evaluate(SHOWN) == NUM_POINTS
    parts.nth(1).dblclick()
    assert map_of(home).evaluate(SHOWN) == 100


def test_a_dot_that_is_switched_off_cannot_be_pointed_at(home: Page) -> None:
    place = where(home, 40)
    home.locator(".legend .part", has_text="Left").click()
    home.mouse.move(*place)
    home.mouse.click(*place)
    assert map_of(home).evaluate(CHOSEN_ROW) != 39


def test_a_lasso_marks_what_it_encircles(home: Page) -> None:
    rows = draw_lasso(home)
    assert rows == 100
    home.keyboard.press("Escape")
    assert map_of(home).evaluate("e => e.matineeMap.lasso") is None


def draw_lasso(page: Page) -> int:
    """Encircle the heap on the left by the lasso tool; return how many points are marked."""
    page.locator(".tool.lasso").click()
    box = map_of(page).evaluate("""e => {
      const places = Array.from({ length: 100 }, (_, at) => e.matineeMap.where(3 * at + 1));
      const [xs, ys] = [0, 1].map((axis) => places.map((place) => place[axis]));
      return [Math.min(...xs) - 8, Math.min(...ys) - 8, Math.max(...xs) + 8, Math.max(...ys) + 8];
    }""")
    left, top, right, bottom = box
    page.mouse.move(left, top)
    page.mouse.down()
    for place in ((right, top), (right, bottom), (left, bottom), (left, top)):
        page.mouse.move(*place, steps=3)
    page.mouse.up()
    page.locator(".over").focus()
    return int(map_of(page).evaluate("e => e.matineeMap.lasso.size"))


def test_the_picture_is_twice_as_sharp_and_not_empty(home: Page, tmp_path: Path) -> None:
    with home.expect_download() as download:
        home.locator(".tool.picture").click()
    assert download.value.suggested_filename == "film-map.png"
    download.value.save_as(tmp_path / "map.png")
    head = (tmp_path / "map.png").read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width = home.locator(".stage").evaluate("e => e.clientWidth")
    assert int.from_bytes(head[16:20]) == 2 * width


def test_a_lost_graphics_context_comes_back(home: Page) -> None:
    map_of(home).evaluate("""e => new Promise((resolve) => {
      const { painter } = e.matineeMap, losing = painter.gl.getExtension("WEBGL_lose_context");
      painter.canvas.addEventListener("webglcontextrestored", () => setTimeout(resolve, 50));
      losing.loseContext();
      setTimeout(() => losing.restoreContext(), 50);
    })""")
    assert map_of(home).evaluate(PAINTED) > 0.002


def test_a_browser_without_webgl_is_told_so(file: Path, visitor: Visitor) -> None:
    visit = visitor(file.as_uri(), offline=True)
    visit.page.add_init_script(NO_WEBGL)
    visit.page.goto(visit.address)
    expect(visit.page.locator("#map")).to_have_text(TEXTS["en"]["map_view.no_webgl"])


NO_WEBGL = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : real.call(this, kind, ...rest);
};
"""


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


def test_a_finger_chooses_and_two_fingers_zoom(file: Path, visitor: Visitor) -> None:
    visit = visitor(file.as_uri(), offline=True, has_touch=True)
    page = open_file(visit)
    page.touchscreen.tap(*where(page, 30))
    expect(map_of(page)).to_have_attribute("data-lines", "30")
    expect(page.locator(".card-title")).to_have_text("Point 30")
    fingers = page.context.new_cdp_session(page)
    left, top = where(page, 30)

    def touch(kind: str, apart: float) -> None:
        points = [{"x": left + side * apart, "y": top, "id": at} for at, side in enumerate((-1, 1))]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if kind == "touchEnd" else points})

    touch("touchStart", 40)
    for apart in range(50, 130, 10):
        touch("touchMove", apart)
    touch("touchEnd", 0)
    assert map_of(page).evaluate(CAMERA)[2] == pytest.approx(3, rel=0.15)
    assert where(page, 30) == pytest.approx((left, top), abs=12)


@pytest.fixture(scope="module")
def streamlit_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose only page is `map_page.py`, below a path."""
    folder = tmp_path_factory.mktemp("map-page")
    (folder / "launch.py").write_text(
        "import streamlit as st\n\nfrom pages.ui import map_route\n\n"
        f"app = st.App({str(ROOT / 'tests' / 'browser' / 'map_page.py')!r}, routes=map_route.routes())\n"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"port": str(port), "headless": "true", "address": "127.0.0.1", "baseUrlPath": "deep/down"}
    command = [sys.executable, "-m", "streamlit", "run", "launch.py", "--browser.gatherUsageStats", "false"]
    command += [part for name, value in options.items() for part in (f"--server.{name}", value)]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_it_answers(f"http://127.0.0.1:{port}/deep/down", server, folder / "server.log")
            yield f"http://127.0.0.1:{port}/deep/down"
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(20)
            server.kill()
            server.wait()


@pytest.fixture
def mounted(streamlit_page: str, visitor: Visitor) -> Callable[..., Page]:
    """Open the page and wait for its map."""

    def come(query: str = "lang=en", *, script: str = "") -> Page:
        visit = visitor(streamlit_page)
        if script:
            visit.page.add_init_script(script)
        visit.page.goto(f"{streamlit_page}/?{query}")
        return visit.page

    return come


def drawn(page: Page) -> Page:
    expect(map_of(page)).to_have_attribute("data-state", "drawn", timeout=PATIENCE)
    return page


def wait_until_moved(page: Page, point: int, before: tuple[float, float]) -> None:
    page.wait_for_function(
        "([map, id, ...old]) => Math.hypot(...map.matineeMap.where(id).map((value, axis) => value - old[axis])) > 30",
        arg=[map_of(page).element_handle(), point, *before],
    )


def panel(page: Page) -> Locator:
    return page.get_by_text("chosen ", exact=False)


def test_a_click_runs_only_the_panel_and_leaves_the_map_as_it_is(mounted: Callable[..., Page]) -> None:
    page = drawn(mounted())
    expect(panel(page)).to_contain_text("runs 1")
    page.mouse.move(*where(page, 40))
    page.mouse.wheel(0, -240)
    settle(page)
    zoomed = map_of(page).evaluate(CAMERA)
    map_of(page).evaluate("e => { e.mark = 'same'; }")
    click(page, 40)
    expect(map_of(page)).to_have_attribute("data-lines", "40")
    expect(panel(page)).to_have_text("chosen 40 opened None lasso None runs 1")
    assert map_of(page).evaluate(CAMERA) == zoomed
    assert map_of(page).evaluate("e => e.mark") == "same"


def test_another_colour_or_layout_keeps_zoom_and_choice(mounted: Callable[..., Page]) -> None:
    page = drawn(mounted())
    click(page, 40)
    page.keyboard.press("+")
    settle(page)
    page.get_by_text("size", exact=True).click()
    expect(page.locator(".legend .bar")).to_be_visible()
    expect(map_of(page)).to_have_attribute("data-lines", "40")
    assert map_of(page).evaluate(CAMERA)[2] == pytest.approx(1.7)
    before = where(page, 40)
    page.get_by_text("Turned", exact=True).click()
    wait_until_moved(page, 40, before)
    settle(page)
    assert map_of(page).evaluate(CHOSEN_ROW) == 39


def test_dots_are_drawn_where_they_are_after_every_change_of_the_layout(mounted: Callable[..., Page]) -> None:
    page = drawn(mounted())
    for _ in range(3):
        before = where(page, 2)
        page.get_by_text("Turned", exact=True).click()
        wait_until_moved(page, 2, before)
        settle(page)
        assert map_of(page).evaluate(IS_PAINTED, 2)


def test_the_page_can_choose_and_an_old_choice_does_not_come_back(mounted: Callable[..., Page]) -> None:
    page = drawn(mounted())
    take = page.get_by_role("button", name="Take the first")
    take.click()
    expect(map_of(page)).to_have_attribute("data-lines", "1")
    click(page, 40)
    expect(panel(page)).to_contain_text("chosen 40")
    page.get_by_text("size", exact=True).click()
    expect(page.locator(".legend .bar")).to_be_visible()
    expect(map_of(page)).to_have_attribute("data-lines", "40")
    take.click()
    expect(map_of(page)).to_have_attribute("data-lines", "1")


def test_a_second_click_opens_and_a_lasso_is_told(mounted: Callable[..., Page]) -> None:
    page = drawn(mounted())
    click(page, 40)
    expect(panel(page)).to_contain_text("chosen 40")
    click(page, 40)
    expect(panel(page)).to_contain_text("opened 40")
    assert draw_lasso(page) == 100
    expect(panel(page)).to_contain_text("lasso 100")


def test_what_the_server_dropped_is_asked_for_again(streamlit_page: str, browser: Browser) -> None:
    page = browser.new_page()  # no `visitor`: the browser notes each answer 404 as an error, and they are wanted here
    page.goto(f"{streamlit_page}/?lang=en&lose=1")
    assert map_of(drawn(page)).evaluate(PAINTED) > 0.002
    page.close()


def test_steps_of_a_layout_are_played_and_can_be_walked_through(mounted: Callable[..., Page]) -> None:
    page = drawn(mounted("lang=en&frames=1"))
    slider = page.locator(".playback input")
    expect(page.locator(".step")).to_have_text("Step 12 of 12", timeout=PATIENCE)
    expect(page.locator(".tool.play")).to_be_visible()
    settle(page)
    last = where(page, 40)
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".step")).to_have_text("Step 1 of 12")
    settle(page)
    assert where(page, 40) != pytest.approx(last, abs=2)
    page.locator(".tool.play").click()
    expect(page.locator(".step")).to_have_text("Step 12 of 12", timeout=PATIENCE)
    settle(page)
    assert where(page, 40) == pytest.approx(last, abs=0.5)


def test_the_page_hears_that_there_is_no_webgl(mounted: Callable[..., Page]) -> None:
    page = mounted(script=NO_WEBGL)
    expect(panel(page)).to_contain_text("opened no WebGL", timeout=PATIENCE)
    expect(map_of(page)).to_have_count(0)
