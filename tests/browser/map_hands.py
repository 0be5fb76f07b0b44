"""What the tests of the map do with a map in a browser: look where its points are, click, encircle."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.visit import PATIENCE

CHOSEN_ROW = "e => e.matineeMap.chosen"
SHOWN = "e => e.matineeMap.look.mask.reduce((sum, one) => sum + one, 0)"
CAMERA = "e => { const c = e.matineeMap.panels[0].camera; return [c.x, c.y, c.zoom]; }"
# Share of the pixels of a canvas that are painted.
PAINTED = """e => {
  const map = e.matineeMap;
  map.isStale = true;
  map.draw();
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [map.painter.canvas.width, map.painter.canvas.height];
  const context = copy.getContext("2d");
  context.drawImage(map.painter.canvas, 0, 0);
  const { data } = context.getImageData(0, 0, copy.width, copy.height);
  return data.filter((value, at) => at % 4 === 3 && value > 0).length / (data.length / 4);
}"""


# Is the middle of a point's dot painted?
IS_PAINTED = """(e, id) => {
  const map = e.matineeMap, { gl, canvas } = map.painter, box = canvas.getBoundingClientRect();
  map.isStale = true;
  map.draw();
  const [left, top] = map.where(id), pixel = new Uint8Array(4);
  gl.readPixels((left - box.left) * map.ratio, canvas.height - (top - box.top) * map.ratio, 1, 1, gl.RGBA,
    gl.UNSIGNED_BYTE, pixel);
  return pixel[3] > 100;
}"""
# Only what shows the dots: names, rings and lines are drawn anew with every picture, dots when they are told to be.
_DOTS_ALONE = ".stage > :not(.points) { visibility: hidden; } .tools { visibility: hidden; }"
NO_WEBGL = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : real.call(this, kind, ...rest);
};
"""


def map_of(page: Page) -> Locator:
    return page.locator(".matinee-map")


def where(page: Page, point: int) -> tuple[float, float]:
    """Where a point is on the page."""
    left, top = map_of(page).evaluate(f"e => e.matineeMap.where({point})")
    return left, top


def click(page: Page, point: int) -> None:
    left, top = where(page, point)
    page.mouse.move(left, top)
    page.mouse.click(left, top)


def seen_dots(page: Page) -> bytes:
    """A picture of the dots as they are on the screen now."""
    sheet = page.locator(".matinee-map").evaluate_handle(
        "(e, text) => e.appendChild(Object.assign(document.createElement('style'), { textContent: text }))", _DOTS_ALONE
    )
    picture = page.locator(".points").screenshot()
    sheet.evaluate("sheet => sheet.remove()")
    return picture


def fresh_dots(page: Page) -> bytes:
    """A picture of the dots drawn anew, as they should be on the screen."""
    map_of(page).evaluate("e => { e.matineeMap.isStale = true; e.matineeMap.draw(); }")
    return seen_dots(page)


def turn_wheel(page: Page, *pixels: int) -> None:
    """Turn the wheel with Ctrl held: without it, or a click before, the wheel is the page's."""
    page.keyboard.down("Control")
    for own in pixels:
        page.mouse.wheel(0, own)
    page.keyboard.up("Control")


def settle(page: Page) -> None:
    expect(map_of(page)).to_have_attribute("data-view", "still", timeout=PATIENCE)


def drawn(page: Page) -> Page:
    expect(map_of(page)).to_have_attribute("data-state", "drawn", timeout=PATIENCE)
    return page


def draw_lasso(page: Page) -> int:
    """Encircle the heap on the left by the lasso tool; return how many points are marked."""
    page.locator(".tool.lasso").click()
    box = map_of(page).evaluate("""e => {
      const places = Array.from({ length: 100 }, (_, at) => e.matineeMap.where(3 * at + 1));
      const [xs, ys] = [0, 1].map((axis) => places.map((place) => place[axis]));
      return [Math.min(...xs) - 8, Math.min(...ys) - 8, Math.max(...xs) + 8, Math.max(...ys) + 8];
    }""")
    left, top, right, bottom = box
    page.mouse.move(left, top)
    page.mouse.down()
    for place in ((right, top), (right, bottom), (left, bottom), (left, top)):
        page.mouse.move(*place, steps=3)
    page.mouse.up()
    page.locator(".over").focus()
    return int(map_of(page).evaluate("e => e.matineeMap.lasso.size"))
