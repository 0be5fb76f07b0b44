// Level 3: one place of one filter. Every multiplication and addition, with the numbers that the network used.

import { make } from "../../kit/browser/dom.js";
import { addend, largest, shown, signed } from "../../kit/browser/numbers.js";
import { button, chips, filterChoice, Player } from "./parts.js";
import { picture, shape, write } from "../../kit/browser/svg.js";
import { takeHome } from "../../kit/browser/take_home.js";

export class SumView {
  constructor(stage, probe) {
    this.probe = probe;
    this.view = make("div", "sum-view");
    stage.append(this.view);
    this.player = new Player(probe, (position) => { probe.setPosition(position); this.draw(); });
    const tools = make("div", "tools");
    tools.append(filterChoice(probe), this.player.line, button(probe.t("take_sum"), () => this.take(), { className: "away", picture: "picture" }));
    this.body = make("div", "sum-body");
    this.view.append(tools, this.body);
    this.draw();
  }

  first() {
    return this.player.playing;
  }

  draw() {
    const { probe, body } = this;
    const { trace } = probe;
    const sum = trace.sum(probe.net, probe.filter, probe.position);
    this.sum = sum;
    this.player.show();
    body.replaceChildren();
    const top = make("div", "sum-top");
    const formula = make("div", "formula");
    formula.append(this.question(sum), this.line(sum), this.relu(sum));
    top.append(formula, reluPicture(sum, probe));
    body.append(top);
    if (sum.places.some((place) => place.text === null)) body.append(make("p", "note", probe.t("padding_text")));
    body.append(make("p", "quiet", probe.t("table_text", { count: trace.size })), this.table(sum));
    probe.say(probe.t("sum_hint"));
  }

  question(sum) {
    const line = make("p", "lead");
    line.append(make("span", "", this.probe.t("sum_lead", { filter: this.probe.filterName(this.probe.filter) })), chips(sum.places.map((place) => place.text), this.probe));
    return line;
  }

  // One block for each word and one for the bias, with plus signs between them.
  line(sum) {
    const { probe } = this;
    const line = make("div", "terms");
    for (const place of sum.places) {
      line.append(term(place.text ?? probe.t("zeros"), addend(place.total), place.total), make("span", "plus", "+"));
    }
    line.append(term(probe.t("bias"), addend(sum.bias), sum.bias), make("span", "plus", "="), term(probe.t("before_relu"), shown(sum.total), sum.total, "result"));
    return line;
  }

  relu(sum) {
    const { probe } = this;
    const text = sum.total > 0 ? "relu_on" : "relu_off";
    const line = make("p", "relu");
    line.append(make("b", "", `ReLU(${shown(sum.total)}) = max(0, ${shown(sum.total)}) = ${shown(sum.response)}`));
    line.append(make("span", "", ` ${probe.t(text)} `));
    const isWinner = probe.trace.isWinner(probe.filter, probe.position);
    const best = probe.trace.features[probe.filter];
    line.append(make("span", "", probe.t(isWinner ? "max_this" : best > 0 ? "max_other" : "max_none", {
      best: shown(best), number: probe.trace.winner(probe.filter) + 1,
    })));
    return line;
  }

  table(sum) {
    const { probe } = this;
    const holder = make("div", "table-holder");
    holder.tabIndex = 0;
    const table = make("table", "sum-table");
    table.append(this.head(sum), this.rows(sum), this.foot(sum));
    table.addEventListener("pointerover", (event) => this.point(event.target.closest("td[data-row]")));
    holder.append(table);
    holder.setAttribute("aria-label", probe.t("table_label"));
    return holder;
  }

  head(sum) {
    const { probe } = this;
    const head = make("thead");
    const words = make("tr");
    words.append(make("td"));
    const names = make("tr");
    names.append(make("th", "row-number", probe.t("number")));
    for (const place of sum.places) {
      const word = make("th", place.text === null ? "of-word pad" : "of-word", place.text ?? probe.t("zeros"));
      word.colSpan = 3;
      word.dir = "auto";
      words.append(word);
      for (const key of ["col_word", "col_weight", "col_product"]) names.append(make("th", key, probe.t(key)));
    }
    head.append(words, names);
    return head;
  }

  rows(sum) {
    const { probe } = this;
    const body = make("tbody");
    const scale = Math.max(...sum.places.map((place) => largest(place.products)));
    for (let row = 0; row < probe.trace.size; row += 1) {
      const line = make("tr");
      line.append(make("th", "row-number", String(row + 1)));
      sum.places.forEach((place, at) => {
        const cells = [make("td", "x", shown(place.x[row])), make("td", "w", shown(place.w[row])), make("td", "p", signed(place.products[row], 5))];
        cells[2].style.setProperty("--share", String(place.products[row] / scale));
        cells[2].classList.add(place.products[row] < 0 ? "minus" : "plus");
        for (const cell of cells) Object.assign(cell.dataset, { row, at });
        line.append(...cells);
      });
      body.append(line);
    }
    return body;
  }

  foot(sum) {
    const foot = make("tfoot");
    const line = make("tr");
    line.append(make("th", "", "\u03a3"));
    for (const place of sum.places) {
      const cell = make("td", "", signed(place.total, 5));
      cell.colSpan = 3;
      line.append(cell);
    }
    foot.append(line);
    return foot;
  }

  point(cell) {
    if (!cell) return;
    const place = this.sum.places[Number(cell.dataset.at)];
    const row = Number(cell.dataset.row);
    const product = `${shown(place.x[row], 6)} \u00d7 ${addend(place.w[row], 6)} = ${shown(place.products[row], 6)}`;
    this.probe.say(this.probe.t("says_product", { word: place.text ?? this.probe.t("zeros"), number: row + 1, product }));
  }

  take() {
    const { probe, sum } = this;
    const rows = sum.places.flatMap((place, at) => Array.from(place.x, (x, row) => [
      at + 1, place.text ?? "", row + 1, x, place.w[row], place.products[row],
    ]));
    rows.push(["", "bias", "", "", "", sum.bias], ["", "sum", "", "", "", sum.total], ["", "relu", "", "", "", sum.response]);
    const name = `filter-${probe.trace.width(probe.filter)}-${probe.trace.number(probe.filter) + 1}-place-${probe.position + 1}`;
    takeHome(name, [["place", "word", "number", "x", "w", "product"], ...rows]);
  }

  destroy() {
    this.player.stop();
  }
}

function term(name, number, value, className = "") {
  const box = make("span", `term ${value < 0 ? "minus" : value > 0 ? "plus" : "zero"} ${className}`);
  const label = make("i", "", name);
  label.dir = "auto";
  box.append(label, make("b", "", number));
  return box;
}

// ReLU as a line with the point where this sum lies.
function reluPicture(sum, probe) {
  const svg = picture(null, { width: 190, height: 128, label: "ReLU" });
  svg.classList.add("relu-picture");
  const reach = Math.max(Math.abs(sum.total) * 1.6, 0.01);
  const x = (value) => 95 + (value / reach) * 84;
  const y = (value) => 96 - (value / reach) * 78;
  shape(svg, "line", { x1: 6, x2: 186, y1: 96, y2: 96, class: "axis" });
  shape(svg, "line", { x1: 95, x2: 95, y1: 12, y2: 102, class: "axis" });
  shape(svg, "path", { d: `M${x(-reach)} 96L95 96L${x(reach)} ${y(reach)}`, class: "curve" });
  shape(svg, "path", { d: `M${x(sum.total)} 96L${x(sum.total)} ${y(sum.response)}L95 ${y(sum.response)}`, class: "drop" });
  shape(svg, "circle", { cx: x(sum.total), cy: y(sum.response), r: 6, class: "dot" });
  write(svg, shown(sum.total), { x: Math.min(150, Math.max(40, x(sum.total))), y: 118, anchor: "middle", className: "number" });
  write(svg, probe.t("relu_name"), { x: 8, y: 20, className: "quiet" });
  return svg;
}
