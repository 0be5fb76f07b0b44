// What part of a layout a panel shows: a centre in layout units (-1 to 1) and a zoom; 1 shows everything.

import { clamp } from "../kit/browser/dom.js";

const MIN_ZOOM = 0.75;
const MAX_ZOOM = 160;
const BORDER = 0.94; // of the panel is used at zoom 1

export class Camera {
  constructor() {
    this.x = 0;
    this.y = 0;
    this.zoom = 1;
    this.flight = null;
    this.spread = [1, 1]; // half of the layout's width and height
    this.resize({ left: 0, top: 0, width: 1, height: 1 });
  }

  // The panel's place on the canvas, in CSS pixels.
  resize(box) {
    this.box = box;
    this.unit = BORDER * Math.min(box.width / (2 * this.spread[0]), box.height / (2 * this.spread[1]));
  }

  setSpread(spread) {
    this.spread = spread;
    this.resize(this.box);
  }

  // CSS pixels of one layout unit.
  get scale() {
    return this.unit * this.zoom;
  }

  toScreen(x, y) {
    return [
      this.box.left + this.box.width / 2 + (x - this.x) * this.scale,
      this.box.top + this.box.height / 2 - (y - this.y) * this.scale,
    ];
  }

  toLayout(left, top) {
    return [
      this.x + (left - this.box.left - this.box.width / 2) / this.scale,
      this.y - (top - this.box.top - this.box.height / 2) / this.scale,
    ];
  }

  // Where it is going, or is.
  get goal() {
    return this.flight ? this.flight.to : { x: this.x, y: this.y, zoom: this.zoom };
  }

  panBy(left, top) {
    this.flight = null;
    this.#put({ x: this.x - left / this.scale, y: this.y + top / this.scale, zoom: this.zoom });
  }

  // Zoom so that what is under a place of the screen stays there.
  zoomAbout(left, top, factor, now, milliseconds) {
    const { x, y, zoom } = this.goal;
    const wanted = clamp(zoom * factor, MIN_ZOOM, MAX_ZOOM);
    const across = (left - this.box.left - this.box.width / 2) / this.unit;
    const up = -(top - this.box.top - this.box.height / 2) / this.unit;
    const change = 1 / zoom - 1 / wanted;
    this.fly({ x: x + across * change, y: y + up * change, zoom: wanted }, now, milliseconds);
  }

  fly(to, now, milliseconds) {
    const goal = limited(to);
    if (!milliseconds) {
      this.flight = null;
      this.#put(goal);
      return;
    }
    const isMoving = this.flight !== null;
    this.flight = { from: { x: this.x, y: this.y, zoom: this.zoom }, to: goal, start: now, milliseconds, isMoving };
  }

  // Move on to a time; false where nothing moved. A flight that took over from another starts at full speed.
  step(now) {
    if (!this.flight) return false;
    const { from, to, start, milliseconds, isMoving } = this.flight;
    const time = clamp((now - start) / milliseconds, 0, 1);
    const share = isMoving ? 1 - (1 - time) ** 3 : time < 0.5 ? 4 * time ** 3 : 1 - (2 - 2 * time) ** 3 / 2;
    if (time >= 1) {
      this.flight = null;
      this.#put(to);
      return true;
    }
    const zoom = from.zoom * (to.zoom / from.zoom) ** share;
    // Straight in 1 / zoom: then a zoom about the pointer keeps what is under the pointer there all the way.
    const steady = Math.abs(to.zoom / from.zoom - 1) < 1e-3;
    const along = steady ? share : (1 / zoom - 1 / from.zoom) / (1 / to.zoom - 1 / from.zoom);
    this.#put({ x: from.x + (to.x - from.x) * along, y: from.y + (to.y - from.y) * along, zoom });
    return true;
  }

  #put({ x, y, zoom }) {
    Object.assign(this, limited({ x, y, zoom }));
  }
}

function limited({ x, y, zoom }) {
  return { x: clamp(x, -1.2, 1.2), y: clamp(y, -1.2, 1.2), zoom: clamp(zoom, MIN_ZOOM, MAX_ZOOM) };
}
