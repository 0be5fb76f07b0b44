// Small pieces of the pages of a filter: buttons, choice of a filter, word chips, links to films.

import { icon, make, rename, swapIcon } from "../../kit/browser/dom.js";
import { follow, linkTo } from "../../kit/browser/go.js";

export function button(label, onClick, { className = "", picture = null } = {}) {
  const element = make("button", `plain ${className}`);
  element.type = "button";
  if (picture) element.append(icon(picture));
  element.append(make("span", "", label));
  element.addEventListener("click", onClick);
  return element;
}

// A list of all filters, with the one that is shown.
export function filterChoice(probe) {
  const label = make("label", "choice");
  const select = make("select");
  for (let filter = 0; filter < probe.trace.count; filter += 1) {
    const option = make("option", "", probe.filterName(filter));
    option.value = String(filter);
    option.selected = filter === probe.filter;
    select.append(option);
  }
  select.setAttribute("aria-label", probe.t("choose_filter"));
  select.addEventListener("change", () => probe.go(probe.level, Number(select.value)));
  label.append(select);
  return label;
}

// Words of a window; what is filled up with zeros is empty.
export function chips(words, probe) {
  const line = make("span", "chips");
  for (const word of words) {
    const chip = make("span", word === null ? "chip pad" : "chip", word === null ? "0" : word);
    chip.dir = "auto";
    if (word === null) chip.title = probe.t("pad_word");
    line.append(chip);
  }
  return line;
}

// Words of films that hardly anybody rated, too?
export function rareSwitch(probe) {
  const label = make("label", "rare");
  const box = make("input");
  box.type = "checkbox";
  box.checked = probe.rare;
  box.addEventListener("change", () => probe.setRare(box.checked));
  label.append(box, make("span", "", probe.t("rare", { count: probe.gallery.least })));
  return label;
}

export function filmLink(film, probe) {
  const link = make("a", "film", film.title);
  link.dir = "auto";
  return follow(link, linkTo(probe.data.link, film.id));
}

// One step back, play, one step on, and a slider over the places of the window.
export class Player {
  constructor(probe, onMove) {
    this.probe = probe;
    this.last = probe.trace.positions(probe.filter) - 1;
    this.line = make("div", "player");
    const step = (by, sign, key) => {
      const made = button(sign, () => { this.stop(); onMove(this.clamped(probe.position + by)); }, { className: "step" });
      rename(made, probe.t(key));
      return made;
    };
    this.playing = button("", () => (this.timer ? this.stop() : this.play(onMove)), { picture: "play", className: "play" });
    rename(this.playing, probe.t("play"));
    this.slider = make("input");
    Object.assign(this.slider, { type: "range", min: 0, max: Math.max(this.last, 0), value: probe.position, disabled: this.last < 1 });
    this.slider.setAttribute("aria-label", probe.t("position"));
    this.slider.addEventListener("input", () => { this.stop(); onMove(Number(this.slider.value)); });
    this.count = make("span", "count");
    this.line.append(step(-1, "\u2039", "step_back"), this.playing, step(1, "\u203a", "step"), this.slider, this.count);
    this.show();
  }

  clamped(position) {
    return Math.min(this.last, Math.max(0, position));
  }

  show() {
    const { probe } = this;
    this.slider.value = String(probe.position);
    this.count.textContent = probe.t("position_of", { number: probe.position + 1, count: this.last + 1 });
  }

  play(onMove) {
    const { probe } = this;
    probe.isPlaying = true;
    if (probe.position >= this.last) onMove(0);
    this.timer = setInterval(() => {
      if (probe.position >= this.last) this.stop();
      else onMove(probe.position + 1);
    }, 1000);
    swapIcon(this.playing, "pause");
    rename(this.playing, probe.t("pause"));
  }

  stop() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    this.probe.isPlaying = false;
    swapIcon(this.playing, "play");
    rename(this.playing, this.probe.t("play"));
  }
}
