// A recording as pages/training/theatre_data.py sends it: what was where after each epoch, and how two moments differ.

const WHOLE = 32767;

export class Reel {
  constructor() {
    this.run = null;
    this.shots = [];
    this.curve = new Float32Array(0);
    this.isTurned = false;
  }

  // The epoch to ask from: that of the first snapshot that is not here yet.
  get next() {
    return this.shots.length ? this.shots.at(-1).epoch + 1 : 0;
  }

  get last() {
    return this.shots.length - 1;
  }

  // Take in what came. False where it does not go on from what is here, so that everything has to be asked for.
  take(packed) {
    const { header } = packed;
    if (header.run !== this.run) this.shots = [];
    this.run = header.run;
    const wanted = new Set(header.epochs);
    const known = new Set(header.sent);
    const kept = this.shots.filter(({ epoch }) => wanted.has(epoch) && !known.has(epoch));
    const shots = [...kept, ...shotsOf(packed)].sort((one, other) => one.epoch - other.epoch);
    if (shots.length !== header.epochs.length) {
      this.shots = [];
      return false;
    }
    this.shots = shots;
    this.count = header.count;
    this.parts = header.parts;
    this.windows = windowsOf(header.filters);
    this.curve = packed.array("curve");
    this.#measure();
    return true;
  }

  // One measure for all moments, so that dots that move apart are seen to move apart: middle and half of the largest side.
  #measure() {
    const [low, high] = [[Infinity, Infinity], [-Infinity, -Infinity]];
    for (const { places, placesScale } of this.shots) {
      for (let at = 0; at < places.length; at += 1) {
        const value = (places[at] * placesScale) / WHOLE;
        if (value < low[at % 2]) low[at % 2] = value;
        if (value > high[at % 2]) high[at % 2] = value;
      }
    }
    this.middle = [0, 1].map((axis) => (low[axis] + high[axis]) / 2);
    this.half = [0, 1].map((axis) => (high[axis] - low[axis]) / 2 || 1);
    this.reach = Math.max(...this.half);
    this.largestWeight = Math.max(1e-6, ...this.shots.map(({ weightsScale }) => weightsScale));
  }

  // Lay the longer side along the longer side of the panel: a quarter turn changes no distance. True where it did.
  turn(isWide) {
    const before = this.isTurned;
    this.isTurned = isWide !== this.half[0] >= this.half[1];
    return before !== this.isTurned;
  }

  // Half of width and height of all places.
  get spread() {
    const [width, height] = this.half.map((half) => half / this.reach);
    return this.isTurned ? [height, width] : [width, height];
  }

  // (2 N) places at a moment, within -1 to 1 over all moments. Ninety thousand films: no arrays in the loop.
  places(at) {
    const { places, placesScale } = this.shots[at];
    const { reach, middle, isTurned } = this;
    const factor = placesScale / WHOLE / reach;
    const laid = new Float32Array(places.length);
    for (let x = 0; x < places.length; x += 2) {
      const [across, up] = isTurned ? [x + 1, x] : [x, x + 1];
      laid[across] = (isTurned ? -1 : 1) * (places[x] * factor - middle[0] / reach);
      laid[up] = places[x + 1] * factor - middle[1] / reach;
    }
    return laid;
  }

  place(at, row) {
    const { places, placesScale } = this.shots[at];
    const [x, y] = [0, 1].map((axis) => ((places[2 * row + axis] * placesScale) / WHOLE - this.middle[axis]) / this.reach);
    return this.isTurned ? [y, -x] : [x, y];
  }

  epoch(at) {
    return this.shots[at].epoch;
  }

  // The moment that is compared with.
  baseOf(at, isFromStart) {
    return isFromStart ? 0 : Math.max(0, at - 1);
  }

  // Mean training loss of the epoch that ended at a moment; NaN at the start.
  loss(at) {
    const { epoch } = this.shots[at];
    let found = Number.NaN;
    for (let row = 0; row < this.curve.length; row += 2) {
      const x = this.curve[row];
      if (x > epoch + 1e-3) break;
      if (x > epoch - 1 + 1e-3) found = this.curve[row + 1];
    }
    return found;
  }

  // The list at a moment: { id, stars, rank, before (rank at the base, 0 for none), starsBefore }.
  list(at, base) {
    const { ids, stars } = this.shots[at];
    const old = this.shots[base];
    return Array.from(ids, (id, rank) => {
      const before = old.ids.indexOf(id);
      return { id, stars: stars[rank], rank: rank + 1, before: before + 1, starsBefore: before < 0 ? NaN : old.stars[before] };
    });
  }

  // Films of the base's list that are not in it any more.
  gone(at, base) {
    const { ids } = this.shots[at];
    return Array.from(this.shots[base].ids).filter((id) => !ids.includes(id));
  }

  // Norm of a part: kind 0 of its weights, 1 of its gradient; NaN where there is none.
  norm(at, part, kind) {
    return this.shots[at].norms[2 * part + kind];
  }

  weight(at, place) {
    const { weights, weightsScale } = this.shots[at];
    return (weights[place] * weightsScale) / WHOLE;
  }

  // (W E) numbers of one filter at a moment, or by how much they differ from those at another.
  filter(at, window, filter, base = null) {
    const { start, size } = this.windows[window];
    return Float32Array.from({ length: size }, (_, number) => {
      const place = start + filter * size + number;
      return this.weight(at, place) - (base === null ? 0 : this.weight(base, place));
    });
  }

  // The largest change of any filter number from one moment to another.
  largestChange(at, base) {
    let most = 1e-6;
    const now = this.shots[at];
    for (let place = 0; place < now.weights.length; place += 1) {
      most = Math.max(most, Math.abs(this.weight(at, place) - this.weight(base, place)));
    }
    return most;
  }
}

function shotsOf(packed) {
  const { header } = packed;
  const [places, weights] = [packed.array("places"), packed.array("weights")];
  const [placesScale, weightsScale] = [packed.array("places_scale"), packed.array("weights_scale")];
  const [ids, stars, norms] = ["top_ids", "top_stars", "norms"].map((name) => packed.array(name));
  const size = 2 * header.count;
  const numbers = header.sent.length ? weights.length / header.sent.length : 0;
  const pairs = 2 * header.parts.length;
  const part = (array, length, at) => array.subarray(length * at, length * (at + 1));
  return header.sent.map((epoch, at) => ({
    epoch,
    places: part(places, size, at),
    placesScale: placesScale[at],
    weights: part(weights, numbers, at),
    weightsScale: weightsScale[at],
    ids: part(ids, header.top, at),
    stars: part(stars, header.top, at),
    norms: part(norms, pairs, at),
  }));
}

// For each window: how many filters, how wide, numbers of a word, and where its numbers start.
function windowsOf(shapes) {
  let start = 0;
  return shapes.map(([filters, width, numbers]) => {
    const found = { filters, width, numbers, size: width * numbers, start };
    start += filters * width * numbers;
    return found;
  });
}
