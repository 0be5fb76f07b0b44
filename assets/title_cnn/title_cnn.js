// The entry: mounts the way of a title through the network on a page of Streamlit.
//
// Every step inside it (a level, a filter, a place, a slide) is answered in the browser from numbers that came once; the
// page is told where it came to rest, and writes that into its address.

import { Probe } from "./probe.js";

const mounted = new WeakMap(); // parent element -> what was mounted there

export function streamlit({ data, parentElement, setTriggerValue }) {
  let probe = mounted.get(parentElement);
  if (!probe) {
    probe = new Probe(parentElement, setTriggerValue);
    mounted.set(parentElement, probe);
  }
  probe.send = setTriggerValue;
  probe.update(data);
  return () => {
    mounted.get(parentElement)?.destroy();
    mounted.delete(parentElement);
  };
}
