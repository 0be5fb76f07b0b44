"""The browser's window: Back is one step, another film is read from the top, and the page says its language."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.kit import window
from tests.browser.visit import Visitor

SETTLED = "text => new URL(location).search.includes(text) && !document.querySelector('[data-testid=stStatusWidget]')"
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"


def entries(page: Page) -> int:
    count: int = page.evaluate("history.length")
    return count


@pytest.mark.parametrize(
    ("label", "path", "chosen"),
    [
        ("Film", "film", "movie="),
        ("Person", "person", "user="),
        ("Film map", "film_map", "lang="),
        ("Title CNN", "title_cnn", "user="),
    ],
)
def test_one_step_back_leads_from_a_page_of_the_bar_to_where_one_was(
    server: str, visitor: Visitor, label: str, path: str, chosen: str
) -> None:
    visit = visitor(server)
    page = visit.open("/scoreboard?lang=en")
    before = entries(page)
    page.locator(".st-key-top_bar").get_by_text(label, exact=True).click()
    page.wait_for_url(f"**/{path}?*")
    page.wait_for_function(SETTLED, arg=chosen)
    assert entries(page) == before + 1
    page.go_back()
    expect(page.locator("h1")).to_have_text("Scoreboard")
    assert page.url.endswith("/scoreboard?lang=en")


def test_what_a_page_chooses_by_itself_is_in_its_address_without_an_entry(server: str, visitor: Visitor) -> None:
    visit = visitor(server, locale="zh-CN")
    visit.page.goto("about:blank")
    before = entries(visit.page)
    page = visit.open("/title_cnn")
    page.wait_for_function(SETTLED, arg="lang=zh")
    assert "movie=" in page.url
    assert "user=" in page.url
    assert entries(page) == before + 1


def test_one_step_back_from_a_card_leads_to_the_list_as_it_was(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = visit.open("/person?user=5&lang=en&k=4")
    cards = page.locator(".st-key-recommended_films a.card")
    expect(cards).to_have_count(4)
    before, address = entries(page), page.url
    cards.nth(1).click()
    page.wait_for_url("**/film?movie=*")
    expect(page.locator("h1")).to_have_text("Film")
    visit.wait()
    assert entries(page) == before + 1
    page.go_back()
    expect(page.locator("h1")).to_have_text("Person")
    expect(cards).to_have_count(4)
    assert page.url == address


def test_what_is_done_in_a_part_of_the_page_keeps_what_the_page_chose(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/person?lang=en")
    page.wait_for_function(SETTLED, arg="user=")
    before = entries(page)
    page.get_by_role("slider", name="How many").press("ArrowRight")
    page.wait_for_url("**k=*")
    assert "user=" in page.url
    assert "lang=en" in page.url
    assert entries(page) == before + 1


def test_another_film_is_read_from_the_top(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/film?movie=7&lang=en")
    card = page.locator(".st-key-similar_films a.card").last
    card.scroll_into_view_if_needed()
    assert page.evaluate(SCROLLED) > 100
    title = card.locator(".title").inner_text()
    card.click()
    expect(page.locator(".st-key-this_film .title")).to_have_text(title)
    page.wait_for_function(f"{SCROLLED} === 0")
    expect(page.locator(".st-key-this_film .title")).to_be_in_viewport()


def test_a_control_leaves_the_page_where_it_is(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/person?user=5&lang=en&k=8")
    slider = page.get_by_role("slider", name="How many")
    slider.focus()
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 150)")
    assert page.evaluate(SCROLLED) == 150
    slider.press("ArrowRight")
    expect(page.locator(".st-key-recommended_films a.card")).to_have_count(9)
    assert page.evaluate(SCROLLED) >= 100


def test_back_leads_to_where_one_had_scrolled_to(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = visit.open("/person?user=5&lang=en&k=50")
    card = page.locator(".st-key-recommended_films a.card").nth(40)
    card.scroll_into_view_if_needed()
    before = page.evaluate(SCROLLED)
    assert before > 300
    card.click()
    expect(page.locator("h1")).to_have_text("Film")
    page.wait_for_function(f"{SCROLLED} === 0")
    visit.wait()
    page.go_back()
    expect(page.locator("h1")).to_have_text("Person")
    page.wait_for_function(f"Math.abs({SCROLLED} - {before}) < 2")
    expect(card).to_be_in_viewport()


def test_a_dial_turned_by_many_arrows_is_one_step_back(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = visit.open("/person?user=5&lang=en&k=4")
    before = entries(page)
    slider = page.get_by_role("slider", name="How many")
    for count in (5, 6, 7):
        slider.press("ArrowRight")
        page.wait_for_url(f"**k={count}*")
    other = page.get_by_role("slider", name="↔").last
    other.press("ArrowRight")
    page.wait_for_url("**variety=*")
    assert entries(page) == before + 2
    page.go_back()
    page.wait_for_url("**k=7*")
    page.go_back()
    page.wait_for_url("**k=4*")
    expect(page.locator(".st-key-recommended_films a.card")).to_have_count(4)


def test_the_page_says_its_language(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/scoreboard?lang=zh")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    signs = "[...document.fonts].filter((face) => face.family.includes('Matinee Signs')).length"
    assert page.evaluate(signs) == 2
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate(signs) == 0
    page.go_back()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


# The window's code on a page of its own: "begin" and "end" are told in a given order, as Streamlit may mount them.
TELL = """async ([first, second, isBack]) => {
  const { default: draw } = await import("./code.js");
  const data = {
    begin: { run: 1, page: "film", language: "zh-CN", subject: "film 7" },
    end: { run: 1, search: "lang=zh&movie=7" },
  };
  for (const name of [first, second]) {
    const parentElement = document.body.appendChild(document.createElement("div"));
    draw({ data: data[name], parentElement, setTriggerValue: () => {} });
    if (isBack) dispatchEvent(new PopStateEvent("popstate"));
  }
  return [location.search, history.length];
}"""


@pytest.fixture
def stand(browser: Browser) -> Iterator[Page]:
    """A page of any address that can import the window's code."""
    page = browser.new_page()
    page.route(
        "http://stand/**",
        lambda route: route.fulfill(
            body=window.COMPONENT.code.module() if route.request.url.endswith(".js") else "<!doctype html>",
            content_type="text/javascript" if route.request.url.endswith(".js") else "text/html",
        ),
    )
    yield page
    page.close()


@pytest.mark.parametrize("is_back", [False, True])
@pytest.mark.parametrize("order", [("begin", "end"), ("end", "begin")])
def test_the_address_is_written_in_whatever_order_begin_and_end_come_unless_the_reader_went_back_between(
    stand: Page, order: tuple[str, str], is_back: bool
) -> None:
    stand.goto("http://stand/film")
    before = entries(stand)
    # A step back after the beginning of a run: what comes of its end is of a page that is not shown any more.
    expected = "" if is_back and order == ("begin", "end") else "?lang=zh&movie=7"
    assert stand.evaluate(TELL, [*order, is_back]) == [expected, before]


@pytest.mark.parametrize("order", [("begin", "end"), ("end", "begin")])
def test_a_page_that_begins_when_the_reader_has_gone_back_writes_no_address(
    stand: Page, order: tuple[str, str]
) -> None:
    stand.goto("http://stand/below/scoreboard?lang=zh")
    assert stand.evaluate(TELL.replace("./code.js", "/code.js"), [*order, False])[0] == "?lang=zh"
