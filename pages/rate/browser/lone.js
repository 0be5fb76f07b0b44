// One film's stars on its own page, where its name stands already: to be given, changed or taken back.

import { make } from "../../kit/browser/cards/dom.js";
import { dropButton } from "./mine.js";
import { starsInput } from "./stars.js";

// What stands there is kept while the film, its stars and the language are the same, and with it the keyboard's place.
export function drawLone(box, film, how) {
  const shown = [film.id, film.stars, how.texts.language].join(" ");
  if (box.dataset.shown === shown) return;
  box.dataset.shown = shown;
  const hadFocus = box.contains(box.getRootNode().activeElement);
  const stars = starsInput(film, how.texts, (given) => how.act({ do: "rate", id: film.id, stars: given }));
  const row = make("div", "lone");
  row.append(stars);
  if (film.stars) row.append(dropButton(film, how));
  box.replaceChildren(row);
  if (hadFocus) stars.querySelector(".star[tabindex='0']").focus({ preventScroll: true });
}
