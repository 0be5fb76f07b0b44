// Where everything of the overview stands, for the room there is.

const NARROW = 760;

export function layoutOf(width, trace) {
  const isNarrow = width < NARROW;
  const words = Math.max(trace.length, 1);
  const places = Math.max(words, ...trace.windows.map((window) => window.width));
  const left = isNarrow ? 20 : 128;
  const bars = isNarrow ? 94 : 140;
  const right = isNarrow ? 0 : Math.min(370, Math.max(300, width * 0.29));
  const room = width - left - bars - right;
  const column = Math.min(isNarrow ? 90 : 130, room / places);
  const row = isNarrow ? 13.5 : 11.6;
  const strip = 2;
  return { width, isNarrow, left, bars, right, column, row, strip, places, ...heights(trace, { isNarrow, row, strip }) };
}

function heights(trace, { isNarrow, row, strip }) {
  const stripTop = 34;
  const stripBottom = stripTop + trace.size * strip;
  const gap = isNarrow ? 30 : 10;
  let y = stripBottom + (isNarrow ? 38 : 16);
  const bands = trace.windows.map(() => {
    const top = y;
    y += trace.filters * row + gap;
    return top;
  });
  return { stripTop, stripBottom, bands, bottom: y - gap };
}

export function columnX(layout, at) {
  return layout.left + at * layout.column;
}

// Middle of the window that starts at a word.
export function windowX(layout, position, width) {
  return layout.left + (position + width / 2) * layout.column;
}

export function rowY(layout, trace, filter) {
  return layout.bands[Math.floor(filter / trace.filters)] + trace.number(filter) * layout.row;
}

export function barsX(layout) {
  return layout.left + layout.places * layout.column + 10;
}
