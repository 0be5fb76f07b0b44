"""Being a user in a real browser: stars that the list follows, a file that comes back, and files that must not."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from recsys.data.dataset import Dataset
from recsys.data.synthetic import synthetic
from tests.browser.visit import Visitor

NUM_RATED = 10


@pytest.fixture(scope="module")
def data() -> Dataset:
    return synthetic()


def of_genre(data: Dataset, genre: str) -> list[int]:
    """Its films, those with the most ratings first."""
    table = data.movies.assign(count=data.num_ratings_by_movie).sort_values(["count", "movie_id"], ascending=False)
    return [film for film, genres in zip(table["movie_id"], table["genres"], strict=True) if genre in genres]


def file_of(data: Dataset, ratings: dict[int, object]) -> bytes:
    rows = [{"movie_id": film, "stars": stars} for film, stars in ratings.items()]
    content = {"format": "matinee-ratings", "version": 1, "dataset": data.name, "traits": {}, "ratings": rows}
    return json.dumps(content).encode()


def offers(page: Page) -> Locator:
    return page.locator(".st-key-rate_offers .offer")


def mine(page: Page) -> Locator:
    return page.locator(".st-key-rate_mine .mine")


def listed(page: Page) -> list[str]:
    """The films of the list, as their cards name them."""
    return page.locator(".st-key-recommended_films .entry").evaluate_all("all => all.map((one) => one.dataset.id)")


def give(offer: Locator, stars: int) -> None:
    offer.locator(".star").nth(stars - 1).click()


def focus(star: Locator) -> None:
    """Put the keyboard's focus on a star, once it can be seen: nothing takes the focus before."""
    expect(star).to_be_visible()
    star.focus()
    expect(star).to_be_focused()


def bring(page: Page, content: bytes, name: str = "ratings.json") -> None:
    page.locator(".st-key-rate_file input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/json", "buffer": content}
    )


def search(page: Page, data: Dataset, movie_id: int) -> None:
    box = page.locator(".st-key-rate_search_film input")
    box.fill(data.movie(movie_id).title)
    page.get_by_role("option").first.click()
    expect(offers(page).first).to_have_attribute("data-id", str(movie_id))


def test_each_star_makes_room_for_the_next_film_and_stands_below(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/rate?lang=en")
    expect(page.locator(".st-key-rate_popular .entry")).to_have_count(10)
    kept = offers(page).nth(1).get_attribute("data-id")
    rated = offers(page).first.get_attribute("data-id")
    give(offers(page).first, 4)
    expect(mine(page)).to_have_count(1)
    expect(mine(page).first).to_have_attribute("data-id", str(rated))
    expect(offers(page).first).not_to_have_attribute("data-id", str(rated))
    expect(offers(page).nth(1)).to_have_attribute("data-id", str(kept))
    expect(page.locator(".st-key-recommended_films .entry")).to_have_count(10)


def test_of_quick_clicks_none_is_lost(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/rate?lang=en")
    expect(offers(page)).to_have_count(4)
    page.locator(".st-key-rate_offers .offers").evaluate(
        """list => [...list.children].forEach((offer, at) => {
            setTimeout(() => offer.querySelectorAll(".star")[at].click(), 40 * at);
        })"""
    )
    expect(mine(page)).to_have_count(4)
    given = mine(page).evaluate_all("all => all.map((one) => one.querySelectorAll('.star.lit').length)")
    assert sorted(given) == [1, 2, 3, 4]


def test_the_list_follows_ten_films_of_one_genre_and_turns_with_their_stars(
    server: str, visitor: Visitor, data: Dataset
) -> None:
    genre = data.genres[0]
    films = of_genre(data, genre)[:NUM_RATED]
    page = visitor(server).open("/rate?lang=en")
    for at, movie_id in enumerate(films):
        search(page, data, movie_id)
        give(offers(page).first, 5)
        expect(mine(page)).to_have_count(at + 1)
    expect(page.locator(".st-key-recommended_films .entry")).to_have_count(10)
    high = listed(page)
    for row in range(NUM_RATED):
        give(mine(page).nth(row), 1)
        expect(mine(page).nth(row).locator(".star.lit")).to_have_count(1)
    page.wait_for_timeout(1500)
    low = listed(page)
    own = {f"movie {film}" for film in of_genre(data, genre)}
    assert len(own & set(high)) > len(own & set(low))


def test_the_dot_walks_with_the_stars_and_the_keyboard_reads_its_way(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/rate?lang=en")
    for at in range(2):
        give(offers(page).first, 5)
        expect(mine(page)).to_have_count(at + 1)
    expect(page.locator(".st-key-rate_map .told")).to_contain_text("Your dot")
    page.wait_for_timeout(1000)
    page.locator(".st-key-rate_map canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".st-key-rate_map .told")).to_contain_text("rating no. 1")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".st-key-rate_map .told")).to_contain_text("rating no. 2")


def test_a_digit_on_the_keyboard_gives_the_stars(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/rate?lang=en")
    focus(offers(page).first.locator(".star").first)
    page.keyboard.press("3")
    expect(mine(page).locator(".star.lit")).to_have_count(3)


def test_the_keyboard_keeps_its_place_from_the_first_star_on(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/rate?lang=en")
    focus(offers(page).first.locator(".star").first)
    for count, digit in enumerate("352", 1):
        page.keyboard.press(digit)
        expect(mine(page)).to_have_count(count)
    given = mine(page).evaluate_all("all => all.map((one) => one.querySelectorAll('.lit').length)")
    assert given == [2, 5, 3]


def test_a_digit_that_is_meant_for_the_browser_gives_none(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/rate?lang=en")
    focus(offers(page).first.locator(".star").first)
    for press in ("Control+3", "Alt+3", "Meta+3"):
        page.keyboard.press(press)
    page.wait_for_timeout(800)
    expect(mine(page)).to_have_count(0)


def test_a_skipped_film_comes_back_when_it_is_searched(server: str, visitor: Visitor, data: Dataset) -> None:
    page = visitor(server).open("/rate?lang=en")
    first = offers(page).first.get_attribute("data-id")
    assert first is not None
    offers(page).first.get_by_role("button", name="know").click()
    expect(offers(page).first).not_to_have_attribute("data-id", first)
    search(page, data, int(first))


def test_ratings_go_home_are_forgotten_and_come_back(
    server: str, visitor: Visitor, data: Dataset, tmp_path: Path
) -> None:
    page = visitor(server).open("/rate?lang=en")
    for at in range(3):
        give(offers(page).first, at + 3)
        expect(mine(page)).to_have_count(at + 1)
    with page.expect_download() as came:
        page.get_by_role("button", name="Take my ratings home").click()
    content = Path(came.value.path()).read_bytes()
    assert [row["stars"] for row in json.loads(content)["ratings"]] == [3, 4, 5]
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_role("button", name="Forget it all").click()
    expect(mine(page)).to_have_count(0)
    bring(page, content)
    expect(mine(page)).to_have_count(3)
    expect(page.get_by_text("3 ratings are back")).to_be_visible()
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_role("button", name="Forget it all").click()
    expect(mine(page)).to_have_count(0)
    expect(page.get_by_text("ratings are back")).to_have_count(0)


HALF_A_LETTER = b'{"format": "matinee-ratings", "version": 1, "dataset": "\\ud800", "ratings": []}'


@pytest.mark.parametrize(
    "content",
    [b"{", b"[" * 60_000, b"\xff\xfe{}", b"x" * 100_001, b'{"ratings": [NaN]}', HALF_A_LETTER, b"movie_id,stars\n"],
)
def test_a_hostile_file_is_named_and_takes_nothing_away(server: str, visitor: Visitor, content: bytes) -> None:
    page = visitor(server).open("/rate?lang=en")
    give(offers(page).first, 4)
    expect(mine(page)).to_have_count(1)
    bring(page, content)
    expect(page.get_by_text("Nothing was taken over")).to_be_visible()
    expect(mine(page)).to_have_count(1)


@pytest.mark.parametrize("stars", [0, 6, True, 4.5, "5", None])
def test_a_file_with_other_stars_is_named(server: str, visitor: Visitor, data: Dataset, stars: object) -> None:
    page = visitor(server).open("/rate?lang=en")
    bring(page, file_of(data, {of_genre(data, data.genres[0])[0]: stars}))
    expect(page.get_by_text("Nothing was taken over")).to_be_visible()
    expect(mine(page)).to_have_count(0)


def stars_of(page: Page) -> list[list[object]]:
    """Films that were rated, the last one first, with their stars."""
    return mine(page).evaluate_all("all => all.map((one) => [one.dataset.id, one.querySelectorAll('.lit').length])")


def test_ratings_outlive_a_reload_and_are_there_whichever_page_comes_first(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = visit.open("/rate?lang=en")
    give(offers(page).first, 4)
    expect(mine(page)).to_have_count(1)
    expect(offers(page).first.locator(".lit")).to_have_count(0)  # the pointer rests on the next film
    unknown = offers(page).nth(1).get_attribute("data-id")
    offers(page).nth(1).get_by_role("button", name="know").click()
    expect(page.locator(f".st-key-rate_offers .offer[data-id='{unknown}']")).to_have_count(0)
    page.wait_for_function(
        'id => Object.values(localStorage).some((text) => text.includes(`{"${id}":[true`))', arg=unknown
    )
    before, entries = stars_of(page), page.evaluate("history.length")
    visit.wait()
    page.reload()
    expect(mine(page)).to_have_count(1)
    assert stars_of(page) == before
    expect(page.locator(f".st-key-rate_offers .offer[data-id='{unknown}']")).to_have_count(0)
    assert page.evaluate("history.length") == entries
    film = page.context.new_page()
    film.goto(f"{server}/film?movie={before[0][0]}&lang=zh")
    lit = film.locator(".st-key-film_own_stars .star.lit")
    expect(lit).to_have_count(4)
    film.get_by_role("radio", name="2 星").click()
    expect(lit).to_have_count(2)
    expect(mine(page).locator(".lit")).to_have_count(2)


def test_a_star_given_in_the_moment_of_a_reload_is_not_lost(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/rate?lang=en")
    first = offers(page).first
    expect(first).to_be_visible()
    film = first.get_attribute("data-id")
    first.evaluate("offer => { WebSocket.prototype.send = () => {}; offer.querySelectorAll('.star')[3].click(); }")
    page.reload()
    expect(mine(page)).to_have_count(1)
    assert stars_of(page) == [[film, 4]]
    page.wait_for_function("!Object.keys(localStorage).some((key) => key.includes('on its way'))")


def test_two_tabs_share_their_ratings_undo_them_and_forget_together(server: str, visitor: Visitor) -> None:
    one = visitor(server).open("/rate?lang=en")
    two = one.context.new_page()
    two.goto(f"{server}/rate?lang=en")
    expect(offers(two)).to_have_count(4)
    give(offers(one).first, 4)
    expect(mine(two)).to_have_count(1)
    give(mine(two).first, 2)
    expect(mine(one).locator(".lit")).to_have_count(2)
    two.get_by_role("button", name="Undo").click()
    for page in (two, one):
        expect(mine(page).locator(".lit")).to_have_count(4)
    one.get_by_role("button", name="Undo").click()
    for page in (one, two):
        expect(mine(page)).to_have_count(0)
    give(offers(two).first, 5)
    expect(mine(one)).to_have_count(1)
    one.get_by_role("button", name="Forget everything").click()
    one.get_by_role("button", name="Forget it all").click()
    for page in (one, two):
        expect(mine(page)).to_have_count(0)
    assert "[5," not in one.evaluate("Object.values(localStorage).join()")


def test_what_a_browser_holds_and_nobody_can_read_is_named_and_left_alone(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/rate?lang=en")
    give(offers(page).first, 4)
    page.wait_for_function("Object.keys(localStorage).some((key) => key.startsWith('matinee visitor'))")
    page.evaluate(
        "for (const key of Object.keys(localStorage)) if (key.startsWith('matinee visitor')) localStorage[key] = '{'"
    )
    page.reload()
    expect(page.get_by_text("cannot be read")).to_be_visible()
    give(offers(page).first, 3)
    expect(mine(page)).to_have_count(1)
    assert "{" in page.evaluate("Object.values(localStorage)")
    page.get_by_role("button", name="Throw it away").click()
    page.wait_for_function("!Object.values(localStorage).includes('{')")
    expect(page.get_by_text("cannot be read")).to_have_count(0)
    page.locator(".st-key-rate_keep").get_by_text("Keep my ratings").click()
    expect(page.get_by_text("Nothing is kept")).to_be_visible()
    page.wait_for_function("!Object.values(localStorage).join().includes('[3,')")
    page.reload()
    expect(page.get_by_text("Nothing is kept")).to_be_visible()
    expect(mine(page)).to_have_count(0)
