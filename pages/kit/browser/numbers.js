// Numbers as they come (packed float32) and as they are written.

const MINUS = "\u2212";

// Base64 of little-endian float32 -> Float32Array.
export function floats(packed) {
  const text = atob(packed);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return new Float32Array(bytes.buffer);
}

// 0.0227, with a true minus.
export function shown(value, digits = 4) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

// The same with its sign always written.
export function signed(value, digits = 4) {
  const text = shown(value, digits);
  return text.startsWith(MINUS) || Number(text) === 0 ? text : `+${text}`;
}

// In brackets where it is below zero, for a sum.
export function addend(value, digits = 4) {
  const text = shown(value, digits);
  return text.startsWith(MINUS) ? `(${text})` : text;
}

export function largest(values, least = 1e-6) {
  let found = least;
  for (const value of values) found = Math.max(found, Math.abs(value));
  return found;
}
