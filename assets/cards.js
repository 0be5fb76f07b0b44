// Films and people as links. A film is a typographic poster drawn from its title, year and genres; what is random in
// it comes from the film's id, so that the same film always has the same card.
// Streamlit calls the default function again on every change of its data; it rebuilds only what it owns.
// STYLES, the text of cards.css, is put before this code where it is published (pages/ui/components.py).

const SVG = "http://www.w3.org/2000/svg";

// A small seeded generator (mulberry32): id -> numbers from 0 to 1.
function generator(seed) {
  let state = (Number(seed) * 2654435761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function shape(parent, tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  parent.append(element);
  return element;
}

// Mix two #rrggbb colours: 0 gives the first, 1 the second.
function mix(first, second, share) {
  const channel = (color, at) => parseInt(color.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(channel(first, at) * (1 - share) + channel(second, at) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

const MOTIFS = [
  function sun(svg, random, tint) {
    const x = 40 + random() * 120;
    const y = 70 + random() * 50;
    for (let ring = 5; ring > 0; ring -= 1) {
      shape(svg, "circle", { cx: x, cy: y, r: ring * 19, fill: tint, "fill-opacity": 0.12 + 0.03 * (5 - ring) });
    }
  },
  function stripes(svg, random, tint) {
    const slant = 30 + random() * 60;
    for (let at = -120, bar = 0; at < 260; bar += 1) {
      const width = 8 + random() * 26;
      shape(svg, "polygon", {
        points: `${at},0 ${at + width},0 ${at + width + slant},300 ${at + slant},300`,
        fill: tint,
        "fill-opacity": bar % 2 ? 0.1 : 0.26,
      });
      at += width + 10 + random() * 16;
    }
  },
  function skyline(svg, random, tint) {
    for (let row = 0; row < 2; row += 1) {
      for (let x = 0; x < 200;) {
        const width = 14 + random() * 24;
        const height = 60 + random() * 90 - row * 25;
        shape(svg, "rect", { x, y: 235 - height, width, height: height + 70, fill: tint, "fill-opacity": 0.14 + row * 0.1 });
        x += width + 2;
      }
    }
    shape(svg, "circle", { cx: 30 + random() * 140, cy: 56, r: 17, fill: tint, "fill-opacity": 0.6 });
  },
  function rays(svg, random, tint) {
    const x = 20 + random() * 160;
    const y = 90 + random() * 90;
    const count = 9 + Math.floor(random() * 6);
    for (let ray = 0; ray < count; ray += 1) {
      const from = (ray / count) * Math.PI * 2;
      const to = from + Math.PI / count;
      shape(svg, "polygon", {
        points: [[x, y], [x + 400 * Math.cos(from), y + 400 * Math.sin(from)], [x + 400 * Math.cos(to), y + 400 * Math.sin(to)]]
          .map((point) => point.join(",")).join(" "),
        fill: tint,
        "fill-opacity": 0.2,
      });
    }
    shape(svg, "circle", { cx: x, cy: y, r: 22, fill: tint, "fill-opacity": 0.55 });
  },
  function hills(svg, random, tint) {
    shape(svg, "circle", { cx: 40 + random() * 120, cy: 75, r: 26, fill: tint, "fill-opacity": 0.65 });
    for (let layer = 0; layer < 4; layer += 1) {
      const base = 105 + layer * 34;
      const bend = () => base - 24 + random() * 44;
      shape(svg, "path", {
        d: `M0 ${bend()} C 50 ${bend()}, 70 ${bend()}, 105 ${bend()} S 165 ${bend()}, 200 ${bend()} V300 H0 Z`,
        fill: tint,
        "fill-opacity": 0.16 + layer * 0.06,
      });
    }
  },
  function dots(svg, random, tint) {
    const fade = random() < 0.5;
    for (let row = 0; row < 11; row += 1) {
      for (let column = 0; column < 9; column += 1) {
        const share = fade ? row / 11 : Math.abs(column - 4) / 4;
        shape(svg, "circle", { cx: 12 + column * 22, cy: 14 + row * 22, r: 1.5 + (1 - share) * 8, fill: tint, "fill-opacity": 0.3 });
      }
    }
  },
  function arcs(svg, random, tint) {
    const x = random() < 0.5 ? 0 : 200;
    for (let arc = 1; arc <= 7; arc += 1) {
      shape(svg, "circle", {
        cx: x, cy: 40 + random() * 8, r: arc * 27, fill: "none", stroke: tint, "stroke-width": 3 + random() * 12, "stroke-opacity": 0.3,
      });
    }
  },
  function shards(svg, random, tint) {
    for (let shard = 0; shard < 7; shard += 1) {
      const point = () => `${Math.round(random() * 260 - 30)},${Math.round(random() * 230 - 20)}`;
      shape(svg, "polygon", { points: `${point()} ${point()} ${point()}`, fill: tint, "fill-opacity": 0.17 });
    }
  },
  function window_(svg, random, tint) {
    const gap = 6;
    const columns = 2 + Math.floor(random() * 3);
    const size = (200 - 36 - gap * (columns - 1)) / columns;
    for (let row = 0; row * (size + gap) < 190; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        shape(svg, "rect", {
          x: 18 + column * (size + gap), y: 34 + row * (size + gap), width: size, height: size, rx: 3, fill: tint,
          "fill-opacity": 0.08 + random() * 0.4,
        });
      }
    }
  },
];

// Letters as large as the longest word and the number of lines allow; in hundredths of the card's width.
function titleSize(title) {
  const longest = Math.max(...title.split(/[\s-]+/).map((word) => word.length));
  const forLines = title.length > 42 ? 10.5 : title.length > 24 ? 13 : title.length > 12 ? 16.5 : 20;
  return Math.max(8.5, Math.min(forLines, 158 / longest));
}

function poster(item) {
  const random = generator(item.id);
  const [first, second = mix(first, "#0d0b0a", 0.45)] = item.colors.length ? item.colors : ["#8a8178"];
  const box = make("div", "poster");
  box.style.background =
    `linear-gradient(${Math.round(130 + random() * 90)}deg, ${mix(first, "#0d0b0a", 0.12)}, ${mix(second, "#0d0b0a", 0.5)})`;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 200 300");
  svg.setAttribute("preserveAspectRatio", "xMidYMin slice");
  svg.setAttribute("aria-hidden", "true");
  const tint = random() < 0.7 ? mix(first, "#fff3dc", 0.62) : mix(second, "#fff3dc", 0.5);
  MOTIFS[Math.floor(random() * MOTIFS.length)](svg, random, tint);
  box.append(svg, make("div", "shade"), make("div", "year", item.year));
  const words = make("div", "words");
  const title = make("div", "title", item.title);
  title.style.fontSize = `${titleSize(item.title)}cqw`;
  words.append(title, genreLine(item));
  box.append(words);
  return box;
}

function genreLine(item) {
  const line = make("div", "genres");
  item.genres.forEach((name, at) => {
    const chip = make("span", "genre");
    const dot = make("i");
    dot.style.background = mix(item.colors[at] ?? "#8a8178", "#ffffff", 0.15);
    chip.append(dot, name);
    line.append(chip);
  });
  return line;
}

function card(item) {
  const link = make("a", "card");
  link.append(poster(item));
  const facts = make("div", "facts");
  if (item.fact) facts.append(make("span", "fact", item.fact));
  facts.append(make("span", "known", item.known));
  link.append(facts);
  if (item.note) link.append(make("div", "note", item.note));
  return link;
}

function row(item, rank) {
  const link = make("a", "row");
  const swatch = make("span", "swatch", item.kind === "user" ? "" : String(rank));
  const [first = "#8a8178", second = first] = item.colors;
  swatch.style.background = `linear-gradient(160deg, ${first} 50%, ${second} 50%)`;
  if (item.kind === "user") swatch.append(make("b", "face"));
  const words = make("span", "words");
  const heading = make("span", "heading", item.title);
  if (item.year) heading.append(make("span", "when", item.year));
  words.append(heading, make("span", "about", item.genres.join(" · ")));
  if (item.note) words.append(make("span", "note", item.note));
  const facts = make("span", "facts");
  if (item.fact) facts.append(make("span", "fact", item.fact));
  facts.append(make("span", "known", item.known));
  link.append(swatch, words, facts);
  return link;
}

function pill(item) {
  const link = make("a", "pill");
  const dot = make("i");
  dot.style.background = item.colors[0] ?? "#8a8178";
  link.append(dot, make("span", "", item.title));
  return link;
}

const DRAW = { cards: card, rows: row, pills: pill };

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLES);

// Every shadow root that holds a list wears the same sheet.
function dress(root) {
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (!parentElement.isConnected) return; // it left the page while this code came
  const [layout] = data.layout.split(" ");
  const list = make("div", `matinee ${data.layout}`);
  list.setAttribute("role", "list");
  data.items.forEach((item, at) => {
    const link = DRAW[layout](item, at + 1);
    link.href = item.href;
    link.dataset.id = String(item.id);
    link.onclick = (event) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      link.classList.add("going");
      setTriggerValue("opened", { kind: item.kind, id: item.id });
    };
    const entry = make("div", "entry");
    entry.setAttribute("role", "listitem");
    entry.append(link);
    list.append(entry);
  });
  dress(parentElement.getRootNode());
  parentElement.querySelector(".matinee")?.remove();
  parentElement.append(list);
}
