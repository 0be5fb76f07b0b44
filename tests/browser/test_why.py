"""Why this film, as people ask it: press, read, add up, try something else, close."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.visit import Visitor

CENTS = 100


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def open_why(page: Page) -> Locator:
    page.get_by_role("button", name=re.compile("^Why ")).first.click()
    expect(dialog(page).locator("table.steps .bar").last).to_be_visible()
    return dialog(page)


def test_asking_why_opens_numbers_that_add_up_and_closing_leaves_the_page(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = visit.open("/person?lang=en")
    visit.mark()
    shown = open_why(page)
    expect(page).to_have_url(re.compile(r"why=\d+"))
    cells = shown.locator("table tbody tr")
    expect(cells.last).to_contain_text("Prediction")
    values = [round(CENTS * float(text.split()[-1])) for text in cells.all_inner_texts()]
    assert sum(values[:-1]) == values[-1]
    expect(shown).to_contain_text(f"★ {values[-1] / CENTS:.2f}")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    expect(page).not_to_have_url(re.compile("why="))
    open_why(page)  # it opens again
    assert visit.is_marked()


def test_another_age_changes_the_prediction_and_going_back_takes_the_change_away(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/person?lang=en")
    shown = open_why(page)
    ages = shown.get_by_role("combobox", name=re.compile("Age group"))
    own = ages.input_value() or shown.locator("[data-testid=stSelectbox]").nth(1).inner_text().split("\n")[-1].strip()
    expect(shown.locator(".st-key-why_because_up a").first).to_be_visible()  # nothing moves any more
    ages.scroll_into_view_if_needed()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    ages.click()  # a list that opens while the page scrolls closes at once
    other = page.get_by_role("option", selected=False).last
    other.click()
    expect(shown.locator("[data-testid=stMetric]")).to_contain_text("This film")
    ages.click()
    page.get_by_role("option", name=own, exact=True).click()
    expect(shown.locator("[data-testid=stMetric]")).to_have_count(0)


def test_a_star_on_a_films_page_gives_a_prediction_and_its_reasons(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/film?lang=en&movie=3")
    page.locator("[data-testid=stFeedback] button").nth(3).click()
    expect(page.get_by_text("Predicted for you")).to_be_visible()
    page.locator(".st-key-film_why_me button").click()
    expect(page).to_have_url(re.compile("by=me"))
    expect(dialog(page)).to_contain_text("Because you rated")
    expect(dialog(page)).to_contain_text("rated ★★★★")
