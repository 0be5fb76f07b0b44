"""What axe-core finds on the pages: nothing, in neither theme, by none of its rules, the experimental ones included."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.visit import Visitor

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "experimental")
OPTIONS = {"runOnly": {"type": "tag", "values": list(RULES)}, "resultTypes": ["violations"]}
OPEN_ALL = "[...document.querySelectorAll('details:not([open]) > summary')].forEach((summary) => summary.click())"
IS_DRAWN = "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
PATHS = (
    "/", "/person?user=5", "/rate", "/together?user=1&user=2", "/film?movie=7", "/film_map?movie=7", "/training",
    "/title_cnn", "/scoreboard", "/fairness", "/data", "/nowhere",
)  # fmt: skip
PARTS = {
    "/training": ("new", "kept", "compare"),
    "/title_cnn": ("words", "worth", "network"),
    "/scoreboard": ("sampled", "groups", "lists", "newcomers", "again"),
    "/film_map?movie=7": ("truth", "place", "home"),
    "/data": ("ratings", "matrix", "rows", "numbers"),
    "/fairness": ("groups", "typical", "flip"),
}
"""What stands behind the segments of a page, from the second on."""


def found(page: Page) -> list[str]:
    """What axe-core finds wrong when nothing moves any more: a line for each element."""
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function("document.getAnimations().every((one) => one.playState !== 'running')")
    answer = Axe().run(page, options=OPTIONS).response
    return [
        f"{violation['id']} {node['target']}: {node['failureSummary']}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_on_a_page_light_or_dark(server: str, visitor: Visitor, path: str) -> None:
    problems = {}
    for scheme in ("light", "dark"):  # each opened anew: colours that change come one after the other
        page = visitor(server, color_scheme=scheme).open(f"{path}{'&' if '?' in path else '?'}lang=en")
        page.evaluate(OPEN_ALL)
        problems[scheme] = found(page)
    assert problems == {"light": [], "dark": []}


@pytest.mark.parametrize("path", PARTS)
def test_axe_finds_nothing_behind_the_segments_of_a_page(server: str, visitor: Visitor, path: str) -> None:
    """In the light theme alone: colours of both come from the same names, and the first segment is seen in both."""
    page = visitor(server, color_scheme="light").open(f"{path}{'&' if '?' in path else '?'}lang=en")
    problems: dict[str, list[str]] = {}
    for at, part in enumerate(PARTS[path], start=1):
        page.locator(".st-key-url_part").get_by_role("radio").nth(at).click()
        page.wait_for_url(f"**part={part}*")
        page.wait_for_function(IS_DRAWN)
        page.evaluate(OPEN_ALL)
        problems[part] = found(page)
    assert problems == {part: [] for part in PARTS[path]}


def test_axe_finds_nothing_in_an_explanation_and_its_tabs(server: str, visitor: Visitor) -> None:
    page = visitor(server, color_scheme="dark").open("/person?user=5&lang=en")
    page.get_by_role("button", name=re.compile("^Why ")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("table.steps .bar").first).to_be_visible()
    page.evaluate(OPEN_ALL)
    first = found(page)
    dialog.get_by_role("tab").nth(1).click()
    assert (first, found(page)) == ([], [])


def test_axe_finds_nothing_in_the_dialogs_of_a_kept_run(server: str, visitor: Visitor) -> None:
    page = visitor(server, color_scheme="light").open("/training?part=kept&lang=en")
    problems: dict[str, list[str]] = {}
    for name in ("Rename", "Export", "Delete"):
        page.get_by_role("button", name=name).first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        problems[name] = found(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert problems == {"Rename": [], "Export": [], "Delete": []}
