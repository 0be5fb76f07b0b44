"""Clicking a dot on the map, watching a run from two tabs, and coming back by URL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE, Visit, Visitor, serve

# Where some dots are on the screen, by Plotly's own scales: [x, y, movie id].
DOTS = """() => {
  const graph = document.querySelector('.st-key-film_map_chart .js-plotly-plot');
  const layout = graph._fullLayout, box = graph.getBoundingClientRect();
  return graph._fullData.map(trace => [
    box.left + layout._size.l + layout.xaxis.d2p(trace.x[0]),
    box.top + layout._size.t + layout.yaxis.d2p(trace.y[0]),
    trace.customdata[0][0],
  ]);
}"""
GRAPH = "document.querySelector('.st-key-film_map_chart .js-plotly-plot')"


@pytest.fixture
def busy_server(model_home: Path, tmp_path: Path) -> Iterator[str]:
    """A server of its own, to train on."""
    shutil.copytree(model_home, tmp_path / "home")
    with serve(tmp_path / "home") as address:
        yield address


def open_map(visit: Visit, query: str = "lang=en") -> Page:
    page = visit.open(f"/film_map?{query}")
    page.wait_for_function(f"() => {{ const g = {GRAPH}; return g && g._fullData && g._fullData.length > 0; }}")
    expect(page.locator(".st-key-map_similar a.row")).to_have_count(10, timeout=PATIENCE)
    return page


def neighbours(page: Page) -> Locator:
    """The films in the list beside the map; the list has a shadow root, which only locators look into."""
    return page.locator(".st-key-map_similar a.row")


def link_of_chosen_film(page: Page) -> str:
    return str(page.locator(".st-key-map_film a.row").get_attribute("href"))


def click_a_dot(page: Page) -> int:
    """Click a dot inside the picture, and return its film."""
    before = page.url
    for x, y, movie_id in page.evaluate(DOTS):
        page.mouse.move(x, y)
        page.wait_for_timeout(200)
        page.mouse.click(x, y)
        page.wait_for_timeout(800)
        if page.url != before:
            return int(movie_id)
    pytest.fail("no click on a dot changed the address")


def test_a_click_on_a_dot_shows_its_film_and_neighbours_and_leaves_the_map_alone(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = open_map(visit)
    page.locator(".st-key-film_map_chart .nsewdrag").hover()
    page.mouse.wheel(0, -120)
    page.wait_for_timeout(800)
    zoomed = page.evaluate(f"{GRAPH}._fullLayout.xaxis.range")
    page.evaluate(f"{GRAPH}.mark = 'same'")
    visit.mark()
    old = neighbours(page).all_inner_texts()
    click_a_dot(page)
    expect(neighbours(page)).not_to_have_text(old)
    expect(neighbours(page)).to_have_count(10)
    assert page.evaluate(f"{GRAPH}._fullLayout.xaxis.range") == zoomed
    assert page.evaluate(f"{GRAPH}.mark") == "same"
    assert visit.is_marked()


def test_the_film_of_a_click_is_there_again_after_a_reload(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server))
    click_a_dot(page)
    film = link_of_chosen_film(page)
    page.reload()
    expect(page.locator(".st-key-map_film a.row")).to_have_attribute("href", film, timeout=PATIENCE)


def test_the_search_box_reaches_a_film_by_keyboard(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server))
    old = neighbours(page).all_inner_texts()
    box = page.locator(".st-key-search_movie input")
    box.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**movie=*")
    expect(page.locator(".st-key-map_similar")).not_to_have_text(old)
    expect(box).to_have_value("")


def test_a_neighbour_in_the_list_leads_to_its_page(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server), "lang=en&movie=7")
    row = neighbours(page).first
    target = row.get_attribute("href")
    row.click()
    page.wait_for_url(f"**/{target}")
    expect(page.locator("h1")).to_have_text("Film")


def test_the_map_taken_home_opens_without_a_network(server: str, visitor: Visitor, tmp_path: Path) -> None:
    page = open_map(visitor(server), "lang=zh&method=pca")
    with page.expect_download(timeout=PATIENCE) as download:
        page.locator(".st-key-map_html button").first.click()
    file = tmp_path / "map.html"
    download.value.save_as(file)
    offline = visitor(file.as_uri(), offline=True)
    offline.page.goto(offline.address)
    offline.page.wait_for_function("document.querySelector('.js-plotly-plot')._fullData.length > 1")


def test_a_run_is_seen_from_a_second_tab_survives_the_first_and_stops(busy_server: str, visitor: Visitor) -> None:
    watcher = visitor(busy_server).open("/training?lang=zh")
    expect(watcher.locator(".st-key-training_start button").first).to_be_visible()
    starter = visitor(busy_server).open("/training?lang=en&from=quick&epochs=900&batch_size=2048")
    starter.locator(".st-key-training_start button").first.click()
    expect(starter.locator(".st-key-training_stop button").first).to_be_visible()
    starter.context.close()
    expect(watcher.locator(".st-key-training_panel")).to_contain_text("训练进行中", timeout=PATIENCE)
    batches = watcher.locator(".st-key-training_rates [data-testid=stMetricValue]").first
    shown = batches.inner_text()
    expect(batches).not_to_have_text(shown, timeout=PATIENCE)
    expect(watcher.locator(".st-key-training_panel .js-plotly-plot").first).to_be_visible(timeout=PATIENCE)
    watcher.locator(".st-key-training_stop button").first.click()
    expect(watcher.locator(".st-key-training_panel")).to_contain_text("已停止", timeout=PATIENCE)
    expect(watcher.locator(".st-key-training_start button").first).to_be_visible()
    expect(watcher.locator(".st-key-bundle_1")).to_contain_text("/ 900 轮")


def test_an_epoch_is_trained_and_its_model_is_used_by_the_app(busy_server: str, visitor: Visitor) -> None:
    page = visitor(busy_server).open("/training?lang=en&from=quick&epochs=1&batch_size=4096&split=p90")
    page.locator(".st-key-training_start button").first.click()
    expect(page.get_by_text("Finished and kept")).to_be_visible(timeout=2 * PATIENCE)
    page.get_by_role("button", name="Use in the app").and_(page.locator(":enabled")).click()
    expect(page.locator(".st-key-bundle_0")).to_contain_text("P90")
    expect(page.locator(".st-key-bundle_0")).to_contain_text("in use")
    start = visitor(busy_server).open("/?lang=en")
    expect(start.locator("[data-testid=stMain]")).to_contain_text("P90")


def test_a_view_of_the_data_reopens_from_its_url(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/data?lang=en&part=ratings")
    page.get_by_role("radio", name="Genre").or_(page.get_by_role("button", name="Genre")).first.click()
    page.wait_for_url("**by=genre*")
    page.reload()
    expect(page.get_by_text("counts in each of them")).to_be_visible()
