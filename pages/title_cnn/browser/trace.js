// What the network made of one title, and every sum in it: read from the numbers that the page sends.

import { floats } from "../../kit/browser/numbers.js";

export class Trace {
  constructor(packed) {
    this.text = packed.text;
    this.words = packed.words;
    this.cut = packed.cut;
    this.size = packed.size; // numbers in a word
    this.embeddings = floats(packed.embeddings);
    this.windows = packed.windows.map((window) => ({ ...window, before: floats(window.before) }));
    this.filters = packed.filters; // of each width
    this.count = this.filters * this.windows.length;
    this.features = Float32Array.from({ length: this.count }, (_, filter) => this.response(filter, this.winner(filter)));
  }

  get length() {
    return this.words.length;
  }

  windowOf(filter) {
    return this.windows[Math.floor(filter / this.filters)];
  }

  width(filter) {
    return this.windowOf(filter).width;
  }

  number(filter) {
    return filter % this.filters;
  }

  positions(filter) {
    return this.windowOf(filter).positions;
  }

  // The sum with bias, before ReLU.
  before(filter, position) {
    return this.windowOf(filter).before[this.number(filter) * this.positions(filter) + position];
  }

  response(filter, position) {
    return Math.max(0, this.before(filter, position));
  }

  winner(filter) {
    return this.windowOf(filter).winner[this.number(filter)];
  }

  isWinner(filter, position) {
    return position === this.winner(filter) && this.response(filter, position) > 0;
  }

  // Words under the window; null where it is filled up with zeros.
  window(filter, position) {
    return Array.from({ length: this.width(filter) }, (_, at) => this.words[position + at]?.text ?? null);
  }

  // The numbers of one word; zeros behind the end.
  word(at) {
    if (at >= this.length) return new Float32Array(this.size);
    return this.embeddings.subarray(at * this.size, (at + 1) * this.size);
  }

  // One sum: for each word of the window its products and what they add up to.
  sum(net, filter, position) {
    const weights = net.weights[filter];
    const places = Array.from({ length: this.width(filter) }, (_, at) => {
      const x = this.word(position + at);
      const w = weights.subarray(at * this.size, (at + 1) * this.size);
      const products = Float64Array.from(x, (value, row) => value * w[row]);
      return { text: this.words[position + at]?.text ?? null, x, w, products, total: products.reduce((a, b) => a + b, 0) };
    });
    const bias = net.bias[filter];
    const total = places.reduce((all, place) => all + place.total, bias);
    return { places, bias, total, response: Math.max(0, total) };
  }
}

// The filters' own numbers.
export function unpackNet(packed) {
  return { weights: packed.weights.map(floats), bias: packed.bias, scale: packed.scale };
}
