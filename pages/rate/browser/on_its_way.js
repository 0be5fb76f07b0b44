// Answers on their way to the page: kept in the browser from the moment at which they are given until the page has heard
// them and what it knows is kept (keeping.js), so that a reload in between loses none. Each component of a session has a
// place of its own, whose name begins with the data set's.

// answers: all that the page has not heard yet.
export function note(place, answers) {
  try {
    localStorage.setItem(place, JSON.stringify(answers));
  } catch {
    // no room, or not allowed: keeping.js says so
  }
}

// Of components of other sessions: of this tab before a reload, or of other tabs, which may hear them themselves.
export function ofOthers(way, session) {
  return placesOf(way).filter((place) => !place.startsWith(`${way}${session} `)).flatMap(read);
}

export function letGoOfOthers(way, session) {
  for (const place of placesOf(way)) if (!place.startsWith(`${way}${session} `)) localStorage.removeItem(place);
}

// heard: the newest number that was heard of each component of this session.
export function letGoOfHeard(way, session, heard) {
  for (const [component, number] of Object.entries(heard)) {
    const place = `${way}${session} ${component}`;
    const all = read(place);
    const left = all.filter((answer) => answer.number > number);
    if (left.length) localStorage.setItem(place, JSON.stringify(left));
    else if (all.length) localStorage.removeItem(place);
  }
}

function placesOf(way) {
  return Object.keys(localStorage).filter((place) => place.startsWith(way));
}

function read(place) {
  try {
    const answers = JSON.parse(localStorage.getItem(place) ?? "[]");
    return Array.isArray(answers) ? answers.filter(Boolean) : [];
  } catch {
    return []; // not ours
  }
}
