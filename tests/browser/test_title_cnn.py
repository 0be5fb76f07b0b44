"""Inside the title CNN as people use it: from overview to one multiplication, a changed word, a phone, a keyboard."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from pages.title_cnn import scene as title_scene
from recsys.bundle import load_bundle
from recsys.data.synthetic import synthetic
from recsys.insight.titles import catalogue as title_catalogue
from recsys.insight.titles.probe import TitleProbe
from tests.browser.visit import PATIENCE, Visitor

HOSTILE = "<b>Bold</b> ![](http://x) مرحبا 🎬 黄土地"
PUBLISHED = "**/map-data/**"
CELLS = ".way-picture .row .cell"


@pytest.fixture(scope="module")
def probe(model_home: Path) -> TitleProbe:
    """The probe of the model that the server uses."""
    data = synthetic()
    return TitleProbe(load_bundle(model_home / "data" / "bundles" / "synthetic-1", data), data)


def number(text: str) -> float:
    """A number as it is written on the page, with a true minus and perhaps in brackets."""
    return float(text.strip().strip("()").replace("\N{MINUS SIGN}", "-").replace("+", ""))


def said(page: Page) -> Locator:
    return page.locator(".st-key-title_cnn .said")


def level(page: Page, name: str) -> Locator:
    return page.locator(f".levels .level.{name}")


def test_the_way_from_the_overview_to_one_sum_needs_no_server(server: str, visitor: Visitor, probe: TitleProbe) -> None:
    visit = visitor(server)
    page = visit.open("/title_cnn?lang=en&movie=3&width=2&filter=3&at=1")
    expect(page.locator(CELLS).first).to_be_visible(timeout=PATIENCE)
    level(page, "gallery").click()
    expect(page.locator(".filter-card .peaks").first).to_be_visible(timeout=PATIENCE)
    level(page, "overview").click()
    visit.mark()
    page.context.set_offline(True)
    page.locator(".row[data-filter='10'] .cell").first.click()
    expect(level(page, "filter")).to_have_attribute("aria-current", "step")
    expect(page.locator(".seeks h2")).to_contain_text("Filter 3 of window 3: what it looks for")
    page.get_by_role("button", name="Write this sum out").click()
    trace = probe.trace(probe.own_title(probe.dataset.movie_index(3)))
    written = probe.sum_at(trace, 3, 2, 0)
    terms = page.locator(".terms .term b").all_inner_texts()
    expected = [*written.word_sums.tolist(), written.bias, written.total]
    assert [number(text) for text in terms] == pytest.approx(expected, abs=6e-5)
    products = [number(text) for text in page.locator(".sum-table td.p").all_inner_texts()]
    # Row by row on the page, word by word in the array.
    assert products == pytest.approx(written.products.T.ravel().tolist(), abs=6e-6)
    assert visit.is_marked()
    page.context.set_offline(False)
    visit.problems.clear()  # the tab lost its connection on purpose


def test_until_the_picture_is_drawn_words_say_that_it_is_loading(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    held: list[Route] = []
    visit.page.route(PUBLISHED, lambda route: held.append(route))  # noqa: PLW0108 -- Playwright marks its handlers
    with visit.page.expect_request(PUBLISHED):
        page = visit.open("/title_cnn?lang=en&movie=3")
    words = page.get_by_text("Loading the network's numbers")
    expect(words).to_be_visible()
    page.route(PUBLISHED, lambda route: route.continue_())
    for route in held:
        route.continue_()
    expect(page.locator(CELLS).first).to_be_visible()
    expect(words).to_be_hidden()


def test_numbers_that_do_not_come_are_said_and_can_be_asked_for_again(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    # The code comes, the numbers (asked for by fetch) do not.
    visit.page.route(
        PUBLISHED, lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_()
    )
    page = visit.open("/title_cnn?lang=en&movie=3")
    expect(page.get_by_role("alert")).to_contain_text("did not come")
    expect(page.get_by_text("Loading the network's numbers")).to_be_hidden()
    page.unroute(PUBLISHED)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(CELLS).first).to_be_visible()
    expect(page.get_by_text("did not come")).to_have_count(0)
    visit.problems.clear()  # the numbers did not come on purpose


def test_the_address_leads_back_to_the_same_sum(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/title_cnn?lang=en&movie=3")
    page.locator(".row[data-filter='9'] .cell").first.click()
    level(page, "sum").click()
    page.wait_for_url(re.compile(r"level=sum.*width=3.*filter=2.*at=1"))
    terms = page.locator(".terms .term b").all_inner_texts()
    page.reload()
    expect(page.locator(".terms .term b")).to_have_text(terms, timeout=PATIENCE)
    expect(page.locator(".choice select")).to_have_value("9")


def test_back_takes_back_one_step_at_a_time(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/title_cnn?lang=en&movie=3")
    expect(page.locator(CELLS).first).to_be_visible(timeout=PATIENCE)
    before = page.evaluate("history.length")
    page.locator(".row[data-filter='9'] .cell").nth(1).click()
    page.wait_for_url(re.compile("level=filter"))
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    expect(level(page, "overview")).to_have_attribute("aria-current", "step", timeout=PATIENCE)
    assert "level=" not in page.url


def test_a_window_that_slides_by_itself_makes_one_entry_of_the_history(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/title_cnn?lang=en&title=One+Two+Three+Four+Five&level=filter&width=2&filter=1&at=1")
    count = page.locator(".player .count")
    expect(count).to_have_text("place 1 of 4", timeout=PATIENCE)
    page.wait_for_timeout(1000)
    before = page.evaluate("history.length")
    page.get_by_role("button", name="Slide the window").click()
    expect(count).to_have_text("place 4 of 4", timeout=PATIENCE)
    page.wait_for_url("**at=4*", timeout=PATIENCE)
    assert page.evaluate("history.length") == before + 1


def test_the_window_slides_by_steps_and_by_itself(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/title_cnn?lang=en&title=One+Two+Three+Four&level=filter&width=2&filter=1&at=1")
    count = page.locator(".player .count")
    expect(count).to_have_text("place 1 of 3", timeout=PATIENCE)
    page.get_by_role("button", name="One place on").click()
    expect(count).to_have_text("place 2 of 3")
    expect(said(page)).to_contain_text("two three")
    page.get_by_role("button", name="One place back").click()
    page.get_by_role("button", name="Slide the window").click()
    expect(count).to_have_text("place 3 of 3")
    page.wait_for_url("**at=3*")


def test_the_way_to_the_sum_of_the_widest_window_is_on_the_first_screen_of_a_small_laptop(
    server: str, visitor: Visitor
) -> None:
    visit = visitor(server)
    visit.page.set_viewport_size({"width": 1366, "height": 768})
    page = visit.open("/title_cnn?lang=en&title=One+Two+Three+Four+Five+Six&level=filter&width=5&filter=1")
    expect(page.get_by_role("button", name="Write this sum out")).to_be_in_viewport(ratio=1, timeout=PATIENCE)


def test_pointing_at_a_cell_names_the_words_under_its_window(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/title_cnn?lang=en&title=One+Two+Three")
    page.locator(".row[data-filter='0'] .cell").nth(1).hover()
    expect(said(page)).to_contain_text("Filter 1 of window 2 reads “two three”")
    lit = page.locator(".word.lit")
    expect(lit).to_have_count(2)
    expect(lit.first).to_contain_text("two")


def test_the_share_of_ratings_of_a_film_that_nobody_rated_is_explained(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = visit.open("/title_cnn?lang=en&title=One+Two+Three")
    ratings = page.locator(".part.history")
    expect(ratings).to_contain_text("Nobody rated it", timeout=PATIENCE)
    ratings.hover()
    expect(said(page)).to_contain_text("the same for every film without ratings")
    page = visit.open("/title_cnn?lang=en&movie=3")
    expect(ratings).to_be_visible(timeout=PATIENCE)
    expect(ratings).not_to_contain_text("Nobody rated it")


def test_a_changed_word_is_shown_beside_what_was_before(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/title_cnn?lang=en&title=One+Two+Three")
    page.locator(".word[data-word='1']").click()
    line = page.locator(".edit input")
    expect(line).to_be_focused()
    page.keyboard.type("Zzyzx")
    expect(line).to_have_value("One Zzyzx Three")
    page.keyboard.press("Enter")
    page.wait_for_url("**edit=One*Zzyzx*Three*")
    expect(page.locator(".word.changed")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(".notes")).to_contain_text("Unknown to the network")
    expect(page.locator(".st-key-title_counts")).to_contain_text("Filters that answer otherwise")
    page.get_by_role("button", name=re.compile("Back to")).click()
    expect(page.locator(".word.changed")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator(".word[data-word='1']")).to_contain_text("two")


def test_a_hostile_title_is_shown_as_it_is(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/title_cnn?lang=en&title=" + HOSTILE.replace(" ", "+").replace("#", "%23"))
    expect(page.locator(".word.unknown")).to_have_count(5, timeout=PATIENCE)
    shown = "".join(page.locator(".word").all_text_contents())
    assert "b>bold</b" in shown
    assert "黄土地" in shown
    assert page.locator(".st-key-title_cnn img, .st-key-title_cnn b >> text=Bold").count() == 0


def test_all_levels_are_reached_by_keyboard(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/title_cnn?lang=zh&movie=3&width=2&filter=1&at=1")
    row = page.locator(".row[data-filter='0']")
    expect(row).to_be_visible(timeout=PATIENCE)
    row.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".row[data-filter='1']")).to_be_focused()
    page.keyboard.press("Enter")
    expect(level(page, "filter")).to_have_attribute("aria-current", "step")
    level(page, "sum").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".sum-table")).to_be_visible()


def test_the_focus_goes_along_with_the_keyboard_to_any_cell_and_its_sum(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/title_cnn?lang=en&title=One+Two+Three+Four&width=2&filter=1&at=1")
    row = page.locator(".row[data-filter='0']")
    expect(row).to_be_visible(timeout=PATIENCE)
    row.focus()
    for _ in range(5):  # to the end, and no further
        page.keyboard.press("ArrowRight")
    expect(said(page)).to_contain_text("reads \u201cthree four\u201d")
    page.keyboard.press("ArrowLeft")
    expect(said(page)).to_contain_text("reads \u201ctwo three\u201d")
    page.keyboard.press("Enter")
    expect(page.locator(".player .count")).to_have_text("place 2 of 3")
    expect(page.locator(".player .play")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".player .count")).to_have_text("place 3 of 3")
    page.get_by_role("button", name="Write this sum out").press("Enter")
    expect(page.locator(".sum-table")).to_be_visible()
    expect(page.locator(".player .play")).to_be_focused()
    page.locator(".choice select").focus()
    page.locator(".choice select").select_option("9")
    expect(page.locator(".choice select")).to_be_focused()


@pytest.mark.parametrize("name", ["overview", "filter", "sum", "gallery"])
def test_nothing_is_wider_than_a_phone(server: str, visitor: Visitor, name: str) -> None:
    visit = visitor(server)
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = visit.open(f"/title_cnn?lang=en&level={name}&title=" + "+".join(["Internationally"] * 20))
    expect(page.locator(".levels")).to_be_visible(timeout=PATIENCE)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_words_of_films_that_hardly_anybody_rated_are_shown_when_they_are_asked_for(
    server: str, visitor: Visitor
) -> None:
    page = visitor(server).open("/title_cnn?lang=en&movie=3&level=filter&width=2&filter=1")
    rare = page.locator(".seeks .rare input")
    expect(rare).not_to_be_checked(timeout=PATIENCE)
    known = float(page.locator(".peaks .number").first.inner_text())
    rare.check()
    page.wait_for_url("**rare=1*")
    assert float(page.locator(".peaks .number").first.inner_text()) >= known
    page.reload()
    expect(page.locator(".seeks .rare input")).to_be_checked(timeout=PATIENCE)


def test_the_share_of_titles_below_a_response_is_that_of_the_catalogue(
    server: str, visitor: Visitor, probe: TitleProbe
) -> None:
    found, number = title_catalogue.gallery(probe), 9
    steps = np.linspace(0, found.peaks(number, 1)[0].response, title_scene.NUM_STEPS)
    below = [float(found.share_silent[number]), *(float(found.rank_of(number, float(step))) for step in steps[1:])]
    responses = found.features[:, number]
    between = np.interp(responses, steps, below)
    # A film whose response lies between two steps that are far apart: neither of them would do.
    away = np.abs(between - np.array(below)[np.searchsorted(steps, responses).clip(max=len(steps) - 1)])
    row = int(np.where(responses > 0, away, 0).argmax())
    assert away[row] > 0.02
    movie_id, width = int(probe.dataset.movies["movie_id"].iloc[row]), probe.windows[number // probe.num_filters]
    place = f"width={width}&filter={number % probe.num_filters + 1}"
    page = visitor(server).open(f"/title_cnn?lang=en&movie={movie_id}&level=filter&{place}")
    told = page.locator(".seeks p", has_text="stronger than in")
    expect(told).to_be_visible(timeout=PATIENCE)
    share = int(told.inner_text().split("stronger than in ")[1].split(" %")[0])
    assert share == pytest.approx(100 * between[row], abs=0.6)


def test_the_words_that_mattered_and_the_network_are_drawn(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/title_cnn?lang=en&title=One+Two+Three&part=words")
    expect(page.locator(".word-row .chip")).to_have_text(["one", "two", "three"], timeout=PATIENCE)
    page.get_by_text("The whole network").click()
    words = page.locator(".box[data-box='movie.title.words']")
    words.focus()
    expect(page.locator(".box-details")).to_contain_text("movie_tower.title.words.weight")
    expect(page.locator(".edge.lit")).to_have_count(4)
