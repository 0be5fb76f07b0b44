// The search box: suggestions while one types, by words of the title without accents; the best known first.

import { fill, icon, make, sentences } from "../../kit/browser/dom.js";

const MOST = 8;
const BEFORE = /[^\p{L}\p{N}]/u; // what stands before a word

export function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

// Rows of titles that hold all words of a query: those that begin with it first, then those where each begins a word.
export class TitleIndex {
  constructor(scene) {
    this.scene = scene;
    this.titles = null;
  }

  find(query, most = MOST) {
    const wanted = folded(query).trim();
    if (!wanted) return [];
    this.titles ??= Array.from(this.scene.order, (row) => folded(this.scene.title(row)));
    const words = wanted.split(/\s+/);
    const [starting, inside, anywhere] = [[], [], []];
    this.titles.forEach((title, at) => {
      if (!words.every((word) => title.includes(word))) return;
      if (title.startsWith(wanted)) starting.push(at);
      else if (words.every((word) => BEFORE.test(title[title.indexOf(word) - 1] ?? " "))) inside.push(at);
      else anywhere.push(at);
    });
    return [...starting, ...inside, ...anywhere].slice(0, most).map((at) => this.scene.order[at]);
  }
}

export class SearchBox {
  // onChoose(row): a suggestion was taken; mark(row): what is written beside its title.
  constructor(texts, { onChoose }) {
    this.onChoose = onChoose;
    this.root = make("div", "search");
    this.input = make("input");
    this.input.type = "text";
    this.input.autocomplete = "off";
    this.input.spellcheck = false;
    this.list = make("ul", "suggestions");
    this.list.setAttribute("role", "listbox");
    this.list.id = `suggestions-${Math.random().toString(36).slice(2)}`;
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-autocomplete", "list"],
      ["aria-controls", this.list.id]]) this.input.setAttribute(name, value);
    this.root.append(icon("search"), this.input, this.list);
    this.setTexts(texts);
    this.input.addEventListener("input", () => this.#suggest());
    this.input.addEventListener("focus", () => this.#suggest());
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.input.addEventListener("keydown", (event) => this.#key(event));
  }

  setTexts(texts) {
    this.texts = texts;
    this.input.placeholder = texts.search;
    this.input.setAttribute("aria-label", texts.search);
  }

  setScene(scene) {
    this.scene = scene;
    this.index = new TitleIndex(scene);
  }

  close() {
    this.rows = [];
    this.list.replaceChildren();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  #suggest() {
    if (!this.scene) return;
    this.rows = this.index.find(this.input.value);
    this.at = 0;
    const items = this.rows.map((row, at) => this.#item(row, at));
    if (!items.length && this.input.value.trim()) items.push(make("li", "none", this.texts.none_found));
    this.list.replaceChildren(...items);
    this.input.setAttribute("aria-expanded", String(this.rows.length > 0));
    this.#mark();
  }

  #item(row, at) {
    const item = make("li", "suggestion");
    item.id = `${this.list.id}-${at}`;
    item.setAttribute("role", "option");
    const swatch = make("i");
    swatch.style.background = this.scene.card(row);
    const [first = "", second = ""] = this.scene.lines(row);
    item.append(swatch, make("b", "", this.scene.title(row)), make("span", "", first), make("small", "", second));
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#take(at);
    });
    return item;
  }

  #mark() {
    Array.from(this.list.children).forEach((item, at) => {
      item.setAttribute("aria-selected", String(at === this.at));
      if (at === this.at && item.id) this.input.setAttribute("aria-activedescendant", item.id);
    });
  }

  #take(at) {
    const row = this.rows?.[at];
    if (row === undefined) return;
    this.input.value = "";
    this.close();
    this.onChoose(row);
  }

  #key(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.rows?.length) {
      this.at = (this.at + step + this.rows.length) % this.rows.length;
      this.#mark();
      event.preventDefault();
    } else if (event.key === "Enter") {
      this.#take(this.at);
      event.preventDefault();
    } else if (event.key === "Escape") {
      this.input.value = "";
      this.close();
    }
  }
}

// What a screen reader says about a chosen point.
export function spoken(texts, scene, row, neighbors) {
  const about = fill(texts.chosen, { title: scene.title(row), about: scene.lines(row).join(texts.clause) });
  if (!neighbors?.length) return about;
  const names = neighbors.map((other, at) => `${at + 1} ${scene.title(other)}`).join(texts.comma);
  return sentences(texts, [about, fill(texts.neighbors, { names })]);
}
