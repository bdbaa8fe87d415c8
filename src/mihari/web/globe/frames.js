/** When to draw: when something has changed, when time moves things far enough to be seen, never in a hidden tab. */
const KEPT = 600;

export function createFrames({ draw, isMoving, pauseMs }) {
  const spent = new Float64Array(KEPT);
  let count = 0;
  let request = 0;
  let timer = 0;
  let dirty = true;
  let running = false;
  const plan = () => {
    if (!running || request) return;
    if (dirty) {
      clearTimeout(timer);
      timer = 0;
      request = requestAnimationFrame(frame);
    } else if (isMoving() && !timer && !document.hidden) {
      timer = setTimeout(() => {
        timer = 0;
        dirty = true;
        plan();
      }, pauseMs());
    }
  };
  const frame = () => {
    request = 0;
    dirty = false;
    const begun = performance.now();
    draw();
    spent[count % KEPT] = performance.now() - begun;
    count += 1;
    plan();
  };
  const seen = () => {
    if (!document.hidden) changed();
  };
  const changed = () => {
    dirty = true;
    plan();
  };
  return {
    changed,
    start() {
      running = true;
      document.addEventListener('visibilitychange', seen);
      changed();
    },
    stop() {
      running = false;
      cancelAnimationFrame(request);
      clearTimeout(timer);
      request = 0;
      timer = 0;
      document.removeEventListener('visibilitychange', seen);
    },
    /** Script time per frame over the last frames, ms. */
    stats() {
      const sorted = spent.slice(0, Math.min(count, KEPT)).sort();
      const at = (part) => (sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] : null);
      return { frames: count, scriptMedianMs: at(0.5), scriptP95Ms: at(0.95), scriptMostMs: at(1) };
    },
  };
}
