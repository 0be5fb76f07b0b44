"""The training theatre in a real browser: one slider moves everything, and every number can be read."""

import csv
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pages.kit.component_code import Code
from pages.training.theatre import TEXTS
from recsys.data.synthetic import synthetic
from tests.browser.bare_page import bare_page
from tests.browser.map_hands import NO_WEBGL
from tests.browser.visit import OVERLAPS, PATIENCE, Visitor
from tests.theatre_points import LISTS, NUM_EPOCHS, NUM_MOVIES, recording

PAINTED = """e => {
  const { stage } = e.matineeTheatre, copy = document.createElement("canvas");
  stage.isStale = true;
  stage.draw();
  [copy.width, copy.height] = [stage.points.width, stage.points.height];
  const context = copy.getContext("2d");
  context.drawImage(stage.points, 0, 0);
  const { data } = context.getImageData(0, 0, copy.width, copy.height);
  return data.filter((value, at) => at % 4 === 3 && value > 0).length;
}"""
PLACE = """(e, id) => {
  const { stage } = e.matineeTheatre, box = stage.over.getBoundingClientRect();
  const [left, top] = stage.ground.onScreen(stage.scene.rowOf.get(id));
  return [box.left + left, box.top + top];
}"""


@pytest.fixture
def come(theatre_page: str, visitor: Visitor) -> Callable[..., Page]:
    """Open the page and wait for its theatre."""

    def come(query: str = "lang=en", *, script: str = "", **options: object) -> Page:
        visit = visitor(theatre_page, **options)
        if script:
            visit.page.add_init_script(script)
        visit.page.goto(f"{theatre_page}/?{query}")
        expect(theatre(visit.page)).to_have_attribute("data-state", "drawn", timeout=PATIENCE)
        return visit.page

    return come


@pytest.fixture
def at_rest(come: Callable[..., Page]) -> Page:
    """A theatre for a reader who wants no movement: it stands at the last epoch."""
    page = come(reduced_motion="reduce")
    at_epoch(page, NUM_EPOCHS)
    return page


def theatre(page: Page) -> Locator:
    return page.locator(".theatre")


def slider(page: Page) -> Locator:
    return page.locator(".track input")


def at_epoch(page: Page, epoch: int) -> None:
    expect(theatre(page)).to_have_attribute("data-epoch", str(epoch), timeout=PATIENCE)


def titles(page: Page) -> list[str]:
    return page.locator(".top-ten .title").all_text_contents()


def title_of(movie_id: int) -> str:
    return synthetic(num_users=20, num_movies=NUM_MOVIES, num_ratings=200).movie(movie_id).title


def test_every_button_has_its_name_before_a_recording_has_come(browser: Browser) -> None:
    texts = {each: each for each in TEXTS}
    name = "(all) => all.map((one) => one.getAttribute('aria-label'))"
    with bare_page(browser, Code("training/browser", "timeline.js", "Line")) as page:
        page.evaluate("(texts) => document.body.append(new Line.Timeline(texts, {}).root)", texts)
        assert page.locator(".buttons button").evaluate_all(name) == ["back", "play", "forward"]


def test_a_recording_plays_by_itself_and_ends_at_the_last_epoch(come: Callable[..., Page]) -> None:
    page = come()
    expect(theatre(page)).to_have_attribute("data-playing", "true")
    at_epoch(page, NUM_EPOCHS)
    expect(theatre(page)).to_have_attribute("data-playing", "false")
    expect(page.locator(".said .epoch")).to_have_text("Epoch 5 of 5")
    expect(page.locator(".said .loss")).to_have_text("Training loss 0.3333 (−0.0667)")


def test_the_slider_moves_map_list_norms_and_filters_by_keys_alone(at_rest: Page) -> None:
    page = at_rest
    before = theatre(page).evaluate(PLACE, 40)
    slider(page).focus()
    page.keyboard.press("Home")
    at_epoch(page, 0)
    expect(page.locator(".said .epoch")).to_have_text("Before the first step")
    assert theatre(page).evaluate(PLACE, 40) != pytest.approx(before, abs=5)
    assert titles(page) == [title_of(movie_id) for movie_id in LISTS[0]]
    expect(page.locator(".norms .name ~ td").nth(1)).to_have_text("–")
    page.keyboard.press("ArrowRight")
    at_epoch(page, 1)
    expect(page.locator(".norms .name ~ td").nth(0)).to_have_text("11+10 %")
    expect(page.locator(".norms .name ~ td").nth(1)).to_have_text("2")
    assert slider(page).get_attribute("aria-valuetext") == "Epoch 1 of 5, Training loss 1.0000"


def test_the_list_says_who_rose_fell_and_came(at_rest: Page) -> None:
    page = at_rest
    slider(page).focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    at_epoch(page, 3)
    assert titles(page) == [title_of(movie_id) for movie_id in LISTS[3]]
    moves = page.locator(".top-ten .move").all_text_contents()
    assert moves == ["▲9", *["▼1"] * 9]
    expect(page.locator(".gone")).to_have_text("No film fell out.")
    page.get_by_label("Compare with").select_option(label="the start")
    assert page.locator(".top-ten .move").all_text_contents() == ["new", "▲1", *["▼2"] * 2, *["▼1"] * 5, "new"]
    expect(page.locator(".gone")).to_have_text(f"Fell out: {title_of(9)} · {title_of(10)}")
    expect(page.locator(".top-ten .move").nth(1)).to_have_attribute("aria-label", "up by 1")


SLOWLY = (
    "Element.prototype.animate = new Proxy(Element.prototype.animate, {\n"
    "  apply: (own, element, [way, how]) => own.call(element, way, { ...how, duration: 600_000 }),\n});"
)


def test_a_row_that_glides_covers_those_below_it_and_no_two_titles_are_read_at_once(come) -> None:
    page = come(script=SLOWLY)
    at_epoch(page, NUM_EPOCHS)
    slider(page).focus()
    page.keyboard.press("Home")
    for _ in range(3):  # the tenth film becomes the first
        page.keyboard.press("ArrowRight")
    moving = page.locator(".top-ten li.moving")
    expect(moving.first).to_be_visible()
    grounds = moving.evaluate_all("rows => rows.map((row) => getComputedStyle(row).backgroundColor)")
    assert grounds
    assert all(ground.startswith("rgb(") for ground in grounds), grounds


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_in_the_line_of_buttons_lies_on_anything_else_on_a_phone(come, lang: str) -> None:
    page = come(f"lang={lang}", reduced_motion="reduce")
    page.set_viewport_size({"width": 330, "height": 844})  # what the page leaves of 390
    at_epoch(page, NUM_EPOCHS)
    parts = page.locator(
        ".timeline .buttons > *, .timeline .said > :not([hidden]), .timeline .against, .timeline input"
    )
    assert parts.evaluate_all(OVERLAPS) == []


def test_space_and_comma_and_point_play_and_step(at_rest: Page) -> None:
    page = at_rest
    page.locator(".over").focus()
    page.keyboard.press(",")
    at_epoch(page, 4)
    page.keyboard.press(".")
    at_epoch(page, 5)
    page.keyboard.press(" ")
    expect(theatre(page)).to_have_attribute("data-playing", "true")
    page.keyboard.press(" ")
    expect(theatre(page)).to_have_attribute("data-playing", "false")


def test_a_filter_tells_each_of_its_numbers_and_what_changed(at_rest: Page) -> None:
    page = at_rest
    picture = page.locator(".filter canvas").first
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    says = page.locator(".filters .says")
    expect(says).to_have_text("Filter 1 of window 2, word 1, number 1: 0.5000 (+0.1000)")
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4)
    value = float(recording().snapshots[-1].filters[0][0, 1, 3])
    expect(says).to_have_text(f"Filter 1 of window 2, word 2, number 4: {value:.4f} (0.0000)".replace("-", "−"))
    page.get_by_role("button", name="Changes").click()
    expect(page.locator(".filter .length").first).to_have_text("Δ 0.100")
    page.get_by_label("Compare with").select_option(label="the start")
    expect(page.locator(".filter .length").first).to_have_text("Δ 0.500")


def test_a_click_on_a_chart_goes_to_that_epoch_and_hovering_reads_a_number(at_rest: Page) -> None:
    page = at_rest
    chart = page.locator(".norm-chart svg").nth(1)
    chart.scroll_into_view_if_needed()
    dots = [dot.bounding_box() for dot in page.locator(".norm-chart").nth(1).locator("circle").all()]
    assert dots[0] is not None
    page.mouse.move(dots[0]["x"] + 4, dots[0]["y"] + 4)
    expect(page.locator(".norm-chart .says").nth(1)).to_have_text("1 Film: id, epoch 5: 0.125")
    box = chart.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 55, box["y"] + 60)
    at_epoch(page, 0)
    expect(page.locator(".norm-chart .says").nth(1)).to_have_text("No gradient before the first step.")


def test_a_dot_names_its_film_and_a_click_draws_its_path(at_rest: Page) -> None:
    page = at_rest
    page.mouse.move(*theatre(page).evaluate(PLACE, 50))
    expect(page.locator(".card-title")).to_have_text(title_of(50))
    page.mouse.click(*theatre(page).evaluate(PLACE, 50))
    path = theatre(page).evaluate("e => e.matineeTheatre.stage.path.places.map((place) => Math.hypot(...place))")
    assert path == sorted(path)
    assert len(path) == NUM_EPOCHS + 1
    page.keyboard.press("Escape")
    assert theatre(page).evaluate("e => e.matineeTheatre.stage.path") is None


def test_the_longer_side_of_the_films_lies_along_the_longer_side_of_the_map(come: Callable[..., Page]) -> None:
    for width, is_wide in ((1366, True), (390, False)):
        page = come(reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 768})
        expect(theatre(page)).to_have_attribute("data-wide", str(is_wide).lower())
        places = theatre(page).evaluate("e => Array.from(e.matineeTheatre.stage.ground.positions)")
        sides = [max(places[axis::2]) - min(places[axis::2]) for axis in (0, 1)]
        assert (sides[0] > sides[1]) == is_wide


def test_tables_are_taken_home_with_every_epoch(at_rest: Page, tmp_path: Path) -> None:
    page = at_rest
    for label, name, num_rows in (("All top tens as CSV", "run-top-10.csv", 60), ("Norms as CSV", "run-norms.csv", 18)):
        with page.expect_download() as download:
            page.get_by_role("button", name=label).click()
        assert download.value.suggested_filename == name
        download.value.save_as(tmp_path / name)
        rows = list(csv.reader((tmp_path / name).read_text("utf-8-sig").splitlines()))
        assert len(rows) == num_rows + 1
    assert rows[0] == ["epoch", "part", "Norm of the weights", "Norm of the gradient (last batch)"]
    assert rows[1] == ["0", "Film: id", "10", ""]
    assert rows[-1] == ["5", "Head", "3", "0"]


def test_a_run_under_way_is_followed_until_the_reader_looks_back(come: Callable[..., Page]) -> None:
    page = come("lang=en&live=1")
    at_epoch(page, 2)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    train_on = page.get_by_role("button", name="Train on")
    train_on.click()
    at_epoch(page, 3)
    assert [url.rsplit("?", 1)[-1] for url in asked if "live-" in url] == ["at=3"]
    slider(page).focus()
    page.keyboard.press("Home")
    at_epoch(page, 0)
    train_on.click()
    expect(slider(page)).to_have_attribute("max", "4")
    at_epoch(page, 0)
    page.get_by_role("button", name="Follow live").click()
    at_epoch(page, 4)
    expect(page.locator(".said .epoch")).to_have_text("Epoch 4 (newest: 4)")
    assert titles(page) == [title_of(movie_id) for movie_id in LISTS[4]]


def test_charts_make_room_for_the_table_of_numbers_that_grows(come: Callable[..., Page]) -> None:
    page = come("lang=en&live=1")
    at_epoch(page, 2)
    slider(page).focus()
    for key in ("Home", "End"):  # no changes beside the numbers, then changes
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        charts = [chart.bounding_box() for chart in page.locator(".norm-chart svg").all()]
        table = page.locator(".norms table").bounding_box()
        assert None not in (*charts, table)
        ends = [(box["x"], box["x"] + box["width"]) for box in (*charts, table)]
        assert all(end <= start + 1 for (_, end), (start, _) in itertools.pairwise(ends)), (key, ends)


def test_without_webgl_the_dots_are_drawn_all_the_same(come: Callable[..., Page]) -> None:
    page = come(script=NO_WEBGL, reduced_motion="reduce")
    at_epoch(page, NUM_EPOCHS)
    assert theatre(page).evaluate(PAINTED) > 500


def test_a_film_has_one_place_however_the_map_is_turned(at_rest: Page) -> None:
    apart = """(e, isTurned) => {
      const { reel } = e.matineeTheatre, before = reel.isTurned;
      reel.isTurned = isTurned;
      const far = reel.shots.map((_, at) => {
        const all = reel.places(at);
        return Math.max(...Array.from({ length: all.length / 2 }, (_, row) => {
          const [x, y] = reel.place(at, row);
          return Math.hypot(all[2 * row] - x, all[2 * row + 1] - y);
        }));
      });
      reel.isTurned = before;
      return Math.max(...far);
    }"""
    for is_turned in (False, True):
        assert theatre(at_rest).evaluate(apart, is_turned) < 1e-5


def test_dots_are_drawn(at_rest: Page) -> None:
    assert theatre(at_rest).evaluate(PAINTED) > 500
