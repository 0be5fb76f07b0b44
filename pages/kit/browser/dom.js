// Small helpers for building DOM. Text from data enters by textContent alone.

const SVG = "http://www.w3.org/2000/svg";

// Outlines of the buttons' pictures, on a 24 x 24 field.
const ICONS = {
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  lasso: "M7 17c-3-1-4-4-3-7 1-4 6-6 10-5s6 5 5 8-6 5-10 4-2 0-2 2 2 2 1 4",
  picture: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  close: "M6 6l12 12M18 6L6 18",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5L20 20",
};

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// A button that is a picture; its label is for screen readers and for the pointer that rests on it.
export function iconButton(name, label, onClick) {
  const button = make("button", `tool ${name}`);
  button.type = "button";
  button.append(icon(name));
  rename(button, label);
  button.addEventListener("click", onClick);
  return button;
}

export function rename(button, label) {
  button.title = label;
  button.setAttribute("aria-label", label);
}

export function swapIcon(button, name) {
  button.replaceChildren(icon(name));
}

// "{title}: {count}" with values; a text without a value keeps its braces.
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// Sentences one after the other, as the reader's language sets them; empty ones are left out.
export function sentences(texts, found) {
  const [first, ...others] = found.filter(Boolean);
  return others.reduce((before, rest) => fill(texts.sentences, { first: before, rest }), first ?? "");
}

// A name with its value, as the reader's language sets a colon.
export function labelled(texts, name, value) {
  return fill(texts.labelled, { name, value });
}

export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
