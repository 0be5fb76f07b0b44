// Five stars to be given. One stop for the keyboard: arrows go from star to star, Enter, Space or a digit gives.

import { make } from "../cards/dom.js";

const STARS = [1, 2, 3, 4, 5];

// "{stars} of 5 stars for {title}" with what stands for the words in braces.
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function light(buttons, number) {
  buttons.forEach((button, at) => button.classList.toggle("lit", at < number));
}

// film: { title, stars }, 0 for none given; give(stars) is called with what was chosen.
export function starsInput(film, texts, give) {
  const group = make("div", "stars");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", filled(texts.stars_of, { title: film.title }));
  let given = film.stars;
  const buttons = STARS.map((number) => {
    const button = make("button", "star", "★");
    button.type = "button";
    button.setAttribute("role", "radio");
    button.setAttribute("aria-label", filled(texts.give, { stars: number, title: film.title }));
    button.onpointerenter = (event) => event.pointerType === "mouse" && light(buttons, number);
    button.onfocus = () => light(buttons, number);
    button.onclick = () => take(number);
    return button;
  });

  function show() {
    light(buttons, given);
    buttons.forEach((button, at) => {
      button.setAttribute("aria-checked", String(at + 1 === given));
      button.tabIndex = at + 1 === (given || 1) ? 0 : -1;
    });
  }

  function take(number) {
    given = number;
    show();
    give(number);
  }

  group.onpointerleave = show;
  group.addEventListener("focusout", show);
  group.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return; // the browser's: Ctrl+3 goes to its third page
    const at = buttons.indexOf(event.target);
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (step) buttons[Math.max(0, Math.min(STARS.length - 1, at + step))].focus();
    else if (STARS.includes(Number(event.key))) take(Number(event.key));
    else return;
    event.preventDefault();
  };
  show();
  group.append(...buttons);
  return group;
}
