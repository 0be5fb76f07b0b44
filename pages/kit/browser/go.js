// To another page of the app without a reload, as one entry of the browser's history: Back is one step.
//
// The browser goes there itself, and Streamlit follows as it follows Back. Its own way from the server would leave two
// entries, the first of them the old page with the parameters of the new one.

export function go(href) {
  history.pushState({}, "", new URL(href, document.baseURI).href);
  dispatchEvent(new PopStateEvent("popstate"));
}

// Make a link go there by a plain click; any other click is the browser's own.
export function follow(link, href) {
  link.href = href;
  link.addEventListener("click", (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    link.classList.add("going");
    go(href);
  });
  return link;
}

// The link of one film or person among many: around its id stands what is the same for all.
export function linkTo({ before, behind }, id) {
  return `${before}${id}${behind}`;
}
