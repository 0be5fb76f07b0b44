// The right of the overview: the title's numbers beside those of id, genres and history, mixed into one vector.

import { largest, shown } from "../../kit/browser/numbers.js";
import { barsX, rowY } from "./layout.js";
import { bow, fall, shape, write } from "../../kit/browser/svg.js";

const VECTOR_COLUMNS = 10;

export class Join {
  constructor(svg, probe, layout) {
    Object.assign(this, { svg, probe, layout, film: probe.film, blocks: [], cells: [] });
    if (!this.film) return;
    this.place();
    this.flows = shape(svg, "g", { class: "flows", "aria-hidden": "true" });
    this.film.parts.forEach((part, at) => this.drawPart(part, at));
    this.drawVector();
    this.drawFlows();
    this.drawStars();
  }

  // On a desk beside the bars, on a phone below them.
  place() {
    const { layout, film } = this;
    const cell = layout.isNarrow ? 8 : 9;
    const columns = 8;
    let y = layout.isNarrow ? layout.bottom + 62 : 48;
    const x = layout.isNarrow ? 4 : barsX(layout) + layout.bars + 34;
    this.spots = film.parts.map((part) => {
      const wide = part.values.length > 64 ? 13 : columns;
      const size = part.values.length > 64 ? (cell * columns) / 13 : cell;
      const spot = { x, y, columns: wide, cell: size, width: cell * columns, height: Math.ceil(part.values.length / wide) * size };
      y += spot.height + 40;
      return spot;
    });
    const vectorX = layout.isNarrow ? layout.width - VECTOR_COLUMNS * 11 - 30 : x + cell * columns + 74;
    const size = layout.isNarrow ? 11 : 10.5;
    const rows = Math.ceil(film.vector.length / VECTOR_COLUMNS);
    this.vector = { x: vectorX, y: this.spots[0].y, cell: size, width: VECTOR_COLUMNS * size, height: rows * size };
    this.bottom = Math.max(y, this.vector.y + this.vector.height + 120);
  }

  drawPart(part, at) {
    const { svg, probe, spots } = this;
    const spot = spots[at];
    const group = shape(svg, "g", { class: `part ${part.name}`, "data-part": at, tabindex: "0", role: "button" });
    shape(group, "rect", { x: spot.x - 5, y: spot.y - 22, width: spot.width + 52, height: spot.height + 27, class: "catch" });
    const name = write(group, probe.t(`part_${part.name}`), { x: spot.x - 2, y: spot.y - 7, className: "stage-name" });
    shape(name, "tspan", { class: "quiet plain-weight" }, `  ${part.values.length}`);
    const scale = largest(part.values);
    part.values.forEach((value, number) => {
      shape(group, "rect", {
        x: spot.x + (number % spot.columns) * spot.cell, y: spot.y + Math.floor(number / spot.columns) * spot.cell,
        width: spot.cell - 0.8, height: spot.cell - 0.8, rx: 1, fill: probe.palette.color(value, scale),
        "data-part": at, "data-number": number,
      });
    });
    shape(group, "rect", { x: spot.x - 2, y: spot.y - 2, width: spot.width + 3, height: spot.height + 3, rx: 3, class: "outline" });
    if (part.name === "history" && this.film.unrated) this.explainUnrated(group, spot);
    this.blocks.push(group);
  }

  // A branch without anything to read still answers: without a word, its share would be taken for ratings.
  explainUnrated(group, spot) {
    ["unrated", "unrated_bias"].forEach((key, line) => {
      write(group, this.probe.t(key), { x: spot.x - 2, y: spot.y + spot.height + 16 + 17 * line, className: "quiet unrated" });
    });
  }

  drawVector() {
    const { svg, probe, vector, film } = this;
    const group = shape(svg, "g", { class: "vector" });
    this.vectorName = write(group, probe.t("vector", { count: film.vector.length }), {
      x: vector.x + vector.width, y: vector.y - 26, className: "stage-name", anchor: "end",
    });
    this.vectorNote = write(group, probe.t("vector_text"), {
      x: vector.x + vector.width, y: vector.y - 7, className: "quiet", anchor: "end",
    });
    film.vector.forEach((value, number) => {
      this.cells.push(shape(group, "rect", {
        x: vector.x + (number % VECTOR_COLUMNS) * vector.cell, y: vector.y + Math.floor(number / VECTOR_COLUMNS) * vector.cell,
        width: vector.cell - 0.8, height: vector.cell - 0.8, rx: 1, "data-vector": number,
      }));
    });
    shape(group, "rect", { x: vector.x - 2, y: vector.y - 2, width: vector.width + 3, height: vector.height + 3, rx: 3, class: "outline" });
    this.showPart(null);
  }

  // What one part adds to each number, or the finished vector.
  showPart(at) {
    const { film, probe, vector } = this;
    const part = at === null ? null : film.parts[at];
    const values = part ? part.added : film.vector;
    const scale = part ? this.strongest() : largest(values);
    values.forEach((value, number) => this.cells[number].setAttribute("fill", probe.palette.color(value, scale)));
    this.vectorNote.textContent = part ? probe.t("vector_part", { part: probe.t(`part_${part.name}`) }) : probe.t("vector_text");
    this.vectorNote.setAttribute("x", vector.x + vector.width);
    this.blocks.forEach((block, number) => block.classList.toggle("lit", number === at));
    this.ways?.forEach((way, number) => way.classList.toggle("lit", number === at));
  }

  strongest() {
    return Math.max(...this.film.parts.map((part) => largest(part.added)));
  }

  drawFlows() {
    const { layout, probe, vector, spots, film, flows } = this;
    const trace = probe.trace;
    const title = spots[film.parts.findIndex((part) => part.name === "title")];
    const highest = largest(trace.features);
    for (let filter = 0; filter < trace.count && !layout.isNarrow; filter += 1) {
      const y = rowY(layout, trace, filter) + layout.row / 2;
      const share = trace.features[filter] / highest;
      shape(flows, "path", {
        d: bow(barsX(layout) + layout.bars - 18, y, title.x - 4, title.y + (filter / trace.count) * title.height),
        class: "thread", "stroke-opacity": 0.1 + 0.6 * share, "stroke-width": 0.7 + 2 * share, "data-thread": filter,
      });
    }
    const moved = film.parts.map((part) => part.added.reduce((sum, value) => sum + Math.abs(value), 0) / part.added.length);
    const total = moved.reduce((a, b) => a + b, 0) || 1;
    this.shares = moved.map((value) => value / total);
    this.ways = spots.map((spot, at) => {
      const y1 = spot.y + spot.height / 2;
      const y2 = vector.y + vector.height * ((at + 0.5) / spots.length);
      const way = shape(flows, "path", {
        d: bow(spot.x + spot.width + 4, y1, vector.x - 5, y2), class: "way", "stroke-width": 1.5 + 20 * this.shares[at],
      });
      write(flows, probe.percent(this.shares[at]), {
        x: spot.x + spot.width + 40, y: (y1 + y2) / 2 + 5, className: "share", anchor: "middle",
      });
      return way;
    });
  }

  drawStars() {
    const { svg, probe, vector, film, flows } = this;
    if (film.stars === null) return;
    const x = vector.x + vector.width / 2;
    const y = vector.y + vector.height;
    shape(flows, "path", { d: fall(x, y + 4, x, y + 34), class: "way", "stroke-width": 6 });
    const group = shape(svg, "g", { class: "stars" });
    const right = vector.x + vector.width + 4;
    write(group, `\u2605 ${shown(onScale(film.stars), 2)}`, { x: right, y: y + 62, anchor: "end", className: "stars-number" });
    write(group, probe.data.person, { x: right, y: y + 84, anchor: "end", className: "quiet" });
    if (probe.filmBefore) {
      const change = probe.t("stars_before", { stars: shown(onScale(probe.filmBefore.stars), 2) });
      write(group, change, { x: right, y: y + 104, anchor: "end", className: "quiet" });
    }
  }
}

// Stars are cut to the scale that people rate on.
function onScale(stars) {
  return Math.min(5, Math.max(1, stars));
}
