"""The map in a real browser: the file that is taken home, opened from disk without a network."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pages.kit.i18n import TEXTS
from tests.browser.map_hands import (
    CAMERA,
    CHOSEN_ROW,
    NO_WEBGL,
    PAINTED,
    SHOWN,
    click,
    fresh_dots,
    map_of,
    seen_dots,
    settle,
    turn_wheel,
    where,
)
from tests.browser.map_home import open_file
from tests.browser.map_points import NUM_POINTS, TITLES
from tests.browser.visit import Visitor

CAMERA_SCALE = "e => { const c = e.matineeMap.panels[0].camera; return [c.x, c.y, c.scale]; }"


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


def test_a_suggestion_cuts_its_genres_before_its_title(home: Page) -> None:
    map_of(home).evaluate("""e => {
      const { scene } = e.matineeMap;
      scene.title = () => "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb";
      scene.lines = () => ["1995 · Animation, Children's, Adventure, Comedy, Documentary", "★ 4.1 · 2,077 ratings"];
      e.matineeMap.frame.search.setScene(scene);
    }""")
    home.get_by_role("combobox").fill("strangelove")
    is_cut = "e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1"
    assert not home.locator(".suggestion b").first.evaluate(is_cut)
    assert not home.locator(".suggestion small").first.evaluate(is_cut)
    assert home.locator(".suggestion span").first.evaluate(is_cut)


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
    turn_wheel(home, *[-120] * 5)
    settle(home)
    assert where(home, 40) == pytest.approx(before, abs=3)  # a wheel tells whole pixels, magnified here
    assert map_of(home).evaluate(CAMERA)[2] > 2


def pinch_a_trackpad(page: Page) -> None:
    """A burst of small wheel events, as a trackpad sends them."""
    page.mouse.move(*where(page, 40))
    turn_wheel(page, *[-5] * 25)


def find_a_point(page: Page) -> None:
    page.get_by_role("combobox").fill("point 290")
    page.keyboard.press("Enter")


def narrow_the_window(page: Page) -> None:
    page.set_viewport_size({"width": 900, "height": 700})


CAMERA_MOVES: dict[str, Callable[[Page], None]] = {
    "a trackpad": pinch_a_trackpad,
    "a wheel": lambda page: (page.mouse.move(*where(page, 40)), turn_wheel(page, -240))[1],
    "a drag": lambda page: drag(page, (60, -40)),
    "a key": lambda page: page.locator(".over").press("+"),
    "a button": lambda page: page.locator(".tool.plus").click(),
    "a search": find_a_point,
    "a window": narrow_the_window,
}


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_dots_go_where_the_names_go_however_the_map_is_moved(file: Path, visitor: Visitor, motion: str) -> None:
    page = open_file(visitor(file.as_uri(), offline=True, reduced_motion=motion))
    settle(page)
    for name, move in CAMERA_MOVES.items():
        before, camera = seen_dots(page), map_of(page).evaluate(CAMERA_SCALE)
        move(page)
        is_elsewhere = f"([e, old]) => ({CAMERA_SCALE})(e).join() !== old.join()"
        page.wait_for_function(is_elsewhere, arg=[map_of(page).element_handle(), camera])
        settle(page)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        after = seen_dots(page)
        assert after != before, name
        assert after == fresh_dots(page), name


def drag(page: Page, way: tuple[float, float]) -> None:
    left, top = where(page, 40)
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + way[0], top + way[1], steps=4)
    page.mouse.up()


def make_tall(page: Page) -> None:
    """A page that can be scrolled, with the map in sight."""
    page.evaluate("document.body.style.paddingBottom = '3000px'")


def test_the_wheel_is_the_pages_until_the_map_is_clicked_and_after_it_is_left(home: Page) -> None:
    page = home
    make_tall(page)

    def wheel_moves_the_page() -> None:
        old, top = map_of(page).evaluate(CAMERA), page.evaluate("scrollY")
        page.mouse.move(*beside(page))
        page.mouse.wheel(0, 20)
        page.wait_for_function("(end) => scrollY === end", arg=top + 20)
        assert map_of(page).evaluate(CAMERA) == old

    def wheel_turns_the_map() -> None:
        old, top = map_of(page).evaluate(CAMERA), page.evaluate("scrollY")
        page.mouse.wheel(0, -120)
        page.wait_for_function(f"([e, old]) => ({CAMERA})(e)[2] > old[2]", arg=[map_of(page).element_handle(), old])
        settle(page)
        assert page.evaluate("scrollY") == top

    wheel_moves_the_page()
    expect(page.locator(".hint")).to_have_text("Ctrl and scroll to zoom, or click into the map first")
    for leave in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.mouse.move(0, 0),
        lambda: page.locator("footer").dispatch_event("pointerdown"),
    ):
        page.mouse.click(*beside(page))
        expect(page.locator(".hint")).to_be_hidden()
        wheel_turns_the_map()
        leave()
        wheel_moves_the_page()
    page.mouse.move(*beside(page))
    page.keyboard.down("Control")
    wheel_turns_the_map()


def test_dragging_moves_the_map_and_chooses_nothing(home: Page) -> None:
    left, top = where(home, 40)
    drag(home, (60, -40))
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


def test_places_come_back_when_the_steps_of_a_layout_end_without_one(home: Page) -> None:
    assert map_of(home).evaluate("""async (e) => {
      const map = e.matineeMap, panel = map.panels[0], before = Array.from(panel.positions);
      map.showFrame(Float32Array.from(before, (_, at) => at % 7), 0);
      panel.framesAt = "/steps";
      const isElsewhere = before.some((value, at) => value !== panel.positions[at]);
      await map.update({ ...map.data });
      return isElsewhere && before.every((value, at) => value === panel.positions[at]);
    }""")


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


def test_a_finger_chooses_and_two_fingers_zoom(file: Path, visitor: Visitor) -> None:
    visit = visitor(file.as_uri(), offline=True, has_touch=True)
    page = open_file(visit)
    left, top = where(page, 30)
    touch(page, *[[(left - apart, top), (left + apart, top)] for apart in range(40, 130, 10)])
    assert map_of(page).evaluate(CAMERA)[2] == pytest.approx(3, rel=0.15)
    assert where(page, 30) == pytest.approx((left, top), abs=12)
    page.touchscreen.tap(*where(page, 30))
    expect(map_of(page)).to_have_attribute("data-lines", "30")
    expect(page.locator(".card-title")).to_have_text("Point 30")


def test_one_finger_scrolls_the_page_until_it_has_tapped_the_map(file: Path, visitor: Visitor) -> None:
    page = open_file(visitor(file.as_uri(), offline=True, has_touch=True))
    make_tall(page)
    (left, top), across = beside(page), "e => e.matineeMap.panels[0].camera.y"
    swipe = [[(left, top - 12 * at)] for at in range(12)]
    page.touchscreen.tap(left, top)
    touch(page, *swipe)
    held = map_of(page).evaluate(across)
    assert held < 0
    assert page.evaluate("scrollY") == 0
    page.locator("body").dispatch_event("pointerdown")
    touch(page, *swipe)
    page.wait_for_function("() => scrollY > 40")
    assert map_of(page).evaluate(across) == held
    expect(page.locator(".hint")).to_have_text("Two fingers move and zoom the map; tap it to use one")


def touch(page: Page, *steps: list[tuple[float, float]]) -> None:
    """Put fingers down, move them from step to step, and lift them."""
    fingers = page.context.new_cdp_session(page)
    for at, places in enumerate([*steps, []]):
        kind = "touchEnd" if not places else "touchMove" if at else "touchStart"
        points = [{"x": left, "y": top, "id": finger} for finger, (left, top) in enumerate(places)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
