"""The page of the film map in a browser tab, and what a reader's hands cost there.

Times are the browser's own: from the moment that a button or wheel came in until the picture with its effect is done,
the work of software WebGL included (reading one pixel back waits for it). What the page shows of itself is agreed with
`pages/film_map/browser/film_map.js`: `data-state`, `data-view` and `data-lines` on the element `.matinee-map`.
"""

import random
from typing import TYPE_CHECKING, NamedTuple

from recsys.errors import BenchmarkError

if TYPE_CHECKING:
    from playwright.sync_api import JSHandle, Locator, Page

PATH = "/film_map?lang=en"
MAP = ".matinee-map"
PANEL = ".st-key-map_panel"
NUM_TICKS = 15
_TICK_PIXELS = 100
_MARGIN = 30
"""CSS pixels from the edge of the map that are not clicked."""
_REST = 400
"""Milliseconds between two actions, so that one does not pay for the other."""

PROBE = """
window.matineeProbe = (() => {
  const probe = { pressed: 0, turned: [], titled: 0 };
  addEventListener("pointerup", (event) => { probe.pressed = event.timeStamp; }, true);
  addEventListener("wheel", (event) => { probe.turned.push(event.timeStamp); }, { capture: true, passive: true });
  const next = () => new Promise((done) => requestAnimationFrame(done));
  const until = async (is) => { while (!is()) await next(); };
  until(() => document.querySelector("h1")).then(() => { probe.titled = performance.now(); });
  // Until what is drawn is there: the graphics process has worked off all it was given, and the picture is out.
  probe.painted = async (root) => {
    await next();
    const canvas = [...root.querySelectorAll("canvas")].find((one) => one.getContext("webgl2"));
    canvas?.getContext("webgl2").readPixels(0, 0, 1, 1, 6408, 5121, new Uint8Array(4));
    await new Promise((done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = done;
      port2.postMessage(0);
    });
    return performance.now();
  };
  probe.links = (selector) => {
    const found = [];
    const walk = (node) => {
      for (const one of node.querySelectorAll("*")) {
        if (one.matches("a[href]")) found.push(one.getAttribute("href"));
        if (one.shadowRoot) walk(one.shadowRoot);
      }
    };
    document.querySelectorAll(selector).forEach(walk);
    return found;
  };
  probe.lines = async (root, id) => {
    await until(() => root.dataset.lines === id);
    return (await probe.painted(root)) - probe.pressed;
  };
  // The list is there when it speaks of the film that was clicked, and shows other neighbours than before.
  probe.list = async (root, id, before) => {
    const own = new RegExp(`[?&](movie|user)=${id}(&|$)`);
    await until(() => {
      const links = probe.links(PANEL);
      return links.some((link) => own.test(link)) && links.filter((link) => !before.includes(link)).length > 2;
    });
    return (await probe.painted(root)) - probe.pressed;
  };
  probe.settled = async (root, ticks) => {
    await until(() => probe.turned.length >= ticks && root.dataset.view === "still");
    return (await probe.painted(root)) - probe.turned[0];
  };
  return probe;
})();
""".replace("PANEL", repr(PANEL))

# Where dots are that can be clicked: inside the map and below nothing else. (root, [rows, margin]) -> [id, left, top].
_PLACES = """(root, [shares, margin]) => {
  const map = root.matineeMap, box = root.querySelector("canvas").getBoundingClientRect();
  const bottom = Math.min(box.bottom, innerHeight);
  return shares.map((share) => map.scene.ids[Math.floor(share * map.scene.count)])
    .map((id) => [id, ...map.where(id)])
    .filter(([, left, top]) => left > box.left + margin && left < box.right - margin
      && top > box.top + margin && top < bottom - margin);
}"""


class Click(NamedTuple):
    """What a click on a dot took, in milliseconds: until its lines are there, and the list beside the map."""

    lines: float
    list: float


class MapPage:
    """The page of the film map, opened.

    Args:
        page: a tab.
        address: of the app.
    """

    def __init__(self, page: "Page", address: str) -> None:
        self.page, self.address = page, address
        page.add_init_script(PROBE)
        page.goto(address + PATH)
        self.root = drawn(page)

    def opened(self) -> float:
        """Return the milliseconds from the call of the address to the picture."""
        return float(self.root.evaluate("(root) => window.matineeProbe.painted(root)"))

    def titled(self) -> float:
        """Return the milliseconds from the call of the address to the page's title: what Streamlit itself takes."""
        return float(self.page.evaluate("() => window.matineeProbe.titled"))

    def reloaded(self) -> float:
        """Load the page once more; return the milliseconds until the picture."""
        self.page.reload()
        self.root = drawn(self.page)
        return self.opened()

    def from_start(self) -> float:
        """Go to the start page, press the link to the map; return the milliseconds from there to the picture."""
        self.page.goto(self.address + "/?lang=en")
        link = self.page.locator("a[href*=film_map]").first
        link.wait_for()
        self.page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
        self.page.wait_for_timeout(_REST)
        link.click()
        self.root = drawn(self.page)
        script = "async (root) => (await window.matineeProbe.painted(root)) - window.matineeProbe.pressed"
        return float(self.root.evaluate(script))

    def clicks(self, count: int, seed: int = 0) -> list[Click]:
        """Click so many dots, each a new one, far from each other in time.

        Raises:
            BenchmarkError: if the mouse finds too few dots.
        """
        rng = random.Random(seed)  # noqa: S311 - a choice of dots, no secret
        done: list[Click] = []
        for _ in range(20 * count):
            if len(done) == count:
                return done
            found = self._point_at_a_dot(rng)
            if found is not None:
                done.append(self._click(found))
        raise BenchmarkError("the film map", f"let only {len(done)} of {count} dots be pointed at")

    def zoom(self, direction: int) -> float:
        """Turn the wheel by `NUM_TICKS` over the middle of the map; return the milliseconds until all is still.

        Args:
            direction: 1 to come nearer, -1 to go away.
        """
        box = self.root.locator("canvas").first.bounding_box()
        if box is None:
            raise BenchmarkError("the film map", "is not to be seen")
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + min(box["height"], 500) / 2)
        self.page.wait_for_timeout(_REST)
        self.page.evaluate("() => { window.matineeProbe.turned.length = 0; }")
        still = self._started("settled", NUM_TICKS)
        self.page.keyboard.down("Control")  # without it the wheel is the page's
        for _ in range(NUM_TICKS):
            self.page.mouse.wheel(0, -direction * _TICK_PIXELS)
        self.page.keyboard.up("Control")
        return _answer(still)

    def _point_at_a_dot(self, rng: random.Random) -> str | None:
        """Move the mouse onto a dot that is not chosen; return its id."""
        places = self.root.evaluate(_PLACES, [[rng.random()], _MARGIN])
        for _, left, top in places:
            self.page.mouse.move(left, top)
            self.page.wait_for_timeout(_REST)
            script = "({ matineeMap: m }) => m.hover < 0 || m.hover === m.chosen ? null : String(m.scene.ids[m.hover])"
            found: str | None = self.root.evaluate(script)
            return found
        return None

    def _click(self, thing: str) -> Click:
        before = self.page.evaluate("(panel) => window.matineeProbe.links(panel)", PANEL)
        lines, listed = self._started("lines", thing), self._started("list", thing, before)
        self.page.mouse.down()
        self.page.mouse.up()
        times = Click(_answer(lines), _answer(listed))
        self.page.wait_for_timeout(_REST)
        return times

    def _started(self, call: str, *arguments: object) -> "JSHandle":
        """Start a call of the probe, and return what holds its answer once it is there."""
        script = "(root, [call, args]) => ({ answer: window.matineeProbe[call](root, ...args) })"
        return self.root.evaluate_handle(script, [call, list(arguments)])


def _answer(asked: "JSHandle") -> float:
    return float(asked.evaluate("(asked) => asked.answer"))


def drawn(page: "Page") -> "Locator":
    """Wait until the map of a tab is drawn, and return its element.

    Raises:
        BenchmarkError: if the map says that it failed.
    """
    root = page.locator(MAP).first
    page.locator(f'{MAP}[data-state="drawn"], {MAP}[data-state="failed"]').first.wait_for()
    if root.get_attribute("data-state") == "failed":
        raise BenchmarkError("the film map", "could not be drawn")
    return root
