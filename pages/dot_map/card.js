// The card beside a dot under the pointer: a small typographic poster, as films have them everywhere in the app.

import { make } from "../kit/browser/dom.js";
import { css, mix, rgb } from "../kit/browser/theme.js";

const AWAY = 16;
const DARK = [13, 11, 10];
const SHADE = 0.44; // so much of it that white can be read on every genre's colour

export class Card {
  constructor() {
    this.root = make("div", "card");
    this.root.hidden = true;
    this.root.setAttribute("aria-hidden", "true");
    this.shown = null;
  }

  // content: { key, title, lines, color, fact: { color, text }, foot }
  show(content, [left, top], size) {
    if (this.shown !== content.key) {
      this.shown = content.key;
      this.#fill(content);
    }
    this.root.hidden = false;
    const { offsetWidth, offsetHeight } = this.root;
    const isRight = left + AWAY + offsetWidth < size.width;
    const across = isRight ? left + AWAY : Math.max(4, left - AWAY - offsetWidth);
    const down = Math.min(Math.max(4, top - offsetHeight / 2), size.height - offsetHeight - 4);
    this.root.style.transform = `translate(${Math.round(across)}px, ${Math.round(down)}px)`;
  }

  hide() {
    this.shown = null;
    this.root.hidden = true;
  }

  #fill({ title, lines, color, fact, foot }) {
    const paint = rgb(color);
    this.root.style.background = `linear-gradient(150deg, ${css(mix(paint, DARK, SHADE))}, ${css(mix(paint, DARK, 0.74))})`;
    const [when = "", ...rest] = lines;
    const heading = make("div", "card-title", title);
    const parts = [make("div", "card-when", when), heading, ...rest.filter(Boolean).map((line) => make("div", "card-line", line))];
    if (fact) {
      const line = make("div", "card-fact");
      const dot = make("i");
      dot.style.background = css(fact.color);
      line.append(dot, make("span", "", fact.text));
      parts.push(line);
    }
    if (foot) parts.push(make("div", "card-foot", foot));
    this.root.replaceChildren(...parts);
  }
}
