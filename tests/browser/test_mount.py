"""The life of a component: mounted once, told what is new, ended when it leaves, in whatever order all this comes."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from pages.kit.component_code import PAGES, loader
from tests.browser.map_hands import PAINTED, drawn, map_of
from tests.browser.visit import Visitor

KIND = """
class Kind {
  constructor(parent, data, send) {
    this.send = send;
    this.name = "NAME";
    told.push(`${this.name} made ${data.value}`);
  }
  update(data) {
    part = this;
    told.push(`${this.name} shows ${data.value}`);
  }
  destroy() {
    told.push(`${this.name} ended`);
  }
}
export default mount(Kind);
"""
# What Streamlit 1.67 does with the function of a component: it calls it with every change; what is returned is called
# when the component leaves, and of a call that was overtaken as soon as that has its answer.
STREAMLIT = """
const told = [], sent = [], failed = [];
let part = null, cancel = () => {}, cleanup;
const parent = document.createElement("div");
document.body.append(parent);
async function change(value, code) {
  cancel();
  let isOld = false;
  cancel = () => { isOld = true; };
  const setTriggerValue = (event, what) => sent.push([value, event, what]);
  try {
    const found = await load({ data: { code, value }, parentElement: parent, setTriggerValue });
    if (isOld) Promise.resolve(found).then((end) => end?.());
    else cleanup = found;
  } catch (error) {
    failed.push(String(error));
  }
}
function leave() {
  cancel();
  parent.remove();
  cleanup?.();
}
"""


class Stand:
    """A page with the two files of the helper and nothing else; the code of its component comes when it is let."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._waiting: dict[str, list[Route]] = {}
        page.route("http://stand/**", self._answer)
        page.goto("http://stand/")
        page.wait_for_function("typeof change === 'function' && typeof load === 'function'")

    def _answer(self, route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name == "loader.js":
            route.fulfill(body=loader(), content_type="text/javascript")
        elif name:
            self._waiting.setdefault(name, []).append(route)
        else:
            load = '<script type="module">import load from "./loader.js"; window.load = load;</script>'
            route.fulfill(body=f"<!doctype html><body><script>{STREAMLIT}</script>{load}", content_type="text/html")

    def change(self, value: int, code: str = "one") -> None:
        """Tell the component a new value, without waiting for what it does."""
        self.page.evaluate("([value, code]) => { change(value, code); }", [value, code])

    def let(self, code: str = "one") -> None:
        """Let the code come that was asked for, and wait until everybody has seen it."""
        self.page.wait_for_timeout(0)
        for route in self._waiting.pop(code):
            body = (PAGES / "kit" / "browser" / "mount.js").read_text("utf-8") + KIND.replace("NAME", code)
            route.fulfill(body=body, content_type="text/javascript")
        self.rest(code)

    def rest(self, code: str = "one") -> None:
        """Wait until nothing is on its way any more."""
        wait = "async (code) => { await import(code); for (let n = 0; n < 9; n += 1) await null; }"
        self.page.evaluate(wait, f"./{code}")

    def told(self) -> list[str]:
        """What the component was told since this was asked last."""
        found: list[str] = self.page.evaluate("told.splice(0)")
        assert self.page.evaluate("failed") == []
        return found


@pytest.fixture
def stand(browser: Browser) -> Iterator[Stand]:
    page = browser.new_page()
    yield Stand(page)
    page.close()


def asked(stand: Stand, code: str = "one") -> None:
    """Wait until the browser has asked for the code."""
    while code not in stand._waiting:
        stand.page.wait_for_timeout(5)


def test_a_change_is_told_to_what_is_there(stand: Stand) -> None:
    stand.change(1)
    asked(stand)
    stand.let()
    assert stand.told() == ["one made 1", "one shows 1"]
    stand.change(2)
    stand.rest()
    assert stand.told() == ["one shows 2"]
    stand.page.evaluate("part.send('event', 7)")
    assert stand.page.evaluate("sent") == [[2, "event", 7]]


def test_changes_that_come_while_the_code_is_fetched_leave_the_newest_on_the_page(stand: Stand) -> None:
    for value in (1, 2, 3):
        stand.change(value)
    asked(stand)
    stand.let()
    assert stand.told() == ["one made 3", "one shows 3"]
    stand.page.evaluate("leave()")
    assert stand.told() == ["one ended"]


def test_of_two_codes_the_one_asked_for_last_counts_whichever_comes_first(stand: Stand) -> None:
    stand.change(1, "one")
    stand.change(2, "two")
    asked(stand, "one")
    asked(stand, "two")
    stand.let("two")
    assert stand.told() == ["two made 2", "two shows 2"]
    stand.let("one")
    assert stand.told() == []


def test_newer_code_takes_the_place_of_what_older_code_has_made(stand: Stand) -> None:
    stand.change(1, "one")
    asked(stand, "one")
    stand.let("one")
    stand.change(2, "two")
    asked(stand, "two")
    stand.let("two")
    assert stand.told() == ["one made 1", "one shows 1", "one ended", "two made 2", "two shows 2"]


def test_nothing_is_made_for_a_place_that_has_left_the_page(stand: Stand) -> None:
    stand.change(1)
    asked(stand)
    stand.page.evaluate("leave()")
    stand.let()
    assert stand.told() == []


def test_leaving_ends_what_is_there_once_although_a_change_is_on_its_way(stand: Stand) -> None:
    stand.change(1, "one")
    asked(stand, "one")
    stand.let("one")
    stand.change(2, "two")
    asked(stand, "two")
    stand.page.evaluate("window.kept = part; leave()")
    stand.let("two")
    assert stand.told() == ["one made 1", "one shows 1", "one ended"]
    stand.page.evaluate("kept.send('event', 7)")
    assert stand.page.evaluate("sent") == []


def on_a_slow_network(page: Page, address: str) -> Callable[[], None]:
    """Go there, and return what lets the code of the component come."""
    held: list[Route] | None = []

    def answer(route: Route) -> None:
        if held is not None and route.request.resource_type == "script":
            held.append(route)
        else:
            route.continue_()

    page.route("**/map-data/*", answer)
    with page.expect_request("**/map-data/*"):
        page.goto(address)

    def let() -> None:
        nonlocal held
        waiting, held = held or [], None
        assert waiting
        for route in waiting:
            route.continue_()

    return let


def test_a_map_whose_colour_changes_while_its_code_comes_is_drawn(map_page: str, visitor: Visitor) -> None:
    page = visitor(map_page).page
    let = on_a_slow_network(page, f"{map_page}/?lang=en")
    page.get_by_text("size", exact=True).click()
    expect(page.get_by_text("runs 2")).to_be_visible()
    let()
    expect(page.locator(".legend .bar")).to_be_visible()
    assert map_of(drawn(page)).evaluate(PAINTED) > 0.002


def test_a_theatre_whose_run_goes_on_while_its_code_comes_is_drawn(theatre_page: str, visitor: Visitor) -> None:
    page = visitor(theatre_page).page
    let = on_a_slow_network(page, f"{theatre_page}/?lang=en&live=1")
    page.get_by_role("button", name="Train on").click()
    expect(page.get_by_text("trained 3")).to_be_visible()
    let()
    expect(page.locator(".theatre")).to_have_attribute("data-state", "drawn")
    expect(page.locator(".theatre")).to_have_attribute("data-epoch", "3")
