// What lies over the dots, on a 2-D canvas: neighbour lines, rings, numbers, names, placed marks, the lasso.

import { css } from "../kit/browser/theme.js";

// Words for each kind of neighbour: how its line is dashed, and whether its number stands on a full ground.
const LINES = {
  near: { dash: [], isFull: true },
  true: { dash: [], isFull: true },
  false: { dash: [2, 5], isFull: false },
  missed: { dash: [9, 5], isFull: true },
};

// An empty canvas of this size in the page's pixels, of which the screen has `ratio` each.
export function clear(canvas, context, { width, height, ratio }) {
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
}

export class Overlay {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  begin(width, height, ratio) {
    const { canvas, context } = this;
    clear(canvas, context, { width, height, ratio });
    context.lineJoin = context.lineCap = "round";
  }

  within({ left, top, width, height }, draw) {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    draw();
    context.restore();
  }

  veil({ left, top, width, height }, color) {
    this.context.fillStyle = color;
    this.context.fillRect(left, top, width, height);
  }

  line(from, to, { color, width, dash = [] }) {
    const { context } = this;
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.setLineDash(dash);
    context.lineWidth = width;
    context.strokeStyle = color;
    context.stroke();
    context.setLineDash([]);
  }

  // Lines from a point to its neighbours; each is { place, kind }.
  lines(from, neighbors, theme) {
    for (const { place, kind, color } of neighbors) {
      this.line(from, place, { color: css(theme.ground, 0.85), width: 4.5 });
      this.line(from, place, { color: color ?? css(theme.ink, 0.75), width: 1.8, dash: LINES[kind].dash });
    }
  }

  // A neighbour's dot with its number; what is near on the map only gets a cross instead.
  badge([left, top], { text, kind, color, radius }, theme) {
    const { context } = this;
    const size = Math.max(radius, 9);
    this.disc([left, top], size, LINES[kind].isFull ? color : css(theme.ground), color);
    context.font = `700 ${text.length > 1 ? 10 : 11.5}px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = LINES[kind].isFull ? css(theme.ground) : color;
    context.fillText(text, left, top + 0.5);
  }

  disc([left, top], radius, fill, stroke, width = 1.5) {
    const { context } = this;
    context.beginPath();
    context.arc(left, top, radius, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.stroke();
  }

  ring([left, top], radius, color, width) {
    const { context } = this;
    context.beginPath();
    context.arc(left, top, radius, 0, 2 * Math.PI);
    context.lineWidth = width;
    context.strokeStyle = color;
    context.stroke();
  }

  // A mark for something that was put on the map: a star, a diamond or a head with shoulders.
  mark([left, top], kind, theme) {
    const { context } = this;
    context.beginPath();
    if (kind === "person" || kind === "me") {
      context.arc(left, top - 6, 5, 0, 2 * Math.PI);
      context.moveTo(left + 9, top + 9);
      context.arc(left, top + 9, 9, 0, Math.PI, true);
      context.closePath();
    } else {
      const corners = kind === "film" ? 10 : 4;
      for (let at = 0; at < corners; at += 1) {
        const radius = kind === "film" ? (at % 2 ? 5 : 11.5) : 10;
        const angle = -Math.PI / 2 + (at * 2 * Math.PI) / corners;
        context.lineTo(left + radius * Math.cos(angle), top + radius * Math.sin(angle));
      }
      context.closePath();
    }
    context.lineWidth = 4;
    context.strokeStyle = css(theme.ground);
    context.stroke();
    context.fillStyle = css(theme.accent);
    context.fill();
  }

  // Names with a halo in the colour of the ground, and lines to those that had to stand farther off.
  names(labels, theme) {
    const { context } = this;
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const { leader } of labels) if (leader) this.line(...leader, { color: css(theme.ink, 0.55), width: 1 });
    for (const { text, left, top, font, kind, size } of labels) {
      const isRegion = kind === "region" || kind === "quiet";
      context.font = font;
      if (isRegion && "letterSpacing" in context) context.letterSpacing = `${0.09 * size}px`;
      context.lineWidth = isRegion ? 5 : 3.5;
      context.strokeStyle = css(theme.ground, isRegion ? 0.8 : 0.88);
      context.strokeText(text, left, top);
      context.fillStyle = css(isRegion ? theme.region : theme.ink, kind === "quiet" ? 0.5 : 1);
      context.fillText(text, left, top);
      if (isRegion && "letterSpacing" in context) context.letterSpacing = "0px";
    }
  }

  // The line around a selection.
  lasso(line, theme, isClosed) {
    const { context } = this;
    context.beginPath();
    for (const place of line) context.lineTo(...place);
    if (isClosed) context.closePath();
    context.fillStyle = css(theme.accent, 0.1);
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = css(theme.accent);
    context.setLineDash([6, 4]);
    context.stroke();
    context.setLineDash([]);
  }
}
