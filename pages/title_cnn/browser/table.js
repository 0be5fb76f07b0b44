// The overview's numbers as a table to read and as files to take home.

import { make } from "../../kit/browser/dom.js";
import { shown } from "../../kit/browser/numbers.js";
import { button, chips } from "./parts.js";
import { takeHome } from "../../kit/browser/take_home.js";

export function numbersTable(probe) {
  const box = make("details", "numbers");
  const name = make("summary", "", probe.t("table_open", { count: probe.trace.count }));
  box.append(name);
  // Drawn when it is opened: it is long.
  box.addEventListener("toggle", () => {
    if (box.open && !box.querySelector("table")) box.append(homeButtons(probe), table(probe));
  });
  return box;
}

function homeButtons(probe) {
  const line = make("div", "tools");
  line.append(
    button(probe.t("take_responses"), () => takeHome("title-responses", responses(probe)), { picture: "picture" }),
    button(probe.t("take_vector"), () => takeHome("title-vector", vector(probe)), { picture: "picture" }),
  );
  return line;
}

function table(probe) {
  const { trace, before } = probe;
  const holder = make("div", "table-holder");
  holder.tabIndex = 0;
  holder.setAttribute("aria-label", probe.t("table_open", { count: trace.count }));
  const element = make("table", "sum-table features");
  const head = make("thead");
  const names = make("tr");
  const columns = ["table_filter", "table_kept", ...(before ? ["table_before"] : []), "table_number"];
  names.append(...columns.map((key) => make("th", "", probe.t(key))));
  head.append(names);
  const body = make("tbody");
  for (let filter = 0; filter < trace.count; filter += 1) {
    const line = make("tr");
    const kept = make("td", "kept");
    if (trace.features[filter] > 0) kept.append(chips(trace.window(filter, trace.winner(filter)), probe));
    line.append(make("th", "", probe.filterName(filter)), kept);
    if (before) line.append(make("td", "", shown(before.features[filter])));
    line.append(make("td", "", shown(trace.features[filter])));
    body.append(line);
  }
  element.append(head, body);
  holder.append(element);
  return holder;
}

// Every sum of every filter at every place.
function responses(probe) {
  const { trace } = probe;
  const rows = [["window", "filter", "place", "words", "before_relu", "response", "is_kept"]];
  for (let filter = 0; filter < trace.count; filter += 1) {
    for (let position = 0; position < trace.positions(filter); position += 1) {
      const words = trace.window(filter, position).map((word) => word ?? "0").join(" ");
      rows.push([
        trace.width(filter), trace.number(filter) + 1, position + 1, words, trace.before(filter, position),
        trace.response(filter, position), trace.isWinner(filter, position) ? 1 : 0,
      ]);
    }
  }
  return rows;
}

// What each part adds to each number of the film.
function vector(probe) {
  const { film } = probe;
  const rows = [["number", ...film.parts.map((part) => part.name), "bias", "before_tanh", "value"]];
  film.vector.forEach((value, at) => {
    rows.push([at + 1, ...film.parts.map((part) => part.added[at]), film.mixBias[at], film.before[at], value]);
  });
  return rows;
}
