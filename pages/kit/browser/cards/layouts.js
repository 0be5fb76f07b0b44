// One entry of a list in each of its layouts: a card with a poster, a row, a pill. All are links.

import { make } from "./dom.js";
import { poster } from "./poster.js";

// What moved: an arrow with a number, or a word; a screen reader hears a sentence.
function badge({ text, kind, spoken }) {
  const mark = make("span", `badge ${kind}`);
  const seen = make("span", "", text);
  seen.setAttribute("aria-hidden", "true");
  mark.title = spoken;
  mark.append(seen, make("span", "spoken", spoken));
  return mark;
}

function card(item) {
  const link = make("a", "card");
  const picture = poster(item);
  if (item.badge) picture.append(badge(item.badge));
  link.append(picture);
  const facts = make("div", "facts");
  if (item.fact) facts.append(make("span", "fact", item.fact));
  facts.append(make("span", "known", item.known));
  link.append(facts);
  if (item.note) link.append(make("div", "note", item.note));
  return link;
}

function row(item, rank) {
  const link = make("a", "row");
  const swatch = make("span", "swatch");
  const [first = "#8a8178", second = first] = item.colors;
  swatch.style.background = `linear-gradient(160deg, ${first} 50%, ${second} 50%)`;
  swatch.append(item.kind === "user" ? make("b", "face") : make("b", "rank", String(rank)));
  const words = make("span", "words");
  const heading = make("span", "heading");
  heading.append(make("span", "name", item.title));
  if (item.year) heading.append(make("span", "when", item.year));
  words.append(heading, make("span", "about", item.genres.join(" · ")));
  if (item.note) words.append(make("span", "note", item.note));
  const facts = make("span", "facts");
  if (item.fact) facts.append(make("span", "fact", item.fact));
  facts.append(make("span", "known", item.known));
  if (item.badge) heading.append(badge(item.badge));
  link.append(swatch, words, facts);
  return link;
}

function pill(item) {
  const link = make("a", "pill");
  const dot = make("i");
  dot.style.background = item.colors[0] ?? "#8a8178";
  link.append(dot, make("span", "", item.title));
  if (item.badge) link.append(badge(item.badge));
  return link;
}

export const DRAW = { cards: card, rows: row, pills: pill };
