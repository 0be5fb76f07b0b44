// A grid over the points of one layout: what is under the pointer, what is near, what lies inside a lasso.

export class Grid {
  // positions: x, y of each point, normalised to about -1 to 1.
  constructor(positions) {
    this.positions = positions;
    this.count = positions.length / 2;
    this.side = Math.max(1, Math.min(400, Math.ceil(Math.sqrt(this.count / 2))));
    this.#sort();
  }

  #cell(x, y) {
    const clip = (value) => Math.min(this.side - 1, Math.max(0, Math.floor(((value + 1) / 2) * this.side)));
    return clip(y) * this.side + clip(x);
  }

  // Counting sort: rows of cell c are rows[starts[c]] to rows[starts[c + 1] - 1].
  #sort() {
    this.starts = new Uint32Array(this.side * this.side + 1);
    const cells = new Uint32Array(this.count);
    for (let row = 0; row < this.count; row += 1) {
      cells[row] = this.#cell(this.positions[2 * row], this.positions[2 * row + 1]);
      this.starts[cells[row] + 1] += 1;
    }
    for (let cell = 0; cell < this.side * this.side; cell += 1) this.starts[cell + 1] += this.starts[cell];
    this.rows = new Uint32Array(this.count);
    const next = this.starts.slice();
    for (let row = 0; row < this.count; row += 1) this.rows[next[cells[row]]++] = row;
  }

  // Calls visit(row) for all points in the cells that a box touches, and perhaps for some beside it.
  within(left, bottom, right, top, visit) {
    const first = this.#cell(left, bottom);
    const last = this.#cell(right, top);
    const columns = [first % this.side, last % this.side];
    for (let y = Math.floor(first / this.side); y <= Math.floor(last / this.side); y += 1) {
      const from = this.starts[y * this.side + columns[0]];
      const to = this.starts[y * this.side + columns[1] + 1];
      for (let at = from; at < to; at += 1) visit(this.rows[at]);
    }
  }

  // The point under a place, or the one whose rim is nearest within some slack; -1 for none. Of several dots under it
  // the smallest is meant: it is drawn on top.
  pick(x, y, slack, { radiusOf, largest, mask }) {
    const reach = slack + largest;
    let [best, found] = [Infinity, -1];
    this.within(x - reach, y - reach, x + reach, y + reach, (row) => {
      if (!mask[row]) return;
      const distance = Math.hypot(this.positions[2 * row] - x, this.positions[2 * row + 1] - y);
      const radius = radiusOf(row);
      if (distance > radius + slack) return;
      const cost = distance <= radius ? radius + distance / 8 - 100 : distance - radius;
      if (cost < best) [best, found] = [cost, row];
    });
    return found;
  }

  // The k nearest points on the map, nearest first, without the point itself.
  nearest(row, k) {
    const [x, y] = [this.positions[2 * row], this.positions[2 * row + 1]];
    for (let reach = 2.5 / this.side; ; reach *= 1.8) {
      const found = [];
      this.within(x - reach, y - reach, x + reach, y + reach, (other) => {
        if (other === row) return;
        const distance = Math.hypot(this.positions[2 * other] - x, this.positions[2 * other + 1] - y);
        if (distance <= reach) found.push([distance, other]);
      });
      if (found.length >= k || reach > 4) {
        found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        return found.slice(0, k).map(([, other]) => other);
      }
    }
  }

  // Points inside a closed line [[x, y], ...].
  inside(line, mask) {
    const xs = line.map(([x]) => x);
    const ys = line.map(([, y]) => y);
    const found = [];
    this.within(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), (row) => {
      if (mask[row] && isInside(this.positions[2 * row], this.positions[2 * row + 1], line)) found.push(row);
    });
    return found.sort((a, b) => a - b);
  }
}

// Even-odd rule: how often does a ray to the right cross the line?
function isInside(x, y, line) {
  let inside = false;
  for (let at = 0, before = line.length - 1; at < line.length; before = at, at += 1) {
    const [x1, y1] = line[at];
    const [x2, y2] = line[before];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}
