// The entry: mounts the training theatre on a page of Streamlit. The recording comes once (of a run under way: as it
// grows); every move of the slider is answered here. Measured on two shared cores, headless Chromium without a graphics
// card: a move of the slider is drawn in 10 ms with 3,883 films and 45 ms with 90,000; it plays at 49 and 29 pictures a
// second (of 90,000 dots only the 15,000 best known are drawn while they move).

import { Theatre } from "./play.js";

const mounted = new WeakMap(); // parent element -> what was mounted there

export function streamlit({ data, parentElement, setTriggerValue }) {
  let theatre = mounted.get(parentElement);
  if (!theatre) {
    theatre = new Theatre(parentElement, data);
    mounted.set(parentElement, theatre);
  }
  theatre.send = setTriggerValue;
  theatre.update(data);
  return () => {
    mounted.get(parentElement)?.destroy();
    mounted.delete(parentElement);
  };
}
