// Numbers of one filter as a small picture: one pixel for each, magnified by the style sheet.

import { mix } from "../../kit/browser/theme.js";

export function paintFilter(canvas, values, reach, { below, middle, above }) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  values.forEach((value, at) => {
    const share = Math.sqrt(Math.min(1, Math.abs(value) / reach));
    const color = mix(middle, value < 0 ? below : above, share);
    image.data.set([...color, 255], 4 * at);
  });
  context.putImageData(image, 0, 0);
}

// A round number that is not below the largest change, so that the measure does not flicker from step to step.
export function reachOf(largest) {
  const power = 10 ** Math.floor(Math.log10(largest));
  return power * [1, 2, 5, 10].find((digit) => digit * power >= largest * 0.999);
}
