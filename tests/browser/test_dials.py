"""The dials in a real browser: a turned dial re-sorts the list, says what moved, and goes back."""

from playwright.sync_api import Page, expect

from tests.browser.visit import Visitor


def titles(page: Page) -> list[str]:
    return page.locator(".st-key-recommended_films a.card .title").all_inner_texts()


def test_a_turned_dial_moves_the_list_and_the_way_back_leads_to_the_list_before(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = visit.open("/person?lang=en&user=5")
    expect(page.locator(".st-key-recommended_films a.card")).to_have_count(10)
    before = titles(page)
    expect(page.locator(".st-key-recommended_films .badge")).to_have_count(0)
    visit.mark()
    page.locator(".st-key-url_variety input[type=range]").focus()
    page.keyboard.press("End")
    expect(page.locator(".st-key-dial_cost")).to_contain_text("NDCG@10")
    expect(page.locator(".st-key-recommended_films .badge").first).to_be_visible()
    assert titles(page) != before
    assert "variety=100" in page.url
    page.locator(".st-key-dials_reset button").click()
    expect(page.locator(".st-key-dials_reset")).to_have_count(0)
    page.wait_for_function("!location.search.includes('variety')")
    expect(page.locator(".st-key-recommended_films a.card .title").nth(9)).to_have_text(before[9])
    assert titles(page) == before
    assert visit.is_marked()


def test_why_is_asked_on_a_card_with_the_keyboard(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/person?lang=en&user=5")
    page.locator(".st-key-recommended_films button.why").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_function("location.search.includes('why=')")
