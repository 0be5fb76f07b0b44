// The whole network as a diagram: boxes of the loaded model with their shapes and parameters, and what flows into what.

import { fill, make } from "../film_map/dom.js";
import { Palette } from "./palette.js";
import { styles } from "./styles.js";
import { bow, fit, picture, shape, write } from "./svg.js";

const BOX = { height: 62, gap: 12, between: 28, least: 166 };
const mounted = new WeakMap(); // parent element -> network

export function streamlit({ data, parentElement }) {
  mounted.get(parentElement)?.destroy();
  mounted.set(parentElement, new Network(parentElement, data));
  return () => {
    mounted.get(parentElement)?.destroy();
    mounted.delete(parentElement);
  };
}

class Network {
  constructor(parent, data) {
    Object.assign(this, { data, chosen: null, elements: new Map(), ways: [] });
    this.root = make("div", "matinee-cnn network");
    parent.append(this.root);
    new Palette(this.root).dress(this.root);
    this.holder = make("div", "network-holder");
    this.holder.tabIndex = 0;
    this.holder.setAttribute("aria-label", data.texts.label);
    this.details = make("div", "box-details");
    this.details.setAttribute("aria-live", "polite");
    this.root.append(make("style", "", styles), this.holder, this.details);
    this.place();
    this.draw();
    this.show(null);
  }

  t(name, values = {}) {
    return fill(this.data.texts[name], values);
  }

  // Each side has its lane; in a lane, boxes of one column stand below each other around its middle.
  place() {
    const { data } = this;
    const { boxes } = data;
    const stacks = new Map();
    for (const box of boxes) {
      const key = `${box.side} ${box.column}`;
      stacks.set(key, [...(stacks.get(key) ?? []), box]);
    }
    const tallest = (side) => Math.max(0, ...[...stacks].filter(([key]) => key.startsWith(side)).map(([, stack]) => stack.length));
    const step = BOX.height + BOX.gap;
    const lanes = { user: 34, movie: 34 + tallest("user") * step + 44 };
    const heights = { user: tallest("user") * step, movie: tallest("movie") * step };
    this.height = lanes.movie + heights.movie + 10;
    lanes.head = (lanes.movie + lanes.user + heights.user) / 2 - step;
    heights.head = 2 * step; // its middle is half-way between the lanes
    this.lanes = lanes;
    this.columns = Math.max(...boxes.map((box) => box.column)) + 1;
    const column = Math.max(BOX.least, Math.floor((this.holder.clientWidth || 1000) / this.columns));
    this.boxWidth = column - BOX.between;
    this.width = this.columns * column;
    this.spots = new Map();
    for (const stack of stacks.values()) {
      stack.forEach((box, at) => {
        const middle = lanes[box.side] + heights[box.side] / 2;
        this.spots.set(box.key, { x: box.column * column + 4, y: middle + (at - stack.length / 2) * step + BOX.gap / 2 });
      });
    }
    // What begins the flow stands beside what it feeds, an answer beside what feeds it.
    for (const box of boxes) {
      if (box.column === 0) this.align(box.key, data.edges.filter(([from]) => from === box.key).map(([, to]) => to));
    }
    for (const box of boxes.filter(({ column: at }) => at === this.columns - 1)) {
      this.align(box.key, data.edges.filter(([from, to]) => to === box.key && from.startsWith("head")).map(([from]) => from));
    }
  }

  align(key, others) {
    if (!others.length) return;
    this.spots.get(key).y = others.reduce((sum, other) => sum + this.spots.get(other).y, 0) / others.length;
  }

  draw() {
    const { data, spots, lanes } = this;
    const svg = picture(this.holder, { width: this.width, height: this.height, label: data.texts.label });
    write(svg, this.t("user"), { x: 4, y: lanes.user - 8, className: "stage-name" });
    write(svg, this.t("movie"), { x: 4, y: lanes.movie - 8, className: "stage-name" });
    for (const [from, to] of data.edges) {
      const [a, b] = [spots.get(from), spots.get(to)];
      const way = shape(svg, "path", {
        d: bow(a.x + this.boxWidth, a.y + BOX.height / 2, b.x - 1, b.y + BOX.height / 2), class: "edge",
      });
      this.ways.push({ from, to, way });
    }
    for (const box of data.boxes) this.drawBox(svg, box);
    svg.addEventListener("pointerleave", () => this.show(this.chosen));
  }

  drawBox(svg, box) {
    const { x, y } = this.spots.get(box.key);
    const group = shape(svg, "g", { class: `box ${box.parameters ? "has-weights" : ""}`, tabindex: "0", role: "button", "data-box": box.key });
    group.setAttribute("aria-label", `${box.label}, ${box.shape}`);
    shape(group, "rect", { x, y, width: this.boxWidth, height: BOX.height, rx: 9 });
    const name = write(group, box.label, { x: x + 10, y: y + 18, className: "stage-name" });
    fit(name, this.boxWidth - 18);
    write(group, box.shape, { x: x + 10, y: y + 36, className: "shape" });
    if (box.parameters) write(group, this.t("parameters", { count: box.parameters }), { x: x + 10, y: y + 54, className: "quiet" });
    group.addEventListener("pointerenter", () => this.show(box));
    group.addEventListener("focus", () => this.show(box));
    group.addEventListener("click", () => { this.chosen = box; this.show(box); });
    this.elements.set(box.key, group);
  }

  // What one box is, and what it is fed by and feeds.
  show(box) {
    const near = new Set(box ? [box.key] : []);
    for (const { from, to, way } of this.ways) {
      const isNear = Boolean(box) && (from === box.key || to === box.key);
      way.classList.toggle("lit", isNear);
      if (isNear) near.add(from).add(to);
    }
    for (const [key, group] of this.elements) {
      group.classList.toggle("lit", box?.key === key);
      group.classList.toggle("far", Boolean(box) && !near.has(key));
    }
    this.details.replaceChildren();
    if (!box) {
      this.details.append(make("p", "quiet", this.t("hint", { count: this.data.parameters })));
      return;
    }
    this.details.append(make("b", "", `${box.label} ${box.shape}`), make("p", "", box.text));
    if (box.weights.length) {
      const list = make("ul");
      for (const [name, size] of box.weights) {
        const line = make("li");
        line.append(make("code", "", name), ` ${size}`);
        list.append(line);
      }
      this.details.append(list);
    }
  }

  destroy() {
    this.root.remove();
  }
}
