/**
 * The page's state in its address, after the `#`, so that a view can be shared. Documented in docs/how-to/web-page.md.
 *
 *   v view · t moment or "live" · r rate · sel object · cmp second object · ev event · c colour by
 *   cj conjunction list (needs, all, events or approaches, debris, r12 for a radius of 12 m: "all,debris,r12")
 *   rp reported event · rl release · rc record that the audit log is asked about · dk part of the policy or release room
 *   f filter (type:… regime:… owner:… in: …) · fr frame · ly layers of the globe · w 1: only watched
 *   gw window of the belt · tl days of the timeline · lang · th theme
 */
import { SCHEMES } from '../globe/schemes.js';
import { VIEWS } from '../views/index.js';
import { LANGUAGES } from './i18n.js';
import { isoUtc, parseUtc } from './time.js';

const PLAIN = { v: 'view', ev: 'event', c: 'colourBy', fr: 'frame', lang: 'lang', th: 'theme', ly: 'layers', cj: 'listFilter', gw: 'geoWindow', tl: 'timelineDays', rp: 'report', rl: 'release', rc: 'record', dk: 'part' };
/** What a value has to look like; a member of a list that a room does not know has no effect there. */
const SHAPES = {
  v: (text) => VIEWS.some(({ name }) => name === text), lang: (text) => Object.hasOwn(LANGUAGES, text), c: (text) => SCHEMES.includes(text),
  fr: /^(inertial|earth)$/, th: /^(dark|light)$/, ly: /^[a-z]+(,[a-z]+)*$/, cj: /^[a-z0-9.]+(,[a-z0-9.]+)*$/,
  gw: /^-?\d{1,3}(\.\d+)?,\d+,[a-z]+$/, tl: /^\d+(\.\d+)?$/, ev: /^.{1,300}$/,
  rp: /^.{1,300}$/, rl: /^[A-Za-z0-9][A-Za-z0-9-]{0,79}$/, rc: /^.{1,300}$/, dk: /^[a-z]+$/,
};
const fits = (key, text) => (SHAPES[key].test ? SHAPES[key].test(text) : SHAPES[key](text));
const NUMBERS = { sel: 'selected', cmp: 'compared' };

/** Read an address's state; what is not understood is left out. @param {string} hash */
export function readUrl(hash) {
  const found = new URLSearchParams(hash.replace(/^#/, ''));
  const state = {};
  for (const [key, name] of Object.entries(PLAIN)) if (fits(key, found.get(key) ?? '')) state[name] = found.get(key);
  for (const [key, name] of Object.entries(NUMBERS)) {
    const value = Number(found.get(key));
    if (found.get(key) && Number.isInteger(value) && value > 0 && value < 1e9) state[name] = value;
  }
  const moment = found.get('t');
  if (moment === 'live') state.live = true;
  else if (Number.isFinite(parseUtc(moment))) state.momentMs = parseUtc(moment);
  const rate = Number(found.get('r'));
  if (found.get('r') && Number.isFinite(rate) && Math.abs(rate) <= 1000) state.rate = rate;
  const hidden = (found.get('f') ?? '').split(',').filter((part) => /^[a-z]+:/.test(part));
  if (hidden.length) state.hidden = new Set(hidden);
  if (found.get('w') === '1') state.watchOnly = true;
  return state;
}

/** Write the state as an address. @returns {string} with its `#` */
export function writeUrl(state, clock) {
  const out = new URLSearchParams();
  for (const [key, name] of Object.entries(PLAIN)) if (state[name]) out.set(key, state[name]);
  for (const [key, name] of Object.entries(NUMBERS)) if (state[name]) out.set(key, String(state[name]));
  if (clock.isLive()) out.set('t', 'live');
  else out.set('t', isoUtc(Math.round(clock.now() / 1000) * 1000).replace('.000Z', 'Z'));
  out.set('r', String(clock.get().rate));
  if (state.hidden.size) out.set('f', [...state.hidden].sort().join(','));
  if (state.watchOnly) out.set('w', '1');
  return `#${out}`;
}

/** Keep the address and the state alike, at most once in half a second. */
export function bindUrl(store, clock, win = window) {
  let waiting = 0;
  const write = () => {
    waiting = 0;
    const address = writeUrl(store.get(), clock);
    if (address !== win.location.hash) win.history.replaceState(null, '', address);
  };
  const soon = () => {
    if (!waiting) waiting = win.setTimeout(write, 500);
  };
  store.subscribe(soon);
  clock.subscribe(soon);
  win.addEventListener('hashchange', () => applyUrl(readUrl(win.location.hash), store, clock));
}

/** Take what an address says into the state. */
export function applyUrl(found, store, clock) {
  const { live, momentMs, rate, ...rest } = found;
  store.set({ selected: null, compared: null, event: null, report: null, release: null, record: null, part: null, hidden: new Set(), watchOnly: false, ...rest });
  if (live) clock.live();
  else if (momentMs !== undefined) clock.jump(momentMs, rate ?? clock.get().rate);
}
