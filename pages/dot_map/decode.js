// Reads what pages/film_map/scene.py writes: "MTN1", length of the header, header (JSON), arrays and texts.

const KINDS = {
  float32: Float32Array,
  uint32: Uint32Array,
  int16: Int16Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
};
const NAMES = { f4: "float32", u4: "uint32", i2: "int16", u2: "uint16", u1: "uint8" };

export class Gone extends Error {}

// A Python server that was started anew has not published everything again: that is "gone", not an error.
export async function load(address) {
  if (typeof address !== "string") return unpack(await unzip(address.base64));
  const response = await fetch(new URL(address, document.baseURI));
  if (response.status === 404) throw new Gone(address);
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return unpack(await response.arrayBuffer());
}

// A map taken home carries its data in the file, gzipped and in base64.
async function unzip(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

export function unpack(buffer) {
  const bytes = new Uint8Array(buffer);
  const decoder = new TextDecoder();
  if (decoder.decode(bytes.subarray(0, 4)) !== "MTN1") throw new Error("these are not bytes of a film map");
  const length = new DataView(buffer).getUint32(4, true);
  const header = JSON.parse(decoder.decode(bytes.subarray(8, 8 + length)));
  const start = 8 + length;

  function array(name) {
    const place = header.places[name];
    if (!place) return null;
    const Kind = KINDS[NAMES[place[0]]];
    return new Kind(buffer, start + place[1], place[2]);
  }

  function lines(name) {
    const [, offset, size] = header.places[name];
    return size ? decoder.decode(bytes.subarray(start + offset, start + offset + size)).split("\n") : [""];
  }

  // Texts as a function of the row: many lists are a few texts and a number for each point.
  function texts(name) {
    const values = lines(name);
    const codes = array(`${name}#`);
    return codes ? (row) => values[codes[row]] : (row) => values[row];
  }

  return { header, array, lines, texts };
}

export function sceneOf(packed) {
  const { header } = packed;
  const ids = packed.array("ids");
  const colors = header.card_colors;
  const cards = packed.array("cards");
  const numLines = header.lines;
  const lines = Array.from({ length: numLines }, (_, at) => packed.texts(`line${at}`));
  return {
    count: header.count,
    ids,
    rowOf: new Map(Array.from(ids, (id, row) => [id, row])),
    title: packed.texts("titles"),
    lines: (row) => lines.map((line) => line(row)),
    sizes: packed.array("sizes"),
    order: packed.array("order"),
    card: (row) => colors[cards[row]],
    columns: header.columns.map((column) => ({ ...column, values: packed.array(column.array) })),
  };
}

export function columnOf(packed) {
  const { column } = packed.header;
  return { ...column, values: packed.array(column.array) };
}
