// A film's face: a typographic poster drawn from its title, year and genres. What is random in it comes from the film's
// id, so that the same film always has the same poster. Other components draw it too; they wear cards.css (`styles.js`).

import { drawing, make, mix } from "./dom.js";
import { keepFitting, titleOf } from "./fitting.js";
import { MOTIFS } from "./motifs.js";

// A small seeded generator (mulberry32): id -> numbers from 0 to 1.
function generator(seed) {
  let state = (Number(seed) * 2654435761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// A film: { id, title, year, genres, colors }, the colours as #rrggbb, one for each genre.
export function poster(item) {
  const random = generator(item.id);
  const [first, second = mix(first, "#0d0b0a", 0.45)] = item.colors.length ? item.colors : ["#8a8178"];
  const box = make("div", "poster");
  box.style.background =
    `linear-gradient(${Math.round(130 + random() * 90)}deg, ${mix(first, "#0d0b0a", 0.12)}, ${mix(second, "#0d0b0a", 0.5)})`;
  const svg = drawing("0 0 200 300");
  svg.setAttribute("preserveAspectRatio", "xMidYMin slice");
  const tint = random() < 0.7 ? mix(first, "#fff3dc", 0.62) : mix(second, "#fff3dc", 0.5);
  MOTIFS[Math.floor(random() * MOTIFS.length)](svg, random, tint);
  box.append(svg, make("div", "shade"), make("div", "year", item.year));
  const words = make("div", "words");
  words.append(titleOf(item.title), genreLine(item));
  box.append(words);
  keepFitting(box);
  return box;
}

function genreLine(item) {
  const line = make("div", "genres");
  item.genres.forEach((name, at) => {
    const chip = make("span", "genre");
    const dot = make("i");
    dot.style.background = mix(item.colors[at] ?? "#8a8178", "#ffffff", 0.15);
    chip.append(dot, name);
    line.append(chip);
  });
  return line;
}
