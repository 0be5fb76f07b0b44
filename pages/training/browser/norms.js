// Norms of the network's parts: weights and gradients over the epochs as two charts, and their numbers now as a table.

import { fill, make } from "../../kit/browser/dom.js";
import { css, rgb } from "../../kit/browser/theme.js";
import { NormChart } from "./norm_chart.js";
import { size } from "./size.js";

export class Norms {
  // actions: onGo(at), onTake()
  constructor(actions) {
    this.root = make("section", "norms");
    this.title = make("h2");
    this.note = make("p", "note");
    this.take = make("button", "take");
    this.take.type = "button";
    this.take.addEventListener("click", () => actions.onTake());
    const light = (part) => this.#light(part);
    this.charts = [0, 1].map((kind) => new NormChart(kind, { onGo: actions.onGo, onPart: light }));
    this.table = make("table");
    const row = make("div", "row");
    row.append(...this.charts.map(({ root }) => root), this.table);
    const head = make("div", "head");
    head.append(this.title, this.take);
    this.root.append(head, this.note, row);
    this.observer = new ResizeObserver(() => this.charts.forEach((chart) => chart.build()));
    for (const { root } of this.charts) this.observer.observe(root); // the table grows and leaves them less room
  }

  set({ texts, parts, palette }, theme, reel) {
    this.reel = reel;
    this.texts = texts;
    this.title.textContent = texts.norms;
    this.note.textContent = texts.norms_note;
    this.take.textContent = texts.take_norms;
    this.names = reel.parts.map((part) => parts[part]);
    this.colors = reel.parts.map((_, part) => rgb(palette[theme.name].categories[part]));
    this.#buildTable();
    for (const chart of this.charts) chart.set({ texts, names: this.names, colors: this.colors, reel });
  }

  #buildTable() {
    const { texts } = this;
    const head = make("tr");
    head.append(make("td"), ...[texts.weights_now, texts.gradients_now].map((text) => make("th", "", text)));
    this.cells = this.names.map((name, part) => {
      const row = make("tr");
      const label = make("th", "name");
      const dot = make("b", "", String(part + 1));
      dot.style.color = css(this.colors[part]);
      label.scope = "row";
      label.append(dot, make("span", "", name));
      const cells = [make("td"), make("td")];
      row.append(label, ...cells);
      row.addEventListener("pointerenter", () => this.#light(part));
      row.addEventListener("pointerleave", () => this.#light(-1));
      return { row, cells };
    });
    this.table.replaceChildren(head, ...this.cells.map(({ row }) => row));
  }

  #light(part) {
    for (const chart of this.charts) chart.light(part);
    this.cells.forEach(({ row }, other) => row.classList.toggle("lit", part === other));
    if (part < 0) for (const chart of this.charts) chart.mark(chart.at);
  }

  draw(at, base) {
    for (const chart of this.charts) chart.mark(at);
    this.cells.forEach(({ cells }, part) => {
      cells.forEach((cell, kind) => {
        const [now, before] = [this.reel.norm(at, part, kind), this.reel.norm(base, part, kind)];
        cell.replaceChildren(make("span", "", size(now)), make("small", "", at === base ? "" : percent(this.texts, now, before)));
      });
    });
  }

  // A table to take home: a line for each epoch and part.
  rows() {
    const { reel, texts } = this;
    const head = [texts.col_epoch, texts.col_part, texts.weights, texts.gradients];
    return [head, ...reel.shots.flatMap(({ epoch }, at) => this.names.map((name, part) =>
      [epoch, name, ...[0, 1].map((kind) => known(reel.norm(at, part, kind)))]))];
  }

  destroy() {
    this.observer.disconnect();
  }
}

function known(value) {
  return Number.isFinite(value) ? value : "";
}

function percent(texts, now, before) {
  if (!(before > 0) || !Number.isFinite(now)) return "";
  const by = (now / before - 1) * 100;
  const text = Math.abs(by) < 10 ? Math.abs(by).toFixed(1) : Math.abs(by).toFixed(0);
  const sign = by < 0 ? "−" : "+";
  return fill(texts.share, { value: Number(text) === 0 ? "±0" : `${sign}${text}` });
}
