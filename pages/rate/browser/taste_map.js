// The entry: the visitor's dot on the film map, with the way that it came. Titles, places and names of regions come once
// and stay in the browser; with each star only the way and the ids of the recommended films are sent.

import { make } from "../../kit/browser/cards/dom.js";
import { styles as cardStyles } from "../../kit/browser/cards/styles.js";
import { Gone, load, sceneOf } from "../../dot_map/decode.js";
import { readTheme } from "../../kit/browser/theme.js";
import { go, linkTo } from "../../kit/browser/go.js";
import { mount } from "../../kit/browser/mount.js";
import { between, boxOf, drawGround, nameRegions, projection, regionsOf, viewOf } from "./ground.js";
import { styles } from "./styles.js";
import { drawFilms, drawPointed, drawTrail } from "./trail.js";

const STEP = 500; // milliseconds that the dot takes from one place to the next
const NEAR = 9;
const sheets = [cardStyles, styles].map((text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
});

class TasteMap {
  constructor(parent, _data, send) {
    this.send = send;
    const root = parent.getRootNode();
    if (!root.adoptedStyleSheets.includes(sheets[1])) root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets];
    this.box = make("div", "matinee taste");
    this.canvas = make("canvas", "ground");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.told = make("div", "told");
    this.told.setAttribute("aria-live", "polite");
    this.box.append(this.canvas, this.told);
    parent.append(this.box);
    this.canvas.onpointermove = (event) => this.point(this.nearest(event));
    this.canvas.onpointerleave = () => this.point(null);
    this.canvas.onclick = (event) => this.go(this.nearest(event));
    this.canvas.onkeydown = (event) => this.press(event);
    this.canvas.onblur = () => this.point(null);
    this.observer = new ResizeObserver(() => this.build());
    this.observer.observe(this.box);
  }

  async update(data) {
    this.texts = data.texts;
    const address = [data.scene, data.layout, data.clusters].join(" ");
    if (address !== this.address) {
      this.address = address;
      try {
        const [scene, layout, clusters] = await Promise.all([data.scene, data.layout, data.clusters].map(load));
        if (this.address !== address) return; // a newer one came first
        this.scene = sceneOf(scene);
        this.positions = layout.array("positions");
        this.ground = Array.from(this.scene.ids, (_, row) => [this.positions[2 * row], this.positions[2 * row + 1]]);
        this.regions = regionsOf(clusters, this.positions);
        this.whole = boxOf(this.ground);
        this.view = null;
      } catch (error) {
        this.address = "";
        this.told.textContent = data.texts.failed;
        if (error instanceof Gone) this.send("lost", Date.now());
        return;
      }
    }
    if (!this.scene) return; // an earlier call is still fetching; it draws what is newest
    this.take(this.data ?? data, data);
    this.build();
  }

  // The newest step is walked; anything else, such as a trail that begins anew, is there at once.
  take(before, data) {
    const isStep = before !== data && data.trail.length > 1 && data.version !== before.version;
    this.data = data;
    this.films = data.films.map((id) => this.scene.rowOf.get(id)).filter((row) => row !== undefined);
    this.at = -1;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.started = isStep && !isCalm ? performance.now() : -Infinity;
    const meant = [...data.trail.map(([x, y]) => [x, y]), ...this.films.map((row) => this.ground[row])];
    this.goal = viewOf(this.whole, meant);
    this.from = isStep && this.view ? this.view : this.goal;
    this.canvas.setAttribute("aria-label", data.texts.label);
    this.tell(null);
  }

  build() {
    const width = this.box.clientWidth;
    if (!this.data || !width || !this.box.isConnected) return;
    const theme = readTheme(this.box);
    if (theme.name !== this.theme?.name) this.colors = new Map();
    Object.assign(this, { width, height: Math.min(this.data.height, Math.round(width * 0.8)), theme });
    this.ratio = window.devicePixelRatio || 1;
    this.canvas.style.height = `${this.height}px`;
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(this.height * this.ratio);
    this.draw();
  }

  draw() {
    cancelAnimationFrame(this.frame);
    const context = this.canvas.getContext("2d");
    const passed = Math.min(1, (performance.now() - this.started) / STEP);
    const share = 1 - (1 - passed) ** 3;
    this.view = between(this.from, this.goal, share);
    this.project = projection(this.view, this.width, this.height);
    this.places = this.ground.map(this.project);
    this.points = this.data.trail.map(([x, y]) => this.project([x, y]));
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    drawGround(context, this);
    drawFilms(context, this);
    nameRegions(context, this);
    drawTrail(context, this, this.points, share);
    if (this.pointed) drawPointed(context, this, this.placeOf(this.pointed));
    if (passed < 1) this.frame = requestAnimationFrame(() => this.draw());
  }

  placeOf({ row, step }) {
    return row === undefined ? this.points[step] : this.places[row];
  }

  // The film or the step of the way that lies under the pointer.
  nearest(event) {
    if (!this.places) return null;
    const box = this.canvas.getBoundingClientRect();
    const from = [event.clientX - box.left, event.clientY - box.top];
    const away = (place) => Math.hypot(place[0] - from[0], place[1] - from[1]);
    const step = this.points.findLastIndex((place) => away(place) < NEAR);
    if (step >= 0) return { step };
    let best = null;
    let reach = NEAR;
    this.places.forEach((place, row) => {
      if (away(place) < reach) [best, reach] = [{ row }, away(place)];
    });
    return best;
  }

  point(found) {
    if (!this.data) return;
    this.pointed = found;
    this.canvas.classList.toggle("pointing", found?.row !== undefined);
    this.tell(found);
    this.draw();
  }

  tell(found) {
    const { texts, trail } = this.data;
    if (!found) this.told.textContent = texts.hint;
    else if (found.row === undefined) this.told.textContent = trail[found.step][2];
    else this.told.textContent = [this.scene.title(found.row), ...this.scene.lines(found.row)].join(" · ");
  }

  // Arrows go along the way and then through the recommended films; Enter opens a film.
  press(event) {
    if (!this.data) return;
    const stops = [...this.points.map((_, step) => ({ step })), ...this.films.map((row) => ({ row }))];
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step && stops.length) {
      this.at = (this.at + step + stops.length + (this.at < 0 && step < 0 ? 1 : 0)) % stops.length;
      this.point(stops[this.at]);
    } else if (event.key === "Enter") this.go(this.pointed);
    else return;
    event.preventDefault();
  }

  go(found) {
    if (found?.row !== undefined) go(linkTo(this.data.link, this.scene.ids[found.row]));
  }

  destroy() {
    this.address = null; // what is still on its way draws nothing any more
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    this.box.remove();
  }
}

export const component = mount(TasteMap);
