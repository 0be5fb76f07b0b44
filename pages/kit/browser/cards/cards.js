// The entry: films and people as links, in cards, rows or pills.
//
// Streamlit calls it again on every change of its data; it rebuilds only what it owns, keeps the keyboard's place and
// lets what stays slide to its new place.

import { follow } from "../go.js";
import { mount } from "../mount.js";
import { make } from "./dom.js";
import { DRAW } from "./layouts.js";
import { places, slide } from "./moving.js";
import { styles } from "./styles.js";

const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);

// Every shadow root that holds a list wears the same sheet.
function dress(root) {
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

const LOOKS = { asked: "why", less: "less" };

// What can be asked or done about a film: the name is what is sent, the text says it with the film's title.
function button(item, name, { texts, send }) {
  const found = make("button", `ask ${LOOKS[name]}`, texts[name]);
  found.type = "button";
  found.setAttribute("aria-label", item.buttons[name]);
  found.onclick = () => send(name, item.id);
  return found;
}

function entryOf(item, rank, how) {
  const link = DRAW[how.layout](item, rank);
  follow(link, item.href).dataset.id = String(item.id);
  const entry = make("div", "entry");
  entry.setAttribute("role", "listitem");
  entry.dataset.id = `${item.kind} ${item.id}`;
  entry.append(link);
  entry.append(...Object.keys(item.buttons).map((name) => button(item, name, how)));
  return entry;
}

// Which link or button the keyboard is on: [entry, place in it, place of the entry], or null.
function focusOf(list) {
  const focused = list?.getRootNode().activeElement;
  const entry = focused && list.contains(focused) ? focused.closest(".entry") : null;
  return entry && [entry.dataset.id, [...entry.children].indexOf(focused), [...list.children].indexOf(entry)];
}

// Where a film has left the list, the keyboard goes on with the one that took its place.
function giveFocus(list, focus) {
  if (!focus) return;
  const entries = [...list.children];
  const [id, child, at] = focus;
  const entry = entries.find((one) => one.dataset.id === id) ?? entries[Math.min(at, entries.length - 1)];
  entry?.children[child]?.focus({ preventScroll: true });
}

class Links {
  constructor(parent, _data, send) {
    Object.assign(this, { parent, send });
    dress(parent.getRootNode());
  }

  update(data) {
    const [layout] = data.layout.split(" ");
    const list = make("div", `matinee ${data.layout}`);
    list.setAttribute("role", "list");
    const how = { layout, texts: data.texts, send: this.send };
    list.append(...data.items.map((item, at) => entryOf(item, at + 1, how)));
    const old = this.list;
    const [before, focus] = [places(old), focusOf(old)];
    old?.remove();
    this.parent.append(list);
    this.list = list;
    giveFocus(list, focus);
    slide(list, before);
  }

  destroy() {
    this.list.remove();
  }
}

export const component = mount(Links);
