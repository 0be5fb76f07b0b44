// The land that a map's dots stand on: how dense they are, smoothed, as heights from 0 to 1.

import { LAND_REACH } from "./gl.js";

export const SIDE = 256;
const BLURS = 3; // three box blurs come close to a Gaussian

export function heights(positions) {
  const count = positions.length / 2;
  let field = new Float32Array(SIDE * SIDE);
  const cell = (value) => Math.min(SIDE - 1, Math.max(0, Math.floor((value / LAND_REACH + 1) * 0.5 * SIDE)));
  for (let row = 0; row < count; row += 1) {
    field[cell(positions[2 * row + 1]) * SIDE + cell(positions[2 * row])] += 1;
  }
  const radius = count > 20000 ? 3 : 5;
  for (let pass = 0; pass < BLURS; pass += 1) {
    field = blurred(field, radius, 1, SIDE);
    field = blurred(field, radius, SIDE, 1);
  }
  return leveled(field, count);
}

// A running mean along rows (stride 1) or columns (stride SIDE).
function blurred(field, radius, stride, across) {
  const result = new Float32Array(field.length);
  const width = 2 * radius + 1;
  for (let line = 0; line < SIDE; line += 1) {
    const start = line * across;
    let sum = 0;
    for (let at = -radius; at < SIDE; at += 1) {
      if (at + radius < SIDE) sum += field[start + (at + radius) * stride];
      if (at - radius - 1 >= 0) sum -= field[start + (at - radius - 1) * stride];
      if (at >= 0) result[start + at * stride] = sum / width;
    }
  }
  return result;
}

// Square roots, since a few dense spots would leave everything else at sea level; the highest becomes 1.
function leveled(field, count) {
  if (!count) return field;
  const high = Float32Array.from(field).sort()[Math.floor(field.length * 0.995)] || 1;
  return field.map((value) => Math.min(1, Math.sqrt(value / high)));
}
