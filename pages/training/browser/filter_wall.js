// The filters of the title CNN as pictures: a row for each word of the window, a column for each number of a word.

import { fill, make } from "../../kit/browser/dom.js";
import { shown, signed } from "../../kit/browser/numbers.js";
import { paintFilter, reachOf } from "./filter_picture.js";

export class FilterWall {
  constructor() {
    this.root = make("section", "filters");
    this.title = make("h2");
    this.note = make("p", "note");
    this.switch = make("div", "switch");
    this.switch.setAttribute("role", "group");
    this.buttons = [false, true].map((isChange) => {
      const button = make("button");
      button.type = "button";
      button.addEventListener("click", () => {
        this.isChange = isChange;
        this.draw(this.at, this.base);
      });
      return button;
    });
    this.isChange = false;
    this.switch.append(...this.buttons);
    this.ramp = make("div", "ramp");
    this.low = make("span");
    this.high = make("span");
    this.ramp.append(this.low, make("i"), this.high);
    this.says = make("output", "says");
    this.wall = make("div", "wall");
    const head = make("div", "head");
    head.append(this.title, this.switch, this.ramp);
    this.root.append(head, this.note, this.says, this.wall);
    this.pictures = [];
  }

  set({ texts }, palette, reel) {
    Object.assign(this, { texts, palette, reel });
    this.root.hidden = !reel.windows.length;
    this.title.textContent = texts.filters;
    this.note.textContent = texts.filters_note;
    [texts.filters_weights, texts.filters_changes].forEach((text, at) => { this.buttons[at].textContent = text; });
    const shapes = JSON.stringify([reel.windows, texts.window]);
    if (shapes === this.shapes) return;
    this.shapes = shapes;
    this.pictures = [];
    this.wall.replaceChildren(...reel.windows.map((window, number) => this.#group(window, number)));
  }

  #group({ filters, width, numbers }, window) {
    const group = make("div", "window");
    group.append(make("h3", "", fill(this.texts.window, { width })));
    for (let filter = 0; filter < filters; filter += 1) {
      const line = make("div", "filter");
      const canvas = make("canvas");
      [canvas.width, canvas.height] = [numbers, width];
      canvas.style.aspectRatio = `${numbers} / ${width * 1.25}`;
      canvas.setAttribute("role", "img");
      const length = make("span", "length");
      line.append(make("b", "", String(filter + 1)), canvas, length);
      canvas.addEventListener("pointermove", (event) => this.#point(event, { window, filter, canvas }));
      canvas.addEventListener("pointerleave", () => { this.says.textContent = ""; });
      this.pictures.push({ window, filter, canvas, length });
      group.append(line);
    }
    return group;
  }

  draw(at, base) {
    Object.assign(this, { at, base });
    const { reel, texts, isChange } = this;
    if (!reel.windows.length) return;
    this.buttons.forEach((button, kind) => button.setAttribute("aria-pressed", String(Boolean(kind) === isChange)));
    const reach = isChange ? reachOf(reel.largestChange(at, base)) : reel.largestWeight;
    this.low.textContent = shown(-reach, 3);
    this.high.textContent = signed(reach, 3);
    for (const { window, filter, canvas, length } of this.pictures) {
      const values = reel.filter(at, window, filter, isChange ? base : null);
      paintFilter(canvas, values, reach, this.palette);
      const [now, before] = [null, base].map((other) => Math.hypot(...reel.filter(other === null ? at : base, window, filter)));
      const moved = Math.hypot(...reel.filter(at, window, filter, base));
      length.textContent = isChange ? `Δ ${moved.toFixed(3)}` : now.toFixed(2);
      const name = this.#name(window, filter);
      const label = fill(texts.length, { filter: name, now: now.toFixed(3), before: before.toFixed(3), moved: moved.toFixed(3) });
      length.title = label;
      canvas.setAttribute("aria-label", label);
    }
  }

  #name(window, filter) {
    return fill(this.texts.filter, { filter: filter + 1, width: this.reel.windows[window].width });
  }

  #point(event, { window, filter, canvas }) {
    const { reel, texts, at, base } = this;
    const { width, numbers } = reel.windows[window];
    const box = canvas.getBoundingClientRect();
    const number = Math.min(numbers - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * numbers)));
    const word = Math.min(width - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * width)));
    const now = reel.filter(at, window, filter)[word * numbers + number];
    const change = reel.filter(at, window, filter, base)[word * numbers + number];
    const by = at === base ? "" : ` (${signed(change)})`;
    this.says.textContent = fill(texts.cell, { filter: this.#name(window, filter), word: word + 1, number: number + 1, value: shown(now) + by });
  }
}
