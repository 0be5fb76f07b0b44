// What fingers, mouse and keys do on the canvas; what it means is decided by the handlers of map.js.
//
// A page that is scrolled must not get stuck at a map. So the wheel and a single finger are the page's until the reader
// takes hold of the map by a click or tap in it, and are the page's again when they press Escape or beside the map, or take
// the mouse away. The wheel with Ctrl or Cmd is the map's always, and so are two fingers; two fingers on a trackpad come as
// a wheel with Ctrl.

const CLICK_PIXELS = 5;
const NOTCH = 40; // a wheel's step has at least so many pixels; what is less and comes with Ctrl is a trackpad's pinch

// handlers: hover(left, top) | leave() | click(left, top, isTouch) | pan(left, top, dx, dy) | zoom(left, top, factor,
// isSmooth) | lasso(line, isDone) | wantsLasso(event) | key(event) -> handled | hint("wheel", "finger" or null)
// area: everything that belongs to the map, such as its tools; it has the class "held" while the reader has hold of it.
export function listen(canvas, area, handlers) {
  const pointers = new Map();
  let start = null; // where the first pointer went down
  let line = null; // of the lasso
  let hasMoved = false;
  const abort = new AbortController();
  const { signal } = abort;
  const on = (name, handler, options = {}) => canvas.addEventListener(name, handler, { signal, ...options });
  const isHeld = () => area.classList.contains("held");
  const isPages = (event) => event.pointerType === "touch" && pointers.size === 1 && !line && !isHeld();

  function hold(isOn) {
    area.classList.toggle("held", isOn);
    if (isOn) handlers.hint(null);
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  on("pointerdown", (event) => {
    if (event.button > 0) return;
    if (event.pointerType !== "touch") hold(true);
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
    if (isPages(event)) return;
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
    const wasPages = isPages(event);
    if (!pointers.delete(event.pointerId) || pointers.size) return;
    if (line && hasMoved) handlers.lasso(line, true);
    else if (!hasMoved && event.type === "pointerup") {
      hold(true);
      handlers.click(...start, event.pointerType === "touch");
    } else if (wasPages) handlers.hint("finger");
    line = null;
  }
  on("pointerup", up);
  on("pointercancel", up);
  on("pointerleave", () => handlers.leave());
  area.addEventListener("pointerleave", (event) => event.pointerType === "touch" || hold(false), { signal });
  area.addEventListener("keydown", (event) => event.key === "Escape" && hold(false), { signal, capture: true });
  document.addEventListener("pointerdown", (event) => event.composedPath().includes(area) || hold(false), { signal });

  // Two fingers never scroll the page: their pointers stay the map's.
  const keep = (event) => event.touches.length > 1 && event.cancelable && event.preventDefault();
  on("touchstart", keep, { passive: false });
  on("touchmove", keep, { passive: false });

  on("wheel", (event) => {
    if (!isHeld() && !event.ctrlKey && !event.metaKey) {
      handlers.hint("wheel");
      return;
    }
    event.preventDefault();
    handlers.hint(null);
    const pixels = event.deltaY * (event.deltaMode === 1 ? 33 : event.deltaMode === 2 ? 400 : 1);
    const isPinch = event.ctrlKey && Math.abs(pixels) < NOTCH;
    const delta = Math.max(-240, Math.min(240, pixels * (isPinch ? 6 : 1)));
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
