// Nearest neighbours in all numbers: from the table that came with the map, or asked for one point at a time.

import { load } from "../../dot_map/decode.js";

const KEPT = 500; // answers to single points

export class Neighbors {
  // source: { table: packed or null, live: address or null }
  constructor({ table, live }) {
    this.k = table?.header.k ?? 0;
    this.indices = table?.array("indices");
    this.values = table?.array("values");
    this.live = live;
    this.answers = new Map();
  }

  // [{ row, value }], nearest first; null where it must be asked for.
  known(row) {
    if (this.indices) return pairs(this.indices, this.values, row * this.k, this.k);
    return this.answers.get(row) ?? (this.live ? null : []);
  }

  async ask(row) {
    const packed = await load(`${this.live}?at=${row}`);
    const found = pairs(packed.array("indices"), packed.array("values"), 0, packed.header.k);
    if (this.answers.size >= KEPT) this.answers.delete(this.answers.keys().next().value);
    this.answers.set(row, found);
    return found;
  }
}

function pairs(indices, values, start, k) {
  const rows = indices.subarray(start, start + k);
  return Array.from(rows, (row, at) => ({ row, value: values[start + at] }));
}

// Which neighbours are also nearest on the map, which are not, and what is near on the map only.
export function measured(panel, row, neighbors) {
  const onMap = panel.search.nearest(row, neighbors.length || 10);
  const close = new Set(onMap);
  const real = new Set(neighbors.map((one) => one.row));
  return [
    ...neighbors.map((one, at) => ({ ...one, rank: at + 1, kind: close.has(one.row) ? "true" : "missed" })),
    ...onMap.filter((other) => !real.has(other)).map((other) => ({ row: other, kind: "false" })),
  ];
}

// The same from the page's own measurement (ids).
export function judged(marks, rowOf, neighbors) {
  const rank = new Map(neighbors.map((one, at) => [one.row, at + 1]));
  return ["true", "missed", "false"].flatMap((kind) =>
    marks[kind].map((id) => rowOf.get(id)).filter((row) => row !== undefined)
      .map((row) => ({ row, kind, rank: rank.get(row) })));
}
