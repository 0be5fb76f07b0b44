// The visitor's way over the map, drawn over its ground: old places pale and small, the newest a large dot; the films
// that are recommended now as rings.

import { css, rgb } from "../../kit/browser/theme.js";
import { haloed } from "./ground.js";

const GOLD = rgb("#d99a1c");

function disc(context, [x, y], radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

export function drawFilms(context, map) {
  for (const row of map.films) {
    disc(context, map.places[row], 5.5);
    context.lineWidth = 3.5;
    context.strokeStyle = css(map.theme.ground, 0.9);
    context.stroke();
    context.lineWidth = 1.8;
    context.strokeStyle = css(map.theme.ink, 0.9);
    context.stroke();
  }
}

// points: places on the screen, the newest last; share: how far the newest has come, 0 to 1.
export function drawTrail(context, map, points, share) {
  if (!points.length) return;
  const { theme } = map;
  const head = newest(points, share);
  const way = [...points.slice(0, -1), head];
  for (let at = 1; at < way.length; at += 1) {
    const age = at / (way.length - 1);
    context.beginPath();
    context.moveTo(...way[at - 1]);
    context.lineTo(...way[at]);
    context.lineWidth = 1.2 + 1.8 * age;
    context.strokeStyle = css(theme.accent, 0.25 + 0.6 * age);
    context.stroke();
    disc(context, way[at - 1], 2.5);
    context.fillStyle = css(theme.accent, 0.3 + 0.5 * age);
    context.fill();
  }
  disc(context, head, 8);
  context.fillStyle = css(GOLD);
  context.fill();
  context.lineWidth = 3;
  context.strokeStyle = css(theme.ink);
  context.stroke();
  context.font = `750 13px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  haloed(context, theme, map.texts.you, [Math.max(24, Math.min(map.width - 24, head[0])), head[1] + (head[1] < 40 ? 20 : -19)], 1);
}

function newest(points, share) {
  const [last, before] = [points.at(-1), points.at(-2) ?? points.at(-1)];
  return [0, 1].map((axis) => before[axis] + (last[axis] - before[axis]) * share);
}

// What is pointed at, by pointer or keyboard.
export function drawPointed(context, map, place) {
  disc(context, place, 11);
  context.lineWidth = 3;
  context.strokeStyle = css(map.theme.accent);
  context.stroke();
}
