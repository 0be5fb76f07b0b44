// The entry: mounts the film map on a page of Streamlit, or in a file that was taken home.
//
// Why not a library: a chart of Streamlit is sent again or rebuilt by a click and loses its zoom; this one is told only
// what changed. Measured on two shared cores, headless Chromium without a graphics card, a canvas of 835 x 620 pixels,
// medians of 20 clicks and of 6 times 15 wheel ticks:
//
//                                              3,883 points   90,000 points
//   click -> lines drawn, and on the screen    2 ms, 7 ms     21 ms, 29 ms (the server is asked for neighbours)
//   click -> words beside the map              31 ms          51 ms
//   bytes from the server for a click          2.4 kB         2.4 kB
//   15 wheel ticks until the map stands still  0.8 s          1.3 s
//   from the code's request to the dots        0.2 s          0.3 s
//
// What made the difference there: land as outlines on a 2-D canvas (a shader over the panel took 45 ms a picture, the
// outlines 4), a veil instead of paler dots after a click (no dot is drawn again), and fewer dots while they move.

import { mount } from "../../kit/browser/mount.js";
import { FilmMap } from "./film_map.js";

// On a page: a browser that cannot draw tells it.
class PageMap {
  constructor(parent, data, send) {
    try {
      this.map = new FilmMap(parent, data, send);
    } catch (error) {
      console.warn(`film map: ${error.message}`);
      parent.querySelector(".matinee-map")?.remove();
      send("no_webgl", true);
    }
  }

  update(data) {
    this.map?.update(data);
  }

  destroy() {
    this.map?.destroy();
  }
}

export const component = mount(PageMap);

// In a file: nobody to tell, and the data lies in it.
export function offline(parent, data) {
  try {
    const map = new FilmMap(parent, data, null);
    map.update(data);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => map.update(data));
  } catch (error) {
    console.warn(`film map: ${error.message}`);
    parent.textContent = data.texts.no_webgl;
  }
}
