/** The one filter of all views: legend entries switched off, and "only watched". Compiled once, asked per row. */
import { REGIMES, TYPES } from './catalogue.js';
import { AGE_STEPS, PERIGEE_STEPS } from './palette.js';

/** Owners and sources beyond so many share one legend entry, "*". */
export const NAMED = 7;

/** The step that a value falls into; a value that is not known falls into none. */
export const stepOf = (steps, value) => steps.findIndex(([upper]) => value < upper);
export const stepKey = (steps, place) => (Number.isFinite(steps[place]?.[0]) ? String(steps[place][0]) : 'more');

/** Age of a row's element set, d. */
export const ageDays = (data, row, ms) => Math.abs(ms - data.epochMs[row]) / 86400000;

const steps = (hidden, name, list) => list.map((_, k) => hidden.has(`${name}:${stepKey(list, k)}`));
const names = (hidden, name, list) =>
  list.map((each, k) => hidden.has(`${name}:${each}`) || (k >= NAMED && hidden.has(`${name}:*`)));

/**
 * Compile a filter.
 * @param {object} data of the catalogue @param {Set<string>} hidden @param {Set<number>} watched @param {number} ms
 * @returns {(row: number) => boolean} true where the row is shown
 */
export function compileFilter(data, hidden, watchOnly, watched, ms) {
  const off = {
    type: names(hidden, 'type', TYPES), regime: names(hidden, 'regime', REGIMES),
    owner: names(hidden, 'owner', data.owners), source: names(hidden, 'source', data.sources),
    age: steps(hidden, 'age', AGE_STEPS), perigee: steps(hidden, 'perigee', PERIGEE_STEPS),
  };
  const asksAge = off.age.includes(true);
  const asksPerigee = off.perigee.includes(true);
  return (row) => {
    if (watchOnly && !watched.has(data.ids[row])) return false;
    if (off.type[data.type[row]] || off.regime[data.regime[row]]) return false;
    if (off.owner[data.owner[row]] || off.source[data.source[row]]) return false;
    if (asksAge && off.age[stepOf(AGE_STEPS, ageDays(data, row, ms))]) return false;
    return !(asksPerigee && off.perigee[stepOf(PERIGEE_STEPS, data.perigeeKm[row])]);
  };
}

const HOUR_MS = 3600000;
let last = { args: [], filter: null };

/** The compiled filter for these arguments; compiled again only when one of them is another, or an hour has passed. */
export function filterFor(data, hidden, watchOnly, watched, ms) {
  const args = [data, hidden, watchOnly, watched, Math.floor(ms / HOUR_MS)];
  if (!last.filter || args.some((each, k) => each !== last.args[k])) {
    last = { args, filter: compileFilter(data, hidden, watchOnly, watched, ms) };
  }
  return last.filter;
}
