// Takes in what the page wants shown: loads what is new, and keeps what is there.

import { columnOf, load, sceneOf } from "../../dot_map/decode.js";
import { Neighbors } from "./neighbors.js";
import { MOVE_MS, Panel } from "../../dot_map/panel.js";

// Everything that data points to: address -> unpacked. What is not pointed to any more is forgotten.
export async function loadParts(map, data) {
  const get = (address) => {
    if (!address) return null;
    if (!map.loaded.has(address)) {
      const promise = load(address);
      map.loaded.set(address, promise);
      promise.catch(() => map.loaded.delete(address));
    }
    return map.loaded.get(address);
  };
  const ofPanel = (panel) => [panel.layout, panel.clusters, panel.neighbors, ...panel.columns];
  const wanted = new Set([data.scene, data.neighbors, ...data.columns, ...data.panels.flatMap(ofPanel)]);
  const parts = new Map(await Promise.all([...wanted].map(async (address) => [address, await get(address)])));
  for (const address of map.loaded.keys()) if (!wanted.has(address)) map.loaded.delete(address);
  return parts;
}

// Show the loaded parts. A new theme comes with the same data again: then nothing is chosen anew.
export function take(map, parts, data) {
  const before = map.taken;
  map.taken = data;
  takeScene(map, parts, data);
  map.columns = new Map(map.scene.columns.map((column) => [column.name, column]));
  for (const address of data.columns) addColumn(map.columns, parts.get(address));
  map.neighbors = source(parts, data.neighbors, data.live, map.neighbors);
  takePanels(map, parts, data);
  if (String(data.lasso) !== String(before?.lasso)) takeLasso(map, data);
  map.look.dress();
  map.resize();
  if (before !== data) takeChoice(map, before, data);
}

function takeScene(map, parts, data) {
  if (map.sceneAt === data.scene) return;
  map.sceneAt = data.scene;
  const old = map.scene;
  map.scene = sceneOf(parts.get(data.scene));
  map.frame.search.setScene(map.scene);
  // The same points in another language keep their places and what is chosen.
  const isSame = old?.count === map.scene.count && old.ids.every((id, row) => id === map.scene.ids[row]);
  if (!isSame) map.forget();
  for (const panel of map.panels) panel.scene = map.scene;
}

function addColumn(columns, packed) {
  const column = columnOf(packed);
  columns.set(column.name, column);
}

function source(parts, table, live, old) {
  const key = table ?? live ?? "";
  if (old?.key === key) return old;
  return Object.assign(new Neighbors({ table: parts.get(table), live }), { key });
}

function takePanels(map, parts, data) {
  const now = performance.now();
  const isOther = data.panels.length !== map.panels.length;
  // The line of a lasso goes when the dots that it goes round do.
  if (isOther || data.panels.some(({ layout }, at) => layout !== map.panels[at].layoutAt)) map.lassoLine = null;
  for (const panel of map.panels.splice(data.panels.length)) panel.destroy();
  data.panels.forEach((wanted, at) => {
    const panel = (map.panels[at] ??= new Panel(map.painter, map.scene));
    Object.assign(panel, { name: wanted.name, note: wanted.note, placed: wanted.placed, columns: new Map() });
    for (const address of wanted.columns) addColumn(panel.columns, parts.get(address));
    panel.neighbors = wanted.neighbors ? source(parts, wanted.neighbors, null, panel.neighbors) : null;
    if (panel.clustersAt !== wanted.clusters) panel.setRegions(parts.get(wanted.clusters));
    // Where steps were played that led nowhere, the places are shown again.
    if (panel.layoutAt !== wanted.layout || (panel.framesAt && !wanted.frames)) {
      panel.show(parts.get(wanted.layout).array("positions"), { now, animate: map.pace(MOVE_MS) });
    }
    Object.assign(panel, { clustersAt: wanted.clusters, layoutAt: wanted.layout, framesAt: wanted.frames });
  });
  map.root.dataset.panels = String(map.panels.length);
  map.frame.playback.open(data.panels[0].frames);
}

function takeLasso(map, data) {
  const rows = rowsOf(map, data.lasso);
  map.lasso = rows.length ? new Set(rows) : null;
  if (!map.lasso) map.lassoLine = null;
}

// The page's choice counts unless it was made before the last click here.
function takeChoice(map, before, data) {
  if (before && data.heard < map.number) return;
  const row = data.chosen === null ? -1 : (map.scene.rowOf.get(data.chosen) ?? -1);
  if (row !== map.chosen || !before) {
    map.choose(row, { tell: false });
    if (before && row >= 0) map.hands.bring(row);
  } else {
    map.isMarked = true;
    map.redraw();
  }
}

function rowsOf(map, ids) {
  return ids.map((id) => map.scene.rowOf.get(id)).filter((row) => row !== undefined);
}
