// Titles of posters in letters that fit, measured where they stand: with the fonts that are really there, at the width
// that the card really has. A line ends between words alone; a long title gets smaller letters, never a cut.

import { make } from "./dom.js";

// All sizes are in hundredths of the card's width.
const LARGEST = 20;
const FIRST = [[43, 10.5], [25, 13], [13, 16.5], [0, LARGEST]]; // from so many letters on, letters no larger than this
const READABLE = 9; // smaller only where a word or the whole card demands it
const SMALLEST = 3; // a word that is too long even so is broken: a catalogue holds none
const COMFORTABLE = 60; // how high a title stands as long as its letters stay readable
const ABOVE = 24; // what the year, a badge and the lower edge need

// Scripts that are set without blanks, and signs: lines may end between any two of their letters.
const FREE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Extended_Pictographic}]/u;
const LONGEST_WHOLE = 20; // letters; a longer word may end a line after one of its own hyphens

// A title whose words hold together, "Spider-Man" too.
export function titleOf(text) {
  const title = make("div", "title");
  title.dir = "auto";
  for (const part of text.split(/(\s+)/)) {
    const isWord = part.trim() && part.length <= LONGEST_WHOLE && !FREE.test(part);
    title.append(isWord ? make("span", "word", part) : part);
  }
  return title;
}

// The poster's title, and what is known while its size is sought.
function measured(box) {
  const title = box.querySelector(".title");
  const letters = title.textContent.length;
  const width = box.clientWidth;
  return { title, width, size: FIRST.find(([from]) => letters >= from)[1], words: title.parentElement, height: box.clientHeight };
}

function apply({ title, size }) {
  title.style.fontSize = `${size}cqw`;
}

// By how much a title must shrink, 1 if it fits.
function shrinkage(one) {
  const { title, words, width, height, size } = one;
  const across = title.clientWidth / Math.max(title.scrollWidth, 1);
  if (across < 1) return across * 0.995;
  const share = width / 100;
  const room = height - ABOVE * share - (words.offsetHeight - title.offsetHeight);
  const wanted = size > READABLE ? Math.min(room, COMFORTABLE * share) : room;
  const down = wanted / title.offsetHeight;
  return down >= 1 ? 1 : Math.max(0.8, Math.min(0.97, Math.sqrt(down)));
}

// All at once: each round sets every size before it measures any, so that the page is laid out once a round.
export function fit(boxes) {
  let open = boxes.filter((box) => box.clientWidth).map(measured);
  open.forEach(apply);
  while (open.length) {
    const shares = open.map(shrinkage);
    open = open.filter((one, at) => {
      const isEnd = shares[at] === 1 || one.size <= SMALLEST;
      one.title.classList.toggle("broken", shares[at] !== 1 && isEnd);
      one.size = isEnd ? one.size : Math.max(SMALLEST, one.size * shares[at]);
      return !isEnd;
    });
    open.forEach(apply);
  }
}

// One observer for all posters: it calls before the first picture of a card and after each change of its width.
const observer = new ResizeObserver((entries) => fit(entries.map(({ target }) => target)));

export function keepFitting(box) {
  observer.observe(box);
}
