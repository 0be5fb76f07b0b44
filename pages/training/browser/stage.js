// The map: a dot for each film, moved from moment to moment. Colours, names, camera and card are those of the film map.

import { Card } from "../../dot_map/card.js";
import { dressTheme } from "../../dot_map/drawing.js";
import { iconButton, make, rename } from "../../kit/browser/dom.js";
import { listen } from "../../dot_map/gestures.js";
import { Painter } from "../../dot_map/gl.js";
import { Hint } from "../../dot_map/hint.js";
import { Labels } from "../../dot_map/labels.js";
import { Legend } from "../../dot_map/legend.js";
import { Look } from "../../dot_map/look.js";
import { Overlay } from "../../dot_map/overlay.js";
import { drawnButton } from "./drawn_button.js";
import { FlatPainter } from "./flat.js";
import { Ground } from "./ground.js";
import { drawStage, drawTrails } from "./stage_drawing.js";

const ZOOM_MS = 170;
const FIT_MS = 500;
const [SLACK, TOUCH_SLACK] = [5, 16]; // CSS pixels beside a dot that still count as on it
const SLOW_MS = 60; // between two pictures of a movement
const LEAST = 15000; // dots that are always drawn

export class Stage {
  // actions: onOpen(row), onChoose(row), onSize(width, height), cardOf(row) -> { key, fact, foot }
  constructor(data, actions) {
    Object.assign(this, { data, actions, panels: [], lasso: null, chosen: -1, hover: -1, lit: -1, top: [] });
    Object.assign(this, { size: { width: 0, height: 0 }, columns: new Map(), detail: 1, isTrailing: true, path: null });
    this.root = make("div", "matinee-map");
    this.stage = make("div", "stage");
    [this.under, this.points, this.over] = ["under", "points", "over"].map((name) => make("canvas", name));
    this.over.tabIndex = 0;
    this.over.setAttribute("role", "application");
    this.card = new Card();
    this.hint = new Hint();
    this.look = new Look(this);
    this.legend = new Legend(this.look.actions);
    this.frame = { legend: this.legend };
    this.#tools();
    this.stage.append(this.under, this.points, this.over, this.tools, this.card.root, this.hint.root);
    this.root.append(this.stage);
    this.overlay = new Overlay(this.over);
    this.below = new Overlay(this.under);
    this.labels = new Labels(this.overlay.context);
    this.#paint();
    this.#listen();
  }

  #tools() {
    this.tools = make("div", "tools");
    this.tools.setAttribute("role", "toolbar");
    this.buttons = Object.fromEntries(["plus", "minus", "fit"].map((name) => [name, iconButton(name, "", () => this.#tool(name))]));
    this.trailing = drawnButton("trails", () => {
      this.isTrailing = !this.isTrailing;
      this.trailing.setAttribute("aria-pressed", String(this.isTrailing));
      this.repaint();
    });
    this.trailing.setAttribute("aria-pressed", "true");
    this.tools.append(...Object.values(this.buttons), this.trailing);
  }

  #paint() {
    try {
      this.painter = new Painter(this.points);
    } catch {
      this.painter = new FlatPainter(this.points);
    }
    this.points.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.points.addEventListener("webglcontextrestored", () => {
      this.painter.build();
      for (const panel of this.panels) panel.restore();
      this.look.forgetBuffers();
      this.look.recolor();
    });
  }

  #listen() {
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.stage);
    this.stop = listen(this.over, this.root, {
      hover: (...place) => this.#point(...place),
      leave: () => this.#leave(),
      click: (...place) => this.#click(...place),
      pan: (left, top, across, down) => this.#turn((camera) => camera.panBy(across, down)),
      zoom: (left, top, factor, isSmooth) => this.#turn((camera) =>
        camera.zoomAbout(left, top, factor, performance.now(), isSmooth ? this.pace(ZOOM_MS) : 0)),
      lasso: () => {},
      wantsLasso: () => false,
      key: (event) => this.#key(event),
      hint: (kind) => (kind ? this.hint.show(kind, this.data.texts) : this.hint.hide()),
    });
  }

  // Milliseconds of a movement; none for readers who want none.
  pace(milliseconds) {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : milliseconds;
  }

  columnNamed(name) {
    return this.columns.get(name);
  }

  // Other texts or another theme.
  dress(data, theme) {
    this.data = { ...data, color: "genre", marks: null };
    this.theme = dressTheme(theme, data.palette);
    const names = { plus: "zoom_in", minus: "zoom_out", fit: "fit" };
    for (const [name, key] of Object.entries(names)) rename(this.buttons[name], data.texts[key]);
    rename(this.trailing, data.texts.trails);
    this.tools.setAttribute("aria-label", data.texts.points);
    this.over.setAttribute("aria-label", data.texts.map_keys);
    if (this.scene) this.look.dress();
  }

  setScene(scene) {
    const isOther = this.scene?.count !== scene.count;
    this.scene = scene;
    this.columns = new Map(scene.columns.map((column) => [column.name, column]));
    if (isOther || !this.panels.length) {
      this.panels[0]?.destroy();
      this.panels = [new Ground(this.painter, scene)];
    }
    this.panels[0].scene = scene;
    this.look.dress();
    this.resize();
  }

  get ground() {
    return this.panels[0];
  }

  // Show places; trails: places to draw lines from, top: rows of the list, spread: half of width and height.
  show(places, { milliseconds, isSteady, trails, top, spread }) {
    this.ground.camera.setSpread(spread);
    this.trails = trails;
    this.top = top;
    this.ground.isPlaying = isSteady;
    this.ground.go(places, { now: performance.now(), milliseconds: this.pace(milliseconds), isSteady });
    this.repaint();
  }

  choose(row) {
    this.chosen = row;
    this.actions.onChoose(row);
    this.repaint();
  }

  light(row) {
    this.lit = row;
    this.redraw();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !this.ground) return;
    this.size = { width, height };
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    this.ground.camera.resize({ left: 0, top: 0, width, height });
    this.actions.onSize(width, height);
    const [outer, inner] = [this.stage, this.tools].map((element) => element.getBoundingClientRect());
    const shift = (side, origin) => inner[side] - outer[origin];
    this.covered = [{ left: shift("left", "left"), right: shift("right", "left"), top: shift("top", "top"), bottom: shift("bottom", "top") }];
    this.repaint();
  }

  redraw() {
    this.asked ??= requestAnimationFrame(() => {
      this.asked = null;
      this.draw();
    });
  }

  repaint() {
    this.isStale = true;
    this.redraw();
  }

  draw() {
    if (!this.ground?.positions || !this.look.mask || !this.size.width || this.isGone) return;
    const now = performance.now();
    const { camera } = this.ground;
    const isMoving = [camera.step(now), this.ground.moved(now) < 1].some(Boolean);
    this.#settleDetail(isMoving, now);
    if (isMoving || this.isStale) {
      drawTrails(this, now);
      this.#drawPoints(now);
    }
    drawStage(this, now);
    this.isStale = isMoving || this.detail < 1;
    this.root.dataset.view = isMoving ? "moving" : "still";
    if (this.isStale) this.redraw();
  }

  #drawPoints(now) {
    const { ground, painter, size } = this;
    painter.begin(size.width, size.height, this.ratio);
    const buffers = { ...ground.buffers, color: this.look.colorBuffer };
    const count = Math.ceil(this.scene.count * this.detail);
    painter.panel({ camera: ground.camera, buffers, count, moved: ground.moved(now), diameter: ground.diameter, strength: 0.9 }, this.theme);
  }

  // Fewer dots while they move on a machine that is slow with all of them.
  #settleDetail(isMoving, now) {
    const took = now - (this.drawnAt ?? now);
    this.drawnAt = now;
    if (!isMoving) this.detail = 1;
    else if (took > SLOW_MS && took < 1000) this.detail = Math.max(this.detail / 2, Math.min(1, LEAST / this.scene.count));
  }

  #pick(left, top, slack) {
    const { ground } = this;
    if (!ground?.positions || ground.move || !this.look.mask) return -1;
    return ground.pick(left, top, slack, this.look.mask);
  }

  #point(left, top) {
    const row = this.#pick(left, top, SLACK);
    if (row >= 0) this.card.show(this.#cardOf(row), [left, top], this.size);
    else this.card.hide();
    if (row === this.hover) return;
    this.hover = row;
    this.over.classList.toggle("pointing", row >= 0);
    this.redraw();
  }

  #leave() {
    this.card.hide();
    this.hover = -1;
    this.redraw();
  }

  // A click chooses a film and draws its path; a click on the chosen one opens its page.
  #click(left, top, isTouch) {
    this.over.focus({ preventScroll: true });
    const row = this.#pick(left, top, isTouch ? TOUCH_SLACK : SLACK);
    if (row >= 0 && row === this.chosen) this.actions.onOpen(row);
    else this.choose(row);
    if (isTouch && row >= 0) this.card.show(this.#cardOf(row), [left, top], this.size);
  }

  #cardOf(row) {
    const { scene } = this;
    const { key, fact, foot } = this.actions.cardOf(row);
    const about = { title: scene.title(row), lines: scene.lines(row), color: scene.card(row) };
    return { key: `${row} ${key}`, ...about, fact: fact && { color: this.look.paint(row), text: fact }, foot };
  }

  #turn(change) {
    if (!this.ground) return;
    this.card.hide();
    change(this.ground.camera);
    this.repaint();
  }

  #tool(name) {
    const { width, height } = this.size;
    const now = performance.now();
    this.#turn((camera) => {
      if (name === "fit") camera.fly({ x: 0, y: 0, zoom: 1 }, now, this.pace(FIT_MS));
      else camera.zoomAbout(width / 2, height / 2, name === "plus" ? 1.7 : 1 / 1.7, now, this.pace(ZOOM_MS));
    });
  }

  #key(event) {
    const tools = { "+": "plus", "=": "plus", "-": "minus", 0: "fit" };
    if (tools[event.key]) this.#tool(tools[event.key]);
    else if (event.key === "Escape") this.choose(-1);
    else if (event.key === "Enter" && this.chosen >= 0) this.actions.onOpen(this.chosen);
    else return false;
    return true;
  }

  destroy() {
    this.isGone = true;
    cancelAnimationFrame(this.asked);
    this.observer.disconnect();
    this.stop();
    this.hint.hide();
    this.painter.destroy();
  }
}
