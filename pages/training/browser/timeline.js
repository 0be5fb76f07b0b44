// The line at the top: buttons, the slider over the epochs with the loss curve above it, speed, and what is compared.

import { fill, iconButton, make, rename, swapIcon } from "../../kit/browser/dom.js";
import { signed } from "../../kit/browser/numbers.js";
import { shape } from "../../kit/browser/svg.js";
import { drawnButton } from "./drawn_button.js";

const SPEEDS = [0.5, 1, 2, 4];
const [WIDTH, HEIGHT] = [1000, 100]; // of the curve's own measure

export class Timeline {
  // actions: onToggle(), onGo(at), onFollow(), onStep(way), onSpeed(speed), onBase(isFromStart)
  constructor(texts, actions) {
    this.actions = actions;
    this.root = make("div", "timeline");
    this.root.setAttribute("role", "group");
    this.buttons = make("div", "buttons");
    this.back = drawnButton("back", () => actions.onStep(-1));
    this.play = iconButton("play", "", () => actions.onToggle());
    this.forward = drawnButton("forward", () => actions.onStep(1));
    this.#track();
    this.#said();
    this.#choices(actions);
    this.buttons.append(this.back, this.play, this.forward, this.speed);
    this.root.append(this.buttons, this.track, this.said, this.against);
    this.setTexts(texts);
  }

  #track() {
    this.track = make("div", "track");
    this.curve = shape(null, "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    this.area = shape(this.curve, "path", { class: "area" });
    this.line = shape(this.curve, "path", { class: "line" });
    this.now = shape(this.curve, "path", { class: "now" });
    this.slider = make("input");
    Object.assign(this.slider, { type: "range", min: "0", step: "1" });
    this.slider.addEventListener("input", () => this.actions.onGo(Number(this.slider.value)));
    this.track.append(this.curve, this.slider);
  }

  #said() {
    this.said = make("div", "said");
    this.epoch = make("b", "epoch");
    this.loss = make("span", "loss");
    this.followed = make("button", "follow");
    this.followed.type = "button";
    this.followed.addEventListener("click", () => this.actions.onFollow());
    this.said.append(this.epoch, this.loss, this.followed);
  }

  #choices(actions) {
    this.base = make("select");
    this.base.append(make("option"), make("option"));
    this.base.addEventListener("change", () => actions.onBase(this.base.selectedIndex === 1));
    this.against = make("label", "against");
    this.against.append(make("span"), this.base);
    this.speed = make("select");
    for (const speed of SPEEDS) {
      const option = make("option", "", `${speed}×`);
      option.selected = speed === 1;
      this.speed.append(option);
    }
    this.speed.addEventListener("change", () => actions.onSpeed(SPEEDS[this.speed.selectedIndex]));
  }

  setTexts(texts) {
    this.texts = texts;
    rename(this.back, texts.back);
    rename(this.play, texts.play);
    rename(this.forward, texts.forward);
    this.slider.setAttribute("aria-label", texts.slider);
    this.followed.textContent = texts.live;
    [texts.against_before, texts.against_start].forEach((text, at) => { this.base.options[at].textContent = text; });
    this.against.firstChild.textContent = texts.against;
    rename(this.speed, texts.speed);
  }

  // A recording has come, or grown.
  setReel(reel) {
    this.reel = reel;
    this.slider.max = String(reel.last);
    this.#drawCurve();
  }

  // Where a moment stands on the slider, 0 to 1. Moments are evenly spaced, epochs may not be: some were left out.
  #share(epochs) {
    const { shots, last } = this.reel;
    if (!last) return 0;
    let at = 0;
    while (at < last - 1 && shots[at + 1].epoch <= epochs) at += 1;
    const [low, high] = [shots[at].epoch, shots[at + 1].epoch];
    return (at + Math.min(1, Math.max(0, (epochs - low) / (high - low)))) / last;
  }

  #drawCurve() {
    const { curve, last, shots } = this.reel;
    const points = [];
    for (let row = 0; row < curve.length; row += 2) {
      if (curve[row] <= shots[last].epoch + 1e-3 && Number.isFinite(curve[row + 1])) points.push([curve[row], curve[row + 1]]);
    }
    const losses = points.map(([, loss]) => loss).sort((one, other) => one - other);
    // The first batches are far above the rest; they may leave the picture.
    const high = losses[Math.floor(losses.length * 0.97)] ?? 1;
    const low = losses[0] ?? 0;
    const path = points.map(([x, loss], at) => {
      const up = Math.min(1, (loss - low) / (high - low || 1));
      return `${at ? "L" : "M"}${(this.#share(x) * WIDTH).toFixed(1)} ${(HEIGHT * (0.94 - 0.88 * up)).toFixed(1)}`;
    }).join("");
    this.line.setAttribute("d", path);
    const end = points.length ? this.#share(points.at(-1)[0]) * WIDTH : 0;
    this.area.setAttribute("d", path ? `${path}L${end} ${HEIGHT}L${this.#share(points[0][0]) * WIDTH} ${HEIGHT}Z` : "");
  }

  draw({ at, isPlaying, base, isLive, isFollowing }) {
    const { reel, texts } = this;
    this.slider.value = String(at);
    const epoch = reel.epoch(at);
    const text = isLive ? texts.epoch_live : texts.epoch_of; // a run under way has more epochs to come
    const words = epoch ? fill(text, { epoch, epochs: reel.epoch(reel.last) }) : texts.start;
    this.epoch.textContent = words;
    const [now, before] = [reel.loss(at), reel.loss(base)];
    const loss = Number.isFinite(now) ? fill(texts.loss, { loss: now.toFixed(4) }) : texts.no_loss;
    const isMeasured = base !== at && Number.isFinite(now) && Number.isFinite(before);
    this.loss.textContent = isMeasured ? fill(texts.bracketed, { text: loss, more: signed(now - before) }) : loss;
    this.slider.setAttribute("aria-valuetext", [words, this.loss.textContent].join(texts.clause));
    const x = reel.last ? (at / reel.last) * WIDTH : 0;
    this.now.setAttribute("d", `M${x} 0V${HEIGHT}`);
    swapIcon(this.play, isPlaying ? "pause" : "play");
    rename(this.play, isPlaying ? texts.pause : texts.play);
    this.back.disabled = at === 0;
    this.forward.disabled = at === reel.last;
    this.followed.hidden = !isLive;
    this.followed.setAttribute("aria-pressed", String(isFollowing));
  }
}
