// What belongs to the browser's window and not to a place on the page: its language, its address, where it is scrolled to.

import { mount } from "../mount.js";

let current = 0; // the run whose address the browser still shows; 0 after a step back or to another page
addEventListener("popstate", () => { current = 0; });

// Streamlit gives the box that takes a file a name, and a role that says it has no meaning; browsers differ in what they
// believe. It is a group. Boxes come and go with their pages.
const BOX = "[data-testid=stFileUploaderDropzone][role=presentation]";
new MutationObserver(() => {
  for (const box of document.querySelectorAll(BOX)) box.setAttribute("role", "group");
}).observe(document.body, { childList: true, subtree: true });

// Mounted twice: above all else with what is known before the page is drawn, and behind it with what it chose by itself.
class Window {
  // run: number of the run. language: of the texts. subject: page, and film or person that it is about.
  // search: what the address should say.
  update({ run, language, subject, search }) {
    if (language) {
      document.documentElement.lang = language;
      current = run;
    }
    if (this.subject && subject !== this.subject) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
    this.subject = subject;
    if (search === undefined || run !== current || run === this.run) return;
    this.run = run;
    // No step of the reader, so no entry of the history.
    if (location.search !== `?${search}`) history.replaceState(history.state, "", `${location.pathname}?${search}${location.hash}`);
  }

  destroy() {}
}

export const component = mount(Window);
