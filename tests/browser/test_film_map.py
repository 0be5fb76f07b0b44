"""The film map as people use it: clicks, lasso, search, layouts, what is placed, what is taken home, no WebGL."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from pages.kit.theme import GENRE_COLORS
from tests.browser.map_hands import CAMERA, CHOSEN_ROW, IS_PAINTED, NO_WEBGL, drawn, map_of, settle, turn_wheel, where
from tests.browser.visit import PATIENCE, Visit, Visitor

CHOSEN_ID = "e => Number(e.matineeMap.scene.ids[e.matineeMap.chosen])"
# A dot that no other dot and no tool covers, and that is not the chosen one.
FREE_DOT = """e => {
  const map = e.matineeMap, box = map.frame.over.getBoundingClientRect();
  const places = map.scene.ids.map ? Array.from(map.scene.ids, (id) => [id, ...map.where(id)]) : [];
  const inside = places.filter(([id, x, y]) => x > box.left + 40 && x < box.right - 80 && y > box.top + 60
    && y < Math.min(box.bottom, innerHeight) - 60 && map.scene.rowOf.get(id) !== map.chosen);
  const gap = ([, x, y]) => Math.min(...places.map(([, a, b]) => Math.hypot(a - x, b - y)).filter((d) => d > 0));
  return Number(inside.map((place) => [gap(place), place[0]]).sort((a, b) => b[0] - a[0])[0][1]);
}"""


def open_map(visit: Visit, query: str = "lang=en") -> Page:
    page = drawn(visit.open(f"/film_map?{query}"))
    settle(page)
    expect(neighbours(page)).to_have_count(10, timeout=PATIENCE)
    return page


def neighbours(page: Page) -> Locator:
    """The list beside the map; it has a shadow root, which only locators look into."""
    return page.locator(".st-key-map_similar a.row")


def film(page: Page) -> Locator:
    """The chosen film beside the map."""
    return page.locator(".st-key-map_film a.row")


def click_a_dot(page: Page) -> int:
    """Click a dot, and return its film once the list shows it."""
    wanted = int(map_of(page).evaluate(FREE_DOT))
    left, top = where(page, wanted)
    page.mouse.move(left, top)
    page.mouse.click(left, top)
    expect(film(page)).to_have_attribute("href", f"film?movie={wanted}&lang=en", timeout=PATIENCE)
    return wanted


def encircle_the_middle(page: Page) -> int:
    """Draw a lasso in the middle of the map; return how many films are marked."""
    box = map_of(page).locator(".over").bounding_box()
    assert box is not None
    x, y, reach = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, min(box["width"], box["height"]) / 4
    page.locator(".tool.lasso").click()
    page.mouse.move(x - reach, y - reach)
    page.mouse.down()
    for across, down in ((reach, -reach), (reach, reach), (-reach, reach), (-reach, -reach)):
        page.mouse.move(x + across, y + down, steps=4)
    page.mouse.up()
    return int(map_of(page).evaluate("e => e.matineeMap.lasso.size"))


def pick(page: Page, control: str, label: str) -> None:
    """Choose one of a row of buttons."""
    page.locator(f".st-key-{control}").get_by_text(label, exact=True).click()


def test_a_click_on_a_dot_shows_its_film_and_neighbours_and_leaves_the_map_alone(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = open_map(visit)
    box = map_of(page).locator(".over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    turn_wheel(page, -240)
    settle(page)
    camera = map_of(page).evaluate(CAMERA)
    map_of(page).evaluate("e => { e.mark = 'same'; }")
    visit.mark()
    old = neighbours(page).all_inner_texts()
    wanted = click_a_dot(page)
    expect(neighbours(page)).not_to_have_text(old)
    expect(neighbours(page)).to_have_count(10)
    assert map_of(page).get_attribute("data-lines") == str(wanted)
    assert map_of(page).evaluate(CAMERA) == camera
    assert map_of(page).evaluate("e => e.mark") == "same"
    assert f"movie={wanted}" in page.url
    assert visit.is_marked()


def test_what_clears_the_lines_clears_panel_and_address_too(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server))
    click_a_dot(page)
    page.locator(".over").press("Escape")
    expect(film(page)).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_text("Nothing is chosen.")).to_be_visible()
    page.wait_for_url(lambda url: "movie=" not in url)
    pick(page, "url_method", "PCA")
    page.wait_for_url("**method=pca*")
    expect(page.get_by_text("Nothing is chosen.")).to_be_visible()
    assert map_of(page).evaluate(CHOSEN_ROW) == -1
    click_a_dot(page)


def test_nothing_of_the_controls_is_cut_on_a_phone(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = drawn(visit.open("/film_map?lang=en"))
    controls = page.locator(".st-key-map_controls")
    assert controls.evaluate("e => e.scrollWidth <= e.clientWidth")
    edge = "e => { const box = e.getBoundingClientRect(); return [box.left, box.right]; }"
    for button in controls.locator("button").all():
        left, right = button.evaluate(edge)
        assert left >= 0
        assert right <= 390


def test_dots_legend_and_list_give_a_genre_one_colour(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server))
    parts = page.locator(".legend .part").all()
    paint = "e => getComputedStyle(e.querySelector('i')).backgroundColor"
    shown = {str(part.locator("span").text_content()): part.evaluate(paint) for part in parts}
    rgb = {genre: tuple(int(color[at : at + 2], 16) for at in (1, 3, 5)) for genre, color in GENRE_COLORS.items()}
    assert shown == {genre: "rgb({}, {}, {})".format(*rgb[genre]) for genre in shown}
    assert len(set(shown.values())) == len(shown)
    row = neighbours(page).first
    first = str(row.locator(".about").text_content()).split(" · ")[0]
    assert shown[first] in row.locator(".swatch").evaluate("e => getComputedStyle(e).backgroundImage")


def test_the_film_of_a_click_is_there_again_after_a_reload(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server))
    wanted = click_a_dot(page)
    page.reload()
    drawn(page)
    expect(film(page)).to_have_attribute("href", f"film?movie={wanted}&lang=en", timeout=PATIENCE)
    assert map_of(page).evaluate(CHOSEN_ID) == wanted


def test_lines_and_list_show_the_same_neighbours_by_every_measure(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server), "lang=en&movie=7")
    for label, near in (("dot product", "dot"), ("euclidean", "euclidean"), ("cosine", "")):
        pick(page, "url_near", label)
        page.wait_for_url(lambda url, near=near: f"near={near}" in url if near else "near=" not in url)
        unit = {"dot": "dot ", "euclidean": "dist ", "": "cos "}[near]
        expect(neighbours(page).first).to_contain_text(unit)
        ids = "e => e.matineeMap.neighborRows(e.matineeMap.chosen).map((row) => Number(e.matineeMap.scene.ids[row]))"
        listed = [int(str(row.get_attribute("data-id"))) for row in neighbours(page).all()]
        drawn(page)
        page.wait_for_function(
            "([e, ids]) => String((" + ids + ")(e)) === ids",
            arg=[map_of(page).element_handle(), ",".join(map(str, listed))],
        )


def test_the_dots_go_where_another_layout_has_them_time_and_again(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server), "lang=en&movie=7")
    for label in ("PCA", "t-SNE", "PCA"):
        before = map_of(page).evaluate("e => e.matineeMap.panels[0].layoutAt")
        pick(page, "url_method", label)
        page.wait_for_function(
            "([e, before]) => e.matineeMap.panels[0].layoutAt !== before || e.dataset.view === 'still'",
            arg=[map_of(page).element_handle(), before],
        )
        settle(page)
        assert map_of(page).evaluate(IS_PAINTED, 7)


def test_the_search_of_the_map_chooses_a_film_by_keyboard(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server))
    chosen = map_of(page).evaluate(CHOSEN_ROW)
    title = map_of(page).evaluate("e => e.matineeMap.scene.title(e.matineeMap.chosen === 3 ? 4 : 3)")
    page.locator(".matinee-map input").first.fill(title)
    page.keyboard.press("Enter")
    expect(film(page)).to_contain_text(title, timeout=PATIENCE)
    assert map_of(page).evaluate(CHOSEN_ROW) != chosen


def test_a_neighbour_in_the_list_leads_to_its_page(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server), "lang=en&movie=7")
    row = neighbours(page).first
    target = row.get_attribute("href")
    row.click()
    page.wait_for_url(f"**/{target}")
    expect(page.locator("h1")).to_have_text("Film")


def test_a_second_click_on_the_chosen_dot_opens_its_page(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server))
    wanted = click_a_dot(page)
    page.mouse.click(*where(page, wanted))
    page.wait_for_url(f"**/film?movie={wanted}&lang=en")


def test_a_lasso_lists_its_films_and_leaves_map_and_list_alone(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = open_map(visit, "lang=en&part=home")
    map_of(page).evaluate("e => { e.mark = 'same'; }")
    number = encircle_the_middle(page)
    assert number > 0
    answer = page.locator(".st-key-map_answer")
    expect(answer).to_contain_text(f"{number} of 400 films are encircled", timeout=PATIENCE)
    expect(answer.get_by_text("What they have in common")).to_be_in_viewport()
    expect(page.get_by_text("a click on a row chooses the film")).to_be_attached()
    expect(page.locator(".st-key-map_alike a.card").first).to_be_visible()
    assert map_of(page).evaluate("e => e.mark") == "same"
    with page.expect_download(timeout=PATIENCE) as download:
        page.locator(".st-key-map_lasso_csv button").first.click()
    assert len(Path(download.value.path()).read_text("utf-8-sig").splitlines()) == number + 1


def test_a_layout_is_laid_out_in_the_background_and_kept(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server))
    first = map_of(page).evaluate("e => e.matineeMap.panels[0].layoutAt")
    page.locator(".st-key-map_layout button:visible").first.click()
    page.locator("[class*=st-key-map_layout_perplexity] input").fill("13")
    page.locator("[class*=st-key-map_layout_perplexity] input").press("Tab")
    page.get_by_role("button", name="Lay out").click()
    page.wait_for_url("**perplexity=13*")
    other = "([e, first]) => e.matineeMap.panels[0].layoutAt !== first"
    page.wait_for_function(other, arg=[map_of(page).element_handle(), first], timeout=PATIENCE)
    expect(page.locator(".st-key-map_layout_0")).to_have_count(0, timeout=PATIENCE)
    settle(page)
    second = map_of(page).evaluate("e => e.matineeMap.panels[0].layoutAt")
    assert second != first
    again = open_map(visitor(server), "lang=zh&perplexity=13")
    assert map_of(again).evaluate("e => e.matineeMap.panels[0].layoutAt") == second
    expect(again.locator(".st-key-map_layout_0")).to_have_count(0)


def test_something_made_up_is_placed_and_its_markup_stays_text(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server), "lang=en&part=place")
    page.locator(".st-key-map_place_title input").fill("<img src=x onerror=alert(1)> Night")
    page.locator(".st-key-map_place_genres input").click()
    page.keyboard.type("Horror")
    page.get_by_role("option", name="Horror").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Place on the map").click()
    expect(page.locator(".st-key-map_placed_0")).to_contain_text("<img src=x onerror=alert(1)> Night", timeout=PATIENCE)
    expect(page.locator(".st-key-map_placed_rows_0 a.row")).to_have_count(5)
    titles = map_of(page).evaluate("e => e.matineeMap.panels[0].placed.map((one) => one.title)")
    assert titles == ["<img src=x onerror=alert(1)> Night"]


def test_two_maps_share_what_is_chosen(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server), "lang=en&with=movies-pca-2d&judged=1")
    assert map_of(page).evaluate("e => e.matineeMap.panels.length") == 2
    wanted = click_a_dot(page)
    assert map_of(page).get_attribute("data-lines") == str(wanted)
    expect(page.locator(".st-key-map_film")).to_be_visible()


def test_the_truth_follows_the_chosen_dot(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server), "lang=en&part=truth")
    expect(page.get_by_text("Trustworthiness", exact=True)).to_be_visible(timeout=PATIENCE)
    click_a_dot(page)
    title = str(map_of(page).evaluate("e => e.matineeMap.scene.title(e.matineeMap.chosen)"))
    expect(page.locator("[data-testid=stMarkdown]", has_text="Its trust is")).to_contain_text(title)


def test_people_are_on_a_map_of_their_own(server: str, visitor: Visitor) -> None:
    page = open_map(visitor(server), "lang=en&of=users&method=pca")
    assert map_of(page).evaluate("e => e.matineeMap.scene.count") == 600
    row = neighbours(page).first
    row.click()
    page.wait_for_url("**/person?user=*")


def test_the_map_taken_home_opens_without_a_network(server: str, visitor: Visitor, tmp_path: Path) -> None:
    page = open_map(visitor(server), "lang=zh&method=pca&part=home")
    with page.expect_download(timeout=PATIENCE) as download:
        page.locator(".st-key-map_html button:visible").first.click()
    file = tmp_path / "map.html"
    download.value.save_as(file)
    offline = visitor(file.as_uri(), offline=True)
    offline.page.goto(offline.address)
    drawn(offline.page)
    assert map_of(offline.page).evaluate("e => e.matineeMap.scene.count") == 400
    expect(offline.page.locator("footer")).to_contain_text("synthetic")


def test_without_webgl_a_chart_takes_the_place_of_the_map(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    visit.page.add_init_script(NO_WEBGL)
    page = visit.open("/film_map?lang=en")
    expect(page.get_by_text("This browser has no WebGL")).to_be_visible(timeout=PATIENCE)
    graph = "document.querySelector('.st-key-film_map_chart .js-plotly-plot')"
    page.wait_for_function(f"() => {graph}?._fullData?.length > 0")
    old = str(film(page).get_attribute("href"))
    box = page.locator(".st-key-search_movie input")
    box.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(film(page)).not_to_have_attribute("href", old, timeout=PATIENCE)
    expect(box).to_have_value("")
    old = str(film(page).get_attribute("href"))
    dot = page.locator(".st-key-film_map_chart .scatterlayer path.point").last.bounding_box()
    assert dot is not None
    page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    page.mouse.click(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    expect(film(page)).not_to_have_attribute("href", old)
    expect(page.get_by_text("This browser has no WebGL")).to_be_visible()


def test_three_dimensions_are_drawn_by_plotly(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/film_map?lang=en&dims=3&method=pca&movie=7")
    graph = "document.querySelector('.st-key-film_map_3d .js-plotly-plot')"
    page.wait_for_function(f"() => {graph}?._fullData?.some((trace) => trace.type === 'scatter3d')")
    expect(neighbours(page)).to_have_count(10, timeout=PATIENCE)
