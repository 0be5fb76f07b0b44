// The dots on a 2-D canvas, for browsers without WebGL: the same calls as film_map/gl.js, slower.

import { clear } from "../../dot_map/overlay.js";
import { css } from "../../kit/browser/theme.js";

export class FlatPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  build() {}

  buffer(data) {
    return { data };
  }

  drop() {} // nothing lies on a graphics card

  order(rows) {
    return { data: rows };
  }

  begin(width, height, ratio) {
    clear(this.canvas, this.context, { width, height, ratio });
  }

  panel({ camera, buffers, count, moved, diameter: [smallest, growth], strength }) {
    const { context } = this;
    const [from, to, size, color, order] = ["from", "to", "size", "color", "order"].map((name) => buffers[name].data);
    for (let at = 0; at < count; at += 1) {
      const row = order[at];
      const alpha = color[4 * row + 3] / 255;
      if (!alpha) continue;
      const [x, y] = [0, 1].map((axis) => from[2 * row + axis] * (1 - moved) + to[2 * row + axis] * moved);
      context.beginPath();
      context.arc(...camera.toScreen(x, y), (smallest + growth * Math.sqrt(size[row])) / 2, 0, 2 * Math.PI);
      context.fillStyle = css(color.subarray(4 * row, 4 * row + 3), alpha * strength);
      context.fill();
    }
  }

  destroy() {}
}
