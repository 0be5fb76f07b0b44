// The title CNN of one page: which level is shown, which filter and place; and what the page is told.

import { fill, make } from "../../kit/browser/dom.js";
import { EditLine } from "./edit.js";
import { FilterView } from "./filter_view.js";
import { GalleryView } from "./gallery_view.js";
import { floats } from "../../kit/browser/numbers.js";
import { button } from "./parts.js";
import { Overview } from "./overview.js";
import { Palette } from "../../kit/browser/palette.js";
import { SumView } from "./sum_view.js";
import { styles } from "./styles.js";
import { Trace, unpackNet } from "./trace.js";

const VIEWS = { overview: Overview, filter: FilterView, sum: SumView, gallery: GalleryView };
const TELL_MS = 350; // a window that slides tells the page where it came to rest
const TELL_PLAYING_MS = 1500; // longer than a step: the URL, and with it Back, knows where the window came to rest
const RETRY_MS = 2000; // time for the page to run, and to publish what was lost

export class Probe {
  // send(event, value): tells the page; events are those of pages/title_cnn/component.py.
  constructor(parent, _data, send) {
    Object.assign(this, { send, level: "overview", filter: 0, position: 0, rare: false, number: 0, fetched: new Map(), missed: new Set(), failed: new Set() });
    this.root = make("div", "matinee-cnn");
    this.nav = make("nav", "levels");
    this.said = make("p", "said");
    this.said.setAttribute("aria-live", "polite");
    this.stage = make("div", "stage");
    this.edit = new EditLine(this);
    this.body = make("div", "body");
    this.under = make("div", "under");
    this.body.append(this.said, this.stage);
    this.top = make("div", "top");
    this.top.hidden = true;
    this.top.append(this.nav, this.edit.toggle);
    this.root.append(make("style", "", styles), this.top, this.edit.root, this.edit.notes, this.body, this.under);
    parent.append(this.root);
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.stage);
  }

  async update(data) {
    const isFirst = !this.data;
    this.data = data;
    this.palette = new Palette(this.root);
    this.palette.dress(this.root);
    this.trace = new Trace(data.title);
    if (this.root.dataset.title !== this.trace.text) this.freshen();
    this.before = data.before ? new Trace(data.before) : null;
    this.film = unpackFilm(data.film);
    this.filmBefore = data.film_before;
    if (isFirst || this.galleryAt !== data.gallery) Object.assign(this, { gallery: null, galleryAt: data.gallery });
    this.takePlace(data, isFirst);
    this.edit.update();
    for (const known of [this.fetched, this.missed, this.failed]) keep(known, [data.net, data.gallery]);
    const net = await this.fetch(data.net);
    if (this.data !== data) return;
    this.net = net ? unpackNet(net) : null;
    if (net) this.draw();
    else if (this.failed.has(data.net)) this.showFailure();
  }

  // A new title comes in from left to right.
  freshen() {
    this.root.dataset.title = this.trace.text;
    this.root.classList.add("fresh");
    clearTimeout(this.freshness);
    this.freshness = setTimeout(() => this.root.classList.remove("fresh"), 1000);
  }

  // The page's place counts unless it was written before the last step here.
  takePlace(data, isFirst) {
    if (isFirst || data.heard >= this.number) Object.assign(this, data.at);
    this.filter = Math.min(this.filter, this.trace.count - 1);
    this.position = Math.min(this.position, this.trace.positions(this.filter) - 1);
  }

  t(name, values = {}) {
    return fill(this.data.texts[name], values);
  }

  percent(share) {
    return this.t("share", { value: Math.round(share * 100) });
  }

  filterName(filter) {
    return this.t("filter_name", { width: this.trace.width(filter), number: this.trace.number(filter) + 1 });
  }

  quoted(words) {
    const shownWords = words.slice(0, 20).map((word) => word ?? "0").join(" ");
    return this.t("quoted", { words: words.length > 20 ? `${shownWords} \u2026` : shownWords });
  }

  say(text) {
    this.said.textContent = text;
  }

  // Show a level; the page is told, so that its address leads here.
  go(level, filter = this.filter, position = null) {
    const isSame = filter === this.filter;
    this.level = level;
    this.filter = filter;
    const wanted = position ?? (isSame ? this.position : this.trace.winner(filter));
    this.setPosition(wanted);
    this.draw();
    this.nav.scrollIntoView({ block: "nearest" });
  }

  moveTo(position) {
    this.view.moveTo?.(position);
  }

  setPosition(position) {
    this.position = position;
    this.drawNav();
    clearTimeout(this.timer);
    this.number += 1;
    this.timer = setTimeout(() => this.tellPlace(), this.isPlaying ? TELL_PLAYING_MS : TELL_MS);
  }

  tellPlace() {
    const { level, filter, position, rare, number, trace } = this;
    this.send("place", { level, width: trace.width(filter), filter: trace.number(filter) + 1, at: position + 1, rare, number });
  }

  tell(event, value) {
    this.number += 1;
    this.send(event, { value, number: this.number });
  }

  editWord(at) {
    this.edit.select(at);
  }

  // The page's own words that it is loading; they stand outside of this component, because they come before it.
  hideLoading() {
    const page = this.root.getRootNode().host ?? this.root;
    const words = page.closest(".st-key-title_picture")?.querySelector(".st-key-title_loading");
    // With what Streamlit lays around it, which would leave a gap.
    const around = words?.closest("[data-testid=stLayoutWrapper]");
    if (words) (around?.querySelector(".st-key-title_picture") ? words : around ?? words).style.display = "none";
  }

  showFailure() {
    this.hideLoading();
    this.view?.destroy?.();
    this.view = null;
    this.under.replaceChildren();
    this.said.textContent = "";
    this.stage.replaceChildren(this.failure(() => this.update(this.data)));
  }

  // That it did not come, and a way to ask again.
  failure(retry) {
    const note = make("div", "note failed");
    note.setAttribute("role", "alert");
    note.append(make("p", "", this.t("failed")), button(this.t("retry"), () => {
      this.missed.clear();
      this.failed.clear();
      retry();
    }));
    return note;
  }

  draw() {
    if (!this.net) return;
    this.hideLoading();
    this.top.hidden = false;
    const held = this.stage.contains(this.focused()) ? this.focused() : null;
    this.view?.destroy?.();
    this.waiting = null;
    this.stage.replaceChildren();
    this.under.replaceChildren();
    this.drawn = this.stage.clientWidth;
    this.root.dataset.level = this.level;
    this.drawNav();
    this.view = new VIEWS[this.level](this.stage, this);
    if (held) this.refocus(held);
    if (!this.gallery && (this.level === "filter" || this.level === "gallery")) this.loadGallery();
  }

  focused() {
    return this.root.getRootNode().activeElement;
  }

  // What held the focus is drawn anew, or gone with its level: then the new level's own place holds it.
  refocus(held) {
    const same = [".choice select", ".rare input"].find((selector) => held.matches(selector));
    const next = (same && this.stage.querySelector(same)) ?? this.view.first?.() ?? this.nav.querySelector("[aria-current]");
    next?.focus({ preventScroll: true });
  }

  resized() {
    if (this.net && Math.abs(this.stage.clientWidth - this.drawn) > 4) this.draw();
  }

  drawNav() {
    const words = this.quoted(this.trace.window(this.filter, this.position));
    const names = {
      overview: this.t("level_overview"), filter: this.filterName(this.filter), sum: this.t("level_sum", { words }), gallery: this.t("level_gallery", { count: this.trace.count }),
    };
    this.nav.setAttribute("aria-label", this.t("levels"));
    const focused = this.focused()?.dataset?.level;
    this.nav.replaceChildren(...Object.entries(names).map(([level, name], at) => {
      const tab = make("button", `level ${level}`);
      tab.type = "button";
      tab.dataset.level = level;
      if (level !== "gallery") tab.append(make("b", "", String(at + 1)));
      tab.append(make("span", "", name));
      if (level === this.level) tab.setAttribute("aria-current", "step");
      tab.addEventListener("click", () => this.go(level));
      return tab;
    }));
    if (focused) this.nav.querySelector(`[data-level=${focused}]`)?.focus();
  }

  // What excites a filter most: among films that people know, or among all.
  strongest(filter) {
    const found = this.gallery.filters[filter];
    return this.rare ? found.all : found.known;
  }

  setRare(isRare) {
    this.rare = isRare;
    this.setPosition(this.position);
    this.draw();
  }

  whenGallery(draw) {
    if (!this.gallery) this.waiting = draw;
  }

  // In place of what the catalogue tells: that it is being read, or did not come.
  galleryWords() {
    return this.failed.has(this.data.gallery) ? this.failure(() => this.draw()) : make("p", "quiet", this.t("gallery_loading"));
  }

  async loadGallery() {
    const address = this.data.gallery;
    const found = await this.fetch(address);
    if (this.data?.gallery !== address) return;
    if (!found && !this.failed.has(address)) return;
    this.gallery = found;
    this.waiting?.();
  }

  // What the server published; a piece that it has dropped is published anew when the page runs again.
  async fetch(address) {
    if (!this.fetched.has(address)) {
      this.fetched.set(address, fetch(new URL(address, document.baseURI)).then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      }));
    }
    try {
      return await this.fetched.get(address);
    } catch (error) {
      this.fetched.delete(address);
      // Once: a page that cannot publish it either would run for ever.
      if (this.missed.has(address)) {
        this.failed.add(address);
        return null;
      }
      this.missed.add(address);
      this.send("lost", error.message);
      // Not when the page has run: with the same address nothing is sent that would call `update`.
      await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
      return this.fetch(address);
    }
  }

  destroy() {
    this.data = null; // what is still on its way draws nothing any more
    clearTimeout(this.timer);
    clearTimeout(this.freshness);
    this.view?.destroy?.();
    this.observer.disconnect();
    this.root.remove();
  }
}

function unpackFilm(film) {
  return {
    stars: film.stars,
    unrated: film.unrated,
    parts: film.parts.map((part) => ({ name: part.name, values: floats(part.values), added: floats(part.added) })),
    mixBias: floats(film.mix_bias),
    before: floats(film.before),
    vector: floats(film.vector),
  };
}

// Drop what belongs to other models.
function keep(known, addresses) {
  for (const address of [...known.keys()]) if (!addresses.includes(address)) known.delete(address);
}
