// The map as a PNG: twice as sharp as on the screen, with its legend and the line that says where its numbers come from.

import { written, writtenAt } from "../../dot_map/colors.js";
import { drawOver, drawPoints, drawUnder } from "../../dot_map/drawing.js";
import { Overlay } from "../../dot_map/overlay.js";
import { css } from "../../kit/browser/theme.js";

const RATIO = 2;
const LINE = 24;
const EDGE = 14;

export function picture(map) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const font = (weight, size) => `${weight} ${size}px ${map.theme.font}`;
  const entries = legendLines(map, context, font(500, 13));
  const foot = EDGE * 2 + LINE * (entries.length + 1);
  canvas.width = map.size.width * RATIO;
  canvas.height = (map.size.height + foot) * RATIO;
  context.scale(RATIO, RATIO);
  context.fillStyle = css(map.theme.ground);
  context.fillRect(0, 0, map.size.width, map.size.height + foot);
  layers(map, context);
  context.textBaseline = "middle";
  entries.forEach((line, at) => {
    const top = map.size.height + EDGE + LINE * (at + 0.5);
    for (const { text, left, color } of line) {
      if (color) {
        context.beginPath();
        context.arc(left + 6, top, 5.5, 0, 2 * Math.PI);
        context.fillStyle = css(color);
        context.fill();
      }
      context.font = font(color ? 500 : 750, 13);
      context.fillStyle = css(map.theme.ink);
      context.fillText(text, left + (color ? 18 : 0), top);
    }
  });
  context.font = font(400, 12);
  context.fillStyle = css(map.theme.ink, 0.75);
  context.fillText(map.data.origin, EDGE, map.size.height + EDGE + LINE * (entries.length + 0.5));
  return canvas;
}

// Dots and names, drawn anew at twice the sharpness; the screen's picture is drawn again afterwards.
function layers(map, context) {
  const before = map.ratio;
  const over = document.createElement("canvas");
  try {
    map.ratio = RATIO;
    const now = performance.now();
    const flat = new Overlay(over);
    const put = (canvas) => context.drawImage(canvas, 0, 0, map.size.width, map.size.height);
    drawUnder(map, flat);
    put(over);
    drawPoints(map, map.painter, now);
    put(map.painter.canvas);
    drawOver(map, flat, now);
    put(over);
  } finally {
    map.ratio = before;
    map.isStale = true;
    map.draw();
  }
}

// The legend as lines of { text, left, color }.
function legendLines(map, context, font) {
  const { column, parts, range, steps } = map.look.dressed;
  context.font = font;
  const items = [{ text: column.title, color: null }];
  const off = map.look.filters.off.get(column.name);
  if (parts) {
    const shown = parts.filter(({ value }) => !off?.has(value));
    items.push(...shown.map(({ label, color }) => ({ text: label, color })));
  } else {
    items.push({ text: writtenAt(0, range, column), color: steps[0] }, { text: "", color: steps[128] });
    items.push({ text: writtenAt(1, range, column), color: steps[255] });
  }
  const limits = map.look.filters.ranges.get(column.name);
  if (limits) {
    const inside = limits.map((limit, end) => (Number.isFinite(limit) ? written(limit, column) : writtenAt(end, range, column)));
    items.push({ text: `[${inside.join(" – ")}]`, color: null });
  }
  for (const name of map.look.filters.names) {
    if (name !== column.name) items.push({ text: `[${map.columnNamed(name)?.title ?? name} …]`, color: null });
  }
  const lines = [[]];
  let left = EDGE;
  for (const item of items) {
    const width = context.measureText(item.text).width + (item.color ? 36 : 24);
    if (left + width > map.size.width - EDGE && lines.at(-1).length) {
      lines.push([]);
      left = EDGE;
    }
    lines.at(-1).push({ ...item, left });
    left += width;
  }
  return lines;
}

export async function save(map) {
  const blob = await new Promise((resolve) => { picture(map).toBlob(resolve, "image/png"); });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${map.data.file}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
