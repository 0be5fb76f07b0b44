// What lies over the dots: where they came from, the path of the chosen film, the top ten, names.

import { css, mix } from "../../kit/browser/theme.js";

const MOST_TRAILS = 700; // of the best known films
const SHORTEST = 3; // CSS pixels of a trail
const ROOM = 17; // CSS pixels between two numbers; where there is less, the number stands in the list alone
const LANDMARKS = 5; // well-known films that keep their names while all move

export function drawStage(stage, now) {
  const { overlay, ground, size, theme } = stage;
  overlay.begin(size.width, size.height, stage.ratio);
  if (stage.path) drawPath(stage);
  const blocked = [...stage.covered];
  const landmarks = Array.from(stage.scene.order.subarray(0, LANDMARKS)).filter((row) => stage.look.mask[row]);
  drawTop(stage, now, blocked);
  const first = stage.chosen >= 0 ? [{ row: stage.chosen }] : [];
  const listed = stage.top.map((row) => ({ row }));
  const asked = [...first, ...listed.filter(({ row }) => row !== stage.chosen)];
  const isMoving = ground.isPlaying || ground.move !== null;
  const before = ground.isPlaying;
  ground.isPlaying = isMoving;
  const moving = isMoving ? landmarks.filter((row) => !stage.top.includes(row)).map((row) => ({ row })) : [];
  const labels = stage.labels.place(ground, { asked: [...asked, ...moving], blocked, mask: stage.look.mask, theme, now, sparse: true });
  ground.isPlaying = before;
  overlay.names(labels, theme);
  for (const row of [stage.chosen, stage.hover, stage.lit]) if (row >= 0) ring(stage, row, now);
}

function ring({ ground, overlay, theme }, row, now) {
  const place = ground.onScreen(row, now);
  const radius = Math.max(ground.radius(row), 9) + 3;
  overlay.ring(place, radius, css(theme.ground), 5);
  overlay.ring(place, radius, css(theme.ink), 2.4);
}

// From where each of the best known films was at the moment that is compared with, below the dots. The path of a chosen
// film stands alone.
export function drawTrails({ below, ground, scene, look, trails, isTrailing, chosen, size, ratio }, now) {
  below.begin(size.width, size.height, ratio);
  if (!isTrailing || !trails || chosen >= 0) return;
  const { context } = below;
  context.lineWidth = 1.3;
  let drawn = 0;
  for (const row of scene.order) {
    if (drawn >= MOST_TRAILS) break;
    if (!look.mask[row]) continue;
    drawn += 1;
    const from = ground.camera.toScreen(trails[2 * row], trails[2 * row + 1]);
    const to = ground.onScreen(row, now);
    if (Math.hypot(from[0] - to[0], from[1] - to[1]) < SHORTEST) continue;
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.strokeStyle = css(look.paint(row), 0.5);
    context.stroke();
  }
}

// The way of the chosen film through the whole run: gone by in full, to come dashed.
function drawPath({ overlay, ground, theme, path }) {
  overlay.veil(ground.camera.box, css(theme.ground, 0.5)); // cheaper than drawing all dots again, only paler
  const line = path.places.map(([x, y]) => ground.camera.toScreen(x, y));
  line.slice(1).forEach((to, at) => {
    const isPast = at < path.at;
    overlay.line(line[at], to, { color: css(theme.ground, 0.85), width: 5 });
    overlay.line(line[at], to, { color: css(theme.accent, isPast ? 1 : 0.6), width: isPast ? 2.4 : 1.6, dash: isPast ? [] : [3, 5] });
  });
  for (const place of line.slice(0, path.at + 1)) overlay.disc(place, 2.6, css(theme.accent), css(theme.ground), 1);
  overlay.disc(line[0], 5, css(theme.ground), css(theme.accent), 2.4);
}

function drawTop(stage, now, blocked) {
  const { overlay, ground, theme, top, look } = stage;
  const numbered = [];
  top.forEach((row, at) => {
    if (row < 0 || !look.mask[row]) return;
    const place = ground.onScreen(row, now);
    const radius = ground.radius(row);
    const isFree = numbered.every((other) => Math.hypot(other[0] - place[0], other[1] - place[1]) > ROOM);
    const color = css(mix(theme.ink, theme.ground, 0.05));
    if (isFree) {
      overlay.badge(place, { text: String(at + 1), kind: "near", color, radius }, theme);
      numbered.push(place);
    } else overlay.disc(place, Math.max(radius, 4), css(look.paint(row)), color, 2);
    const reach = isFree ? 10 : radius;
    blocked.push({ left: place[0] - reach, top: place[1] - reach, right: place[0] + reach, bottom: place[1] + reach });
  });
}
