// The left of the overview: words, their embeddings, and for each window width the filters' answers along the title.

import { labelled } from "../../kit/browser/dom.js";
import { barsX, columnX, rowY, windowX } from "./layout.js";
import { largest, shown } from "../../kit/browser/numbers.js";
import { bow, shape, write } from "../../kit/browser/svg.js";
import { areNumbered, drawWord } from "./words.js";

// A feature as it is written at the end of its row.
function barText(value) {
  return value > 0 ? shown(value, 3) : "0";
}

export class Bands {
  constructor(svg, probe, layout) {
    Object.assign(this, { svg, probe, layout, trace: probe.trace, words: [], strips: [], cells: [], rows: [] });
    this.drawWords();
    this.drawStrips();
    this.drawBands();
    this.glow = shape(svg, "g", { class: "glow", "aria-hidden": "true" });
  }

  drawWords() {
    const { trace, layout, svg, probe } = this;
    const isNumbered = areNumbered(trace, layout.column);
    for (let at = 0; at < layout.places; at += 1) {
      this.words.push(drawWord(svg, probe, { at, x: columnX(layout, at), column: layout.column, isNumbered }));
    }
    if (!layout.isNarrow) write(svg, probe.t("words"), { x: 0, y: 20, className: "stage-name" });
  }

  drawStrips() {
    const { trace, layout, svg, probe } = this;
    const scale = largest(trace.embeddings);
    if (!layout.isNarrow) {
      write(svg, probe.t("embeddings"), { x: 0, y: layout.stripTop + 14, className: "stage-name" });
      write(svg, probe.t("embeddings_size", { count: trace.size }), { x: 0, y: layout.stripTop + 33, className: "quiet" });
    }
    for (let at = 0; at < layout.places; at += 1) {
      const group = shape(svg, "g", { class: "strip", "data-strip": at });
      const values = trace.word(at);
      const x = columnX(layout, at) + Math.max(2, layout.column * 0.14);
      const width = layout.column - 2 * Math.max(2, layout.column * 0.14);
      values.forEach((value, row) => {
        shape(group, "rect", {
          x, y: layout.stripTop + row * layout.strip, width, height: layout.strip + 0.3,
          fill: probe.palette.color(value, scale), "data-row": row,
        });
      });
      shape(group, "rect", {
        x, y: layout.stripTop, width, height: trace.size * layout.strip, class: at < trace.length ? "outline" : "outline pad",
      });
      this.strips.push(group);
    }
  }

  drawBands() {
    const { trace, probe } = this;
    this.scale = Math.max(...trace.windows.map((window) => largest(window.before)));
    this.highest = Math.max(largest(trace.features), largest(probe.before?.features ?? []));
    trace.windows.forEach((window, number) => this.drawBand(window, number));
    for (let filter = 0; filter < trace.count; filter += 1) this.drawRow(filter, probe);
  }

  drawBand(window, number) {
    const { layout, svg, probe, trace } = this;
    const y = layout.bands[number];
    if (layout.isNarrow) {
      write(svg, probe.t("window", { width: window.width }), { x: 0, y: y - 6, className: "stage-name" });
    } else {
      write(svg, probe.t("window", { width: window.width }), { x: 0, y: y + 14, className: "stage-name" });
      write(svg, probe.t("window_text", { width: window.width }), { x: 0, y: y + 33, className: "quiet" });
    }
    if (window.padded && !layout.isNarrow) {
      write(svg, probe.t("padded", { count: window.padded }), { x: 0, y: y + 52, className: "quiet" });
    }
    const top = layout.isNarrow ? 0 : 2;
    shape(svg, "rect", {
      x: layout.left - 2, y: y - top, width: layout.places * layout.column + 4,
      height: trace.filters * layout.row + 2 * top, rx: 5, class: "band",
    });
  }

  drawRow(filter, probe) {
    const { trace, layout, svg } = this;
    const y = rowY(layout, trace, filter);
    const width = trace.width(filter);
    const row = shape(svg, "g", { class: "row", "data-filter": filter, tabindex: "-1", role: "button" });
    row.setAttribute("aria-label", labelled(probe.data.texts, probe.filterName(filter), barText(trace.features[filter])));
    shape(row, "rect", {
      x: layout.left - 20, y, width: barsX(layout) - layout.left + layout.bars + 8, height: layout.row, class: "catch",
    });
    const cells = [];
    for (let position = 0; position < trace.positions(filter); position += 1) {
      cells.push(this.drawCell(row, filter, position, { y, width }));
    }
    this.cells.push(cells);
    this.rows.push(row);
    this.drawBar(row, filter, y);
    this.drawNumbers(filter, y + layout.row / 2 + 5);
  }

  // A row's number before it and its feature behind. They stand beside the button that the row is: its name says both.
  drawNumbers(filter, y) {
    const { trace, layout, svg } = this;
    const value = trace.features[filter];
    const numbers = shape(svg, "g", { class: "row-numbers", "aria-hidden": "true" });
    write(numbers, String(trace.number(filter) + 1), { x: layout.left - 7, y, anchor: "end", className: "number rank" });
    write(numbers, barText(value), {
      x: barsX(layout) + layout.bars - 69, y, className: value > 0 ? "number" : "number zero",
    });
  }

  // Below zero, where ReLU answers nothing, a thin line; above, a full cell. The ring is around the strongest.
  drawCell(row, filter, position, { y, width }) {
    const { trace, layout, probe } = this;
    const value = trace.before(filter, position);
    const isOn = value > 0;
    const x = windowX(layout, position, width) - layout.column / 2 + 1.5;
    const height = isOn ? layout.row - 2.5 : 3;
    const cell = shape(row, "rect", {
      x, y: y + (layout.row - height) / 2, width: Math.max(3, layout.column - 3), height, rx: isOn ? 3 : 1.5,
      fill: probe.palette.color(value, this.scale), class: isOn ? "cell on" : "cell", "data-position": position,
    });
    if (trace.isWinner(filter, position)) {
      shape(row, "rect", {
        x: x - 1, y: y + 0.25, width: Math.max(5, layout.column - 1), height: layout.row - 0.5, rx: 5, class: "ring",
      });
    }
    return cell;
  }

  drawBar(row, filter, y) {
    const { trace, layout, probe } = this;
    const x = barsX(layout);
    const room = layout.bars - 76;
    const value = trace.features[filter];
    const length = (value / this.highest) * room;
    const middle = y + layout.row / 2;
    if (value > 0) {
      const from = windowX(layout, trace.winner(filter), trace.width(filter)) + layout.column / 2;
      shape(row, "path", { d: bow(from, middle, x - 2, middle), class: "to-bar" });
      shape(row, "rect", { x, y: y + 1.5, width: Math.max(2, length), height: layout.row - 3, rx: 2, class: "bar" });
    }
    const before = probe.before?.features[filter];
    if (before !== undefined && Math.abs(before - value) > 5e-5) {
      shape(row, "rect", {
        x, y: y + 1.5, width: Math.max(2, (before / this.highest) * room), height: layout.row - 3, rx: 2, class: "ghost",
      });
    }
  }

  // Light up one window: its words, their strips, and the way from them to the sum.
  light(filter, position) {
    const { trace, layout } = this;
    const width = trace.width(filter);
    this.dim();
    this.svg.classList.add("lit-up");
    const inside = (at) => at >= position && at < position + width;
    this.words.forEach((group, at) => group.classList.toggle("lit", inside(at)));
    this.strips.forEach((group, at) => group.classList.toggle("lit", inside(at)));
    this.rows.forEach((row, at) => row.classList.toggle("lit", at === filter));
    const x1 = columnX(layout, position) + 1;
    const x2 = columnX(layout, position + width) - 1;
    const middle = windowX(layout, position, width);
    const y = rowY(layout, trace, filter);
    const half = layout.column / 2 - 1;
    this.glow.replaceChildren();
    shape(this.glow, "rect", {
      x: x1, y: 0, width: x2 - x1, height: layout.stripBottom + 3, rx: 8, class: "frame",
    });
    shape(this.glow, "path", {
      d: `M${x1} ${layout.stripBottom + 3}L${x2} ${layout.stripBottom + 3}L${middle + half} ${y}L${middle - half} ${y}Z`, class: "beam",
    });
    shape(this.glow, "rect", {
      x: middle - half - 1, y: y - 0.5, width: 2 * half + 2, height: layout.row + 1, rx: 4, class: "frame",
    });
  }

  // Light up all windows that read one word; the number of filters whose winner does is returned.
  lightWord(at) {
    const { trace } = this;
    this.dim();
    this.svg.classList.add("lit-up", "by-word");
    this.words[at].classList.add("lit");
    this.strips[at].classList.add("lit");
    let count = 0;
    this.cells.forEach((cells, filter) => {
      const width = trace.width(filter);
      const reads = (position) => at >= position && at < position + width;
      cells.forEach((cell, position) => cell.classList.toggle("out", !reads(position)));
      const winner = trace.winner(filter);
      const isWon = trace.isWinner(filter, winner) && reads(winner);
      this.rows[filter].classList.toggle("lit", isWon);
      count += isWon ? 1 : 0;
    });
    return count;
  }

  dim() {
    this.svg.classList.remove("lit-up", "by-word");
    this.glow.replaceChildren();
    for (const cell of this.cells.flat()) cell.classList.remove("out");
    for (const group of [...this.words, ...this.strips, ...this.rows]) group.classList.remove("lit");
  }
}
