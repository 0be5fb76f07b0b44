// The pictures behind a film's title: each draws into a field of 200 x 300 from seeded random numbers.

import { shape } from "./dom.js";

export const MOTIFS = [
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
