// How the dots look: which column colours them, which are switched off, which are paled.

import { dress } from "./colors.js";
import { Filters } from "./filters.js";

const PALE = 46; // alpha of a dot that is not meant

export class Look {
  constructor(map) {
    this.map = map;
    this.mask = null;
    this.actions = {
      onToggle: (name, value) => this.filter(() => this.filters.toggle(name, value)),
      onOnly: (name, value) => this.filter(() => this.filters.only(name, value, this.dressed.parts.map((p) => p.value))),
      onRange: (name, range) => this.filter(() => this.filters.setRange(name, range), false),
      onClear: (name) => this.filter(() => this.filters.clear(name)),
      onHint: (value) => {
        this.hint = value;
        this.recolor();
      },
    };
    this.clear();
  }

  clear() {
    this.filters = new Filters();
    this.hint = null;
  }

  // After a lost context.
  forgetBuffers() {
    this.colorBuffer = undefined;
    for (const panel of this.map.panels) panel.colorBuffer = undefined;
  }

  // Wear the column that the page asks for. A panel may have its own values of it, such as the trust of its dots.
  dress() {
    const { map } = this;
    const { color, palette, texts } = map.data;
    const column = map.columnNamed(color) ?? [...map.columns.values()][0];
    this.dressed = dress(column, palette, map.theme, texts.unknown);
    for (const panel of map.panels.slice(1)) {
      const own = panel.columns.get(column.name);
      panel.dressed = own ? dress(own, palette, map.theme, texts.unknown) : null;
    }
    this.hint = null;
    this.filter(() => {});
  }

  paint(row, panel) {
    return (panel?.dressed ?? this.dressed).colorOf(row);
  }

  // Change the filters, and what depends on them.
  filter(change, isLegendStale = true) {
    const { map } = this;
    change();
    this.mask = this.filters.mask(map.scene.count, (name) => map.columnNamed(name));
    if (isLegendStale) {
      const titleOf = (name) => map.columnNamed(name)?.title ?? name;
      const { texts, marks } = map.data;
      map.frame.legend.draw(this.dressed, this.filters, { texts, titleOf, isMarked: Boolean(marks) });
    }
    this.recolor();
  }

  recolor() {
    const { painter, panels } = this.map;
    this.colorBuffer = painter.buffer(this.#colors(this.dressed), this.colorBuffer);
    for (const panel of panels) {
      if (!panel.dressed) painter.drop(panel.colorBuffer);
      panel.colorBuffer = panel.dressed ? painter.buffer(this.#colors(panel.dressed), panel.colorBuffer) : undefined;
    }
    this.map.repaint();
  }

  // Red, green, blue and alpha of each dot: paled where a lasso or the legend means others, gone where switched off.
  // A part without a colour of its own gets a strong one while the legend points at it.
  #colors({ colorOf, column, parts }) {
    const { scene, lasso, theme } = this.map;
    const isPlain = parts?.some((part) => part.isPlain && part.value === this.hint);
    const colors = new Uint8Array(4 * scene.count);
    for (let row = 0; row < scene.count; row += 1) {
      if (!this.mask[row]) continue;
      const isPale = (lasso && !lasso.has(row)) || (this.hint !== null && column.values[row] !== this.hint);
      const color = isPlain && !isPale ? theme.neighbor : colorOf(row);
      colors[4 * row] = color[0];
      colors[4 * row + 1] = color[1];
      colors[4 * row + 2] = color[2];
      colors[4 * row + 3] = isPale ? PALE : 255;
    }
    return colors;
  }
}
