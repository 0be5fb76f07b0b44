// The films that are offered: poster, five stars, "don't know it", and why this one is offered.

import { make } from "../../kit/browser/cards/dom.js";
import { poster } from "../../kit/browser/cards/poster.js";
import { follow } from "../../kit/browser/go.js";
import { filled, starsInput } from "./stars.js";

function cardOf(film, { texts, act }) {
  const card = make("div", "offer");
  card.dataset.id = String(film.id);
  card.setAttribute("role", "listitem");
  const link = make("a", "card");
  follow(link, film.href);
  link.append(poster(film));
  const leave = (action) => {
    card.classList.add("leaving");
    act(action);
  };
  const stars = starsInput(film, texts, (given) => leave({ do: "rate", id: film.id, stars: given }));
  const skip = make("button", "quiet", texts.skip);
  skip.type = "button";
  skip.setAttribute("aria-label", filled(texts.skip_film, { title: film.title }));
  skip.onclick = () => leave({ do: "skip", id: film.id, stars: 0 });
  card.append(link, stars, make("div", "reason", film.note), skip);
  return card;
}

// What a card shows beside its film.
function answerOf(film) {
  return `${film.stars} ${film.note}`;
}

// Cards that stay are kept as they are, so that neither a pointer nor the keyboard loses its place.
export function drawOffers(list, films, how) {
  const old = new Map([...list.children].map((card) => [card.dataset.id, card]));
  const focused = list.getRootNode().activeElement?.closest?.(".offer");
  const place = focused ? [...list.children].indexOf(focused) : -1;
  const waiting = how.pending();
  const cards = films.map((film) => {
    const kept = old.get(String(film.id));
    const isSame = kept && kept.dataset.language === how.texts.language && kept.dataset.answer === answerOf(film);
    if (isSame && (waiting.has(film.id) || !kept.classList.contains("leaving"))) return kept;
    const card = cardOf(film, how);
    card.dataset.language = how.texts.language;
    card.dataset.answer = answerOf(film);
    return card;
  });
  if (cards.length !== list.children.length || cards.some((card, at) => list.children[at] !== card)) {
    list.replaceChildren(...cards);
    if (place >= 0) cards[Math.min(place, cards.length - 1)]?.querySelector(".star[tabindex='0']")?.focus();
  }
}
