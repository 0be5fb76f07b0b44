// Level 2, the picture: the window slides over the title; weights lie under its words, products under them, and below
// stand the sums at every place.

import { addend, largest, shown, signed } from "../../kit/browser/numbers.js";
import { picture, shape, write } from "../../kit/browser/svg.js";
import { areNumbered, drawWord, wordList } from "./words.js";

const TOP = 36;
const CHART = 96;

export class Slide {
  constructor(place, probe) {
    Object.assign(this, { probe, trace: probe.trace, filter: probe.filter });
    const { trace, filter } = this;
    this.width = place.clientWidth || 700;
    this.isNarrow = this.width < 560;
    this.left = this.isNarrow ? 6 : 104;
    this.window = trace.width(filter);
    this.places = Math.max(trace.length, this.window);
    this.column = Math.min(128, (this.width - this.left - 8) / this.places);
    this.row = 2;
    this.strip = trace.size * this.row;
    this.weightsY = TOP + this.strip + (this.isNarrow ? 42 : 26);
    this.productsY = this.weightsY + this.strip + (this.isNarrow ? 42 : 22);
    this.sumsY = this.productsY + this.strip + 20;
    this.chartY = this.sumsY + 50;
    this.scales = { x: largest(trace.embeddings), w: largest(probe.net.weights[filter]), p: this.largestProduct() };
    if (areNumbered(trace, this.column)) place.append(wordList(probe));
    this.svg = picture(place, { width: this.width, height: this.chartY + CHART + 34, label: probe.t("slide_label") });
    this.svg.classList.add("slide");
    this.drawTitle();
    this.drawMoving();
    this.drawTotal();
    this.drawChart();
    this.moveTo(probe.position, { isCalm: true });
  }

  largestProduct() {
    const { trace, probe, filter } = this;
    let found = 1e-9;
    for (let position = 0; position < trace.positions(filter); position += 1) {
      for (const place of trace.sum(probe.net, filter, position).places) found = Math.max(found, largest(place.products));
    }
    return found;
  }

  x(at) {
    return this.left + at * this.column;
  }

  name(key, y) {
    const { svg, probe, isNarrow } = this;
    write(svg, probe.t(key), { x: isNarrow ? 4 : 0, y: isNarrow ? y - 22 : y + 14, className: "stage-name" });
  }

  drawTitle() {
    const { svg, trace, probe } = this;
    if (!this.isNarrow) {
      this.name("words", 6);
      this.name("embeddings", TOP);
    }
    const isNumbered = areNumbered(trace, this.column);
    for (let at = 0; at < this.places; at += 1) {
      drawWord(svg, probe, { at, x: this.x(at), column: this.column, isNumbered });
      this.drawStrip(svg, at, TOP, trace.word(at), this.scales.x);
    }
  }

  drawStrip(parent, at, y, values, scale) {
    const margin = Math.max(2, this.column * 0.14);
    const group = shape(parent, "g", { class: "strip" });
    const cells = Array.from(values, (value, row) => shape(group, "rect", {
      x: this.x(at) + margin, y: y + row * this.row, width: this.column - 2 * margin, height: this.row + 0.3,
      fill: this.probe.palette.color(value, scale),
    }));
    shape(group, "rect", { x: this.x(at) + margin, y, width: this.column - 2 * margin, height: this.strip, class: "outline" });
    return cells;
  }

  // What moves along: the frame, the weights and their products.
  drawMoving() {
    const { svg, trace, probe, filter } = this;
    this.name("weights", this.weightsY);
    this.name("products", this.productsY);
    if (!this.isNarrow) this.name("word_sums", this.sumsY - 16);
    this.moving = shape(svg, "g", { class: "moving" });
    const span = this.window * this.column;
    shape(this.moving, "rect", { x: this.left, y: 0, width: span, height: TOP + this.strip + 4, rx: 8, class: "frame" });
    shape(this.moving, "rect", {
      x: this.left, y: this.weightsY - 4, width: span, height: this.sumsY - this.weightsY + 12, rx: 8, class: "frame soft",
    });
    const weights = probe.net.weights[filter];
    this.products = [];
    this.sums = [];
    for (let at = 0; at < this.window; at += 1) {
      const middle = this.x(at) + this.column / 2;
      this.drawStrip(this.moving, at, this.weightsY, weights.subarray(at * trace.size, (at + 1) * trace.size), this.scales.w);
      write(this.moving, "\u00d7", { x: middle, y: this.weightsY - 7, anchor: "middle", className: "sign" });
      this.products.push(this.drawStrip(this.moving, at, this.productsY, new Float32Array(trace.size), this.scales.p));
      write(this.moving, "=", { x: middle, y: this.productsY - 6, anchor: "middle", className: "sign" });
      this.sums.push(write(this.moving, "", { x: middle, y: this.sumsY, anchor: "middle", className: "number" }));
    }
  }

  drawTotal() {
    const { svg } = this;
    this.total = write(svg, "", { x: this.isNarrow ? 4 : 0, y: this.sumsY + 34, className: "total" });
  }

  drawChart() {
    const { svg, trace, filter, probe } = this;
    const values = Array.from({ length: trace.positions(filter) }, (_, at) => trace.before(filter, at));
    const scale = largest(values);
    const high = Math.max(0, ...values) / scale;
    const low = Math.max(0, ...values.map((value) => -value)) / scale;
    const unit = (CHART - 36) / Math.max(high + low, 0.2);
    this.zero = this.chartY + 20 + high * unit;
    if (!this.isNarrow) {
      write(svg, probe.t("responses"), { x: 0, y: this.zero + 1, className: "stage-name" });
      write(svg, probe.t("responses_text"), { x: 0, y: this.zero + 19, className: "quiet" });
    }
    shape(svg, "line", { x1: this.left, x2: this.x(this.places), y1: this.zero, y2: this.zero, class: "axis" });
    this.bars = values.map((value, position) => this.drawBar(value, position, unit / scale));
  }

  drawBar(value, position, unit) {
    const { svg, trace, filter, probe } = this;
    const middle = this.x(position) + (this.window * this.column) / 2;
    const wide = Math.max(4, this.column * 0.62);
    const length = Math.max(1.5, Math.abs(value) * unit);
    const group = shape(svg, "g", { class: "place", "data-position": position });
    shape(group, "rect", { x: middle - this.column / 2, y: this.chartY - 2, width: this.column, height: CHART + 10, class: "catch" });
    shape(group, "rect", {
      x: middle - wide / 2, y: value > 0 ? this.zero - length : this.zero, width: wide, height: length, rx: 2,
      class: value > 0 ? "bar" : "bar off",
    });
    const isWinner = trace.isWinner(filter, position);
    if (this.column >= 46 || isWinner) {
      write(group, signed(value, 3), {
        x: middle, y: value > 0 ? this.zero - length - 7 : this.zero + length + 16, anchor: "middle", className: "number",
      });
    }
    if (isWinner) {
      shape(group, "rect", { x: middle - wide / 2 - 4, y: this.zero - length - 3, width: wide + 8, height: length + 6, rx: 5, class: "ring" });
      shape(group, "title", {}, probe.t("winner"));
    }
    group.addEventListener("click", () => probe.moveTo(position));
    return group;
  }

  moveTo(position, { isCalm = false } = {}) {
    const { trace, probe, filter } = this;
    this.moving.classList.toggle("calm", isCalm);
    this.moving.style.transform = `translateX(${position * this.column}px)`;
    const sum = trace.sum(probe.net, filter, position);
    sum.places.forEach((place, at) => {
      place.products.forEach((value, row) => this.products[at][row].setAttribute("fill", probe.palette.color(value, this.scales.p)));
      this.sums[at].textContent = signed(place.total, this.column < 56 ? 2 : 4);
    });
    this.bars.forEach((bar, at) => bar.classList.toggle("now", at === position));
    const terms = [...sum.places.map((place) => addend(place.total, 3)), addend(sum.bias, 3)].join(" + ");
    const end = `${shown(sum.total)} \u2192 ReLU \u2192 ${shown(sum.response)}`;
    this.total.textContent = this.isNarrow ? `\u03a3 = ${end}` : `${terms} = ${end}`;
    const text = sum.response > 0 ? (trace.isWinner(filter, position) ? "says_winner" : "says_on") : "says_off";
    const words = probe.quoted(sum.places.map((place) => place.text));
    probe.say(probe.t(text, { filter: probe.filterName(filter), words, before: shown(sum.total), response: shown(sum.response) }));
  }
}
