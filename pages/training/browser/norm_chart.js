// One chart of norms: a line for each part of the network over the epochs, on a logarithmic scale.

import { clamp, fill, make } from "../../kit/browser/dom.js";
import { css } from "../../kit/browser/theme.js";
import { shape, write } from "../../kit/browser/svg.js";
import { size } from "./size.js";

const HEIGHT = 250;
const PLACE = { left: 52, right: 26, top: 10, bottom: 26 };
const NEAR = 14; // pixels between two numbers at the ends of lines

export class NormChart {
  // kind: 0 weights, 1 gradients; actions: onGo(at), onPart(part or -1)
  constructor(kind, actions) {
    this.kind = kind;
    this.actions = actions;
    this.root = make("figure", "norm-chart");
    this.title = make("figcaption");
    this.svg = shape(this.root, "svg", { height: HEIGHT, role: "img" });
    this.says = make("output", "says");
    this.root.prepend(this.title);
    this.root.append(this.says);
    this.svg.addEventListener("pointermove", (event) => this.#point(event));
    this.svg.addEventListener("pointerleave", () => this.actions.onPart(-1));
    this.svg.addEventListener("click", (event) => this.actions.onGo(this.#nearest(event).at));
  }

  // names: of the parts; colors: of their lines.
  set({ texts, names, colors, reel }) {
    Object.assign(this, { texts, names, colors, reel });
    this.title.textContent = this.kind ? texts.gradients : texts.weights;
    this.svg.setAttribute("aria-label", this.title.textContent);
    this.build();
  }

  build() {
    const width = this.root.clientWidth;
    if (!width || !this.reel) return;
    this.width = width;
    this.svg.setAttribute("width", width);
    this.svg.replaceChildren();
    this.#scale();
    this.#grid();
    this.paths = this.reel.parts.map((_, part) => shape(this.svg, "path", {
      d: this.#line(part), class: "norm", style: `stroke: ${css(this.colors[part])}`,
    }));
    this.#numbers();
    this.now = shape(this.svg, "path", { class: "now" });
    this.dots = this.reel.parts.map((_, part) => shape(this.svg, "circle", { r: 4, style: `fill: ${css(this.colors[part])}` }));
    this.mark(this.at ?? 0);
    this.light(-1);
  }

  #values(part) {
    return this.reel.shots.map((_, at) => this.reel.norm(at, part, this.kind));
  }

  #scale() {
    const all = this.reel.parts.flatMap((_, part) => this.#values(part)).filter((value) => value > 0);
    const [low, high] = all.length ? [Math.log10(Math.min(...all)), Math.log10(Math.max(...all))] : [-1, 1];
    const room = Math.max(0.12, (high - low) * 0.06);
    [this.low, this.high] = [low - room, high + room];
  }

  #x(at) {
    return PLACE.left + (this.width - PLACE.left - PLACE.right) * (this.reel.last ? at / this.reel.last : 0);
  }

  // A part that stands still at zero lies on the floor.
  #y(value) {
    const share = value > 0 ? (Math.log10(value) - this.low) / (this.high - this.low) : 0;
    return PLACE.top + (HEIGHT - PLACE.top - PLACE.bottom) * (1 - clamp(share, 0, 1));
  }

  #grid() {
    const { svg, width, reel } = this;
    const isWide = this.high - this.low > 1.3;
    for (let power = Math.floor(this.low); power <= Math.ceil(this.high); power += 1) {
      for (const digit of isWide ? [1] : [1, 2, 5]) {
        const value = digit * 10 ** power;
        if (Math.log10(value) < this.low || Math.log10(value) > this.high) continue;
        const y = this.#y(value);
        shape(svg, "path", { d: `M${PLACE.left} ${y}H${width - PLACE.right}`, class: "grid" });
        write(svg, size(value), { x: PLACE.left - 7, y: y + 4.5, anchor: "end" });
      }
    }
    const every = Math.max(1, Math.ceil((reel.last + 1) / Math.max(2, (width - 80) / 46)));
    for (let at = 0; at <= reel.last; at += every) {
      write(svg, String(reel.epoch(at)), { x: this.#x(at), y: HEIGHT - 7, anchor: "middle" });
    }
  }

  #line(part) {
    let isOn = false;
    return this.#values(part).map((value, at) => {
      if (!Number.isFinite(value)) {
        isOn = false;
        return "";
      }
      const word = isOn ? "L" : "M";
      isOn = true;
      return `${word}${this.#x(at).toFixed(1)} ${this.#y(value).toFixed(1)}`;
    }).join("");
  }

  // The number of each part at the end of its line, moved apart where lines end together.
  #numbers() {
    const { reel } = this;
    const ends = reel.parts.map((_, part) => ({ part, y: this.#y(reel.norm(reel.last, part, this.kind)) }))
      .filter(({ part }) => Number.isFinite(reel.norm(reel.last, part, this.kind))).sort((one, other) => one.y - other.y);
    ends.forEach((end, at) => { if (at) end.y = Math.max(end.y, ends[at - 1].y + NEAR); });
    const over = (ends.at(-1)?.y ?? 0) - (HEIGHT - PLACE.bottom + 4);
    if (over > 0) {
      ends.at(-1).y -= over;
      for (let at = ends.length - 2; at >= 0; at -= 1) ends[at].y = Math.min(ends[at].y, ends[at + 1].y - NEAR);
    }
    for (const { part, y } of ends) {
      const text = write(this.svg, String(part + 1), { x: this.width - PLACE.right + 9, y: y + 4.5, className: "end" });
      text.style.fill = css(this.colors[part]);
    }
  }

  mark(at) {
    this.at = at;
    if (!this.now) return;
    this.now.setAttribute("d", `M${this.#x(at)} ${PLACE.top}V${HEIGHT - PLACE.bottom}`);
    this.dots.forEach((dot, part) => {
      const value = this.reel.norm(at, part, this.kind);
      dot.setAttribute("visibility", Number.isFinite(value) ? "visible" : "hidden");
      dot.setAttribute("cx", this.#x(at));
      if (Number.isFinite(value)) dot.setAttribute("cy", this.#y(value));
    });
    const hasAny = this.reel.parts.some((_, part) => Number.isFinite(this.reel.norm(at, part, this.kind)));
    this.says.textContent = hasAny ? "" : this.texts.no_gradient;
  }

  // Let one part's line stand out.
  light(part) {
    this.paths?.forEach((path, other) => path.classList.toggle("pale", part >= 0 && part !== other));
  }

  #nearest(event) {
    const box = this.svg.getBoundingClientRect();
    const share = (event.clientX - box.left - PLACE.left) / (this.width - PLACE.left - PLACE.right);
    const at = clamp(Math.round(share * this.reel.last), 0, this.reel.last);
    const far = (part) => Math.abs(this.#y(this.reel.norm(at, part, this.kind)) - (event.clientY - box.top));
    const known = this.reel.parts.map((_, part) => part).filter((part) => Number.isFinite(this.reel.norm(at, part, this.kind)));
    return { at, part: known.sort((one, other) => far(one) - far(other))[0] ?? -1 };
  }

  #point(event) {
    if (!this.reel) return;
    const { at, part } = this.#nearest(event);
    this.actions.onPart(part);
    if (part < 0) return;
    const value = size(this.reel.norm(at, part, this.kind));
    this.says.textContent = fill(this.texts.part_at, { part: `${part + 1} ${this.names[part]}`, epoch: this.reel.epoch(at), value });
  }
}
