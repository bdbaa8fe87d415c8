/** The page's one state, its clock and its knots. */
import { catalogue, TYPES, REGIMES } from './catalogue.js';
import { createClock } from './clock.js';
import { createKnots } from './knots.js';
import { createStore } from './store.js';

/**
 * view: globe, conjunctions, geo, timeline, watch or health
 * selected, compared: numbers of objects; event: id of an assessed event or of a close approach "a-b-utc"
 * colourBy: type, regime, age, owner, perigee or source · frame: inertial or earth
 * hidden: legend entries that are switched off, "type:DEBRIS" · listFilter: what the conjunction list shows
 * watchOnly: only watched objects are shown · local: local time beside UTC
 */
export const state = createStore({
  view: 'globe', selected: null, compared: null, event: null, colourBy: 'type', frame: 'inertial', hidden: new Set(),
  listFilter: '', watchOnly: false, lang: '', theme: '', local: false, follow: false, keys: true, panel: false,
});

export const clock = createClock();

let knots = null;
/** Knots of the catalogue at hand; null while there is none. */
export function currentKnots() {
  const { data } = catalogue.get();
  if (data && knots?.data !== data) knots = createKnots(data);
  return data ? knots : null;
}

/** Is a row shown under the filter that all views share? @param {Set<number>} watched */
export function isShown(data, row, hidden, watchOnly, watched) {
  if (watchOnly && !watched.has(data.ids[row])) return false;
  if (!hidden.size) return true;
  return !(
    hidden.has(`type:${TYPES[data.type[row]]}`) ||
    hidden.has(`regime:${REGIMES[data.regime[row]]}`) ||
    hidden.has(`owner:${data.owners[data.owner[row]]}`) ||
    hidden.has(`source:${data.sources[data.source[row]]}`)
  );
}

/** Choose an object, or none. */
export const select = (id) => state.set({ selected: id, follow: id ? state.get().follow : false });
