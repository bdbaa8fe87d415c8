/** What the pointer is on: hovered at most ten times a second, selected or compared by a click. */
import { pick } from './pick.js';

const HOVER_MS = 100;
const REACH_PX = 10;

/**
 * @param {{cloudNow: () => object|null, allPlaces: () => Float32Array, momentNow: () => number, view: object, info: object,
 *   state: object, changed: () => void}} parts
 */
export function createPointing({ cloudNow, allPlaces, momentNow, view, info, state, changed }) {
  let timer = 0;
  let pointer = null;
  let hoveredAt = -Infinity;
  const find = (at, reach) => {
    const cloud = cloudNow();
    if (!at || !cloud?.before) return null;
    const places = allPlaces();
    const k = pick(places, cloud, view, at, reach);
    return k === null ? null : { row: cloud.rows[k], place: places.slice(k * 3, k * 3 + 3) };
  };
  const hover = () => {
    timer = 0;
    hoveredAt = performance.now();
    const found = find(pointer, REACH_PX);
    if (!found && !info.get().hover) return;
    info.set({ hover: found && { ...found, ...pointer, ms: momentNow() } });
    changed();
  };
  const later = () => {
    if (!timer) timer = setTimeout(hover, Math.max(0, hoveredAt + HOVER_MS - performance.now()));
  };
  return {
    onHover(at) {
      pointer = at;
      later();
    },
    /** What moves away from a pointer at rest is no longer pointed at. */
    again() {
      if (pointer) later();
    },
    onClick(at, event) {
      const found = find(at, event.pointerType === 'touch' ? REACH_PX * 2 : REACH_PX);
      if (!found) return;
      const id = cloudNow().data.ids[found.row];
      const { selected, follow } = state.get();
      if (event.shiftKey && selected && selected !== id) state.set({ compared: id });
      else state.set({ selected: id, follow: follow && id === selected });
    },
    dispose: () => clearTimeout(timer),
  };
}
