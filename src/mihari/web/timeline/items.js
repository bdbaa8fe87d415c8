/** What the timeline shows: lanes of items, each at a moment, made from what the node answers. */
import { isShown } from '../app/state.js';
import { parseUtc } from '../app/time.js';
import { passId } from '../ui/passes.js';
import { nameById } from '../ui/words.js';

/** In the order of the lanes; the letter stands in each point. */
export const LANES = {
  event: { letter: 'E', colour: 'var(--level-watch)' },
  breakup: { letter: 'B', colour: 'var(--series-5)' },
  interference: { letter: 'F', colour: 'var(--series-5)' },
  reentry: { letter: 'D', colour: 'var(--series-5)' },
  manoeuvre: { letter: 'M', colour: 'var(--series-5)' },
  proximity: { letter: 'P', colour: 'var(--series-5)' },
  launch: { letter: 'L', colour: 'var(--series-5)' },
  space_weather: { letter: 'X', colour: 'var(--series-5)' },
  ground_outage: { letter: 'G', colour: 'var(--series-5)' },
  cyber_outage: { letter: 'Y', colour: 'var(--series-5)' },
  selected: { letter: 'S', colour: 'var(--text)' },
  watched: { letter: 'W', colour: 'var(--series-4)' },
  approach: { letter: 'C', colour: 'var(--series-1)' },
  run: { letter: 'R', colour: 'var(--series-2)' },
  intake: { letter: 'I', colour: 'var(--series-3)' },
};

/**
 * One thing on a lane.
 * @typedef {{lane: string, key: string, ms: number, endMs?: number, objects: number[], event?: string, level?: string,
 *   missKm?: number, speedKmS?: number, count?: number, report?: string, names: string[], detail?: object}} Item
 */

/** A close approach as an item of a lane. @returns {Item} */
export const passItem = (lane, row, data) => ({
  lane, key: `pass:${passId(row)}`, ms: parseUtc(row.tca_utc), objects: [row.norad_cat_id_1, row.norad_cat_id_2], event: passId(row),
  missKm: row.miss_distance_km, speedKmS: row.relative_speed_km_s, names: [nameById(data, row.norad_cat_id_1), nameById(data, row.norad_cat_id_2)],
});

export const eventItem = (event) => ({
  lane: 'event', key: `event:${event.event_id}`, ms: parseUtc(event.tca_utc), objects: (event.norad_cat_ids ?? []).filter(Boolean), event: event.event_id,
  level: event.action_level, missKm: event.miss_distance_m === null ? NaN : event.miss_distance_m / 1000,
  speedKmS: event.relative_speed_m_s === null ? NaN : event.relative_speed_m_s / 1000,
  names: event.objects.map((each, k) => event.names?.[k] || each),
});

/** An event that a person reported, on the lane of its kind. @returns {Item} */
export const reportItem = (event) => ({
  lane: event.kind.toLowerCase(), key: `report:${event.event_id}`, ms: parseUtc(event.start_utc), ...(event.end_utc ? { endMs: parseUtc(event.end_utc) } : {}),
  objects: event.objects, report: event.event_id, names: [], detail: event,
});

export const runItem = (run) => ({
  lane: 'run', key: `run:${run.run_id}`, ms: parseUtc(run.start_utc), endMs: parseUtc(run.end_utc), objects: [], names: [],
  count: run.conjunctions, detail: { number: run.run_id, learned: run.learned_utc },
});

export const intakeItem = (intake) => ({
  lane: 'intake', key: `intake:${intake.learned_utc}`, ms: parseUtc(intake.learned_utc), objects: [], names: intake.files.map((each) => each.file),
  count: Object.values(intake.kept).reduce((a, b) => a + b, 0), detail: { rejected: intake.read.rejected },
});

/** Every item of every lane that has a source, the same approach once: in the most particular lane. */
export function allItems({ closest, ofSelected, ofWatched, events, reports, runs, intakes }, data) {
  const seen = new Set();
  const once = (items) => items.filter((item) => !seen.has(item.event) && seen.add(item.event));
  return [
    ...(events ?? []).map(eventItem),
    ...(reports ?? []).map(reportItem).filter((item) => LANES[item.lane]),
    ...once((ofSelected ?? []).map((row) => passItem('selected', row, data))),
    ...once((ofWatched ?? []).map((row) => passItem('watched', row, data))),
    ...once((closest ?? []).map((row) => passItem('approach', row, data))),
    ...(runs ?? []).map(runItem),
    ...(intakes ?? []).map(intakeItem),
  ];
}

/** Does the filter that all views share let an item through? One of its objects is enough. */
export function isItemShown(item, data, hidden, watchOnly, watched) {
  if (!item.objects.length) return true;
  return item.objects.some((id) => {
    const row = data?.index.get(id);
    return row === undefined ? !watchOnly || watched.has(id) : isShown(data, row, hidden, watchOnly, watched);
  });
}

/** Items of a lane that would lie over each other, joined. @returns {{x: number, items: Item[]}[]} */
export function clusters(items, xOf, apartPx) {
  const found = [];
  for (const item of [...items].sort((a, b) => a.ms - b.ms)) {
    const x = xOf(item.ms);
    const last = found.at(-1);
    if (last && x - last.x < apartPx) last.items.push(item);
    else found.push({ x, items: [item] });
  }
  return found;
}

/** How many element sets have their epoch in each of so many equal parts of a span. */
export function epochCounts(data, from, to, parts) {
  const counts = new Uint32Array(parts);
  if (!data) return counts;
  for (const ms of data.epochMs) if (ms >= from && ms < to) counts[Math.floor(((ms - from) / (to - from)) * parts)] += 1;
  return counts;
}

const HOUR = 3600000;
const STEPS = [HOUR / 4, HOUR / 2, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 120 * HOUR, 240 * HOUR];

/** Moments for the marks of the axis, at most so many, on round UTC. */
export function ticks(from, to, most) {
  const step = STEPS.find((each) => (to - from) / each <= most) ?? STEPS.at(-1);
  const found = [];
  for (let ms = Math.ceil(from / step) * step; ms <= to; ms += step) found.push(ms);
  return { step, found };
}
