"""The map on a page of Streamlit: what it tells the page, what the page tells it, and what each leaves alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.map_hands import (
    CAMERA,
    CHOSEN_ROW,
    IS_PAINTED,
    NO_WEBGL,
    PAINTED,
    click,
    draw_lasso,
    drawn,
    map_of,
    settle,
    turn_wheel,
    where,
)
from tests.browser.visit import PATIENCE, Visitor


@pytest.fixture
def mounted(map_page: str, visitor: Visitor) -> Callable[..., Page]:
    """Open the page and wait for its map."""

    def come(query: str = "lang=en", *, script: str = "") -> Page:
        visit = visitor(map_page)
        if script:
            visit.page.add_init_script(script)
        visit.page.goto(f"{map_page}/?{query}")
        return visit.page

    return come


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
    turn_wheel(page, -240)
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


COUNT_BUFFERS = """
window.buffers = 0;
const { createBuffer, deleteBuffer } = WebGL2RenderingContext.prototype;
WebGL2RenderingContext.prototype.createBuffer = function () { buffers += 1; return createBuffer.call(this); };
WebGL2RenderingContext.prototype.deleteBuffer = function (one) { buffers -= 1; return deleteBuffer.call(this, one); };
"""


def test_a_change_of_the_layout_leaves_nothing_behind_on_the_graphics_card(mounted: Callable[..., Page]) -> None:
    page = drawn(mounted(script=COUNT_BUFFERS))
    settle(page)
    before = page.evaluate("buffers")
    for _ in range(2):
        place = where(page, 40)
        page.get_by_text("Turned", exact=True).click()
        wait_until_moved(page, 40, place)
        settle(page)
    assert page.evaluate("buffers") == before


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


def test_what_the_server_dropped_is_asked_for_again(map_page: str, browser: Browser) -> None:
    page = browser.new_page()  # no `visitor`: the browser notes each answer 404 as an error, and they are wanted here
    page.goto(f"{map_page}/?lang=en&lose=1")
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
