// The entry: what the visitor's own browser remembers of them, in its local storage; it has no picture.
//
// The page is told of everything that stands there and that it has not heard yet, and merges it with what it knows. Only
// then is the storage written, so that no tab loses what another one has kept. Other tabs hear of it by the browser.
// Answers that were given and that no page had heard when it was left stand there too (on_its_way.js).

import { mount } from "../../kit/browser/mount.js";
import { letGoOfHeard, letGoOfOthers, ofOthers } from "./on_its_way.js";

// The document's class once it is sure that nobody is to be brought back (style.css). It stays when somebody begins to
// rate: what they look at is theirs.
const NOBODY = "matinee-nobody";
const ALL = "matinee visitor "; // what the place of every data set begins with
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
    if (data.session !== this.data?.session) {
      Object.assign(this, { asked: null, known: "", told: {} });
      document.documentElement.classList.remove(NOBODY);
    }
    this.number = Math.max(this.number, data.heard);
    if (this.asked && data.heard >= this.asked.number) this.known = this.asked.text;
    this.data = data;
    this.settle();
  }

  // Bring the storage and the page together.
  settle() {
    const { place, record, refused, way, session, answered } = this.data;
    try {
      const kept = localStorage.getItem(place) ?? "";
      const answers = ofOthers(way, session);
      const all = answers.length ? `${kept} ${JSON.stringify(answers)}` : kept;
      if (all && all !== record && all !== this.known) return this.ask(all, kept, answers);
      this.show();
      this.tell("elsewhere", isKeptElsewhere(place));
      if (refused && kept) return; // not to be read, and not to be overwritten without a word
      if (kept !== record) write(place, record);
      this.known = record;
      letGoOfOthers(way, session);
      letGoOfHeard(way, session, answered);
      this.tell("trouble", "");
    } catch (error) {
      this.show();
      this.tell("trouble", error.name === "QuotaExceededError" ? "full" : "unavailable");
    }
  }

  // Let the page be seen that stands there for nobody.
  show() {
    if (this.data.unknown) document.documentElement.classList.add(NOBODY);
  }

  // all: of what is kept and of the answers in one text.
  ask(all, kept, answers) {
    if (this.asked?.text === all && this.asked.number > this.data.heard) return; // on its way
    this.number += 1;
    this.asked = { number: this.number, text: all };
    this.send("found", { number: this.number, text: kept.slice(0, LONGEST + 1), answers });
  }

  // Tell the page once what it does not know.
  tell(event, value) {
    if (value === this.data[event] || value === this.told[event]) return;
    this.told[event] = value;
    this.send(event, value);
  }

  destroy() {
    for (const kind of ["storage", "pageshow", "focus"]) window.removeEventListener(kind, this.hear);
  }
}

// Whether there are stars for the films of another data set.
function isKeptElsewhere(place) {
  const others = Object.keys(localStorage).filter((key) => key.startsWith(ALL) && key !== place);
  return others.some((key) => localStorage.getItem(key)?.includes('"stars":{"'));
}

function write(place, record) {
  if (record) localStorage.setItem(place, record);
  else localStorage.removeItem(place);
}

export const component = mount(Keeping);
