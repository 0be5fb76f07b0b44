// What the reader's hands do to the map: pointing, clicking, dragging, zooming, encircling, keys, tools, search.

import { listen } from "../../dot_map/gestures.js";

const ZOOM_MS = 170;
const FLY_MS = 650;
const SLACK = 5; // CSS pixels beside a dot that still count as on it
const TOUCH_SLACK = 16;
const EDGE = 40; // CSS pixels at the rim of a panel that are not quite in view
const CLOSE = 3.2; // zoom at which a found film is shown at least
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Hands {
  constructor(map) {
    this.map = map;
    this.isLasso = false;
    this.stop = listen(map.frame.over, map.root, {
      hover: (...place) => this.#hover(...place),
      leave: () => this.#leave(),
      click: (...place) => this.#click(...place),
      pan: (...way) => this.#pan(...way),
      zoom: (...place) => this.#zoom(...place),
      lasso: (...line) => this.#lasso(...line),
      wantsLasso: (event) => this.isLasso || event.shiftKey,
      key: (event) => this.#key(event),
      hint: (kind) => (kind ? map.frame.hint.show(kind, map.data.texts) : map.frame.hint.hide()),
    });
  }

  destroy() {
    this.stop();
    this.map.frame.hint.hide();
  }

  #panelAt(left, top) {
    return this.map.panels.find((panel) => panel.contains(left, top)) ?? this.map.panels[0];
  }

  #pick(left, top, slack) {
    const { map } = this;
    const panel = this.#panelAt(left, top);
    if (!panel?.positions || panel.move || !map.look.mask) return { panel, row: -1 };
    return { panel, row: panel.pick(left, top, slack, map.look.mask) };
  }

  #hover(left, top) {
    const { map } = this;
    const { panel, row } = this.#pick(left, top, SLACK);
    if (row >= 0) map.frame.card.show(map.cardOf(row, panel), [left, top], map.size);
    else map.frame.card.hide();
    if (row === map.hover) return;
    map.hover = row;
    map.frame.over.classList.toggle("pointing", row >= 0);
    map.redraw();
  }

  #leave() {
    const { map } = this;
    map.frame.card.hide();
    if (map.hover < 0) return;
    map.hover = -1;
    map.redraw();
  }

  // A click chooses; a click on what is chosen opens it; a click beside all dots clears.
  #click(left, top, isTouch) {
    const { map } = this;
    map.frame.over.focus({ preventScroll: true });
    const { panel, row } = this.#pick(left, top, isTouch ? TOUCH_SLACK : SLACK);
    if (row >= 0 && row === map.chosen) map.open(row);
    else if (row >= 0) {
      map.choose(row);
      if (isTouch) map.frame.card.show(map.cardOf(row, panel), [left, top], map.size);
    } else if (map.lasso) map.select(null);
    else if (map.chosen >= 0) map.choose(-1);
  }

  #pan(left, top, across, down) {
    const { map } = this;
    map.frame.card.hide();
    this.#panelAt(left, top).camera.panBy(across, down);
    map.repaint();
  }

  #zoom(left, top, factor, isSmooth) {
    const { map } = this;
    map.frame.card.hide();
    const pace = isSmooth ? map.pace(ZOOM_MS) : 0;
    this.#panelAt(left, top).camera.zoomAbout(left, top, factor, performance.now(), pace);
    map.repaint();
  }

  // The line is kept where it lies on the layout, so that it moves with the dots that it goes round.
  #lasso(line, isDone) {
    const { map } = this;
    const panel = this.#panelAt(...line[0]);
    const places = line.map(([left, top]) => panel.camera.toLayout(left, top));
    map.lassoLine = { panel, places, isDone };
    if (isDone) {
      const rows = panel.search.inside(places, map.look.mask);
      this.#setLasso(false);
      map.select(rows);
    }
    map.redraw();
  }

  #setLasso(isOn) {
    const { frame, data } = this.map;
    this.isLasso = isOn;
    frame.buttons.lasso.setAttribute("aria-pressed", String(isOn));
    frame.over.classList.toggle("drawing", isOn);
    frame.say(isOn ? data.texts.lasso_hint : "");
  }

  // Bring a point into view and choose it.
  flyTo(row) {
    const { map } = this;
    const now = performance.now();
    for (const { camera, positions } of map.panels) {
      const goal = { x: positions[2 * row], y: positions[2 * row + 1], zoom: Math.max(CLOSE, camera.goal.zoom) };
      camera.fly(goal, now, map.pace(FLY_MS));
    }
    map.choose(row);
    map.frame.over.focus({ preventScroll: true });
    map.repaint();
  }

  tool(name) {
    const { map } = this;
    if (!map.panels.length) return;
    if (name === "picture") {
      map.savePicture();
      return;
    }
    if (name === "lasso") {
      this.#setLasso(!this.isLasso);
      return;
    }
    const now = performance.now();
    for (const { camera } of map.panels) {
      const { left, top, width, height } = camera.box;
      if (name === "fit") camera.fly({ x: 0, y: 0, zoom: 1 }, now, map.pace(FLY_MS));
      else camera.zoomAbout(left + width / 2, top + height / 2, name === "plus" ? 1.7 : 1 / 1.7, now, map.pace(ZOOM_MS));
    }
    map.repaint();
  }

  #key(event) {
    const { map } = this;
    const tools = { "+": "plus", "=": "plus", "-": "minus", _: "minus", 0: "fit", l: "lasso", L: "lasso" };
    if (ARROWS[event.key]) this.#walk(ARROWS[event.key]);
    else if (tools[event.key]) this.tool(tools[event.key]);
    else if (event.key === "Enter") map.open(map.chosen);
    else if (event.key === "/") map.frame.search.input.focus();
    else if (event.key === "Escape") this.#escape();
    else return false;
    return true;
  }

  #escape() {
    const { map } = this;
    if (this.isLasso) this.#setLasso(false);
    else if (map.lasso) map.select(null);
    else if (map.chosen >= 0) map.choose(-1);
  }

  // To the neighbour that lies best in a direction; where none does, to the nearest dot that way on the map.
  #walk(way) {
    const { map } = this;
    const [panel] = map.panels;
    if (!panel?.positions) return;
    if (map.chosen < 0) {
      map.choose(map.scene.order.find((row) => map.look.mask[row]) ?? -1);
      return;
    }
    const from = panel.place(map.chosen);
    const best = (rows) => along(rows.filter((row) => map.look.mask[row]), from, way, panel);
    const next = best(map.neighborRows(map.chosen)) ?? best(panel.search.nearest(map.chosen, 60));
    if (next === undefined) return;
    map.choose(next);
    this.bring(next);
  }

  // Move the map, if need be, so that a point is in view; the zoom stays.
  bring(row) {
    const { map } = this;
    for (const panel of map.panels) {
      const { box, zoom } = panel.camera;
      const [left, top] = panel.onScreen(row);
      const isInside = left > box.left + EDGE && left < box.left + box.width - EDGE
        && top > box.top + EDGE && top < box.top + box.height - EDGE;
      if (isInside) continue;
      const [x, y] = panel.place(row);
      panel.camera.fly({ x, y, zoom }, performance.now(), map.pace(FLY_MS / 2));
      map.repaint();
    }
  }
}

// The row that lies within 60 degrees of a direction and is nearest in it.
function along(rows, [x, y], [across, up], panel) {
  let [least, found] = [Infinity, undefined];
  for (const row of rows) {
    const [right, high] = [panel.positions[2 * row] - x, panel.positions[2 * row + 1] - y];
    const forward = right * across + high * up;
    const distance = Math.hypot(right, high);
    if (forward < distance * 0.5 || distance === 0) continue;
    const cost = distance * (2 - forward / distance);
    if (cost < least) [least, found] = [cost, row];
  }
  return found;
}
