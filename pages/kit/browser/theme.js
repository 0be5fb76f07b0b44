// The reader's theme, from Streamlit's CSS variables; a map taken home brings its own.

const CANVAS = document.createElement("canvas");
CANVAS.width = CANVAS.height = 1;

// Any CSS colour -> [red, green, blue], 0 to 255.
export function rgb(color) {
  const hex = /^#([0-9a-f]{6})$/i.exec(color.trim());
  if (hex) return [0, 2, 4].map((at) => parseInt(hex[1].slice(at, at + 2), 16));
  const context = CANVAS.getContext("2d", { willReadFrequently: true });
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return Array.from(context.getImageData(0, 0, 1, 1).data.slice(0, 3));
}

export function css([red, green, blue], alpha = 1) {
  return `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)} / ${alpha})`;
}

export function mix(first, second, share) {
  return first.map((value, at) => value * (1 - share) + second[at] * share);
}

export function luminance([red, green, blue]) {
  const linear = (value) => (value <= 10 ? value / 3295 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

export function readTheme(root) {
  const style = getComputedStyle(root);
  const variable = (name, fallback) => rgb(style.getPropertyValue(name).trim() || fallback);
  const ground = variable("--st-background-color", "#fdfaf5");
  const ink = variable("--st-text-color", "#150f0b");
  const isDark = luminance(ground) < 0.2;
  return {
    ground,
    ink,
    isDark,
    name: isDark ? "dark" : "light",
    raised: variable("--st-secondary-background-color", isDark ? "#221d1a" : "#f3ece1"),
    border: variable("--st-border-color", "#8a8178"),
    accent: variable("--st-link-color", isDark ? "#f6c566" : "#8f1f18"),
    font: style.getPropertyValue("--st-font").trim() || "system-ui, sans-serif",
  };
}
