// What fingers, mouse and keys do on the canvas; what it means is decided by the handlers of map.js.

const CLICK_PIXELS = 5;

// handlers: hover(left, top) | leave() | click(left, top, isTouch) | pan(left, top, dx, dy) | zoom(left, top, factor,
// isSmooth) | lasso(line, isDone) | wantsLasso(event) | key(event) -> handled
export function listen(canvas, handlers) {
  const pointers = new Map();
  let start = null; // where the first pointer went down
  let line = null; // of the lasso
  let hasMoved = false;
  const abort = new AbortController();
  const on = (name, handler, options = {}) => canvas.addEventListener(name, handler, { signal: abort.signal, ...options });

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  on("pointerdown", (event) => {
    if (event.button > 0) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    if (pointers.size > 1) {
      line = null;
      hasMoved = true;
      return;
    }
    start = place(event);
    hasMoved = false;
    if (handlers.wantsLasso(event)) line = [start];
  });

  on("pointermove", (event) => {
    const now = place(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      handlers.hover(...now);
      return;
    }
    if (!hasMoved && Math.hypot(now[0] - start[0], now[1] - start[1]) < CLICK_PIXELS) return;
    hasMoved = true;
    if (pointers.size === 2) pinch(event.pointerId, before, now);
    else if (line) {
      line.push(now);
      handlers.lasso(line, false);
    } else handlers.pan(...now, now[0] - before[0], now[1] - before[1]);
    pointers.set(event.pointerId, now);
  });

  // Two fingers: what was between them stays between them.
  function pinch(id, before, now) {
    const [other] = [...pointers].filter(([key]) => key !== id).map(([, at]) => at);
    const apart = (one) => Math.hypot(one[0] - other[0], one[1] - other[1]) || 1;
    const middle = (one) => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
    const [old, current] = [middle(before), middle(now)];
    handlers.pan(...current, current[0] - old[0], current[1] - old[1]);
    handlers.zoom(...current, apart(now) / apart(before), false);
  }

  function up(event) {
    if (!pointers.delete(event.pointerId) || pointers.size) return;
    if (line && hasMoved) handlers.lasso(line, true);
    else if (!hasMoved && event.type === "pointerup") handlers.click(...start, event.pointerType === "touch");
    line = null;
  }
  on("pointerup", up);
  on("pointercancel", up);
  on("pointerleave", () => handlers.leave());

  on("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 33 : event.deltaMode === 2 ? 400 : 1;
    const delta = Math.max(-240, Math.min(240, event.deltaY * lines * (event.ctrlKey ? 6 : 1)));
    handlers.zoom(...place(event), Math.exp(-delta * 0.0016), Math.abs(delta) > 30);
  }, { passive: false });

  on("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (handlers.key(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });

  return () => abort.abort();
}
