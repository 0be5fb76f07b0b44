// Which words mattered: for each word what it does to one person's stars, and to every filter's number.

import { fill, make } from "../../kit/browser/dom.js";
import { mount } from "../../kit/browser/mount.js";
import { floats, largest, shown, signed } from "../../kit/browser/numbers.js";
import { Palette } from "../../kit/browser/palette.js";
import { picture, shape } from "../../kit/browser/svg.js";
import { styles } from "./styles.js";

const CELL = 13;
const GAP = 8;

class Mattered {
  constructor(parent) {
    this.root = make("div", "matinee-cnn mattered");
    parent.append(this.root);
  }

  update(data) {
    Object.assign(this, { data, palette: new Palette(this.root) });
    this.palette.dress(this.root);
    this.count = data.filters * data.widths.length;
    this.toFeatures = floats(data.to_features);
    this.toStars = data.to_stars === null ? null : floats(data.to_stars);
    this.said = make("p", "said");
    this.said.setAttribute("aria-live", "polite");
    const table = make("div", "word-rows");
    table.append(this.head(), ...data.words.map((word, at) => this.row(word, at)), this.foot());
    this.root.replaceChildren(make("style", "", styles), table, this.said);
    this.said.textContent = this.t("hint", { least: data.least });
    table.addEventListener("pointerover", (event) => this.point(event.target));
  }

  t(name, values = {}) {
    return fill(this.data.texts[name], values);
  }

  head() {
    const line = make("div", "word-row head");
    line.append(make("b", "", this.t("word")), make("b", "", this.toStars ? this.t("to_stars", { person: this.data.person }) : ""), make("b", "", ""));
    line.append(this.cells(null));
    return line;
  }

  row(word, at) {
    const line = make("div", "word-row");
    const chip = make("span", word.known ? "chip" : "chip unknown", word.text);
    chip.dir = "auto";
    const value = this.toStars ? this.toStars[at] : 0;
    const bar = make("span", "balance");
    const share = this.toStars ? value / largest(this.toStars, this.data.least) : 0;
    bar.style.setProperty("--share", String(Math.abs(share)));
    bar.classList.add(value < 0 ? "minus" : "plus");
    line.append(chip, this.toStars ? bar : make("span"), make("span", "number", this.toStars ? signed(value) : ""), this.cells(at));
    return line;
  }

  // All words together: what they do in sum.
  foot() {
    const { data } = this;
    const line = make("div", "word-row foot");
    line.append(make("b", "", this.t("together")));
    if (this.toStars) {
      line.append(make("span", "quiet", this.t("from_to", { without: shown(data.stars_without), with: shown(data.stars) })), make("b", "number", signed(data.stars - data.stars_without)));
    } else {
      line.append(make("span"), make("span"));
    }
    line.append(make("span"));
    return line;
  }

  x(filter) {
    return filter * CELL + Math.floor(filter / this.data.filters) * GAP;
  }

  // The filters of one word; without a word, the names of their windows.
  cells(at) {
    const { data } = this;
    const width = this.x(this.count - 1) + CELL;
    const svg = picture(null, { width, height: at === null ? 20 : 22 });
    svg.classList.add("word-cells");
    if (at === null) {
      data.widths.forEach((wide, number) => {
        shape(svg, "text", { x: this.x(number * data.filters), y: 15, class: "quiet" }, this.t("window", { width: wide }));
      });
      return svg;
    }
    const scale = largest(this.toFeatures);
    for (let filter = 0; filter < this.count; filter += 1) {
      const value = this.toFeatures[at * this.count + filter];
      shape(svg, "rect", { x: this.x(filter), y: 0, width: CELL - 1, height: 22, class: "ground" });
      if (value === 0) continue;
      const height = Math.max(3, 22 * Math.sqrt(Math.abs(value) / scale));
      shape(svg, "rect", {
        x: this.x(filter), y: value > 0 ? 22 - height : 0, width: CELL - 1, height, fill: this.palette.color(value, scale),
      });
    }
    // Over the cells, so that each is easy to hit.
    for (let filter = 0; filter < this.count; filter += 1) {
      shape(svg, "rect", { x: this.x(filter), y: 0, width: CELL, height: 22, class: "catch", "data-word": at, "data-filter": filter });
    }
    return svg;
  }

  point(target) {
    const { filter, word } = target.dataset ?? {};
    if (filter === undefined) return;
    const { data } = this;
    const number = Number(filter);
    const name = this.t("filter_name", { width: data.widths[Math.floor(number / data.filters)], number: (number % data.filters) + 1 });
    const value = this.toFeatures[Number(word) * this.count + number];
    this.said.textContent = this.t("says", { word: data.words[Number(word)].text, filter: name, value: signed(value), now: shown(floats(data.features)[number]) });
  }

  destroy() {
    this.root.remove();
  }
}

export const component = mount(Mattered);
