"""What a visitor does first: deep links, unknown addresses, the language, and walking from film to film."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import serve
from tests.browser.visit import OVERLAPS, Visitor

PATHS = ("/", "/person", "/film", "/film_map", "/training", "/data", "/scoreboard", "/rate", "/together", "/fairness")

WORDS_OFF_THE_SCREEN = """(all) => all.filter((one) => {
  const { left, right, width } = one.getBoundingClientRect();
  return width && (left < 0 || right > innerWidth);
}).map((one) => one.textContent)"""
"""Chart texts that a phone cuts."""


def test_an_unknown_path_may_be_the_first_request_of_all(model_home: Path, visitor: Visitor) -> None:
    with serve(model_home) as fresh:
        page = visitor(fresh).open("/nowhere?lang=zh")
        expect(page.locator("h1")).to_have_text("没有这个页面")
        page.get_by_text("返回首页").click()
        expect(page.locator("h1")).to_contain_text("Matinee")
        assert "lang=zh" in page.url
        page.context.close()  # before its server ends, or the tab complains that nobody answers


@pytest.mark.parametrize("path", ["/nowhere", "/film/deeper", "/Film", "/%3Cb%3E"])
def test_an_unknown_path_is_answered_with_our_own_page(server: str, visitor: Visitor, path: str) -> None:
    page = visitor(server).open(f"{path}?lang=en")
    expect(page.locator("h1")).to_have_text("No such page")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("language", "other", "width"), [("en", "中文", 390), ("zh", "English", 1366)])
def test_every_page_opens_without_a_problem_and_is_no_wider_than_its_window(
    server: str, visitor: Visitor, path: str, language: str, other: str, width: int
) -> None:
    """In English on a phone, in Chinese on a laptop; on a laptop axe-core reads the English pages."""
    visit = visitor(server)
    visit.page.set_viewport_size({"width": width, "height": 844})
    page = visit.open(f"{path}?lang={language}")
    expect(page.locator(".st-key-switch_language")).to_contain_text(other)
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
    page.wait_for_timeout(500)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth") <= 0
    assert page.locator(".js-plotly-plot .main-svg text").evaluate_all(WORDS_OFF_THE_SCREEN) == []


def test_the_root_takes_the_browsers_language_and_puts_it_into_the_url(server: str, visitor: Visitor) -> None:
    page = visitor(server, locale="zh-CN").open("/")
    expect(page.locator(".st-key-top_bar")).to_contain_text("电影地图")
    page.wait_for_url("**lang=zh*")


def test_the_language_switch_is_one_click_and_keeps_the_film(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = visit.open("/film?movie=7&lang=en")
    visit.mark()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("h1")).to_have_text("电影")
    page.wait_for_url("**lang=zh*")
    assert "movie=7" in page.url
    assert visit.is_marked()


def test_every_link_of_the_bar_keeps_the_language(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/?lang=zh")
    for label, path in (("观众", "person"), ("电影", "film"), ("训练", "training"), ("数据", "data")):
        page.locator(".st-key-top_bar").get_by_text(label, exact=True).click()
        page.wait_for_url(f"**/{path}?*lang=zh*")
        expect(page.locator("h1")).to_have_text(label)


def test_a_click_on_a_card_walks_to_the_film_without_a_reload(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = visit.open("/film?movie=7&lang=en")
    visit.mark()
    card = page.locator(".st-key-similar_films a.card").first
    target, title = card.get_attribute("href"), card.locator(".title").inner_text()
    card.click()
    page.wait_for_url(f"**/{target}")
    expect(page.locator(".st-key-this_film .title")).to_have_text(title)
    expect(page.locator(".st-key-trail a")).to_have_count(2)
    assert visit.is_marked()


def test_the_back_button_returns_to_the_film_before(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/film?movie=7&lang=en")
    first = page.locator(".st-key-this_film .title").inner_text()
    page.locator(".st-key-similar_films a.card").first.click()
    expect(page.locator(".st-key-this_film .title")).not_to_have_text(first)
    page.go_back()
    expect(page.locator(".st-key-this_film .title")).to_have_text(first)


def test_a_card_is_reached_and_opened_by_keyboard(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/?lang=en")
    card = page.locator(".st-key-somebody_films a.card").first
    target = card.get_attribute("href")
    card.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{target}")


def test_a_middle_click_opens_the_film_in_a_tab_of_its_own(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/film?movie=7&lang=zh")
    with page.context.expect_page() as opened:
        page.locator(".st-key-similar_films a.card").first.click(button="middle")
    expect(opened.value.locator("h1")).to_have_text("电影", timeout=60_000)
    assert "lang=zh" in opened.value.url


def test_a_person_on_a_films_page_leads_to_their_page(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/film?movie=7&lang=en")
    person = page.locator(".st-key-people a.row").first
    target = person.get_attribute("href")
    person.click()
    page.wait_for_url(f"**/{target}")
    expect(page.locator("h1")).to_have_text("Person")


def test_the_same_film_always_has_the_same_card(server: str, visitor: Visitor) -> None:
    drawn = []
    for _ in range(2):
        page = visitor(server).open("/film?movie=7&lang=en")
        poster = page.locator(".st-key-this_film .poster")
        drawn.append((poster.get_attribute("style"), poster.locator("svg").inner_html()))
    assert drawn[0] == drawn[1]


def test_a_control_changes_the_list_and_the_url_and_a_reload_keeps_both(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/person?user=5&lang=en&k=4")
    cards = page.locator(".st-key-recommended_films a.card")
    expect(cards).to_have_count(4)
    page.get_by_role("slider", name="How many").press("ArrowRight")
    expect(cards).to_have_count(5)
    page.wait_for_url("**k=5*")
    page.reload()
    expect(cards).to_have_count(5)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_page_can_be_hit_by_a_finger_in_the_bar_of_a_phone(server: str, visitor: Visitor, lang: str) -> None:
    visit = visitor(server)
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = visit.open(f"/data?lang={lang}")
    targets = page.locator(".st-key-top_bar").locator("a, button")
    expect(targets.nth(len(PATHS) + 1)).to_be_attached()  # Title CNN and the language, too
    assert targets.evaluate_all(OVERLAPS) == []
    heights = targets.evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
    assert min(height for height in heights if height) >= 24
