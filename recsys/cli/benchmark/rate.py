"""Stars, dials and questions as a visitor feels them: from the press in a browser until the answer is drawn.

The app runs in a process of its own, and a headless Chromium presses what people press. Times are the browser's own:
from the moment that mouse or key came in until the picture with the answer is out.

    python -m recsys benchmark --only rate --dataset ml-1m

How the server bears thirty visitors who rate at once is measured without browsers: `python -m tests.load.rating`.
"""

import statistics
from collections.abc import Iterator
from typing import TYPE_CHECKING

from recsys.cli.benchmark.browser import browsing, check_opened, serving, tab
from recsys.cli.benchmark.parts import Effort, Measured
from recsys.cli.loading import chosen
from recsys.data.dataset import Dataset

if TYPE_CHECKING:
    from playwright.sync_api import Page

STARS_PER_VISIT = 10
REST = 900
"""Milliseconds after which all that a press sets off is over."""
LIST = ".st-key-recommended_films"
OFFER = ".st-key-rate_offers .star"
DIALOG = "[role=dialog] .st-key-why_steps .steps .bar"
_SLIDER = ".st-key-url_gems input"

PROBE = """
window.matineeRate = (() => {
  const probe = { pressed: 0 };
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, (event) => { probe.pressed = event.timeStamp; }, true);
  }
  const next = () => new Promise((done) => requestAnimationFrame(done));
  const painted = async () => {
    await next();
    await new Promise((done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = done;
      port2.postMessage(0);
    });
    return performance.now();
  };
  const text = (node) => node.nodeType === 3 ? node.data
    : [...node.childNodes, ...(node.shadowRoot ? [node.shadowRoot] : [])].map(text).join("|");
  probe.text = (selector) => [...document.querySelectorAll(selector)].map(text).join();
  probe.changed = async (selector, before) => {
    while (probe.text(selector) === before || !document.querySelector(selector)) await next();
    return (await painted()) - probe.pressed;
  };
  probe.there = async (selector) => {
    while (!document.querySelector(selector)) await next();
    return (await painted()) - probe.pressed;
  };
  return probe;
})();
"""


def rate(dataset: Dataset, effort: Effort) -> Iterator[Measured]:
    """Measure a star, a dial and an explanation on the app's own pages.

    Raises:
        NoModelError: if there is no model of the data set.
        MissingPackageError: if Playwright is not installed.
        NotHereError: if there is no Chromium, or if the app opens another data set.
        BenchmarkError: if server or page do not do what they should.
    """
    chosen(dataset)
    check_opened(dataset)
    person = int(dataset.users["user_id"].min())
    with browsing() as browser, serving({}) as server:
        stars: list[float] = []
        while len(stars) < effort.repeats:
            with tab(browser) as page:
                stars += _stars(page, server.address, min(STARS_PER_VISIT, effort.repeats - len(stars)))
        yield _median("rate_star", stars, f"star given -> new list, {STARS_PER_VISIT} stars a visitor")
        with tab(browser) as page:
            dials, questions = _person(page, f"{server.address}/person?lang=en&user={person}", effort.repeats)
    yield _median("rate_dial", dials, "key on the dial of hidden gems -> new list")
    yield _median("rate_why", questions, "Why? -> the sum as steps")


def _stars(page: "Page", address: str, count: int) -> list[float]:
    """Give stars to offered films; what the first one replaces is the list of the popular films."""
    page.add_init_script(PROBE)
    page.goto(f"{address}/rate?lang=en")
    page.locator(OFFER).first.wait_for()
    times = []
    for turn in range(count):
        page.wait_for_timeout(REST)
        before = page.evaluate("(list) => window.matineeRate.text(list)", LIST)
        waiting = page.evaluate_handle("([list, b]) => ({ a: window.matineeRate.changed(list, b) })", [LIST, before])
        page.locator(OFFER).nth(turn % 5).click()
        times.append(float(waiting.evaluate("(waiting) => waiting.a")))
    return times


def _person(page: "Page", address: str, count: int) -> tuple[list[float], list[float]]:
    """Turn a dial from one end to the other and back, then ask why about the films of the list."""
    page.add_init_script(PROBE)
    page.goto(address)
    page.locator(f"{LIST} a").first.wait_for()
    dials, questions = [], []
    for turn in range(count):
        page.wait_for_timeout(REST)
        before = page.evaluate("(list) => window.matineeRate.text(list)", LIST)
        waiting = page.evaluate_handle("([list, b]) => ({ a: window.matineeRate.changed(list, b) })", [LIST, before])
        page.locator(_SLIDER).first.press("Home" if turn % 2 else "End")
        dials.append(float(waiting.evaluate("(waiting) => waiting.a")))
    for turn in range(count):
        page.wait_for_timeout(REST)
        buttons = page.locator(f"{LIST} button.why")
        waiting = page.evaluate_handle("(sought) => ({ a: window.matineeRate.there(sought) })", DIALOG)
        buttons.nth(turn % buttons.count()).click()
        questions.append(float(waiting.evaluate("(waiting) => waiting.a")))
        page.keyboard.press("Escape")
        page.locator("[role=dialog]").wait_for(state="detached")
    return dials, questions


def _median(name: str, times: list[float], note: str) -> Measured:
    worst = f"{note}; the slowest of {len(times)}: {max(times):.0f} ms"
    return Measured(name, statistics.median(times), "ms", None, None, worst)
