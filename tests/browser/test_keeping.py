"""What the code that keeps ratings in a browser does by itself: it overwrites nothing that the page has not heard."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pages.kit.component_code import Code

HOST = "http://127.0.0.1:9/"
CODE = Code("rate/browser", "keeping.js", "Keeping").script()
TOLD = "() => told.splice(0)"
MOUNT = """() => {
    window.told = [];
    const parentElement = document.createElement("div");
    document.body.append(parentElement);
    window.update = (data) => {
        parentElement.matineeCall = {};
        const setTriggerValue = (event, value) => told.push([event, value]);
        Keeping.component({ data, parentElement, setTriggerValue });
    };
}"""


def mounted(page: Page) -> Page:
    page.goto(HOST)
    page.add_script_tag(content=f"{CODE}window.Keeping = Keeping;")
    page.evaluate(MOUNT)
    return page


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of some address, where a browser keeps things."""
    context = browser.new_context()
    context.route("**/*", lambda route: route.fulfill(body="<body></body>", content_type="text/html"))
    yield mounted(context.new_page())
    context.close()


def update(page: Page, record: str, **more: Any) -> list[Any]:
    """Tell the component what the session knows; return what it tells the page."""
    data = {
        "place": "here",
        "session": "s",
        "record": record,
        "refused": False,
        "trouble": "",
        "heard": 0,
        "unknown": False,
        "elsewhere": False,
        "way": "way here ",
        "answered": {"offers": 0, "mine": 0},
        **more,
    }
    page.evaluate("data => update(data)", data)
    return page.evaluate(TOLD)


def stored(page: Page) -> object:
    return page.evaluate("localStorage.getItem('here')")


def test_what_the_session_knows_is_written_and_nothing_is_told(page: Page) -> None:
    assert update(page, "") == []
    assert stored(page) is None
    assert update(page, "one") == update(page, "two") == []
    assert stored(page) == "two"


def test_what_was_there_before_is_told_first_and_overwritten_only_when_it_was_heard(page: Page) -> None:
    page.evaluate("localStorage.setItem('here', 'old')")
    assert update(page, "new") == [["found", {"number": 1, "text": "old", "answers": []}]]
    assert update(page, "newer") == []  # it is on its way
    assert stored(page) == "old"
    assert update(page, "both", heard=1) == []
    assert stored(page) == "both"


def test_a_session_that_begins_anew_with_the_server_takes_nothing_away(page: Page) -> None:
    update(page, "one")
    assert update(page, "", session="another") == [["found", {"number": 1, "text": "one", "answers": []}]]
    assert stored(page) == "one"


def test_what_another_tab_wrote_is_told(page: Page) -> None:
    update(page, "one")
    other = page.context.new_page()
    other.goto(HOST)
    other.evaluate("localStorage.setItem('here', 'from another tab')")
    page.wait_for_function("told.length")
    assert page.evaluate(TOLD) == [["found", {"number": 1, "text": "from another tab", "answers": []}]]


def test_what_cannot_be_read_stays_until_it_may_be_overwritten(page: Page) -> None:
    page.evaluate("localStorage.setItem('here', 'x'.repeat(900_000))")
    ((event, value),) = update(page, "new")
    assert (event, value["number"], len(value["text"])) == ("found", 1, 400_001)
    assert update(page, "new", heard=1, refused=True) == []
    assert len(str(stored(page))) == 900_000
    assert update(page, "", heard=1) == []
    assert stored(page) is None


def test_a_browser_that_keeps_nothing_or_has_no_room_says_so_once(page: Page) -> None:
    page.evaluate(
        """() => {
            const full = new DOMException("no room", "QuotaExceededError");
            Storage.prototype.setItem = () => { throw full; };
        }"""
    )
    assert update(page, "one") == [["trouble", "full"]]
    assert update(page, "two") == []
    page.evaluate(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } })"
    )
    assert update(page, "two", trouble="full") == [["trouble", "unavailable"]]


def test_films_for_nobody_are_shown_only_when_nobody_is_to_be_brought_back(page: Page) -> None:
    is_nobody = "document.documentElement.classList.contains('matinee-nobody')"
    page.evaluate("localStorage.setItem('here', 'old')")
    update(page, "", unknown=True)
    assert not page.evaluate(is_nobody)
    update(page, "old", heard=1)
    assert not page.evaluate(is_nobody)
    update(page, "forgotten", unknown=True, heard=1)
    assert page.evaluate(is_nobody)
    update(page, "first star", heard=1)  # the films that they look at stay, until their list is there
    assert page.evaluate(is_nobody)
    update(page, "", session="another")
    assert not page.evaluate(is_nobody)


def test_stars_for_another_data_set_stay_and_the_page_is_told_of_them(page: Page) -> None:
    other = '{"stars":{"7":[5,1]}}'
    page.evaluate("text => localStorage.setItem('matinee visitor another', text)", other)
    assert update(page, "") == [["elsewhere", True]]
    assert update(page, "one", elsewhere=True) == []
    assert page.evaluate("localStorage.getItem('matinee visitor another')") == other


def put(page: Page, place: str, *numbers: int) -> list[dict[str, int]]:
    """Note answers at a place, as the code that takes them does."""
    answers = [{"number": number, "id": 7, "stars": 4, "at": 5} for number in numbers]
    page.evaluate("([place, answers]) => localStorage.setItem(place, JSON.stringify(answers))", [place, answers])
    return answers


def test_answers_that_a_page_was_left_with_are_told_and_let_go_when_they_are_kept(page: Page) -> None:
    left = put(page, "way here earlier offers", 3)
    put(page, "way elsewhere earlier offers", 1)
    assert update(page, "", unknown=True) == [["found", {"number": 1, "text": "", "answers": left}]]
    assert not page.evaluate("document.documentElement.classList.contains('matinee-nobody')")
    assert update(page, "", unknown=True) == []  # it is on its way
    assert len(page.evaluate("Object.keys(localStorage)")) == 2
    assert update(page, "theirs", heard=1) == []
    assert sorted(page.evaluate("Object.keys(localStorage)")) == ["here", "way elsewhere earlier offers"]


def test_answers_on_their_way_to_this_page_are_let_go_one_by_one_as_it_hears_them(page: Page) -> None:
    put(page, "way here s offers", 1, 2)
    assert update(page, "") == []
    assert update(page, "one", answered={"offers": 1, "mine": 0}) == []
    assert page.evaluate("JSON.parse(localStorage.getItem('way here s offers')).map((one) => one.number)") == [2]
    assert update(page, "two", answered={"offers": 2, "mine": 0}) == []
    assert page.evaluate("Object.keys(localStorage)") == ["here"]
