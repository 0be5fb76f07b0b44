// The entry: films to rate and what was rated, on a page of Streamlit.
//
// Each answer gets a number and is sent together with all answers that the page has not heard of yet (`data.heard`):
// Streamlit keeps only the newest value while it is busy, and of two quick clicks none may be lost. It is noted in the
// browser at once, too: a reload may come before the page has heard of it.

import { make } from "../../kit/browser/cards/dom.js";
import { styles as cardStyles } from "../../kit/browser/cards/styles.js";
import { mount } from "../../kit/browser/mount.js";
import { drawLone } from "./lone.js";
import { drawMine } from "./mine.js";
import { drawOffers } from "./offers.js";
import { note } from "./on_its_way.js";
import { styles } from "./styles.js";

const sheets = [cardStyles, styles].map((text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
});

class Rating {
  constructor(parent, _data, send) {
    this.send = send;
    const root = parent.getRootNode();
    if (!root.adoptedStyleSheets.includes(sheets[1])) root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets];
    this.waiting = [];
    this.number = 0;
    this.newest = 0;
    this.box = make("div", "matinee rating");
    this.offers = make("div", "offers");
    this.offers.setAttribute("role", "list");
    this.mine = make("div", "all-mine");
    this.mine.setAttribute("role", "list");
    this.lone = make("div", "alone");
    this.box.append(this.offers, this.mine, this.lone);
    parent.append(this.box);
  }

  // data.way: where answers are noted, "" for nowhere. data.newest: the time of the newest one that the page has heard.
  update(data) {
    this.way = data.way;
    this.newest = Math.max(this.newest, data.newest);
    this.number = Math.max(this.number, data.heard);
    this.waiting = this.waiting.filter((one) => one.number > data.heard);
    const how = {
      texts: data.texts,
      act: (action) => this.act(action),
      pending: () => new Set(this.waiting.map((one) => one.id)),
    };
    drawOffers(this.offers, data.offers, how);
    drawMine(this.mine, this.expected(data.mine), how);
    if (data.lone) drawLone(this.lone, this.expectedLone(data.lone), how);
  }

  // The film that stands alone stays, without stars once they were taken back.
  expectedLone(film) {
    const newest = this.waiting.findLast((one) => one.id === film.id);
    return newest ? { ...film, stars: newest.stars } : film;
  }

  // Own films as they will be when the answers on their way have been heard: no star goes out again under the pointer.
  expected(films) {
    const newest = new Map(this.waiting.map((one) => [one.id, one]));
    return films
      .filter((film) => newest.get(film.id)?.do !== "drop")
      .map((film) => (newest.get(film.id)?.do === "rate" ? { ...film, stars: newest.get(film.id).stars } : film));
  }

  act(action) {
    this.number += 1;
    this.newest = Math.max(Date.now(), this.newest + 1);
    this.waiting.push({ ...action, number: this.number, at: this.newest });
    if (this.way) note(this.way, this.waiting);
    this.tell();
  }

  tell() {
    this.send("done", { actions: this.waiting });
  }

  destroy() {
    this.box.remove();
  }
}

export const component = mount(Rating);
