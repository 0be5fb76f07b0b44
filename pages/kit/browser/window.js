// What belongs to the browser's window and not to a place on the page: its language, its address, where it is scrolled to.

import { mount } from "./mount.js";
import { arrive } from "./scrolled.js";
import { setSigns } from "./signs.js";
import { watch } from "./turning.js";

watch();

// Numbers of runs: whose beginning was seen since the reader's last step back or to another page, and whose end. The two
// may come in either order.
let begun = 0;
let ended = { run: 0, search: "" };
addEventListener("popstate", () => { begun = 0; });

// Is a page what the browser shows? Its run may begin only after the reader has gone back. Start, "", has no path to tell.
function isShown(page) {
  return !page || location.pathname.split("/").filter(Boolean).at(-1) === page;
}

// What the page chose by itself is written once, and only where its run still is what the browser shows. It is no step of
// the reader, so it is no entry of the history.
function write() {
  if (!begun || begun !== ended.run) return;
  const { search } = ended;
  ended = { run: 0, search: "" };
  if (location.search !== `?${search}`) history.replaceState(history.state, "", `${location.pathname}?${search}${location.hash}`);
}

// Streamlit gives the box that takes a file a name, and a role that says it has no meaning; browsers differ in what they
// believe. It is a group. And the small curve below a number is full of nameless pictures; what it says stands beside it.
// Both come and go with their pages.
const BOX = "[data-testid=stFileUploaderDropzone][role=presentation]";
const CURVE = "[data-testid=stMetricChart]:not([aria-hidden])";
function nameParts() {
  for (const box of document.querySelectorAll(BOX)) box.setAttribute("role", "group");
  for (const curve of document.querySelectorAll(CURVE)) curve.setAttribute("aria-hidden", "true");
}
nameParts(); // those that were there before this code came
new MutationObserver(nameParts).observe(document.body, { attributeFilter: ["role"], childList: true, subtree: true });

// Mounted twice: above all else with what is known before the page is drawn, and behind it with what it chose by itself.
class Window {
  // run: number of the run. page: its path. language: of the texts. subject: page, and film or person that it is about.
  // search: what the address should say.
  update({ run, page, language, subject, search }) {
    if (language) {
      document.documentElement.lang = language;
      setSigns(language);
    }
    if (this.subject && subject !== this.subject) arrive();
    this.subject = subject;
    if (run === this.run) return; // called again, for another theme say
    this.run = run;
    if (search === undefined) begun = isShown(page) ? run : 0;
    else ended = { run, search };
    write();
  }

  destroy() {}
}

export const component = mount(Window);
