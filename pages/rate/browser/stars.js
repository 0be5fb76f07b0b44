// Five stars to be given. One stop for the keyboard: arrows go from star to star, Enter, Space or a digit gives.
//
// Given stars are filled and others are outlines, so that nobody needs to tell colours apart. What the pointer or the
// arrows would give is shown only once they have moved: a film that comes up under a resting pointer has no stars.

import { drawing, make, shape } from "../../kit/browser/cards/dom.js";

const STARS = [1, 2, 3, 4, 5];
const OUTLINE = "M12 2.6l2.9 6.1 6.7.9-4.9 4.6 1.2 6.6L12 17.6l-5.9 3.2 1.2-6.6L2.4 9.6l6.7-.9z";

// Where the pointer was last, and whether its newest event took it elsewhere. Browsers tell a resting pointer that
// something else lies under it now; that is no movement.
const pointer = { at: "", hasMoved: false };

function notePointer(event) {
  const at = `${event.screenX} ${event.screenY}`;
  pointer.hasMoved = at !== pointer.at;
  pointer.at = at;
}
for (const kind of ["pointermove", "pointerdown"]) window.addEventListener(kind, notePointer, { capture: true, passive: true });

// "{stars} of 5 stars for {title}" with what stands for the words in braces.
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function light(buttons, number) {
  buttons.forEach((button, at) => button.classList.toggle("lit", at < number));
}

function starButton() {
  const button = make("button", "star");
  button.type = "button";
  button.setAttribute("role", "radio");
  const picture = drawing("0 0 24 24");
  shape(picture, "path", { d: OUTLINE });
  button.append(picture);
  return button;
}

// film: { title, stars }, 0 for none given; give(stars) is called with what was chosen.
export function starsInput(film, texts, give) {
  const group = make("div", "stars");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", filled(texts.stars_of, { title: film.title }));
  let given = film.stars;
  const buttons = STARS.map((number) => {
    const button = starButton();
    button.setAttribute("aria-label", filled(texts.give, { stars: number, title: film.title }));
    button.onpointermove = (event) => event.pointerType === "mouse" && pointer.hasMoved && light(buttons, number);
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
    if (step) {
      const next = Math.max(0, Math.min(STARS.length - 1, at + step));
      buttons[next].focus();
      light(buttons, next + 1);
    } else if (STARS.includes(Number(event.key))) take(Number(event.key));
    else return;
    event.preventDefault();
  };
  show();
  group.append(...buttons);
  return group;
}
