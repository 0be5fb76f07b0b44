// What the reader is told who turns the wheel, or draws one finger, over a map that leaves both to the page.

import { fill, make } from "../kit/browser/dom.js";

const SHOWN_MS = 1800;

export class Hint {
  constructor() {
    this.root = make("div", "hint");
    this.root.hidden = true;
    this.root.setAttribute("aria-hidden", "true"); // keys need no such hold of the map
  }

  // kind: "wheel" or "finger"
  show(kind, texts) {
    const key = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";
    this.root.textContent = kind === "wheel" ? fill(texts.wheel_hint, { key }) : texts.finger_hint;
    this.root.hidden = false;
    clearTimeout(this.ending);
    this.ending = setTimeout(() => this.hide(), SHOWN_MS);
  }

  hide() {
    clearTimeout(this.ending);
    this.root.hidden = true;
  }
}
