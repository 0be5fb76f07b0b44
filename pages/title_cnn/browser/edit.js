// Changing a word: the title as a line that can be typed in; the word that was clicked is selected.

import { make, sentences } from "../../kit/browser/dom.js";
import { button } from "./parts.js";

export class EditLine {
  constructor(probe) {
    this.probe = probe;
    this.root = make("form", "edit");
    this.label = make("label");
    this.caption = make("span", "caption");
    this.input = make("input");
    Object.assign(this.input, { type: "text", spellcheck: false, autocomplete: "off", dir: "auto" });
    this.label.append(this.caption, this.input);
    this.go = make("button", "plain strong", "");
    this.go.type = "submit";
    this.back = button("", () => probe.tell("edited", null), { className: "back" });
    this.notes = make("p", "notes");
    this.toggle = button("", () => this.show(this.root.hidden), { className: "edit-word" });
    this.root.hidden = true;
    this.root.append(this.label, this.go, this.back);
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      probe.tell("edited", this.input.value);
    });
  }

  update() {
    const { probe } = this;
    this.input.maxLength = probe.data.max_title;
    this.caption.textContent = probe.t("edit");
    this.go.textContent = probe.t("edit_go");
    this.back.textContent = probe.before ? probe.t("edit_back", { title: probe.before.text }) : "";
    this.back.hidden = !probe.before;
    this.toggle.querySelector("span").textContent = `\u270e ${probe.t("edit")}`;
    if (this.title !== probe.trace.text) this.input.value = probe.trace.text;
    this.title = probe.trace.text;
    this.show(Boolean(probe.before) || !this.root.hidden, { isCalm: true });
    const { cut } = probe.trace;
    const unknown = [...new Set(probe.trace.words.filter((word) => !word.known).map((word) => word.text))];
    const notes = [];
    if (unknown.length) notes.push(probe.t("unknown_note", { words: unknown.map((word) => probe.quoted([word])).join(probe.t("comma")) }));
    if (cut.length) notes.push(probe.t("cut_note", { count: probe.trace.length, cut: cut.length, words: probe.quoted(cut) }));
    if (probe.trace.length === 0) notes.push(probe.t("empty_note"));
    this.notes.textContent = sentences(probe.data.texts, notes);
    this.notes.hidden = notes.length === 0;
  }

  show(isOpen, { isCalm = false } = {}) {
    this.root.hidden = !isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    if (isOpen && !isCalm) this.input.focus();
  }

  // Select one word of the title as it was typed.
  select(at) {
    this.show(true);
    const words = [...this.input.value.matchAll(/\S+/g)];
    this.input.focus();
    const found = words[at];
    if (found) this.input.setSelectionRange(found.index, found.index + found[0].length);
  }
}
