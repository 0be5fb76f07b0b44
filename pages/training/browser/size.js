// A length as it is written: three digits that count, without powers of ten where a reader can do without.

export function size(value) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const order = Math.floor(Math.log10(Math.abs(value)));
  if (order >= 3) return Math.round(value).toLocaleString("en-US");
  if (order < -4) return value.toExponential(1);
  return String(Number(value.toFixed(Math.max(0, 2 - order))));
}
