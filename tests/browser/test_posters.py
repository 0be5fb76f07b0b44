"""The titles on posters, in a real browser with its fonts: no word is broken, nothing is cut, however wide the card."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pages.kit.component_code import Code
from recsys.data.dataset import Dataset
from tests.browser.bare_page import bare_page

CARDS = "kit/browser/cards/cards.css"
STRANGE = (
    "Donaudampfschifffahrtsgesellschaftskapitän",
    "Out-of-the-Way-and-Never-Found-Again-Affair",
    "Spider-Man",
    "霸王别姬",
    "千と千尋の神隠し",
    "卧虎藏龙" * 12,
    "في بيتنا رجل",
    "👨‍👩‍👧‍👦" * 9,
    "gypqj gjpqy",
    "W" * 24,
    "Il " * 60,
    "",
)
DRAW = """films => {
    window.list = document.createElement("div");
    list.append(...films.map((film) => {
        const card = document.createElement("div");
        card.append(Posters.poster(film));
        card.querySelector("svg").remove(); // four thousand of them are slow to lay out
        return card;
    }));
    document.body.replaceChildren(list);
}"""
SHOW = """async ([size, width]) => {
    list.className = `matinee cards ${size}`;
    document.body.style.width = `${width}px`;
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
}"""
PROBLEMS = """() => {
    const problems = [];
    const range = document.createRange();
    for (const poster of list.querySelectorAll(".poster")) {
        const [title, words] = [poster.querySelector(".title"), poster.querySelector(".words")];
        const box = poster.getBoundingClientRect();
        const note = (what) => problems.push(`${what}: ${title.textContent.slice(0, 60)}`);
        const lines = document.createTreeWalker(title, NodeFilter.SHOW_TEXT);
        for (let text = lines.nextNode(); text; text = lines.nextNode()) {
            for (const { 0: word, index } of text.data.matchAll(/\\S+/g)) {
                range.setStart(text, index);
                range.setEnd(text, index + word.length);
                const rows = new Set([...range.getClientRects()].map((part) => Math.round(part.top)));
                const { left, right, bottom } = range.getBoundingClientRect();
                if (rows.size > 1 && !/[\\p{Script=Han}\\p{Script=Hiragana}\\p{Extended_Pictographic}]/u.test(word)) {
                    if (!(word.length > 20 && word.includes("-"))) note("broken");
                }
                if (left < box.left + 1 || right > box.right - 1) note("too wide");
                if (bottom > box.bottom) note("cut below");
            }
        }
        const year = poster.querySelector(".year").getBoundingClientRect();
        if (title.textContent && title.getBoundingClientRect().top < year.bottom) note("over the year");
        if (words.getBoundingClientRect().bottom > box.bottom) note("genres cut");
        for (const part of [title, words]) if (getComputedStyle(part).overflow !== "visible") note("cuts its letters");
    }
    return problems;
}"""


def films(titles: Sequence[str]) -> list[dict[str, Any]]:
    genres = ["Children's", "Adventure", "Documentary"]
    colors = ["#d1452f"] * len(genres)
    return [
        {"id": at, "title": title, "year": "1995", "genres": genres, "colors": colors}
        for at, title in enumerate(titles, start=1)
    ]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page that can draw posters."""
    with bare_page(browser, Code("kit/browser/cards", "poster.js", "Posters"), CARDS) as page:
        yield page


def test_no_title_of_the_catalogue_is_broken_or_cut_at_any_width(page: Page, real_dataset: Dataset) -> None:
    page.evaluate(DRAW, films(real_dataset.movies["title"].tolist()))
    for size, width in (("large", 1366), ("small", 830), ("small", 250)):
        page.evaluate(SHOW, [size, width])
        assert page.evaluate(PROBLEMS) == [], f"{size} in {width} pixels"


@pytest.mark.parametrize("width", [1366, 700, 330, 120])
def test_nor_is_a_strange_one(page: Page, width: int) -> None:
    page.evaluate(DRAW, films(STRANGE))
    for size in ("single", "large", "medium", "small"):
        page.evaluate(SHOW, [size, width])
        assert page.evaluate(PROBLEMS) == [], f"{size} in {width} pixels"


def test_a_short_title_keeps_large_letters(page: Page) -> None:
    page.evaluate(DRAW, films(["Psycho", "Gigi", "Toy Story"]))
    page.evaluate(SHOW, ["large", 800])
    sizes = page.evaluate("[...list.querySelectorAll('.title')].map((title) => parseFloat(title.style.fontSize))")
    assert min(sizes) > 16


def test_letters_grow_again_when_there_is_room(page: Page) -> None:
    page.evaluate(DRAW, films(["Amadeus"]))
    heights = []
    for width in (600, 90, 600):
        page.evaluate(SHOW, ["single", width])
        heights.append(page.evaluate("list.querySelector('.title').offsetHeight"))
    assert heights[0] == heights[2] > heights[1]


YEAR_IN_A_ROW = """([film, width]) => {
    const list = document.createElement("div");
    list.className = "matinee rows tight";
    list.style.width = `${width}px`;
    list.append(Layouts.DRAW.rows({ ...film, fact: "cos 0.789", known: "" }, 1));
    document.body.replaceChildren(list);
    const [year, facts] = [".when", ".facts"].map((part) => list.querySelector(part).getBoundingClientRect());
    return [year.width > 0, facts.left - year.right];
}"""


def test_a_long_title_in_a_narrow_row_leaves_the_year_its_place(browser: Browser) -> None:
    with bare_page(browser, Code("kit/browser/cards", "layouts.js", "Layouts"), CARDS) as page:
        [film] = films(["The Englishman Who Went Up a Hill, But Came Down a Mountain"])
        for width in (300, 420):
            is_there, room = page.evaluate(YEAR_IN_A_ROW, [film | {"kind": "movie"}, width])
            assert is_there
            assert room >= 0
