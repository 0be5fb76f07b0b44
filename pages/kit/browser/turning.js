// A dial that is turned by the keyboard, arrow after arrow, is one step of the reader, and one entry of the history: Back
// leads to where it stood before. Streamlit makes an entry of each value.

const SLIDER = "[role=slider], input[type=range]";
let turned = ""; // the parameter that the slider under the keyboard has written last

function changed(url) {
  const [before, after] = [new URL(location.href), new URL(url, location.href)];
  if (before.pathname !== after.pathname) return [];
  const names = new Set([...before.searchParams.keys(), ...after.searchParams.keys()]);
  return [...names].filter((name) => before.searchParams.get(name) !== after.searchParams.get(name));
}

// Watch over the history of this window.
export function watch() {
  const push = history.pushState.bind(history);
  history.pushState = (state, unused, url) => {
    const names = changed(url ?? location.href);
    const name = names.length === 1 && document.activeElement?.matches(SLIDER) ? names[0] : "";
    if (name && name === turned) history.replaceState(history.state, unused, url);
    else push(state, unused, url);
    turned = name;
  };
  for (const kind of ["pointerdown", "focusout", "popstate"]) addEventListener(kind, () => { turned = ""; }, { capture: true });
}
