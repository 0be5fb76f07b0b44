// The ground of the visitor's map: every film a pale dot in the colour of its genre, and the names of the regions.
// Drawn once for a size and a theme; what moves is drawn over its picture.

import { css, rgb } from "../../kit/browser/theme.js";

const MARGIN = 18;
const CLOSEST = 0.36; // share of the map that is seen at least

// Boxes in layout units: { low: [x, y], high: [x, y] }.
export function boxOf(places) {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (const place of places) {
    for (const axis of [0, 1]) {
      low[axis] = Math.min(low[axis], place[axis]);
      high[axis] = Math.max(high[axis], place[axis]);
    }
  }
  return { low, high };
}

// The part of the map to look at: what is meant and something around it, inside the whole.
export function viewOf(whole, meant) {
  if (!meant.length) return whole;
  const box = boxOf(meant);
  const view = { low: [], high: [] };
  for (const axis of [0, 1]) {
    const all = whole.high[axis] - whole.low[axis];
    const span = Math.min(all, Math.max(all * CLOSEST, (box.high[axis] - box.low[axis]) * 1.25));
    const middle = (box.low[axis] + box.high[axis]) / 2;
    view.low[axis] = Math.max(whole.low[axis], Math.min(whole.high[axis] - span, middle - span / 2));
    view.high[axis] = view.low[axis] + span;
  }
  return view;
}

export function between(first, second, share) {
  const mixed = (one, other) => one.map((value, axis) => value + (other[axis] - value) * share);
  return { low: mixed(first.low, second.low), high: mixed(first.high, second.high) };
}

// Places in layout units -> places in CSS pixels, the same scale both ways; the map's second axis goes up.
export function projection({ low, high }, width, height) {
  const [across, down] = [high[0] - low[0] || 1, high[1] - low[1] || 1];
  const scale = Math.min((width - 2 * MARGIN) / across, (height - 2 * MARGIN) / down);
  const [left, top] = [(width - across * scale) / 2, (height - down * scale) / 2];
  return ([x, y]) => [left + (x - low[0]) * scale, height - top - (y - low[1]) * scale];
}

export function drawGround(context, map) {
  const { scene, theme, places } = map;
  for (let row = 0; row < scene.count; row += 1) {
    const color = scene.card(row);
    if (!map.colors.has(color)) map.colors.set(color, css(rgb(color), theme.isDark ? 0.55 : 0.45));
    context.fillStyle = map.colors.get(color);
    const side = 1.5 + 3 * Math.sqrt(scene.sizes[row]);
    context.fillRect(places[row][0] - side / 2, places[row][1] - side / 2, side, side);
  }
}

// Regions, the largest first: { name, place }, the place in layout units.
export function regionsOf(packed, positions) {
  const names = packed.lines("coarse_names");
  const own = names.map(() => []);
  packed.array("coarse").forEach((region, row) => region >= 0 && own[region].push(row));
  const middle = (rows, axis) => rows.map((row) => positions[2 * row + axis]).sort((a, b) => a - b)[rows.length >> 1];
  return names
    .map((name, at) => ({ name, rows: own[at] }))
    .filter(({ name, rows }) => name && rows.length)
    .sort((a, b) => b.rows.length - a.rows.length)
    .map(({ name, rows }) => ({ name, place: [middle(rows, 0), middle(rows, 1)] }));
}

export function nameRegions(context, map) {
  const taken = [];
  context.font = `700 11.5px ${map.theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const { name, place } of map.regions) {
    const half = context.measureText(name).width / 2;
    const [x, y] = map.project(place);
    if (x < 0 || x > map.width || y < 10 || y > map.height - 10) continue;
    const left = Math.max(half + 4, Math.min(map.width - half - 4, x));
    const box = [left - half - 3, y - 8, left + half + 3, y + 8];
    if (taken.some((one) => box[0] < one[2] && box[2] > one[0] && box[1] < one[3] && box[3] > one[1])) continue;
    taken.push(box);
    haloed(context, map.theme, name, [left, y]);
  }
}

export function haloed(context, theme, text, [x, y], strength = 0.82) {
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = css(theme.ground, 0.85);
  context.strokeText(text, x, y);
  context.fillStyle = css(theme.ink, strength);
  context.fillText(text, x, y);
}
