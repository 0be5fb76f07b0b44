// The entry: mounts the training theatre on a page of Streamlit. The recording comes once (of a run under way: as it
// grows); every move of the slider is answered here.

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
