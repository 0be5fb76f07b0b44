"""The scoreboard as people use it: measure what is cheap, change an axis, compare two lists, measure one again."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import serve
from tests.browser.visit import PATIENCE, Visitor

CHART = ".st-key-scoreboard_chart .js-plotly-plot"


@pytest.fixture
def own_server(model_home: Path, tmp_path: Path) -> Iterator[str]:
    """A server of its own, to measure on."""
    shutil.copytree(model_home, tmp_path / "home")
    with serve(tmp_path / "home") as address:
        yield address


def choose(page: Page, key: str, option: str) -> None:
    """Choose an option of a select box by typing its text."""
    page.locator(f".st-key-{key} input").click()
    page.keyboard.type(option)
    page.get_by_role("option", name=option, exact=True).click()


def titles(page: Page) -> list[str]:
    """The names that the chart shows beside its points."""
    found: list[str] = page.evaluate(f"document.querySelector('{CHART}')._fullData.flatMap(trace => trace.text)")
    return found


def compare_two_lists(page: Page) -> None:
    page.get_by_role("radio", name="Two lists, one person").click()
    choose(page, "url_left", "Item-kNN")
    choose(page, "url_right", "EASE (all ratings)")
    page.wait_for_url("**right=ease*")
    for side, name in (("left", "Item-kNN"), ("right", "EASE (all ratings)")):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        expect(page.locator(f".st-key-list_{side} a.row")).to_have_count(10)
    said = page.get_by_text(re.compile(r"^\d+ of 10 films are in both lists")).inner_text()
    common = page.locator(".st-key-list_left a.row", has_text="in both lists")
    expect(common).to_have_count(int(said.split()[0]))


def take_home(page: Page, file: Path) -> None:
    with page.expect_download(timeout=PATIENCE) as download:
        page.locator(".st-key-scoreboard_csv button").click()
    download.value.save_as(file)
    head, *rows = file.read_text("utf-8-sig").splitlines()
    assert head.startswith("contender,name,rmse,")
    assert len(rows) == 7


def test_a_student_measures_compares_and_measures_again(own_server: str, visitor: Visitor, tmp_path: Path) -> None:
    visit = visitor(own_server)
    page = visit.open("/scoreboard?lang=en")  # a deep link is the first request of all
    expect(page.locator("h1")).to_have_text("Scoreboard")
    expect(page.locator(".st-key-top_bar")).to_contain_text("Film map")
    expect(page.get_by_text("Page not found")).to_have_count(0)
    page.get_by_role("button", name=re.compile("Measure all 7 now")).click()
    expect(page.get_by_text("Measured and saved: 7")).to_be_visible(timeout=2 * PATIENCE)
    expect(page.locator(CHART)).to_be_visible()
    visit.mark()

    assert "Item-kNN" in titles(page)
    assert len(titles(page)) == 7
    choose(page, "url_x", "Time to fit (s)")
    page.wait_for_url("**x=seconds*")
    page.wait_for_function(
        f"document.querySelector('{CHART}')?._fullLayout?.xaxis.title.text.startsWith('Time to fit')"
    )
    expect(page.get_by_text(re.compile(r"First in Time to fit \(s\) is"))).to_be_visible()

    page.locator(".st-key-scoreboard_origins").get_by_role("button", name="Item-kNN").click()
    expect(page.get_by_text("--only item_knn")).to_be_visible()
    page.keyboard.press("Escape")

    take_home(page, tmp_path / "board.csv")
    compare_two_lists(page)
    page.get_by_role("radio", name="Measure again").click()
    page.get_by_role("button", name="Popularity").click()
    page.locator(".st-key-again_go button").click()
    expect(page.get_by_text(re.compile(r"NDCG@10: 0\.\d+ before, 0\.\d+ now"))).to_be_visible(timeout=PATIENCE)
    assert visit.is_marked(), "nothing of this reloads the page"


def test_a_view_of_the_scoreboard_reopens_from_its_url_in_the_other_language(server: str, visitor: Visitor) -> None:
    page = visitor(server).open("/scoreboard?lang=zh&part=lists&left=popularity&right=mean&user=5")
    expect(page.locator(".st-key-list_left a.row")).to_have_count(10, timeout=PATIENCE)
    expect(page.get_by_text("命中").first).to_be_visible()
    row = page.locator(".st-key-list_left a.row").first
    target = row.get_attribute("href")
    row.click()
    page.wait_for_url(f"**/{target}")
    expect(page.locator("h1")).to_have_text("电影")
