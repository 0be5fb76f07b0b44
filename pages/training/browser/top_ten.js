// The list of the watched person: rank, how it moved, title, stars. Rows glide to their new places.

import { fill, make } from "../../kit/browser/dom.js";
import { css } from "../../kit/browser/theme.js";
import { signed } from "../../kit/browser/numbers.js";

const GLIDE_MS = 420;
const SHORTEST_MS = 200; // a row that moves faster is read neither before nor after

export class TopTen {
  // actions: onOpen(row), onPoint(row or -1)
  constructor(actions) {
    this.actions = actions;
    this.root = make("section", "top-ten");
    this.title = make("h2");
    this.note = make("p", "note");
    this.list = make("ol");
    this.gone = make("p", "gone");
    this.order = make("p", "note");
    this.root.append(this.title, this.note, this.list, this.gone, this.order);
    this.rows = new Map(); // film id -> its row
  }

  setTexts({ texts, user, about }) {
    this.texts = texts;
    this.title.textContent = fill(texts.top, { user });
    this.note.textContent = about;
    this.order.textContent = texts.top_order;
    this.rows.clear();
  }

  // entries: those of Reel.list; scene: titles; paint(row): colour of a film's dot.
  draw(entries, gone, { scene, paint, milliseconds, hasBase }) {
    const before = new Map([...this.rows].map(([id, row]) => [id, row.item.offsetTop]));
    const items = entries.map((entry) => this.#item(entry, scene, paint, hasBase));
    this.list.replaceChildren(...items);
    for (const id of [...this.rows.keys()]) if (!entries.some((entry) => entry.id === id)) this.rows.delete(id);
    for (const { item } of this.rows.values()) item.getAnimations().forEach((running) => running.cancel());
    if (milliseconds >= SHORTEST_MS) for (const { id } of entries) this.#glide(id, before.get(id), Math.min(GLIDE_MS, milliseconds));
    const isByStars = entries.every(({ stars }, at) => at === 0 || stars <= entries[at - 1].stars + 5e-3);
    this.order.hidden = isByStars;
    const names = gone.map((id) => scene.title(scene.rowOf.get(id))).join(" · ");
    this.gone.textContent = hasBase ? (names ? fill(this.texts.top_gone, { names }) : this.texts.top_none) : "";
  }

  #item({ id, stars, rank, before, starsBefore }, scene, paint, hasBase) {
    const at = scene.rowOf.get(id);
    const row = this.rows.get(id) ?? this.#make(id, at);
    row.rank.textContent = String(rank);
    row.dot.style.background = css(paint(at));
    row.title.textContent = scene.title(at);
    row.title.title = `${scene.title(at)} · ${scene.lines(at).join(" · ")} · ${this.texts.top_open}`;
    const { kind, text, said } = this.#move(rank, before, hasBase);
    row.move.className = `move ${kind}`;
    row.move.textContent = text;
    row.move.setAttribute("aria-label", said);
    row.move.title = said;
    row.stars.textContent = `★ ${stars.toFixed(2)}`;
    const change = stars - starsBefore;
    row.change.textContent = hasBase && Number.isFinite(change) ? signed(change, 2) : "";
    return row.item;
  }

  #make(id, at) {
    const item = make("li");
    const row = { item, rank: make("b", "rank"), move: make("span"), dot: make("i"), title: make("button", "title") };
    row.title.type = "button";
    row.stars = make("span", "stars");
    row.change = make("small", "change");
    row.move.setAttribute("role", "img");
    row.title.addEventListener("click", () => this.actions.onOpen(at));
    for (const [name, value] of [["pointerenter", at], ["pointerleave", -1], ["focusin", at], ["focusout", -1]]) {
      item.addEventListener(name, () => this.actions.onPoint(value));
    }
    item.append(row.rank, row.move, row.dot, row.title, row.stars, row.change);
    this.rows.set(id, row);
    return row;
  }

  #move(rank, before, hasBase) {
    const { texts } = this;
    if (!hasBase) return { kind: "", text: "", said: "" };
    if (!before) return { kind: "new", text: texts.top_new, said: texts.top_new };
    if (before === rank) return { kind: "same", text: "=", said: texts.top_same };
    const by = Math.abs(before - rank);
    const isUp = rank < before;
    return { kind: isUp ? "up" : "down", text: `${isUp ? "▲" : "▼"}${by}`, said: fill(isUp ? texts.top_up : texts.top_down, { by }) };
  }

  #glide(id, before, milliseconds) {
    const { item } = this.rows.get(id);
    if (before === undefined || before === item.offsetTop) {
      if (before === undefined) item.animate([{ opacity: 0.1 }, { opacity: 1 }], { duration: milliseconds });
      return;
    }
    const way = [{ transform: `translateY(${before - item.offsetTop}px)` }, { transform: "none" }];
    const gliding = item.animate(way, { duration: milliseconds, easing: "ease-out" });
    item.classList.add("moving");
    gliding.onfinish = gliding.oncancel = () => item.classList.remove("moving");
  }
}
