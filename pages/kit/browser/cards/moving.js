// A list that is sorted anew: its entries slide from where they were to where they are, so that the eye can follow.
// First, last, invert, play (Paul Lewis 2015). Nobody who asked for little motion sees any.

const MILLISECONDS = 320;

// Where the entries of a list stand, by the id of their film or person.
export function places(list) {
  const found = new Map();
  for (const entry of list?.children ?? []) found.set(entry.dataset.id, entry.getBoundingClientRect());
  return found;
}

// Slide entries from their places before.
export function slide(list, before) {
  if (!before.size || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const moves = [];
  for (const entry of list.children) {
    const then = before.get(entry.dataset.id);
    const now = entry.getBoundingClientRect();
    const [x, y] = then ? [then.left - now.left, then.top - now.top] : [0, 0];
    if (!then) moves.push([entry, [{ opacity: 0 }, { opacity: 1 }]]);
    else if (x || y) moves.push([entry, [{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }]]);
  }
  if (moves.length === list.children.length && moves.every(([, [first]]) => "opacity" in first)) return; // all new
  for (const [entry, frames] of moves) entry.animate(frames, { duration: MILLISECONDS, easing: "ease-out" });
}
