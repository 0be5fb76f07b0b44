// All filters side by side: the weights of each as a picture, and the n-grams of the catalogue that excite it most.

import { make } from "../../kit/browser/dom.js";
import { shown } from "../../kit/browser/numbers.js";
import { peaks } from "./filter_view.js";
import { rareSwitch } from "./parts.js";
import { picture, shape } from "../../kit/browser/svg.js";

const CELL = 7;

export class GalleryView {
  constructor(stage, probe) {
    this.probe = probe;
    this.view = make("div", "gallery-view");
    stage.append(this.view);
    this.draw();
    probe.whenGallery(() => this.draw());
    probe.say(probe.t("gallery_hint"));
  }

  draw() {
    const { probe, view } = this;
    view.replaceChildren();
    view.append(probe.gallery ? rareSwitch(probe) : probe.galleryWords());
    probe.trace.windows.forEach((window, number) => {
      view.append(make("h2", "", probe.t("window_of", { width: window.width })));
      const shelf = make("div", "shelf");
      for (let filter = 0; filter < probe.trace.filters; filter += 1) shelf.append(this.card(number * probe.trace.filters + filter));
      view.append(shelf);
    });
  }

  card(filter) {
    const { probe } = this;
    const box = make("section", filter === probe.filter ? "filter-card chosen" : "filter-card");
    const open = make("button", "open", probe.filterName(filter));
    open.type = "button";
    open.addEventListener("click", () => probe.go("filter", filter, probe.trace.winner(filter)));
    box.append(open, weightsPicture(probe, filter));
    const found = probe.gallery?.filters[filter];
    if (!found) return box;
    box.append(peaks(probe, filter, 3));
    box.append(make("p", "quiet", probe.t("card_facts", {
      silent: probe.percent(found.silent), mean: shown(found.mean, 3), here: shown(probe.trace.features[filter], 3),
    })));
    return box;
  }
}

// Words of the window as rows, the numbers of a word as columns.
function weightsPicture(probe, filter) {
  const { trace } = probe;
  const width = trace.width(filter);
  const svg = picture(null, { width: trace.size * CELL, height: width * (CELL + 2), label: probe.t("weights") });
  svg.classList.add("weights-picture");
  const weights = probe.net.weights[filter];
  weights.forEach((value, at) => {
    shape(svg, "rect", {
      x: (at % trace.size) * CELL, y: Math.floor(at / trace.size) * (CELL + 2), width: CELL - 0.6, height: CELL + 0.8,
      fill: probe.palette.color(value, probe.net.scale),
    });
  });
  return svg;
}
