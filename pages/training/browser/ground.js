// The films of a recording on the map: a panel of the film map whose places come in one measure for all moments.

import { clamp } from "../../kit/browser/dom.js";
import { Panel } from "../../dot_map/panel.js";

export class Ground extends Panel {
  // Show places (2 N) that are in the map's units already, coming from where the dots are now.
  go(places, { now, milliseconds, isSteady }) {
    const from = milliseconds && this.positions?.length === places.length ? this.current(now) : places;
    this.positions = places;
    this.from = from;
    this.move = from === places ? null : { start: now, milliseconds };
    this.isSteady = isSteady;
    this.grid = null;
    this.upload();
  }

  // While it plays one step goes over into the next without a halt.
  moved(now) {
    const share = super.moved(now);
    if (!this.isSteady || !this.move) return share;
    return clamp((now - this.move.start) / this.move.milliseconds, 0, 1);
  }
}
