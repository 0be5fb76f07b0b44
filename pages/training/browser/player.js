// Which moment is shown, and how time goes on: play, step, speed, and following a run that goes on.

import { clamp } from "../../kit/browser/dom.js";

const WHOLE_MS = 9000; // a recording takes about this long at speed 1
const [SHORTEST, LONGEST] = [130, 900];
const JUMP_MS = 350;
const NEWS_MS = 900;

export class Player {
  // onShow(at, milliseconds, isPlaying): show a moment, coming from the one before.
  constructor(onShow) {
    this.onShow = onShow;
    this.at = 0;
    this.last = 0;
    this.speed = 1;
    this.timer = null;
    this.isFollowing = false;
  }

  get isPlaying() {
    return this.timer !== null;
  }

  get step() {
    return clamp(WHOLE_MS / Math.max(1, this.last), SHORTEST, LONGEST) / this.speed;
  }

  // The recording has grown, or is another one.
  extend(last) {
    this.last = last;
    if (this.isFollowing) this.#show(last, NEWS_MS);
    else this.#show(Math.min(this.at, last), 0);
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play(this.at >= this.last ? 0 : this.at);
  }

  play(from) {
    this.isFollowing = false;
    this.#clear();
    if (from !== this.at) this.#show(from, 0);
    this.#next();
  }

  pause() {
    this.#clear();
    this.#show(this.at, 0);
  }

  // Go to a moment and stay there.
  go(at) {
    this.#clear();
    this.isFollowing = false;
    const wanted = clamp(at, 0, this.last);
    this.#show(wanted, JUMP_MS);
  }

  follow() {
    this.#clear();
    this.isFollowing = true;
    this.#show(this.last, JUMP_MS);
  }

  setSpeed(speed) {
    this.speed = speed;
  }

  destroy() {
    this.#clear();
  }

  #next() {
    if (this.at >= this.last) {
      this.#clear();
      this.#show(this.at, 0);
      return;
    }
    this.timer = setTimeout(() => this.#next(), this.step);
    this.#show(this.at + 1, this.step);
  }

  #clear() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  #show(at, milliseconds) {
    this.at = at;
    this.onShow(at, milliseconds);
  }
}
