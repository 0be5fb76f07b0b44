// One picture of the whole map, from its state: the same for the screen and for a picture taken home.

import { LEVELS, drawLand } from "./land.js";
import { css, mix, rgb } from "../kit/browser/theme.js";

const ROOM = 17; // CSS pixels between two numbers; where there is less, the number stands with the name alone

// Colours that follow from the theme.
export function dressTheme(theme, palettes) {
  const { ground, ink, raised, isDark } = theme;
  const far = mix(raised, ink, isDark ? 0.13 : 0.1);
  return {
    ...theme,
    land: { low: mix(ground, raised, 0.45), high: far, line: mix(raised, ink, isDark ? 0.3 : 0.24) },
    region: mix(ink, ground, 0.12),
    neighbor: rgb(palettes[theme.name].neighbor),
  };
}

// map: state of the map (film_map.js); now: milliseconds.
export function drawPoints(map, painter, now) {
  painter.begin(map.size.width, map.size.height, map.ratio);
  for (const panel of map.panels) {
    if (!panel.positions) continue;
    painter.panel({
      camera: panel.camera,
      buffers: { ...panel.buffers, color: panel.colorBuffer ?? map.look.colorBuffer },
      // Best known first: while things move on a slow machine, the others wait.
      count: Math.ceil(map.scene.count * map.detail),
      moved: panel.moved(now),
      diameter: panel.diameter,
      strength: 0.92,
    }, map.theme);
  }
}

// The land below the dots; it sinks as one comes closer, and while dots are on their way.
export function drawUnder(map, under) {
  under.begin(map.size.width, map.size.height, map.ratio);
  const { low, high, line } = map.theme.land;
  for (const panel of map.panels) {
    const strength = Math.min(1, Math.max(0, 1.5 - panel.camera.zoom / 9));
    const isShown = panel.positions && !panel.isPlaying && !panel.move && strength > 0;
    const paths = isShown ? panel.land(() => map.repaint()) : null;
    if (!paths) continue;
    const fills = LEVELS.map((_, at) => css(mix(low, high, at / (LEVELS.length - 1)), strength));
    drawLand(under.context, panel.camera, paths, { fills, line: css(line, 0.7 * strength), ratio: map.ratio });
  }
}

// Lines, names and marks.
export function drawOver(map, overlay, now) {
  const { size, ratio } = map;
  overlay.begin(size.width, size.height, ratio);
  for (const panel of map.panels) {
    if (panel.positions) overlay.within(panel.camera.box, () => drawPanel(map, panel, overlay, now));
  }
  if (map.panels.length > 1) divide(map, overlay);
  if (map.lassoLine) drawLasso(map, overlay);
}

function drawLasso({ lassoLine: { panel, places, isDone }, theme }, overlay) {
  const line = places.map(([x, y]) => panel.camera.toScreen(x, y));
  overlay.within(panel.camera.box, () => overlay.lasso(line, theme, isDone));
}

function drawPanel(map, panel, overlay, now) {
  const { theme } = map;
  const related = map.chosen >= 0 ? map.relatedOf(panel) : [];
  const blocked = [...map.covered];
  // A veil over everything else: cheaper than drawing all dots again, only paler.
  if (map.chosen >= 0 && map.look.hint === null) overlay.veil(panel.camera.box, css(theme.ground, 0.34));
  const colored = related.map((one) => ({ ...one, place: panel.onScreen(one.row, now), color: colorOf(map, one) }));
  if (map.chosen >= 0) drawChosen(map, panel, overlay, { colored, blocked, now });
  drawPlaced(map, panel, overlay, blocked);
  const asked = map.chosen < 0 ? [] : [{ row: map.chosen }, ...related.filter((one) => one.kind !== "false")];
  const labels = map.labels.place(panel, { asked, blocked, mask: map.look.mask, theme, now, sparse: map.chosen >= 0 });
  overlay.names(labels, theme);
  if (map.hover >= 0) {
    const place = panel.onScreen(map.hover, now);
    overlay.ring(place, panel.radius(map.hover) + 3, css(theme.ground), 4);
    overlay.ring(place, panel.radius(map.hover) + 3, css(theme.ink), 2);
  }
}

function drawChosen(map, panel, overlay, { colored, blocked, now }) {
  const { theme } = map;
  const place = panel.onScreen(map.chosen, now);
  overlay.lines(place, colored.filter((one) => one.kind !== "false"), theme);
  const numbered = [place];
  for (const one of colored) {
    const radius = panel.radius(one.row);
    const isFree = numbered.every((other) => Math.hypot(other[0] - one.place[0], other[1] - one.place[1]) > ROOM);
    if (one.kind === "false") cross(overlay, one.place, radius + 3, theme);
    else if (!isFree) overlay.disc(one.place, Math.max(radius, 4), css(map.look.paint(one.row, panel)), one.color, 2);
    else overlay.badge(one.place, { text: String(one.rank), kind: one.kind, color: one.color, radius }, theme);
    if (isFree) numbered.push(one.place);
    blocked.push(around(one.place, isFree ? Math.max(radius, 10) : radius));
  }
  const radius = Math.max(panel.radius(map.chosen), 7);
  overlay.disc(place, radius + 1, css(map.look.paint(map.chosen)), css(theme.ground), 2);
  overlay.ring(place, radius + 4, css(theme.accent), 3);
  blocked.push(around(place, radius + 4));
}

// Near on the map only: a cross over the dot.
function cross(overlay, [left, top], radius, theme) {
  const reach = radius * 0.75;
  for (const [color, width] of [[css(theme.ground), 5], [css(theme.neighbor), 2.4]]) {
    overlay.line([left - reach, top - reach], [left + reach, top + reach], { color, width });
    overlay.line([left - reach, top + reach], [left + reach, top - reach], { color, width });
  }
}

function colorOf(map, { kind }) {
  return css(kind === "missed" ? map.theme.neighbor : map.theme.ink);
}

function drawPlaced(map, panel, overlay, blocked) {
  const { theme } = map;
  for (const one of panel.placed) {
    const place = panel.camera.toScreen(...panel.toUnits(one.x, one.y));
    for (const id of one.neighbors) {
      const row = map.scene.rowOf.get(id);
      if (row !== undefined) {
        overlay.line(place, panel.onScreen(row), { color: css(theme.accent, 0.65), width: 1.4, dash: [3, 4] });
      }
    }
    overlay.mark(place, one.kind, theme);
    blocked.push(around(place, 12));
    const font = `700 13.5px ${theme.font}`;
    const width = map.labels.width(one.title, font);
    const isRight = place[0] + 16 + width < panel.camera.box.left + panel.camera.box.width;
    const left = isRight ? place[0] + 16 : place[0] - 16 - width;
    overlay.names([{ text: one.title, left, top: place[1], font, kind: "asked" }], theme);
    blocked.push({ left: left - 3, top: place[1] - 9, right: left + width + 3, bottom: place[1] + 9 });
  }
}

function around([left, top], radius) {
  return { left: left - radius, top: top - radius, right: left + radius, bottom: top + radius };
}

function divide(map, overlay) {
  const [, second] = map.panels.map((panel) => panel.camera.box);
  const color = css(map.theme.border);
  if (second.left > 0) overlay.line([second.left - 1, 0], [second.left - 1, map.size.height], { color, width: 2 });
  else overlay.line([0, second.top - 1], [map.size.width, second.top - 1], { color, width: 2 });
}
