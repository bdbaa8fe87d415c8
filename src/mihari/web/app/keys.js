/** Single-key shortcuts; each is also a button, and all can be switched off (WCAG 2.1.4). */
import { RATES } from './clock.js';
import { holdings } from './holdings.js';
import { VIEWS } from '../views/index.js';

export const KEYS = [
  ['/', 'keys.search'], ['Space', 'keys.play'], [', .', 'keys.step'], ['[ ]', 'keys.rate'], ['N', 'keys.now'],
  ['1 – 9', 'keys.views'], ['F', 'keys.follow'], ['O', 'keys.orbit'], ['← → ↑ ↓', 'globe.keys.turn'], ['Shift + click', 'globe.keys.compare'], ['Esc', 'keys.clear'], ['+ −', 'keys.zoom'], ['?', 'keys.help'],
];
const STEP_MS = 60000;

/** The next rate up (+1) or down (-1) the ladder that runs from -1000 over pause to 1000. */
export function nextRate(rate, up) {
  const ladder = [...RATES.map((r) => -r).reverse(), 0, ...RATES];
  const at = ladder.findIndex((each) => each >= rate);
  return ladder[Math.max(0, Math.min(ladder.length - 1, (at < 0 ? ladder.length - 1 : at) + up))];
}

/** A list as the address has it, "coast,night", with a member put in or taken out; "none" when nothing is left. */
export function flipped(list, name) {
  const found = new Set(list.split(',').filter((each) => each && each !== 'none'));
  if (!found.delete(name)) found.add(name);
  return [...found].join(',') || 'none';
}

export function bindKeys(state, clock, target = window) {
  target.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // An open dialog has the keyboard to itself: Escape closes it and nothing else.
    if (document.querySelector('dialog[open]')) return;
    const inField = event.target.closest?.('input, select, textarea, [contenteditable]');
    if (event.key === 'Escape') {
      if (inField) event.target.blur();
      else state.set({ panel: false, selected: null, compared: null, event: null, follow: false });
      return;
    }
    if (!state.get().keys || inField) return;
    if (event.key === ' ' && event.target.closest?.('button, summary, [role=tab], .table-box')) return;
    const action = actions(state, clock)[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function actions(state, clock) {
  const { rate } = clock.get();
  const found = {
    '/': () => document.getElementById('search')?.focus(),
    ' ': () => clock.setRate(rate ? 0 : 1),
    ',': () => clock.jump(clock.now() - STEP_MS),
    '.': () => clock.jump(clock.now() + STEP_MS),
    '[': () => clock.setRate(nextRate(rate, -1)),
    ']': () => clock.setRate(nextRate(rate, 1)),
    n: () => clock.live(),
    f: () => state.get().selected && state.set({ follow: !state.get().follow }),
    o: () => state.set({ layers: flipped(state.get().layers, 'orbit') }),
    '?': () => document.getElementById('help')?.showModal(),
  };
  VIEWS.forEach((view, k) => {
    if (!view.of || holdings.get().held.has(view.of)) found[String(k + 1)] = () => state.set({ view: view.name });
  });
  return found;
}
