/** The page's one state, its clock and its knots. */
import { catalogue } from './catalogue.js';
import { createClock } from './clock.js';
import { filterFor } from './filter.js';
import { createKnots } from './knots.js';
import { createStore } from './store.js';

/**
 * view: globe, conjunctions, geo, timeline, watch, health, policy, releases or audit
 * report: id of a reported event · release: id of a release · record: what the audit log is asked about · part: of a room
 * selected, compared: numbers of objects; event: id of an assessed event or of a close approach "a-b-utc"
 * colourBy: type, regime, age, owner, perigee or source · frame: inertial or earth
 * hidden: legend entries that are switched off, "type:DEBRIS" · listFilter: what the conjunction list shows
 * geoWindow: "135,60,inclination", middle and width of the belt's window and what its chart shows · timelineDays: its width
 * layers: what the globe draws besides objects, "coast,night" · panel: the sheet that is open, or false
 * watchOnly: only watched objects are shown · local: local time beside UTC
 */
export const state = createStore({
  view: 'globe', selected: null, compared: null, event: null, report: null, release: null, record: null, part: null, colourBy: 'type', frame: 'inertial', hidden: new Set(),
  layers: 'coast,night,orbit,track', listFilter: '', geoWindow: '', timelineDays: '', watchOnly: false, lang: '', theme: '',
  local: false, follow: false, keys: true, panel: false,
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
export const isShown = (data, row, hidden, watchOnly, watched) =>
  filterFor(data, hidden, watchOnly, watched, clock.now())(row);

/** Choose an object, or none. */
export const select = (id) => state.set({ selected: id, follow: id ? state.get().follow : false });
