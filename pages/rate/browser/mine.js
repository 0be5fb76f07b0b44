// What the visitor has rated: each film with its stars, to be changed or taken back.

import { make } from "../../kit/browser/cards/dom.js";
import { follow } from "../../kit/browser/go.js";
import { filled, starsInput } from "./stars.js";

// The button that takes a film's stars back.
export function dropButton(film, { texts, act }) {
  const drop = make("button", "quiet drop", "×");
  drop.type = "button";
  drop.setAttribute("aria-label", filled(texts.drop_film, { title: film.title }));
  drop.title = texts.drop;
  drop.addEventListener("click", () => act({ do: "drop", id: film.id, stars: 0 }));
  return drop;
}

function rowOf(film, how) {
  const { texts, act } = how;
  const row = make("div", "mine");
  row.dataset.id = String(film.id);
  row.setAttribute("role", "listitem");
  const dot = make("i");
  dot.style.background = film.colors[0] ?? "#8a8178";
  const link = make("a", "name", film.year ? `${film.title} (${film.year})` : film.title);
  follow(link, film.href);
  const stars = starsInput(film, texts, (given) => act({ do: "rate", id: film.id, stars: given }));
  const drop = dropButton(film, how);
  drop.addEventListener("click", () => row.classList.add("leaving"));
  row.append(dot, link, stars, drop);
  return row;
}

export function drawMine(list, films, how) {
  const focused = list.getRootNode().activeElement;
  const row = focused?.closest?.(".mine");
  const isStar = focused?.classList?.contains("star");
  const rows = films.map((film) => rowOf(film, how));
  const [at, id] = row ? [[...list.children].indexOf(row), row.dataset.id] : [-1, ""];
  list.replaceChildren(...rows);
  if (at < 0 || !rows.length) return;
  const same = rows.find((one) => one.dataset.id === id) ?? rows[Math.min(at, rows.length - 1)];
  same.querySelector(isStar ? ".star[tabindex='0']" : ".drop").focus({ preventScroll: true });
}
