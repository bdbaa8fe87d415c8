/** Mouse, fingers and keys, turned into what the rig does. */
const CLICK_PX = 5;
const KEY_PX = 40;
const KEY_ZOOM = 1.25;

/**
 * @param {HTMLElement} place what is dragged on
 * @param {{rig: object, changed: () => void, onClick: (at: {x: number, y: number}, event: PointerEvent) => void,
 *   onHover: (at: {x: number, y: number}|null) => void, keysOn: () => boolean}} parts
 * @returns {() => void} the end of it
 */
export function bindInput(place, { rig, changed, onClick, onHover, keysOn }) {
  const fingers = new Map();
  let moved = 0;
  let apart = 0;
  const at = (event) => {
    const box = place.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  const down = (event) => {
    if (event.button > 0) return;
    place.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    if (fingers.size === 1) moved = 0;
    if (fingers.size === 2) apart = spread();
    onHover(null);
  };
  const move = (event) => {
    const now = at(event);
    const was = fingers.get(event.pointerId);
    if (!was) {
      if (event.pointerType === 'mouse' || event.pointerType === 'pen') onHover(now);
      return;
    }
    fingers.set(event.pointerId, now);
    moved += Math.hypot(now.x - was.x, now.y - was.y);
    if (fingers.size === 2) {
      const wide = spread();
      if (apart > 0 && wide > 0) rig.zoom(apart / wide);
      apart = wide;
    } else if (moved > CLICK_PX) rig.rotate(now.x - was.x, now.y - was.y, place.clientHeight);
    changed();
  };
  const up = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    if (event.type === 'pointerup' && moved <= CLICK_PX && !fingers.size) onClick(at(event), event);
  };
  const wheel = (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    rig.zoom(Math.exp(Math.max(-300, Math.min(300, event.deltaY * lines)) * 0.0016));
    changed();
  };
  const zoomKeys = { '+': 1 / KEY_ZOOM, '=': 1 / KEY_ZOOM, '-': KEY_ZOOM, '−': KEY_ZOOM };
  const arrows = { ArrowLeft: [KEY_PX, 0], ArrowRight: [-KEY_PX, 0], ArrowUp: [0, KEY_PX], ArrowDown: [0, -KEY_PX] };
  const key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const onPlace = place.contains(event.target);
    const free = event.target === document.body || event.target.id === 'main';
    if (zoomKeys[event.key] && (onPlace || (keysOn() && !event.target.closest?.('input, select, textarea, dialog')))) rig.zoom(zoomKeys[event.key]);
    else if (arrows[event.key] && (onPlace || (keysOn() && free))) rig.rotate(...arrows[event.key], place.clientHeight);
    else return;
    event.preventDefault();
    changed();
  };
  const leave = () => onHover(null);
  const bound = [
    [place, 'pointerdown', down], [place, 'pointermove', move], [place, 'pointerup', up], [place, 'pointercancel', up],
    [place, 'pointerleave', leave], [place, 'wheel', wheel, { passive: false }], [window, 'keydown', key],
  ];
  for (const [target, name, handler, options] of bound) target.addEventListener(name, handler, options);
  return () => bound.forEach(([target, name, handler]) => target.removeEventListener(name, handler));
}
