// Where the reader had scrolled to stands with each entry of the browser's history, and Back leads there: the page scrolls
// inside an element, of which the browser itself remembers nothing. The page comes piece by piece, so its place is held
// until it has come or the reader does something.

const MAIN = "[data-testid=stMain]";
const PATIENCE = 10_000; // milliseconds; what has not come by then may come where it likes
const DONE_BY_READER = ["wheel", "pointerdown", "touchstart", "keydown"];
let saving = 0;
let holding = null; // { top, observer, timer }
let coming = null; // where Back leads to, until the page begins to come or the reader does something

const main = () => document.querySelector(MAIN);

function save() {
  clearTimeout(saving);
  saving = 0;
  if (holding || coming !== null || !main()) return;
  history.replaceState({ ...history.state, matineeScroll: main().scrollTop }, "");
}

function release() {
  if (!holding) return;
  holding.observer.disconnect();
  clearTimeout(holding.timer);
  holding = null;
}

function hold(top) {
  release();
  const put = () => main()?.scrollTo(0, top);
  const observer = new ResizeObserver(put);
  holding = { observer, timer: setTimeout(release, PATIENCE) };
  for (const child of main()?.children ?? []) observer.observe(child);
  put();
}

addEventListener("scroll", (event) => {
  if (event.target !== main() || holding || coming !== null) return;
  clearTimeout(saving);
  saving = setTimeout(save, 200); // browsers bear few changes of the history in a short time
}, { capture: true, passive: true });

for (const kind of DONE_BY_READER) {
  addEventListener(kind, () => {
    release();
    coming = null;
    if (saving) save(); // what is done may lead away
  }, { capture: true, passive: true });
}

addEventListener("popstate", () => {
  clearTimeout(saving);
  saving = 0;
  coming = history.state?.matineeScroll ?? 0;
}, { capture: true });

// Another film, person or page is to be read: from the top, or from where the reader left it.
export function arrive() {
  const top = coming ?? 0;
  coming = null;
  if (top) hold(top);
  else {
    release();
    main()?.scrollTo(0, 0);
  }
}
