// The legend: what the colours mean, and switches for parts of the map. For a number a bar with its histogram, whose two
// handles choose a range.

import { valueAt, writtenAt } from "./colors.js";
import { fill, icon, labelled, make } from "../kit/browser/dom.js";
import { css } from "../kit/browser/theme.js";

const STEPS = 200; // of a handle

export class Legend {
  // actions: onToggle(name, value), onOnly(name, value), onRange(name, [low, high] or null), onClear(name),
  // onHint(value or null)
  constructor(actions) {
    this.actions = actions;
    this.root = make("div", "legend");
    this.root.setAttribute("role", "group");
  }

  // isMarked: are true, false and missed neighbours drawn apart?
  draw(dressed, filters, { texts, titleOf, isMarked }) {
    this.texts = texts;
    this.root.setAttribute("aria-label", texts.legend);
    const { column } = dressed;
    const title = make("span", "legend-title", column.title);
    const chips = filters.names.filter((name) => name !== column.name).map((name) => this.#chip(name, titleOf(name)));
    const body = dressed.parts ? this.#parts(dressed, filters) : [this.#bar(dressed, filters)];
    const all = filters.has(column.name) ? [this.#all(column.name)] : [];
    const focused = this.root.getRootNode().activeElement?.dataset?.part;
    this.root.replaceChildren(title, ...body, ...all, ...chips, ...(isMarked ? [this.#key()] : []));
    if (focused !== undefined) this.root.querySelector(`[data-part="${CSS.escape(focused)}"]`)?.focus();
  }

  #parts({ column, parts }, filters) {
    const off = filters.off.get(column.name) ?? new Set();
    return parts.map((part) => {
      const button = make("button", `part${part.isPlain ? " plain" : ""}`);
      button.type = "button";
      button.dataset.part = String(part.value);
      button.setAttribute("aria-pressed", String(!off.has(part.value)));
      button.title = fill(this.texts.only, { name: part.label });
      const swatch = make("i");
      swatch.style.background = css(part.color);
      button.append(swatch, make("span", "", part.label), make("small", "", part.count.toLocaleString("en-US")));
      button.addEventListener("click", (event) => {
        if (event.detail < 2) this.actions.onToggle(column.name, part.value);
      });
      button.addEventListener("dblclick", () => this.actions.onOnly(column.name, part.value));
      button.addEventListener("pointerenter", () => this.actions.onHint(part.value));
      button.addEventListener("pointerleave", () => this.actions.onHint(null));
      return button;
    });
  }

  // What the lines to a chosen point's neighbours mean.
  #key() {
    const key = make("div", "key");
    for (const kind of ["true", "missed", "false"]) key.append(make("i", kind), make("span", "", this.texts[kind]));
    return key;
  }

  #all(name) {
    const button = make("button", "all", this.texts.all);
    button.type = "button";
    button.addEventListener("click", () => this.actions.onClear(name));
    return button;
  }

  // A filter by another column that still holds.
  #chip(name, title) {
    const button = make("button", "chip", title);
    button.type = "button";
    button.append(icon("close"));
    button.title = labelled(this.texts, title, this.texts.all);
    button.addEventListener("click", () => this.actions.onClear(name));
    return button;
  }

  #bar({ column, range, steps }, filters) {
    const bar = make("div", "bar");
    const picture = make("canvas");
    [picture.width, picture.height] = [240, 40];
    const chosen = filters.ranges.get(column.name) ?? [range.low, range.high];
    const labels = [make("output"), make("output")];
    const handles = chosen.map((value, end) => {
      const handle = make("input");
      handle.type = "range";
      [handle.min, handle.max, handle.step] = [0, STEPS, 1];
      handle.value = String(Math.round(position(value, range, column.scale) * STEPS));
      handle.dataset.part = `range-${end}`;
      handle.setAttribute("aria-label", fill(end ? this.texts.range_to : this.texts.range_from, { name: column.title }));
      return handle;
    });
    const show = () => {
      const [low, high] = handles.map((handle) => Number(handle.value) / STEPS);
      paintBar(picture, range, steps, [low, high]);
      [low, high].forEach((share, end) => {
        labels[end].textContent = writtenAt(share, range, column);
        handles[end].setAttribute("aria-valuetext", labels[end].textContent);
      });
    };
    handles.forEach((handle, end) => {
      handle.addEventListener("input", () => {
        const other = Number(handles[1 - end].value);
        if (end ? Number(handle.value) < other : Number(handle.value) > other) handle.value = String(other);
        show();
        const [low, high] = handles.map((one) => Number(one.value) / STEPS);
        const isAll = low === 0 && high === 1;
        // The outermost half percent belongs to the ends of the bar.
        const limits = [low === 0 ? -Infinity : valueAt(low, range, column.scale), high === 1 ? Infinity : valueAt(high, range, column.scale)];
        this.actions.onRange(column.name, isAll ? null : limits);
      });
    });
    bar.append(labels[0], picture, ...handles, labels[1]);
    show();
    return bar;
  }
}

function position(value, range, scale) {
  if (value === -Infinity) return 0;
  if (value === Infinity) return 1;
  return scale === "log"
    ? Math.log(value / range.low) / Math.log(range.high / range.low)
    : (value - range.low) / (range.high - range.low);
}

// The histogram, in the colours of the ramp; what is outside the range is pale.
function paintBar(canvas, { bins }, steps, [low, high]) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  const most = Math.max(1, ...bins);
  bins.forEach((count, at) => {
    const share = (at + 0.5) / bins.length;
    const tall = 4 + (height - 12) * Math.sqrt(count / most);
    context.globalAlpha = share >= low && share <= high ? 1 : 0.22;
    context.fillStyle = css(steps[Math.round(share * (steps.length - 1))]);
    context.fillRect((at * width) / bins.length, height - 6 - tall, width / bins.length - 0.6, tall);
    context.fillRect((at * width) / bins.length, height - 5, width / bins.length, 5);
  });
  context.globalAlpha = 1;
}
