// Watching a layout being laid out: asks for steps while there are more to come, and plays them.

import { load } from "../../dot_map/decode.js";
import { fill, iconButton, make, rename, swapIcon } from "../../kit/browser/dom.js";

const ASK_MS = 350;
const STEP_MS = 110;

export class Playback {
  // onShow(positions, milliseconds): show a step; onState(isOn).
  constructor(texts, { onShow, onState }) {
    this.texts = texts;
    this.onShow = onShow;
    this.onState = onState;
    this.root = make("div", "playback");
    this.root.hidden = true;
    this.button = iconButton("play", texts.play, () => this.#toggle());
    this.slider = make("input");
    this.slider.type = "range";
    this.slider.setAttribute("aria-label", texts.step);
    this.label = make("span", "step");
    this.root.append(this.button, this.slider, this.label);
    this.slider.addEventListener("input", () => {
      const wanted = Number(this.slider.value);
      this.#pause();
      this.#show(wanted, STEP_MS);
    });
    this.open(null);
  }

  // Another run, or none.
  open(address) {
    if (address === this.address) return;
    this.close();
    this.address = address;
    this.frames = [];
    this.at = -1;
    this.state = "";
    this.root.hidden = true;
    this.onState(false);
    if (address) {
      this.isFollowing = true;
      this.#ask();
    }
  }

  close() {
    clearTimeout(this.asking);
    clearTimeout(this.playing);
    this.playing = this.asking = null;
    this.address = undefined;
  }

  async #ask() {
    const { address } = this;
    let packed;
    try {
      packed = typeof address === "string" ? await load(`${address}?at=${this.frames.length}`) : await load(address);
    } catch (error) {
      // A run that is gone has nothing more to show; what came stays.
      if (address === this.address) this.state = error.message;
      return;
    }
    if (address !== this.address) return;
    const { header } = packed;
    const all = packed.array("positions");
    const size = header.num_frames ? all.length / header.num_frames : 0;
    if (header.first < this.frames.length) this.frames.length = header.first;
    for (let at = 0; at < header.num_frames; at += 1) this.frames.push(all.subarray(at * size, (at + 1) * size));
    this.state = header.state;
    this.words = header.step;
    this.#draw();
    if (this.isFollowing && this.frames.length && !this.playing) this.#play(this.at < 0 ? 0 : this.at);
    if (header.state === "running") this.asking = setTimeout(() => this.#ask(), ASK_MS);
  }

  #toggle() {
    if (this.playing) this.#pause();
    else this.#play(this.at >= this.frames.length - 1 ? 0 : this.at);
  }

  #pause() {
    clearTimeout(this.playing);
    this.playing = null;
    this.isFollowing = false;
    this.#draw();
  }

  #play(from) {
    this.#show(from, STEP_MS);
    this.isFollowing = true;
    this.playing = setTimeout(() => {
      this.playing = null;
      if (this.at < this.frames.length - 1) this.#play(this.at + 1);
      else this.#draw();
    }, STEP_MS);
    this.#draw();
  }

  #show(at, milliseconds) {
    this.at = at;
    if (this.frames[at]) this.onShow(this.frames[at], milliseconds);
    this.#draw();
  }

  #draw() {
    const last = Math.max(0, this.frames.length - 1);
    this.root.hidden = this.frames.length < 2 && this.state !== "running";
    this.onState(!this.root.hidden && (this.playing !== null || this.at < last || this.state === "running"));
    this.slider.max = String(last);
    this.slider.value = String(Math.max(0, this.at));
    swapIcon(this.button, this.playing ? "pause" : "play");
    rename(this.button, this.playing ? this.texts.pause : this.texts.play);
    const step = fill(this.texts.step, { step: this.frames.length ? this.at + 1 : 0, steps: this.frames.length });
    this.label.textContent = this.words && this.state === "running" ? `${step} · ${this.words}` : step;
  }
}
