// The words of a title at the heads of their columns; numbered, with a list above, where they do not fit there.

import { make } from "../../kit/browser/dom.js";
import { fit, shape, write } from "../../kit/browser/svg.js";

const LETTER = 8.5; // width of a letter, about

// Would most of the words be cut beyond recognition?
export function areNumbered(trace, column) {
  const cut = trace.words.filter((word) => Array.from(word.text).length * LETTER > column * 1.5);
  return column < 34 || cut.length * 3 > trace.length;
}

export function drawWord(svg, probe, { at, x, column, isNumbered }) {
  const word = probe.trace.words[at];
  const isChanged = word && probe.before && probe.before.words[at]?.text !== word.text;
  const kind = `${!word ? "empty" : word.known ? "" : "unknown"} ${isChanged ? "changed" : ""}`;
  const group = shape(svg, "g", { class: `word ${kind}`, "data-word": at });
  shape(group, "rect", { x: x + 2, y: 2, width: column - 4, height: 25, rx: 7 });
  const label = write(group, word ? word.text : "0", { x: x + column / 2, y: 20, anchor: "middle" });
  if (!word) return group;
  if (isNumbered) {
    label.textContent = String(at + 1);
    shape(group, "title", {}, word.text);
  } else {
    fit(label, column - 9);
  }
  return group;
}

// "1 star  2 wars ..."
export function wordList(probe) {
  const list = make("ol", "word-list");
  probe.trace.words.forEach((word, at) => {
    const item = make("li", word.known ? "" : "unknown");
    const text = make("span", "", word.text);
    text.dir = "auto";
    item.append(make("b", "", String(at + 1)), text);
    list.append(item);
  });
  return list;
}
