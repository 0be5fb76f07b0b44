"""Stars to be given, in a real browser: none is lit before anybody moved, and given ones can be told from others."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.kit.component_code import Code
from tests.browser.bare_page import bare_page

STARS = Code("rate/browser", "stars.js", "Stars")
SHOW = """given => {
    const texts = { stars_of: "{title}", give: "{stars} of {title}" };
    window.given = [];
    const stars = Stars.starsInput({ title: "T", stars: given }, texts, (number) => window.given.push(number));
    stars.style.width = "200px";
    document.body.replaceChildren(stars);
}"""
LIT = ".star.lit"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with bare_page(browser, STARS, "kit/browser/cards/cards.css", "rate/browser/rate.css") as page:
        page.evaluate(SHOW, 0)
        yield page


def test_a_film_under_a_resting_pointer_has_no_stars_until_the_pointer_moves(page: Page) -> None:
    star = page.locator(".star").nth(3)
    star.click()
    expect(page.locator(LIT)).to_have_count(4)
    page.evaluate(SHOW, 0)  # the next film takes its place
    page.wait_for_timeout(300)  # browsers tell the pointer late that something else is below it
    expect(page.locator(LIT)).to_have_count(0)
    box = star.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2 + 2, box["y"] + box["height"] / 2)
    expect(page.locator(LIT)).to_have_count(4)
    page.mouse.move(600, 600)
    expect(page.locator(LIT)).to_have_count(0)


def test_a_film_that_gets_the_focus_has_no_stars_until_an_arrow_moves(page: Page) -> None:
    page.locator(".star").first.focus()
    expect(page.locator(LIT)).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(page.locator(LIT)).to_have_count(2)
    page.keyboard.press("Enter")
    assert page.evaluate("window.given") == [2]


def channels(color: str) -> list[float]:
    numbers = [float(part) for part in re.findall(r"[\d.]+", color)]
    return numbers[:3] if color.startswith("color(") else [number / 255 for number in numbers[:3]]


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2) of what the browser calls rgb(...) or color(srgb ...)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_given_stars_are_filled_others_are_outlines_and_both_read_on_the_ground(browser: Browser, theme: str) -> None:
    with bare_page(browser, STARS, "kit/browser/cards/cards.css", "rate/browser/rate.css", theme=theme) as page:
        page.evaluate(SHOW, 2)
        ground, *paths = page.evaluate(
            """() => [getComputedStyle(document.body).backgroundColor, ...[...document.querySelectorAll(".star path")]
                .map((path) => [getComputedStyle(path).fill, getComputedStyle(path).stroke])]"""
        )
    assert [fill != "none" for fill, _ in paths] == [True, True, False, False, False]
    for _, stroke in paths:
        lighter, darker = sorted((luminance(stroke), luminance(ground)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 3
