"""Lists for several people and for everybody, as people use them: add somebody, ask why, change one thing for all."""

from playwright.sync_api import expect

from tests.browser.visit import Visitor


def test_people_join_change_the_way_and_ask_why(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = visit.open("/together?people=5,9&lang=en")
    visit.mark()
    page.locator(".st-key-together_add input").fill("12")
    page.keyboard.press("Enter")
    page.wait_for_url("**people=5%2C9%2C12*")
    expect(page.locator("[data-testid=stMetric]")).to_have_count(3)
    page.get_by_text("Least misery", exact=True).first.click()
    page.wait_for_url("**way=misery*")
    visit.wait()
    page.locator(".st-key-together_out_9").get_by_role("button").click()
    expect(page.locator("[data-testid=stMetric]")).to_have_count(2)
    visit.wait()
    page.locator(".st-key-together_films").get_by_role("button").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Why")
    assert "why=" in page.url
    assert visit.is_marked()


def test_a_reader_sees_who_gets_what_and_changes_one_thing_for_everybody(server: str, visitor: Visitor) -> None:
    visit = visitor(server)
    page = visit.open("/fairness?lang=en")
    expect(page.get_by_role("heading", name="Films in most lists")).to_be_visible()
    expect(page.locator(".st-key-fair_most_listed a")).to_have_count(10)
    page.get_by_text("Errors and lists by group").click()
    page.wait_for_url("**part=groups*")
    expect(page.locator(".st-key-fair_groups .js-plotly-plot")).to_be_visible()
    page.get_by_text("Change one thing for everybody").click()
    page.wait_for_url("**part=flip*")
    expect(page.get_by_role("heading", name="Whose lists and stars move")).to_be_visible()
    page.locator(".st-key-url_flip input").click()
    page.keyboard.type("a woman")
    page.get_by_role("option", name="a woman", exact=True).click()
    page.wait_for_url("**flip=gender.F*")
    expect(page.get_by_text("whoever is so already does not count")).to_be_visible()
