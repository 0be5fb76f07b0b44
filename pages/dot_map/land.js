// The land that a map's dots stand on: how dense they are, smoothed, as outlines like those of mountains on paper.
// Outlines and not a picture, since filling five of them on a 2-D canvas costs a tenth of what a shader over the whole
// panel costs where there is no graphics card, and they stay sharp at every zoom.

const SIDE = 160;
const REACH = 1.3; // half of the field's side in layout units
const BLURS = 3; // three box blurs come close to a Gaussian
export const LEVELS = [0.1, 0.3, 0.5, 0.7, 0.9];

// Positions (x, y of each point, -1 to 1) -> one Path2D for each level, in layout units.
export function outlines(positions) {
  const field = heights(positions);
  return LEVELS.map((level) => {
    const path = new Path2D();
    for (const loop of loops(field, level)) smooth(path, loop);
    return path;
  });
}

function heights(positions) {
  const count = positions.length / 2;
  let field = new Float32Array(SIDE * SIDE);
  const cell = (value) => Math.min(SIDE - 1, Math.max(0, Math.floor((value / REACH + 1) * 0.5 * SIDE)));
  for (let row = 0; row < count; row += 1) {
    field[cell(positions[2 * row + 1]) * SIDE + cell(positions[2 * row])] += 1;
  }
  const radius = count > 20000 ? 2 : 3;
  for (let pass = 0; pass < BLURS; pass += 1) {
    field = blurred(field, radius, { stride: 1, across: SIDE });
    field = blurred(field, radius, { stride: SIDE, across: 1 });
  }
  return leveled(field);
}

// A running mean along rows (stride 1) or columns (stride SIDE).
function blurred(field, radius, { stride, across }) {
  const result = new Float32Array(field.length);
  for (let line = 0; line < SIDE; line += 1) {
    const start = line * across;
    let sum = 0;
    for (let at = -radius; at < SIDE; at += 1) {
      if (at + radius < SIDE) sum += field[start + (at + radius) * stride];
      if (at - radius - 1 >= 0) sum -= field[start + (at - radius - 1) * stride];
      if (at >= 0) result[start + at * stride] = sum / (2 * radius + 1);
    }
  }
  return result;
}

// Square roots, since a few dense spots would leave everything else at sea level. The rim is sea, so all outlines close.
function leveled(field) {
  const high = Float32Array.from(field).sort()[Math.floor(field.length * 0.995)] || 1;
  return field.map((value, at) => {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    const isRim = x === 0 || y === 0 || x === SIDE - 1 || y === SIDE - 1;
    return isRim ? 0 : Math.sqrt(Math.max(0, value) / high);
  });
}

// Marching squares (Lorensen and Cline 1987, in two dimensions): closed lines [[x, y], ...] along a level.
function loops(field, level) {
  const next = new Map(); // crossed edge -> the edge where the line leaves that square
  const places = new Map();
  // An edge is named by its lower or left corner, and whether it goes right (0) or up (1).
  const cross = (from, to, name) => {
    if (!places.has(name)) {
      const share = (level - field[from]) / (field[to] - field[from]);
      const mix = (first, second) => ((first + (second - first) * share + 0.5) / SIDE * 2 - 1) * REACH;
      const [column, row] = [from % SIDE, Math.floor(from / SIDE)];
      places.set(name, [mix(column, to % SIDE), mix(row, Math.floor(to / SIDE))]);
    }
    return name;
  };
  for (let corner = 0; corner < SIDE * (SIDE - 1) - 1; corner += 1) {
    const high = (field[corner] >= level) + (field[corner + 1] >= level)
      + (field[corner + SIDE] >= level) + (field[corner + SIDE + 1] >= level);
    if (high === 0 || high === 4) continue;
    const around = [corner, corner + 1, corner + SIDE + 1, corner + SIDE];
    const names = [2 * corner, 2 * (corner + 1) + 1, 2 * (corner + SIDE), 2 * corner + 1];
    const [leaving, entering] = [[], []];
    for (let side = 0; side < 4; side += 1) {
      const [from, to] = [around[side], around[(side + 1) % 4]];
      const isHigh = field[from] >= level;
      if (isHigh !== field[to] >= level) (isHigh ? leaving : entering).push(cross(from, to, names[side]));
    }
    leaving.forEach((name, at) => next.set(name, entering[at]));
  }
  return traced(next, places);
}

function traced(next, places) {
  const found = [];
  while (next.size) {
    const loop = [];
    let [at] = next.keys();
    while (next.has(at)) {
      loop.push(places.get(at));
      const following = next.get(at);
      next.delete(at);
      at = following;
    }
    if (loop.length > 5) found.push(loop);
  }
  return found;
}

// A closed curve through the middles of a line's pieces.
function smooth(path, loop) {
  const middle = (one, other) => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
  path.moveTo(...middle(loop.at(-1), loop[0]));
  loop.forEach((place, at) => path.quadraticCurveTo(...place, ...middle(place, loop[(at + 1) % loop.length])));
  path.closePath();
}

// Draw it; colors: { low, high, line } as CSS makers from drawing.js.
export function drawLand(context, camera, paths, { fills, line, ratio }) {
  const { box } = camera;
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  const { scale } = camera;
  const [left, top] = camera.toScreen(0, 0);
  context.setTransform(scale * ratio, 0, 0, -scale * ratio, left * ratio, top * ratio);
  context.lineWidth = 1 / scale;
  context.strokeStyle = line;
  paths.forEach((path, at) => {
    context.fillStyle = fills[at];
    context.fill(path, "evenodd");
    context.stroke(path);
  });
  context.restore();
}
