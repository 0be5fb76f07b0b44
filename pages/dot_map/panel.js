// One layout of the points: places, grid, land, camera, regions, and how it moves to another layout.

import { Camera } from "./camera.js";
import { clamp } from "../kit/browser/dom.js";
import { Grid } from "./grid.js";
import { outlines } from "./land.js";

export const MOVE_MS = 900;
const LATER_MS = 40;
const ENOUGH = 300; // points that tell where the middle of a region is

export class Panel {
  constructor(painter, scene) {
    this.painter = painter;
    this.scene = scene;
    this.camera = new Camera();
    this.columns = new Map();
    this.regions = null;
    this.placed = [];
    this.neighbors = null;
    this.move = null;
    this.buffers = {};
    this.positions = null;
    this.name = this.note = "";
  }

  // Show places (N, 2), coming from where the dots are now where that makes sense. While steps of a layout are played the
  // panel's measure stays.
  show(raw, { now, animate, isStep = false }) {
    const { places, toUnits, spread } = normalized(raw);
    const from = animate && this.positions?.length === places.length ? this.current(now) : places;
    this.toUnits = toUnits;
    this.positions = places;
    if (!isStep) this.camera.setSpread(spread);
    this.from = from;
    this.move = from === places ? null : { start: now, milliseconds: animate };
    this.grid = null;
    this.upload();
  }

  upload() {
    const { painter, buffers } = this;
    buffers.to = painter.buffer(this.positions, buffers.to);
    // Never the same buffer twice: writing where the dots come from must not overwrite where they go.
    const own = buffers.from === buffers.to ? undefined : buffers.from;
    if (!this.move) painter.drop(own);
    buffers.from = this.move ? painter.buffer(this.from, own) : buffers.to;
    buffers.size = painter.buffer(this.scene.sizes, buffers.size);
    buffers.order = painter.order(this.scene.order, buffers.order);
  }

  // After a lost context nothing of it is left on the card.
  restore() {
    this.buffers = {};
    if (this.positions) this.upload();
  }

  // It is not drawn any more.
  destroy() {
    this.painter.drop(...Object.values(this.buffers), this.colorBuffer);
    this.buffers = {};
    this.colorBuffer = undefined;
  }

  get search() {
    this.grid ??= new Grid(this.positions);
    return this.grid;
  }

  // Outlines of the land; null until they are found, which waits until the dots are on the screen.
  land(onFound) {
    const of = this.positions;
    if (this.landPaths?.of === of) return this.landPaths.paths;
    if (this.landPaths?.of !== null) {
      this.landPaths = { of: null };
      setTimeout(() => {
        this.landPaths = { of, paths: outlines(of) };
        onFound();
      }, LATER_MS);
    }
    return null;
  }

  moved(now) {
    if (!this.move) return 1;
    const time = clamp((now - this.move.start) / this.move.milliseconds, 0, 1);
    if (time >= 1) {
      this.move = null;
      if (this.buffers.from !== this.buffers.to) this.painter.drop(this.buffers.from);
      this.buffers.from = this.buffers.to;
      return 1;
    }
    return time * time * (3 - 2 * time);
  }

  // Where all points are at this moment of a move.
  current(now) {
    const share = this.moved(now);
    if (share >= 1) return this.positions;
    return this.positions.map((value, at) => this.from[at] + (value - this.from[at]) * share);
  }

  place(row, now = performance.now()) {
    const share = this.moved(now);
    return [0, 1].map((axis) => {
      const to = this.positions[2 * row + axis];
      return share >= 1 ? to : this.from[2 * row + axis] + (to - this.from[2 * row + axis]) * share;
    });
  }

  onScreen(row, now) {
    return this.camera.toScreen(...this.place(row, now));
  }

  // Smallest diameter of a dot and how much the largest is larger, in CSS pixels.
  get diameter() {
    const { width, height } = this.camera.box;
    const room = clamp(Math.sqrt((width * height) / (this.scene.count * 62)), 0.5, 1.15);
    const grown = room * clamp(this.camera.zoom ** 0.42, 0.9, 4.2);
    return [3.3 * grown, 12.5 * grown];
  }

  radius(row) {
    const [smallest, growth] = this.diameter;
    return (smallest + growth * Math.sqrt(this.scene.sizes[row])) / 2;
  }

  // The dot under a place of the screen, -1 for none.
  pick(left, top, slack, mask) {
    const { scale } = this.camera;
    return this.search.pick(...this.camera.toLayout(left, top), slack / scale, {
      radiusOf: (row) => this.radius(row) / scale,
      largest: this.radius(this.scene.order[0]) / scale,
      mask,
    });
  }

  contains(left, top) {
    const { box } = this.camera;
    return left >= box.left && left <= box.left + box.width && top >= box.top && top <= box.top + box.height;
  }

  // Fit a set of points into the panel.
  frame(rows, now, milliseconds, closest = 12) {
    const xs = rows.map((row) => this.positions[2 * row]);
    const ys = rows.map((row) => this.positions[2 * row + 1]);
    const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const { unit, box } = this.camera;
    const zoom = Math.min(box.width / ((right - left) * unit * 1.5 + 1), box.height / ((top - bottom) * unit * 1.5 + 1));
    const goal = { x: (left + right) / 2, y: (bottom + top) / 2, zoom: clamp(zoom, 1, closest) };
    this.camera.fly(goal, now, milliseconds);
  }

  // Regions with the place of their name: the median of their points.
  setRegions(packed) {
    this.regions = packed && {
      coarse: regionsOf(packed.array("coarse"), packed.lines("coarse_names")),
      fine: regionsOf(packed.array("fine"), packed.lines("fine_names")),
    };
    this.regionPlaces = null;
  }

  get namedRegions() {
    if (!this.regions || !this.positions) return null;
    if (this.regionPlaces?.of !== this.positions) {
      const placed = (regions) => regions.map((region) => ({ ...region, place: median(region.rows, this.positions) }));
      this.regionPlaces = { of: this.positions, coarse: placed(this.regions.coarse), fine: placed(this.regions.fine) };
    }
    return this.regionPlaces;
  }
}

// Into -1 to 1, the same measure on both axes.
function normalized(raw) {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < raw.length; at += 2) {
    left = Math.min(left, raw[at]);
    right = Math.max(right, raw[at]);
    bottom = Math.min(bottom, raw[at + 1]);
    top = Math.max(top, raw[at + 1]);
  }
  const half = Math.max(right - left, top - bottom) / 2 || 1;
  const [middle, center] = [(left + right) / 2, (bottom + top) / 2];
  const toUnits = (x, y) => [(x - middle) / half, (y - center) / half];
  const places = new Float32Array(raw.length);
  for (let at = 0; at < raw.length; at += 2) {
    places[at] = (raw[at] - middle) / half;
    places[at + 1] = (raw[at + 1] - center) / half;
  }
  const spread = [Math.max(0.05, (right - left) / 2 / half), Math.max(0.05, (top - bottom) / 2 / half)];
  return { places, toUnits, spread };
}

function regionsOf(codes, names) {
  const regions = names.map((name, at) => ({ name, at, rows: [] }));
  codes.forEach((code, row) => regions[code]?.rows.push(row));
  return regions.filter(({ name, rows }) => name && rows.length).sort((a, b) => b.rows.length - a.rows.length);
}

function median(rows, positions) {
  const some = rows.filter((_, at) => at % Math.ceil(rows.length / ENOUGH) === 0);
  return [0, 1].map((axis) => {
    const sorted = Float32Array.from(some, (row) => positions[2 * row + axis]).sort();
    return sorted[Math.floor(sorted.length / 2)];
  });
}
