// SVG elements. Text from data enters by textContent alone.

const SVG = "http://www.w3.org/2000/svg";

export function shape(parent, tag, attributes = {}, text = null) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== null) element.textContent = text;
  parent?.append(element);
  return element;
}

export function picture(parent, { width, height, label }) {
  const svg = shape(parent, "svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group" });
  if (label) svg.setAttribute("aria-label", label);
  return svg;
}

export function write(parent, text, { x, y, anchor = "start", className = "", size = null }) {
  const element = shape(parent, "text", { x, y, "text-anchor": anchor, class: className }, text);
  if (size) element.style.fontSize = `${size}px`;
  return element;
}

// A curve that leaves and arrives level.
export function bow(x1, y1, x2, y2) {
  const half = (x1 + x2) / 2;
  return `M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}`;
}

// The same from top to bottom.
export function fall(x1, y1, x2, y2) {
  const half = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${half} ${x2} ${half} ${x2} ${y2}`;
}

// Text cut to a width; the whole of it stays as a tooltip.
export function fit(element, room) {
  const whole = element.textContent;
  if (element.getComputedTextLength() <= room) return;
  const letters = Array.from(whole);
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    element.textContent = `${letters.slice(0, middle).join("")}\u2026`;
    if (element.getComputedTextLength() <= room) low = middle;
    else high = middle - 1;
  }
  element.textContent = `${letters.slice(0, low).join("")}\u2026`;
  shape(element, "title", {}, whole);
}
