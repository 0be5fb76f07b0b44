// Level 2: one filter. On the left its window slides over the title, beside it stands what it looks for in the catalogue.

import { make, sentences } from "../../kit/browser/dom.js";
import { button, chips, filmLink, filterChoice, Player, rareSwitch } from "./parts.js";
import { shown } from "../../kit/browser/numbers.js";
import { Slide } from "./slide.js";

const PEAKS = 7;
const WON = 5;

export class FilterView {
  constructor(stage, probe) {
    this.probe = probe;
    const view = make("div", "filter-view");
    const left = make("div", "slide-side");
    this.right = make("div", "seeks");
    view.append(left, this.right);
    stage.append(view);
    this.player = new Player(probe, (position) => this.moveTo(position));
    const tools = make("div", "tools");
    const open = button(probe.t("open_sum"), () => probe.go("sum", probe.filter, probe.position), { className: "strong" });
    tools.append(filterChoice(probe), this.player.line, open); // above the picture: below it, it would be off a small screen
    const place = make("div", "slide-place");
    left.append(tools, place);
    this.slide = new Slide(place, probe);
    this.drawSeeks();
    probe.whenGallery(() => this.drawSeeks());
    view.addEventListener("keydown", (event) => this.press(event));
  }

  first() {
    return this.player.playing;
  }

  moveTo(position) {
    this.probe.setPosition(position);
    this.slide.moveTo(position);
    this.player.show();
  }

  press(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || /^(?:select|input)$/i.test(event.target.tagName)) return;
    event.preventDefault();
    this.moveTo(this.player.clamped(this.probe.position + step));
  }

  drawSeeks() {
    const { probe, right } = this;
    right.replaceChildren();
    const found = probe.gallery?.filters[probe.filter];
    right.append(make("h2", "", probe.t("seeks", { filter: probe.filterName(probe.filter) })));
    if (!found) {
      right.append(probe.galleryWords());
      return;
    }
    right.append(make("p", "", this.sentence(found)));
    right.append(peaks(probe, probe.filter, PEAKS), rareSwitch(probe));
    right.append(make("p", "quiet below", probe.t("peaks_how")));
    if (probe.rare) right.append(make("p", "quiet below", probe.t("peaks_text")));
    right.append(make("h3", "", probe.t("won")), make("p", "quiet", probe.t("won_text")));
    const list = make("ul", "won");
    const { won } = probe.strongest(probe.filter);
    if (!won.length) right.append(make("p", "", probe.t("won_none")));
    for (const film of won.slice(0, WON)) {
      const line = make("li");
      line.append(filmLink(film, probe), make("span", "number", shown(film.response, 3)));
      list.append(line);
    }
    right.append(list);
  }

  sentence(found) {
    const { probe } = this;
    const value = probe.trace.features[probe.filter];
    const values = { silent: probe.percent(found.silent), films: probe.gallery.films.toLocaleString("en"), mean: shown(found.mean, 3) };
    const here = value > 0
      ? probe.t("here", { value: shown(value), share: probe.percent(shareBelow(found, value)) })
      : probe.t("here_silent");
    return sentences(probe.data.texts, [probe.t("spread", values), here]);
  }

  destroy() {
    this.player.stop();
  }
}

// The n-grams that excite a filter most: words, a bar, the number, films that have them.
export function peaks(probe, filter, count) {
  const list = make("ol", "peaks");
  const found = probe.strongest(filter).peaks;
  if (!found.length) list.append(make("li", "quiet", probe.t("peaks_none")));
  for (const peak of found.slice(0, count)) {
    const line = make("li");
    const bar = make("span", "meter");
    bar.style.setProperty("--share", String(peak.response / found[0].response));
    line.append(chips(peak.words, probe), bar, make("span", "number", shown(peak.response, 3)));
    if (peak.films.length) {
      const films = make("span", "in-films");
      const [first] = peak.films;
      films.append(filmLink(first, probe));
      const others = peak.films.length - 1 + peak.more;
      if (others) films.append(make("span", "quiet", ` ${probe.t("and_more", { count: others })}`));
      line.append(films);
    }
    list.append(line);
  }
  return list;
}

// Share of the catalogue's titles with a weaker response: steps that the server measured, straight lines between them.
export function shareBelow(found, value) {
  const place = (Math.min(value, found.highest) / found.highest) * (found.below.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, found.below.length - 1);
  return found.below[low] + (found.below[high] - found.below[low]) * (place - low);
}
