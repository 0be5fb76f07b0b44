// The entry: mounts the film map on a page of Streamlit, or in a file that was taken home.

import { FilmMap } from "./film_map.js";

const mounted = new WeakMap(); // parent element -> map

// Streamlit calls this on every change of data or theme; the same parent keeps its map, its zoom and what it loaded.
export function streamlit({ data, parentElement, setTriggerValue }) {
  const map = mounted.get(parentElement);
  if (map) {
    map.tell = setTriggerValue;
    map.update(data);
    return () => close(parentElement);
  }
  try {
    const made = new FilmMap(parentElement, data, (event, value) => made.tell(event, value));
    made.tell = setTriggerValue;
    mounted.set(parentElement, made);
    made.update(data);
  } catch (error) {
    console.warn(`film map: ${error.message}`);
    parentElement.querySelector(".matinee-map")?.remove();
    setTriggerValue("no_webgl", true);
  }
  return () => close(parentElement);
}

function close(parentElement) {
  mounted.get(parentElement)?.destroy();
  mounted.delete(parentElement);
}

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
