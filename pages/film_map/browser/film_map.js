// The film map: holds what is chosen, coloured and filtered, loads what it is told to show, and draws when something
// changed.

import { go, linkTo } from "../../kit/browser/go.js";
import { said } from "../../dot_map/colors.js";
import { Gone } from "../../dot_map/decode.js";
import { labelled } from "../../kit/browser/dom.js";
import { drawOver, drawPoints, drawUnder, dressTheme } from "../../dot_map/drawing.js";
import { Frame } from "./frame.js";
import { Painter } from "../../dot_map/gl.js";
import { Hands } from "./hands.js";
import { loadParts, take } from "./intake.js";
import { Labels } from "../../dot_map/labels.js";
import { Look } from "../../dot_map/look.js";
import { judged, measured } from "./neighbors.js";
import { Overlay } from "../../dot_map/overlay.js";
import { save } from "./picture.js";
import { spoken } from "./search.js";
import { readTheme } from "../../kit/browser/theme.js";

const PHONE = 560; // CSS pixels; below this, panels stand one above the other
const ATTEMPTS = 5;
const AGAIN_MS = 900;
const SLOW_MS = 45; // between two pictures of a movement
const LEAST = 15000; // dots that are always drawn

export class FilmMap {
  // send(event, value): tells the page; events are those of pages/film_map/component.py.
  constructor(parent, data, send) {
    Object.assign(this, { data, send, panels: [], chosen: -1, hover: -1, lasso: null, lassoLine: null });
    Object.assign(this, { number: 0, detail: 1, moving: 1, size: { width: 0, height: 0 }, loaded: new Map() });
    this.look = new Look(this);
    this.frame = new Frame(data.texts, {
      ...this.look.actions,
      onFind: (row) => this.hands.flyTo(row),
      onTool: (name) => this.hands.tool(name),
      onFrame: (places, milliseconds) => this.showFrame(places, milliseconds),
      onPlaying: (isOn) => {
        if (this.panels[0]) this.panels[0].isPlaying = isOn;
        this.repaint();
      },
    });
    this.root = this.frame.root;
    this.root.matineeMap = this;
    parent.append(this.root);
    this.setState("loading");
    this.overlay = new Overlay(this.frame.over);
    this.under = new Overlay(this.frame.under);
    this.labels = new Labels(this.overlay.context);
    this.painter = new Painter(this.frame.points);
    this.hands = new Hands(this);
    this.#listen();
  }

  setState(state) {
    this.root.dataset.state = state;
    const text = { loading: this.data.texts.loading, failed: this.data.texts.failed }[state];
    this.frame.say(text ?? "");
  }

  #listen() {
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.frame.stage);
    this.frame.points.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.frame.points.addEventListener("webglcontextrestored", () => {
      this.painter.build();
      for (const panel of this.panels) panel.restore();
      this.look.forgetBuffers();
      this.look.recolor();
    });
  }

  // Take over what the page wants shown; called again on every change. What the server has dropped it publishes again
  // when it is told, so that is tried some more times.
  async update(data, attempt = 0) {
    this.data = data;
    const ticket = (this.ticket = {});
    this.frame.setTexts(data.texts);
    this.root.style.setProperty("--map-height", `${data.height}px`);
    this.theme = dressTheme(readTheme(this.root), data.palette);
    try {
      const parts = await loadParts(this, data);
      if (ticket !== this.ticket || this.isGone) return;
      take(this, parts, data);
      this.setState("drawn");
    } catch (error) {
      if (ticket !== this.ticket || this.isGone) return;
      if (error instanceof Gone && this.send && attempt < ATTEMPTS) {
        this.send("lost", error.message);
        setTimeout(() => ticket === this.ticket && this.update(data, attempt + 1), AGAIN_MS);
        return;
      }
      console.error(error);
      this.setState("failed");
    }
  }

  showFrame(places, milliseconds) {
    const [panel] = this.panels;
    if (!panel || places.length !== 2 * this.scene.count) return;
    panel.show(places, { now: performance.now(), animate: this.pace(milliseconds), isStep: true });
    this.repaint();
  }

  // Other points: nothing of what was chosen holds any more.
  forget() {
    for (const panel of this.panels) panel.destroy();
    this.panels = [];
    this.chosen = this.hover = -1;
    this.lasso = this.lassoLine = null;
    this.look.clear();
  }

  // Milliseconds of a movement; none for readers who want none.
  pace(milliseconds) {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : milliseconds;
  }

  columnNamed(name, panel = this.panels[0]) {
    return panel?.columns.get(name) ?? this.columns.get(name);
  }

  // What a panel draws lines to: { row, kind, rank }, empty until it is known. Found once, not for every picture.
  relatedOf(panel) {
    const known = this.chosen < 0 ? [] : (panel.neighbors ?? this.neighbors).known(this.chosen);
    const { marks } = this.data;
    const given = [this.chosen, known?.length, panel.positions, marks, this.isMarked, panel.neighbors ?? this.neighbors];
    if (!panel.related || given.some((part, at) => part !== panel.related.given[at])) {
      panel.related = { given, found: this.#relate(panel, known ?? [], marks) };
    }
    return panel.related.found;
  }

  #relate(panel, known, marks) {
    if (!known.length) return [];
    if (marks === "measured") return measured(panel, this.chosen, known);
    if (marks && this.isMarked) return judged(marks, this.scene.rowOf, known);
    return known.map((one, at) => ({ ...one, kind: "near", rank: at + 1 }));
  }

  // Choose a point (-1: none). Its lines are on the screen before the page hears of it.
  choose(row, { tell = true } = {}) {
    this.chosen = row;
    this.isMarked = !tell;
    this.frame.card.hide();
    const waiting = this.panels.map((panel) => panel.neighbors ?? this.neighbors)
      .filter((source, at, all) => row >= 0 && all.indexOf(source) === at && !source.known(row));
    this.number += tell ? 1 : 0;
    if (waiting.length) {
      const asked = Promise.all(waiting.map((source) => source.ask(row))).catch((error) => {
        if (error instanceof Gone) this.send?.("lost", error.message);
      });
      asked.then(() => this.#chosenDrawn(row, tell));
      this.redraw();
    } else this.#chosenDrawn(row, tell);
  }

  #chosenDrawn(row, tell) {
    if (row !== this.chosen || this.isGone) return;
    this.draw();
    this.root.dataset.lines = row < 0 ? "" : String(this.scene.ids[row]);
    performance.mark("map-lines");
    if (tell) {
      this.frame.spoken.textContent = row < 0 ? "" : spoken(this.data.texts, this.scene, row, this.neighborRows(row));
      const id = row < 0 ? 0 : this.scene.ids[row];
      // After the picture: what Streamlit does with it takes longer than the picture.
      setTimeout(() => this.send?.("chosen", { id, number: this.number }), 0);
    }
  }

  neighborRows(row) {
    return (this.neighbors.known(row) ?? []).map((one) => one.row);
  }

  select(rows) {
    this.lasso = rows?.length ? new Set(rows) : null;
    if (!this.lasso) this.lassoLine = null;
    this.look.recolor();
    this.send?.("lassoed", (rows ?? []).map((row) => this.scene.ids[row]));
  }

  open(row) {
    if (row >= 0 && this.data.link) go(linkTo(this.data.link, this.scene.ids[row]));
  }

  // What the card beside a dot says.
  cardOf(row, panel) {
    const { column } = panel.dressed ?? this.look.dressed;
    const { texts } = this.data;
    return {
      key: `${row} ${column.name} ${row === this.chosen}`,
      title: this.scene.title(row),
      lines: this.scene.lines(row),
      color: this.scene.card(row),
      fact: { color: this.look.paint(row, panel), text: labelled(texts, column.title, said(column, row, texts.unknown)) },
      foot: row === this.chosen && this.send ? texts.open : "",
    };
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.frame.stage;
    if (!width || !this.panels.length) return;
    this.size = { width, height };
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    const isBeside = width >= PHONE;
    const count = this.panels.length;
    this.panels.forEach((panel, at) => {
      const share = isBeside ? { left: (width * at) / count, top: 0, width: width / count, height }
        : { left: 0, top: (height * at) / count, width, height: height / count };
      panel.camera.resize(share);
    });
    this.frame.setPanels(this.panels);
    this.covered = this.frame.covered();
    this.isStale = true;
    this.draw();
  }

  // Draw lines and names with the next picture of the screen.
  redraw() {
    this.frameAsked ??= requestAnimationFrame(() => {
      this.frameAsked = null;
      this.draw();
    });
  }

  // Draw everything, dots and land too.
  repaint() {
    this.isStale = true;
    if (this.panels.some((panel) => panel.camera.flight || panel.move)) this.root.dataset.view = "moving";
    this.redraw();
  }

  draw() {
    if (!this.look.mask || !this.size.width || this.isGone) return;
    const now = performance.now();
    const isMoving = this.panels.map((panel) => panel.camera.step(now) || panel.move !== null).some(Boolean);
    this.#settleDetail(isMoving, now);
    if (isMoving || this.isStale) {
      drawUnder(this, this.under);
      drawPoints(this, this.painter, now);
    }
    drawOver(this, this.overlay, now);
    this.isStale = isMoving;
    this.root.dataset.view = isMoving ? "moving" : "still";
    if (isMoving) this.redraw();
    if (!this.isDrawn) {
      this.isDrawn = true;
      performance.mark("map-drawn");
    }
  }

  // How many of the dots are drawn: fewer while they move, where a picture takes longer than it should.
  #settleDetail(isMoving, now) {
    const took = now - (this.drawnAt ?? 0);
    this.drawnAt = now;
    if (!isMoving) {
      this.isStale ||= this.detail < 1;
      this.detail = 1;
    } else if (this.wasMoving && took > SLOW_MS && took < 1000) {
      this.moving = Math.max(this.moving / 2, Math.min(1, LEAST / this.scene.count));
    } else if (this.wasMoving && took < SLOW_MS / 2) this.moving = Math.min(1, this.moving * 1.1);
    if (isMoving) this.detail = this.moving;
    this.wasMoving = isMoving;
  }

  savePicture() {
    return save(this);
  }

  // Where a point is on the page, for those who want to click it: [left, top].
  where(id, at = 0) {
    const box = this.frame.over.getBoundingClientRect();
    const [left, top] = this.panels[at].onScreen(this.scene.rowOf.get(id));
    return [box.left + left, box.top + top];
  }

  destroy() {
    this.isGone = true;
    cancelAnimationFrame(this.frameAsked);
    this.observer.disconnect();
    this.hands.destroy();
    this.frame.playback.close();
    this.painter.destroy();
    this.root.remove();
  }
}
