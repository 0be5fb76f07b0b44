"""Why this film, as people ask it: press, read, add up, try something else, close."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.visit import Visitor

CENTS = 100


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def open_why(page: Page) -> Locator:
    page.get_by_role("button", name=re.compile("^Why ")).first.click()
    expect(dialog(page).locator("table.steps .bar").first).to_be_visible()
    return dialog(page)


def test_asking_why_opens_numbers_that_add_up_and_closing_leaves_the_page(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = visit.open("/person?lang=en")
    visit.mark()
    shown = open_why(page)
    expect(page).to_have_url(re.compile(r"why=\d+"))
    expect(shown.locator("table.steps")).to_have_count(2)
    for name, last in (("Place in the list", "Points"), ("Predicted stars", "Prediction")):
        shown.get_by_role("tab", name=name).click()
        table = shown.locator("table.steps:visible")
        expect(table.locator("tbody tr").last).to_contain_text(last)
        values = [round(CENTS * float(text)) for text in table.locator("tbody td.number").all_inner_texts()]
        assert sum(values[:-1]) == values[-1]
    expect(shown).to_contain_text(f"★ {values[-1] / CENTS:.2f}")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    expect(page).not_to_have_url(re.compile("why="))
    open_why(page)  # it opens again
    assert visit.is_marked()


def test_less_like_this_by_keyboard_takes_films_off_and_one_click_brings_them_back(
    server: str, visitor: Visitor
) -> None:
    """The card says what the dialog begins with; the keyboard goes on with the film that took the place."""
    page = visitor(server).open("/person?lang=en")
    entries = page.locator(".st-key-recommended_films .entry")
    expect(entries).to_have_count(10)
    before = [entry.get_attribute("data-id") for entry in entries.all()]
    note = entries.first.locator(".note").inner_text()
    shown = open_why(page)
    expect(shown.get_by_text(note, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    entries.first.locator("button.less").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"less=\d+"))
    expect(page.get_by_text("films off the list")).to_be_visible()
    expect(page.locator(f"[data-id='{before[0]}']")).to_have_count(0)
    expect(entries).to_have_count(10)
    expect(entries.first.locator("button.less")).to_be_focused()
    page.locator(".st-key-taken_off [data-testid=stButton] button:visible").click()
    expect(page).not_to_have_url(re.compile("less="))
    expect(page.locator(f".st-key-recommended_films .entry[data-id='{before[0]}']")).to_have_count(1)
    assert [entry.get_attribute("data-id") for entry in entries.all()] == before


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
    page.locator(".st-key-film_own_stars .star").nth(3).click()
    expect(page.get_by_text("Predicted for you")).to_be_visible()
    page.locator(".st-key-film_why_me button").click()
    expect(page).to_have_url(re.compile("by=me"))
    expect(dialog(page)).to_contain_text("Because you rated")
    expect(dialog(page)).to_contain_text("rated ★★★★")
