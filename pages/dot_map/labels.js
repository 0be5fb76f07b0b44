// Which names stand on the map: regions first, then what the reader asked for, then well-known points where there is
// room. A name that stood there before keeps its place if it can, so that names do not flicker while one moves.

import { clamp } from "../kit/browser/dom.js";

const LONGEST = 30;
const GAP = 5;

export class Labels {
  constructor(context) {
    this.context = context;
    this.widths = new Map();
    this.shown = new WeakMap(); // panel -> rows named in the last picture
  }

  width(text, font) {
    const key = `${font}|${text}`;
    if (!this.widths.has(key)) {
      if (this.widths.size > 4000) this.widths.clear();
      this.context.font = font;
      this.widths.set(key, this.context.measureText(text).width);
    }
    return this.widths.get(key);
  }

  // -> [{ text, left, top, font, kind, row }]: middle left of each text, in CSS pixels.
  // asked: [{ row, rank }] whose names should stand there, the most important first; blocked: boxes that stay free.
  place(panel, { asked, blocked, mask, theme, now, sparse }) {
    const taken = [...blocked];
    const result = [];
    const { box } = panel.camera;
    for (const { row, rank } of asked) this.#name(panel, row, { taken, result, theme, now, kind: "asked", rank });
    const isAsked = new Set(asked.map((one) => one.row));
    if (panel.isPlaying) return result;
    this.#regions(panel, { taken, result, theme, sparse });
    const space = (box.width * box.height) / (sparse ? 45000 : 15000); // fewer while a choice has its own names
    const room = clamp(Math.round(space), 6, 70);
    const before = this.shown.get(panel) ?? new Set();
    const named = new Set();
    const candidates = visible(panel, mask, room * 5, now);
    const kept = candidates.filter((row) => before.has(row));
    for (const row of [...kept, ...candidates.filter((other) => !before.has(other))]) {
      if (named.size >= room) break;
      if (isAsked.has(row)) continue;
      if (this.#name(panel, row, { taken, result, theme, now, kind: "known" })) named.add(row);
    }
    this.shown.set(panel, named);
    return result;
  }

  #name(panel, row, { taken, result, theme, now, kind, rank }) {
    const isAsked = kind === "asked";
    const text = (rank ? `${rank}  ` : "") + shortened(panel.scene.title(row));
    const font = `${isAsked ? "700 13.5px" : "500 12.5px"} ${theme.font}`;
    const width = this.width(text, font);
    const dot = panel.onScreen(row, now);
    if (!panel.contains(...dot)) return false;
    const away = panel.radius(row) + (isAsked ? 8 : GAP);
    for (const [left, top] of isAsked ? [...beside(dot, width, away), ...farther(dot, width)] : beside(dot, width, away)) {
      const space = { left: left - 3, top: top - 8, right: left + width + 3, bottom: top + 8 };
      if (isOutside(space, panel.camera.box) || taken.some((other) => overlaps(space, other))) continue;
      taken.push(space);
      const end = [clamp(dot[0], left, left + width), top];
      const isFar = Math.hypot(end[0] - dot[0], end[1] - dot[1]) > away + 9;
      result.push({ text, left, top, font, kind, row, leader: isFar ? [dot, end] : null });
      return true;
    }
    return false;
  }

  #regions(panel, { taken, result, theme, sparse }) {
    const regions = panel.namedRegions;
    if (!regions) return;
    const isFine = panel.camera.zoom > 2.1;
    const size = isFine ? 13.5 : clamp(panel.camera.box.width / 48, 12, 17);
    const font = `${isFine ? 650 : 750} ${size}px ${theme.font}`;
    for (const { name, place, at } of isFine ? regions.fine : regions.coarse) {
      const text = name.toLocaleUpperCase();
      const width = this.width(text, font) + 0.09 * size * text.length;
      const [left, top] = panel.camera.toScreen(...place);
      const space = { left: left - width / 2, top: top - size * 0.7, right: left + width / 2, bottom: top + size * 0.7 };
      const shift = slid(space, panel.camera.box);
      if (shift === null || taken.some((other) => overlaps(space, other))) continue;
      taken.push(space);
      result.push({ text, left: space.left, top, font, kind: sparse ? "quiet" : "region", size, at });
    }
  }
}

// Middle left of a name right of, left of, above and below its dot.
function beside([left, top], width, away) {
  return [
    [left + away, top], [left - away - width, top],
    [left - width / 2, top - away - 7], [left - width / 2, top + away + 7],
  ];
}

// Places farther off, for a name with a line to its dot: where the nearest neighbours crowd.
function farther([left, top], width) {
  const places = [];
  for (let reach = 30; reach <= 150; reach += 20) {
    for (let turn = -3; turn <= 3; turn += 1) {
      const [across, down] = [reach * Math.cos(turn / 2.3), reach * Math.sin(turn / 2.3)];
      places.push([left + across, top + down], [left - across - width, top + down]);
    }
  }
  return places;
}

// The points in view that more people know than others, best known first.
function visible(panel, mask, wanted, now) {
  const found = [];
  const { box } = panel.camera;
  const [left, top] = panel.camera.toLayout(box.left, box.top);
  const [right, bottom] = panel.camera.toLayout(box.left + box.width, box.top + box.height);
  for (const row of panel.scene.order) {
    if (!mask[row]) continue;
    const [x, y] = panel.move ? panel.place(row, now) : [panel.positions[2 * row], panel.positions[2 * row + 1]];
    if (x < left || x > right || y < bottom || y > top) continue;
    found.push(row);
    if (found.length >= wanted) break;
  }
  return found;
}

export function shortened(text) {
  const letters = Array.from(text);
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("").trimEnd()}…` : text;
}

function overlaps(one, other) {
  return one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;
}

function isOutside(space, box) {
  return space.left < box.left + 2 || space.right > box.left + box.width - 2
    || space.top < box.top + 2 || space.bottom > box.top + box.height - 2;
}

// Slide a region's name into the panel; null where its place is far outside.
function slid(space, box) {
  const middle = (space.left + space.right) / 2;
  const isNear = middle > box.left && middle < box.left + box.width && space.top > box.top && space.bottom < box.top + box.height;
  if (!isNear) return null;
  const shift = Math.max(0, box.left + 6 - space.left) - Math.max(0, space.right - (box.left + box.width - 6));
  space.left += shift;
  space.right += shift;
  return shift;
}
