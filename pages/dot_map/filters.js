// Which points are switched off. A filter stays when another column colours the map, and says so in the legend.

export class Filters {
  constructor() {
    this.off = new Map(); // column name -> set of switched-off values
    this.ranges = new Map(); // column name -> [low, high]
  }

  toggle(name, value) {
    const values = this.off.get(name) ?? new Set();
    if (!values.delete(value)) values.add(value);
    this.set(name, values);
  }

  // Leave only one value of a column on; where it is the only one already, switch all on.
  only(name, value, all) {
    const rest = new Set(all.filter((other) => other !== value));
    const current = this.off.get(name) ?? new Set();
    const isAlone = rest.size === current.size && [...rest].every((other) => current.has(other));
    this.set(name, isAlone ? new Set() : rest);
  }

  set(name, values) {
    if (values.size) this.off.set(name, values);
    else this.off.delete(name);
  }

  setRange(name, range) {
    if (range) this.ranges.set(name, range);
    else this.ranges.delete(name);
  }

  clear(name) {
    this.off.delete(name);
    this.ranges.delete(name);
  }

  has(name) {
    return this.off.has(name) || this.ranges.has(name);
  }

  get names() {
    return [...new Set([...this.off.keys(), ...this.ranges.keys()])];
  }

  // 1 for each point that is on. A number that is unknown is off as soon as its column has a range.
  mask(count, columnNamed) {
    const mask = new Uint8Array(count).fill(1);
    for (const [name, values] of this.off) {
      const column = columnNamed(name);
      if (column) for (let row = 0; row < count; row += 1) if (values.has(column.values[row])) mask[row] = 0;
    }
    for (const [name, [low, high]] of this.ranges) {
      const column = columnNamed(name);
      if (!column) continue;
      for (let row = 0; row < count; row += 1) {
        const value = column.values[row];
        if (!(value >= low && value <= high)) mask[row] = 0;
      }
    }
    return mask;
  }
}
