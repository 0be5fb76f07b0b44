// From a column to a colour for each point, and to what the legend says about it.
// The palettes come from pages/film_map/palette.py, where a test holds them apart for colour-blind eyes.

import { mix, rgb } from "../kit/browser/theme.js";

const STEPS = 256;

// Colours along a ramp, as 256 steps.
function stepsOf(ramp) {
  const stops = ramp.map(rgb);
  return Array.from({ length: STEPS }, (_, step) => {
    const at = (step / (STEPS - 1)) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    return mix(stops[low], stops[low + 1], at - low);
  });
}

// How many points each part has.
function counted(column) {
  const counts = new Array(column.labels.length).fill(0);
  let unknown = 0;
  for (const value of column.values) {
    if (value < 0) unknown += 1;
    else counts[value] += 1;
  }
  return { counts, unknown };
}

function partsOf(column, palette, unknownLabel) {
  const { counts, unknown } = counted(column);
  const parts = column.labels.map((label, value) => ({ value, label, count: counts[value] }));
  const ordered = column.kind === "category" ? parts.toSorted((a, b) => b.count - a.count) : parts;
  const steps = column.kind === "category" ? null : stepsOf(palette.ramp);
  ordered.forEach((part, at) => {
    const own = column.colors?.[part.value];
    part.isPlain = !steps && !own && at >= palette.categories.length;
    if (steps) part.color = steps[Math.round((at / Math.max(1, ordered.length - 1)) * (STEPS - 1))];
    else part.color = rgb(own ?? (part.isPlain ? palette.plain : palette.categories[at]));
  });
  if (unknown) {
    ordered.push({ value: -1, label: unknownLabel, count: unknown, color: rgb(palette.plain), isPlain: true });
  }
  return ordered.filter((part) => part.count > 0);
}

// The range of a number, without the outermost half percent at both ends, and its histogram.
export function rangeOf(column) {
  const known = Float32Array.from(column.values.filter(Number.isFinite)).sort();
  if (!known.length) return { low: 0, high: 1, bins: [], known: 0 };
  const cut = Math.floor(known.length / 200);
  let [low, high] = [known[cut], known[known.length - 1 - cut]];
  if (column.scale === "log") low = Math.max(low, 1);
  if (high <= low) high = low + 1;
  const bins = new Array(48).fill(0);
  for (const value of known) bins[Math.min(47, Math.floor(shareOf(value, low, high, column.scale) * 48))] += 1;
  return { low, high, bins, known: known.length, isLowCut: known[0] < low, isHighCut: known.at(-1) > high };
}

// What stands at a place of the bar; its ends stand for all that lies beyond them too.
export function writtenAt(share, range, column) {
  const beyond = share === 0 && range.isLowCut ? "≤ " : share === 1 && range.isHighCut ? "≥ " : "";
  return beyond + written(valueAt(share, range, column.scale), column);
}

// Where a number lies between two others, 0 to 1.
export function shareOf(value, low, high, scale) {
  const share = scale === "log"
    ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
    : (value - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}

export function valueAt(share, { low, high }, scale) {
  return scale === "log" ? low * (high / low) ** share : low + share * (high - low);
}

// What a legend shows, and the colour of each point: (row) -> [red, green, blue].
export function dress(column, palettes, theme, unknownLabel) {
  const palette = palettes[theme.name];
  if (column.kind === "number") {
    const steps = stepsOf(palette.ramp);
    const range = rangeOf(column);
    const plain = rgb(palette.plain);
    const colorOf = (row) => {
      const value = column.values[row];
      if (!Number.isFinite(value)) return plain;
      return steps[Math.round(shareOf(value, range.low, range.high, column.scale) * (STEPS - 1))];
    };
    return { column, parts: null, range, steps, colorOf };
  }
  const parts = partsOf(column, palette, unknownLabel);
  const byValue = new Map(parts.map((part) => [part.value, part.color]));
  return { column, parts, range: null, steps: null, colorOf: (row) => byValue.get(column.values[row]) };
}

// What a column says about one point, in words.
export function said(column, row, unknownLabel) {
  const value = column.values[row];
  if (column.kind !== "number") return value < 0 ? unknownLabel : column.labels[value];
  return Number.isFinite(value) ? written(value, column) : unknownLabel;
}

export function written(value, column) {
  const digits = { minimumFractionDigits: column.digits, maximumFractionDigits: column.digits };
  return value.toLocaleString("en-US", digits) + column.unit;
}
