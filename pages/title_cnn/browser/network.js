// The whole network as a diagram: boxes of the loaded model with their shapes and parameters, and what flows into what.

import { fill, labelled, make } from "../../kit/browser/dom.js";
import { mount } from "../../kit/browser/mount.js";
import { Palette } from "../../kit/browser/palette.js";
import { styles } from "./styles.js";
import { bow, fit, picture, shape, write } from "../../kit/browser/svg.js";

const BOX = { height: 62, gap: 12, between: 20, least: 130 };

class Network {
  constructor(parent) {
    this.root = make("div", "matinee-cnn network");
    parent.append(this.root);
  }

  update(data) {
    Object.assign(this, { data, chosen: null, elements: new Map(), ways: [] });
    new Palette(this.root).dress(this.root);
    this.holder = make("div", "network-holder");
    this.details = make("div", "box-details");
    this.details.setAttribute("aria-live", "polite");
    this.root.replaceChildren(make("style", "", styles), this.holder, this.details);
    this.place();
    this.draw();
    this.show(null);
  }

  t(name, values = {}) {
    return fill(this.data.texts[name], values);
  }

  // Each side has its lane. Its fullest column stands evenly; all others follow what they feed or what feeds them.
  place() {
    const { boxes } = this.data;
    const step = BOX.height + BOX.gap;
    const rows = (side) => Math.max(0, ...Object.values(groupsOf(boxes, side)).map((stack) => stack.length));
    const [user, movie] = ["user", "movie"].map((side) => rows(side) * step);
    this.lanes = { user: 34, movie: 34 + user + 44 };
    const middles = { user: 34 + user / 2, movie: this.lanes.movie + movie / 2 };
    middles.head = (middles.user + middles.movie) / 2;
    this.height = this.lanes.movie + movie + 10;
    this.columns = Math.max(...boxes.map((box) => box.column)) + 1;
    const column = Math.max(BOX.least, Math.floor((this.holder.clientWidth || 1000) / this.columns));
    this.boxWidth = column - BOX.between;
    this.width = this.columns * column;
    this.spots = new Map(boxes.map((box) => [box.key, { x: box.column * column + 4, y: null }]));
    for (const side of ["user", "movie", "head"]) this.placeLane(groupsOf(boxes, side), middles[side], step);
  }

  placeLane(groups, middle, step) {
    const columns = Object.keys(groups).map(Number).sort((a, b) => a - b);
    if (!columns.length) return;
    const fullest = columns.reduce((best, at) => (groups[at].length > groups[best].length ? at : best));
    const spread = (stack, wanted) => {
      const order = stack.map((box, at) => ({ box, at, wanted: wanted(box) })).sort((a, b) => a.wanted - b.wanted || a.at - b.at);
      let next = -Infinity;
      for (const each of order) {
        each.y = Math.max(Number.isFinite(each.wanted) ? each.wanted : next, next);
        if (!Number.isFinite(each.y)) each.y = middle - ((stack.length - 1) * step) / 2;
        next = each.y + step;
      }
      const known = order.filter((each) => Number.isFinite(each.wanted));
      const shift = known.reduce((sum, each) => sum + each.wanted - each.y, 0) / (known.length || 1);
      const low = middle - (groups[fullest].length * step) / 2;
      const high = low + (groups[fullest].length - 1) * step;
      const top = Math.min(...order.map((each) => each.y)) + shift;
      const bottom = Math.max(...order.map((each) => each.y)) + shift;
      const back = Math.max(0, low - top) - Math.max(0, bottom - high);
      for (const each of order) this.spots.get(each.box.key).y = each.y + shift + back;
    };
    groups[fullest].forEach((box, at) => { this.spots.get(box.key).y = middle + (at - groups[fullest].length / 2) * step; });
    for (const at of columns.filter((each) => each < fullest).reverse()) spread(groups[at], (box) => this.meanOf(box.key, 0));
    for (const at of columns.filter((each) => each > fullest)) spread(groups[at], (box) => this.meanOf(box.key, 1));
  }

  // Mean height of what a box feeds (0) or of what feeds it (1), as far as that has its place; Infinity where nothing has.
  meanOf(key, end) {
    const heights = this.data.edges.filter((edge) => edge[end] === key).map((edge) => this.spots.get(edge[1 - end]).y);
    const known = heights.filter((y) => y !== null);
    return known.length ? known.reduce((sum, y) => sum + y, 0) / known.length : Infinity;
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
    shape(group, "rect", { x, y, width: this.boxWidth, height: BOX.height, rx: 9 });
    const name = write(group, box.label, { x: x + 8, y: y + 18, className: "stage-name" });
    fit(name, this.boxWidth - 14);
    write(group, box.shape, { x: x + 8, y: y + 36, className: "shape" });
    if (box.parameters) write(group, `\u25a6 ${box.parameters}`, { x: x + 8, y: y + 54, className: "quiet" });
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
    this.details.append(make("b", "", labelled(this.data.texts, box.label, box.letters)), make("p", "", box.text));
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

function groupsOf(boxes, side) {
  const groups = {};
  for (const box of boxes.filter((each) => each.side === side)) (groups[box.column] ??= []).push(box);
  return groups;
}

export const component = mount(Network);
