"""What axe-core finds on the pages: nothing, in neither theme, by none of its rules, the experimental ones included."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.visit import Visitor

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "experimental")
OPTIONS = {"runOnly": {"type": "tag", "values": list(RULES)}, "resultTypes": ["violations"]}
OPEN_ALL = "[...document.querySelectorAll('details:not([open]) > summary')].forEach((summary) => summary.click())"
PATHS = (
    "/", "/person?user=5", "/rate", "/together?user=1&user=2", "/film?movie=7", "/film_map?movie=7", "/training",
    "/title_cnn", "/scoreboard", "/fairness", "/data", "/data?part=matrix", "/data?part=rows", "/nowhere",
)  # fmt: skip


def found(page: Page) -> list[str]:
    """What axe-core finds wrong when nothing moves any more: a line for each element."""
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    page.wait_for_function("document.getAnimations().every((one) => one.playState !== 'running')")
    answer = Axe().run(page, options=OPTIONS).response
    return [
        f"{violation['id']} {node['target']}: {node['failureSummary']}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_on_a_page_light_or_dark(server: str, visitor: Visitor, path: str) -> None:
    visit = visitor(server, color_scheme="light")
    page = visit.open(f"{path}{'&' if '?' in path else '?'}lang=en")
    page.evaluate(OPEN_ALL)
    light = found(page)
    page.emulate_media(color_scheme="dark")
    assert (light, found(page)) == ([], [])
