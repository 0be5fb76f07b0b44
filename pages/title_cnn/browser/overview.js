// Level 1: the whole way of a title, from words to stars. What the pointer rests on shows where it comes from.

import { sentences } from "../../kit/browser/dom.js";
import { Bands } from "./bands.js";
import { layoutOf } from "./layout.js";
import { Join } from "./join.js";
import { shown, signed } from "../../kit/browser/numbers.js";
import { picture } from "../../kit/browser/svg.js";
import { numbersTable } from "./table.js";
import { areNumbered, wordList } from "./words.js";

export class Overview {
  constructor(stage, probe) {
    this.probe = probe;
    const layout = layoutOf(stage.clientWidth || 1000, probe.trace);
    if (areNumbered(probe.trace, layout.column)) stage.append(wordList(probe));
    const svg = picture(stage, { width: layout.width, height: 10, label: probe.t("overview_label") });
    svg.classList.add("way-picture");
    this.bands = new Bands(svg, probe, layout);
    this.join = new Join(svg, probe, layout);
    const height = Math.ceil(Math.max(layout.bottom + 8, this.join.bottom ?? 0));
    svg.setAttribute("height", height);
    svg.setAttribute("viewBox", `0 0 ${layout.width} ${height}`);
    this.svg = svg;
    probe.under.append(numbersTable(probe));
    this.listen();
    this.rest();
  }

  listen() {
    const { svg, probe } = this;
    svg.addEventListener("pointermove", (event) => this.point(event.target));
    svg.addEventListener("pointerleave", () => this.rest());
    svg.addEventListener("click", (event) => this.click(event.target));
    svg.addEventListener("focusin", (event) => this.point(event.target));
    svg.addEventListener("keydown", (event) => this.press(event));
    this.bands.rows[probe.filter].setAttribute("tabindex", "0");
  }

  first() {
    return this.bands.rows[this.probe.filter];
  }

  // What an element stands for.
  point(target) {
    const row = target.closest(".row");
    if (row) {
      this.join.film && this.join.showPart(null);
      const filter = Number(row.dataset.filter);
      const place = target.dataset.position;
      this.place = place === undefined ? this.probe.trace.winner(filter) : Number(place);
      this.showWindow(filter, this.place);
      return;
    }
    const number = target.dataset.vector;
    if (number !== undefined) this.showNumber(Number(number));
    else if (target.closest(".part")) this.showPart(target);
    else if (target.closest(".strip")) this.showWord(target);
    else if (target.closest(".word")) this.showWordOnly(Number(target.closest(".word").dataset.word));
    else this.rest();
  }

  rest() {
    const { probe } = this;
    if (this.join.film) this.join.showPart(null);
    this.bands.dim();
    if (probe.trace.length === 0) probe.say(probe.t("empty_hint"));
    else probe.say(probe.t("overview_hint"));
  }

  showWindow(filter, position) {
    const { probe } = this;
    const { trace } = probe;
    this.bands.light(filter, position);
    const before = trace.before(filter, position);
    const values = {
      filter: probe.filterName(filter), words: probe.quoted(trace.window(filter, position)), before: shown(before), response: shown(Math.max(0, before)),
    };
    const end = before <= 0 ? "says_off" : trace.isWinner(filter, position) ? "says_winner" : "says_on";
    probe.say(probe.t(end, values));
  }

  showWordOnly(at) {
    const { probe } = this;
    const word = probe.trace.words[at];
    const count = this.bands.lightWord(at);
    if (!word) probe.say(probe.t("pad_word"));
    else probe.say(probe.t(word.known ? "known_word" : "unknown_word", { word: word.text }) + probe.t("word_won", { count, all: probe.trace.count }));
  }

  showWord(target) {
    const { probe } = this;
    const at = Number(target.closest(".strip").dataset.strip);
    if (target.dataset.row === undefined || at >= probe.trace.length) {
      this.showWordOnly(at);
      return;
    }
    const row = Number(target.dataset.row);
    const values = { word: probe.trace.words[at].text, number: row + 1, value: shown(probe.trace.word(at)[row]) };
    probe.say(probe.t("says_embedding", values));
  }

  showPart(target) {
    const { probe, join } = this;
    const at = Number(target.closest(".part").dataset.part);
    const part = join.film.parts[at];
    join.showPart(at);
    const values = { part: probe.t(`part_${part.name}`), count: part.values.length, share: Math.round(join.shares[at] * 100) };
    const number = target.dataset.number;
    const text = probe.t(part.name === "history" && join.film.unrated ? "says_unrated" : `says_part_${part.name}`, values);
    const one = number === undefined ? "" : probe.t("says_part_number", { number: Number(number) + 1, value: shown(part.values[Number(number)]) });
    probe.say(sentences(probe.data.texts, [text, one]));
  }

  showNumber(number) {
    const { probe, join } = this;
    const { film } = join;
    join.showPart(null);
    const sum = film.parts.map((part) => `${probe.t(`part_${part.name}`)} ${signed(part.added[number], 3)}`);
    sum.push(`${probe.t("bias")} ${signed(film.mixBias[number], 3)}`);
    probe.say(probe.t("says_number", {
      number: number + 1, sum: sum.join(probe.t("comma")), before: shown(film.before[number], 3), value: shown(film.vector[number], 3),
    }));
  }

  click(target) {
    const row = target.closest(".row");
    if (!row) {
      const word = target.closest(".word") ?? target.closest(".strip");
      if (word) this.probe.editWord(Number(word.dataset.word ?? word.dataset.strip));
      return;
    }
    const filter = Number(row.dataset.filter);
    const place = target.dataset.position;
    this.probe.go("filter", filter, place === undefined ? this.probe.trace.winner(filter) : Number(place));
  }

  press(event) {
    const row = event.target.closest(".row");
    if (!row) return;
    const filter = Number(row.dataset.filter);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (side) {
      const last = this.probe.trace.positions(filter) - 1;
      this.place = Math.min(last, Math.max(0, this.place + side));
      this.showWindow(filter, this.place);
    } else if (step) {
      const next = this.bands.rows[(filter + step + this.probe.trace.count) % this.probe.trace.count];
      row.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      this.probe.go("filter", filter, this.place);
    } else {
      return;
    }
    event.preventDefault();
  }
}
