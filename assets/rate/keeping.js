// The entry: what the visitor's own browser remembers of them, in its local storage; it has no picture.
//
// The page is told of everything that stands there and that it has not heard yet, and merges it with what it knows. Only
// then is the storage written, so that no tab loses what another one has kept. Other tabs hear of it by the browser.

import { mount } from "../mount.js";

const LONGEST = 400_000; // letters; the page refuses what is longer, and needs no more of it to say so

class Keeping {
  constructor(_parent, _data, send) {
    this.send = send;
    this.number = 0;
    this.hear = (event) => {
      if (event.type !== "storage" || event.key === null || event.key === this.data.place) this.settle();
    };
    for (const kind of ["storage", "pageshow", "focus"]) window.addEventListener(kind, this.hear);
  }

  update(data) {
    if (data.session !== this.data?.session) Object.assign(this, { asked: null, known: "", told: "" });
    this.number = Math.max(this.number, data.heard);
    if (this.asked && data.heard >= this.asked.number) this.known = this.asked.text;
    this.data = data;
    this.settle();
  }

  // Bring the storage and the page together.
  settle() {
    const { place, record, refused } = this.data;
    try {
      const kept = localStorage.getItem(place) ?? "";
      if (kept && kept !== record && kept !== this.known) return this.ask(kept);
      if (refused && kept) return; // not to be read, and not to be overwritten without a word
      if (kept !== record) write(place, record);
      this.known = record;
      this.tell("");
    } catch (error) {
      this.tell(error.name === "QuotaExceededError" ? "full" : "unavailable");
    }
  }

  ask(text) {
    if (this.asked?.text === text && this.asked.number > this.data.heard) return; // on its way
    this.number += 1;
    this.asked = { number: this.number, text };
    this.send("found", { number: this.number, text: text.slice(0, LONGEST + 1) });
  }

  tell(trouble) {
    if (trouble === this.data.trouble || trouble === this.told) return;
    this.told = trouble;
    this.send("trouble", trouble);
  }

  destroy() {
    for (const kind of ["storage", "pageshow", "focus"]) window.removeEventListener(kind, this.hear);
  }
}

function write(place, record) {
  if (record) localStorage.setItem(place, record);
  else localStorage.removeItem(place);
}

export const component = mount(Keeping);
