// Buttons with pictures that the film map has not got.

import { make } from "../../kit/browser/dom.js";
import { shape } from "../../kit/browser/svg.js";

const OUTLINES = {
  back: "M17 5l-8 7 8 7zM6 5v14",
  forward: "M7 5l8 7-8 7zM18 5v14",
  trails: "M5 19l9-9M4 12l4-4M12 20l4-4M15 5h4v4M14 10l5-5",
};

export function drawnButton(name, onClick) {
  const button = make("button", `tool ${name}`);
  button.type = "button";
  const svg = shape(button, "svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  shape(svg, "path", { d: OUTLINES[name] });
  button.addEventListener("click", onClick);
  return button;
}
