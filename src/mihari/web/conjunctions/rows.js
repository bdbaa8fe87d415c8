/** Assessed events and close approaches of the screening as rows of one list; what is shown of them. */
import { nameOf, TYPES } from '../app/catalogue.js';
import { isShown } from '../app/state.js';
import { parseUtc } from '../app/time.js';

/** In the order in which they need a person; an approach without covariance has no level of its own. */
export const LEVELS = ['action', 'watch', 'not assessed', 'none', 'advisory'];
/** So many of the closest approaches stand beside the events that need a person. */
export const CLOSEST = 50;
/** Slower pairs fly together, docked or in formation: no passage that a person must look at now. */
const TOGETHER_M_S = 10;
const CHANGED = 1.5;
const APPROACH = /^(\d{1,9})-(\d{1,9})-(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)$/;
const PASSIVE = new Set(['DEBRIS', 'ROCKET BODY']);

/** A moment with its microseconds, which `Date` cuts off: 15 m at 15 km/s are one millisecond. */
export function fineUtc(text) {
  const digits = /\.\d{3}(\d+)/.exec(text ?? '')?.[1];
  return parseUtc(text) + (digits ? Number(`0.${digits}`) : 0);
}

/** The pair and moment in the name of a close approach; null for the name of an assessed event. */
export function readApproach(id) {
  const found = APPROACH.exec(id ?? '');
  return found && { first: Number(found[1]), second: Number(found[2]), tcaUtc: found[3] };
}

/** What the catalogue knows of an object, or its bare name. */
export function objectOf(data, id, otherwise) {
  const row = data?.index.get(id);
  return {
    id: id ?? null,
    name: row === undefined ? String(otherwise ?? id ?? '?') : nameOf(data, row),
    type: row === undefined ? null : TYPES[data.type[row]],
    row,
  };
}

/** An object as the message tells it, with what the catalogue adds. */
function toldObject(event, data, k) {
  const found = objectOf(data, event.norad_cat_ids[k], event.objects[k]);
  return { ...found, name: event.names[k] || found.name, moves: event.maneuverable[k] === 'YES' };
}

/** An assessed event by its newest update. */
export function eventRow(event, data) {
  const tcaMs = fineUtc(event.tca_utc);
  return {
    id: event.event_id, kind: 'event', level: event.action_level, stale: event.stale, tcaMs, tcaUtc: event.tca_utc,
    first: toldObject(event, data, 0), second: toldObject(event, data, 1), mode: event.data_mode,
    missM: event.miss_distance_m, rtnM: event.miss_rtn_m, speedMS: event.relative_speed_m_s,
    probability: event.probability, bound: event.maximum_probability, method: event.method,
    trend: trendOf(event), updates: event.updates,
    agesS: event.last_observations_utc.map((each) => (each ? (tcaMs - parseUtc(each)) / 1000 : NaN)),
  };
}

/** A close approach of the screening, its primary first. */
export function approachRow(found, data) {
  const swapped = found.primary_id === found.norad_cat_id_2;
  const [a, b] = swapped ? [found.norad_cat_id_2, found.norad_cat_id_1] : [found.norad_cat_id_1, found.norad_cat_id_2];
  const ages = [found.age_1_days * 86400, found.age_2_days * 86400];
  return {
    id: `${a}-${b}-${found.tca_utc}`, kind: 'approach', level: 'advisory', stale: null,
    tcaMs: fineUtc(found.tca_utc), tcaUtc: found.tca_utc, first: objectOf(data, a), second: objectOf(data, b),
    missM: found.miss_distance_km * 1000, rtnM: [found.radial_km, found.transverse_km, found.normal_km].map((each) => each * 1000),
    speedMS: found.relative_speed_km_s * 1000, probability: null, bound: found.maximum_probability ?? null, method: null,
    trend: null, updates: 0, agesS: swapped ? ages.reverse() : ages, intervals: [found.interval_start_utc, found.interval_end_utc],
    isMinimum: found.kind === 'minimum',
  };
}

/** How the probability, or its bound where there is none, moved with the newest update. */
export function trendOf(event) {
  if (event.updates < 2) return 'new';
  const [now, before] = event.probability !== null && event.previous_probability !== null
    ? [event.probability, event.previous_probability]
    : [event.maximum_probability, event.previous_maximum_probability];
  if (now === null || before === null) return 'unknown';
  if (now === before) return 'steady';
  return now > before * CHANGED ? 'rising' : now < before / CHANGED ? 'falling' : 'steady';
}

/** Less is more urgent: level, one's own objects before others, then how likely, then how close. */
export function need(row) {
  const level = LEVELS.indexOf(row.level) + (row.stale ? 0.5 : 0) - (row.own ? 0.45 : 0);
  const within = row.kind === 'event' ? Math.min(-Math.log10(row.probability ?? row.bound ?? 1) / 400, 0.4) : row.missM / 1e8;
  return level + within;
}

/** Nobody on either side can move. */
export const isPassive = (row) => PASSIVE.has(row.first.type) && PASSIVE.has(row.second.type);

const SHOWS = ['needs', 'all', 'events', 'approaches'];

/** The list's filter as it stands in the address: "all,debris,r15". */
export function readFilter(text) {
  const parts = (text || '').split(',');
  const radius = Number(parts.find((each) => /^r\d/.test(each))?.slice(1));
  return {
    show: parts.find((each) => SHOWS.includes(each)) ?? 'needs',
    debris: parts.includes('debris'),
    radiusM: radius > 0 && radius <= 1e4 ? radius : null,
  };
}

export const writeFilter = ({ show, debris, radiusM }) =>
  [show === 'needs' ? '' : show, debris ? 'debris' : '', radiusM ? `r${radiusM}` : ''].filter(Boolean).join(',');

/**
 * The rows that are shown, the most urgent first, and how many the view itself leaves out and why.
 * @param {{events: object[], approaches: object[], filter: object, data: object|null, hidden: Set, watchOnly: boolean,
 *   watched: Set<number>, nowMs: number}} given
 * @returns {{rows: object[], left: {passive: number, together: number, farther: number}}}
 */
export function shownRows({ events, approaches, filter, data, hidden, watchOnly, watched, nowMs }) {
  const seen = ({ id, row }) =>
    row === undefined ? !watchOnly || watched.has(id) : isShown(data, row, hidden, watchOnly, watched);
  const needs = filter.show === 'needs';
  const isOwn = (row) => watched.has(row.first.id) || watched.has(row.second.id);
  const left = { passive: 0, together: 0, farther: 0 };
  const wanted = (row) => {
    if (!(seen(row.first) || seen(row.second)) || (needs && row.tcaMs < nowMs)) return false;
    if (filter.debris || !isPassive(row)) return true;
    left.passive += 1;
    return false;
  };
  const rows = [];
  if (filter.show !== 'approaches') {
    rows.push(...events.filter((row) => wanted(row) && (!needs || (row.level !== 'none' && !row.stale))));
  }
  if (filter.show !== 'events') {
    const found = approaches.filter(wanted);
    const passing = needs ? found.filter((row) => row.speedMS >= TOGETHER_M_S) : found;
    const kept = needs ? passing.filter((row, k) => k < CLOSEST || isOwn(row)) : passing;
    left.together = found.length - passing.length;
    left.farther = passing.length - kept.length;
    rows.push(...kept);
  }
  const marked = rows.map((row) => (isOwn(row) ? { ...row, own: true } : row));
  return { rows: marked.map((row) => [need(row), row]).sort(([a], [b]) => a - b).map(([, row]) => row), left };
}
