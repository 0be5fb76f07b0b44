// Colours of numbers: blue below zero, orange above, the page's ground at zero. The two differ for every kind of sight.

import { css, mix, readTheme } from "./theme.js";

const ENDS = {
  light: { below: [24, 86, 160], above: [186, 80, 4] },
  dark: { below: [116, 184, 255], above: [255, 170, 66] },
};

export class Palette {
  constructor(root) {
    this.theme = readTheme(root);
    const ends = ENDS[this.theme.name];
    this.below = ends.below;
    this.above = ends.above;
    this.middle = mix(this.theme.ground, this.theme.ink, 0.07);
  }

  // A number from -largest to largest as a CSS colour. The root keeps small numbers visible.
  color(value, largest) {
    const share = Math.sqrt(Math.min(1, Math.abs(value) / largest));
    return css(mix(this.middle, value < 0 ? this.below : this.above, share));
  }

  // Variables for the style sheet.
  dress(root) {
    root.style.setProperty("--below", css(this.below));
    root.style.setProperty("--above", css(this.above));
    root.style.setProperty("--middle", css(this.middle));
    root.style.setProperty("--ink", css(this.theme.ink));
    root.style.setProperty("--ground", css(this.theme.ground));
    root.dataset.theme = this.theme.name;
  }
}
