/** What the list is made from: kept events and the newest screening, asked of the node. */
import { useMemo, useRef } from 'preact';
import { catalogue } from '../app/catalogue.js';
import { state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { watch } from '../app/watch.js';
import { useAnswer } from '../ui/load.js';
import { MOST_ASKED } from '../ui/passes.js';
import { approachRow, CLOSEST, eventRow, readFilter } from './rows.js';

const EVERY_MS = 60000;
const MOST = 1000000;
/** So many of the closest approaches are loaded while nothing asks for all of them: what one wants first comes first. */
const FIRST = 2000;

/**
 * @returns {{data: object|null, events: object[], approaches: object[], run: object|null, coverage: object|null,
 *   total: number, eventsCoverage: object|null, mode: string|null, failures: object[], loading: boolean, told: object}}
 */
export function useSource() {
  const data = useStore(catalogue, (s) => s.data);
  const status = useStore(catalogue, (s) => s.status);
  const hidden = useStore(state, (s) => s.hidden);
  const watchOnly = useStore(state, (s) => s.watchOnly);
  const filter = readFilter(useStore(state, (s) => s.listFilter));
  const skip = status === 'loading';
  const mode = data?.dataMode;
  const kept = useAnswer('events', { mode, limit: MOST }, { everyMs: EVERY_MS, skip });
  const runs = useAnswer('runs', { mode, limit: 1 }, { everyMs: EVERY_MS, skip });
  const run = runs.data?.runs[0] ?? null;
  // A filter that leaves out most rows must see them all.
  const whole = filter.show === 'all' || filter.show === 'approaches' || watchOnly || hidden.size > 0;
  const asked = { run: run?.run_id, limit: whole ? MOST : FIRST, hard_body_radius_m: filter.radiusM, mode };
  const found = useAnswer('conjunctions', asked, { skip: !run || filter.show === 'events' });
  // One's own objects stand in the list however far from the closest of all their approaches are.
  const ids = [...useStore(watch, (s) => s.ids)].slice(0, MOST_ASKED);
  const own = useAnswer('conjunctions', { ...asked, object: ids.join(), each: CLOSEST, limit: MOST }, { skip: !run || whole || !ids.length || filter.show === 'events' });
  const last = useRef(null);
  if (found.data) last.current = found.data;
  const screening = found.data ?? last.current;
  const events = useMemo(() => (kept.data?.events ?? []).map((each) => eventRow(each, data)), [kept.data, data]);
  const mine = whole || !ids.length ? null : own.data;
  const approaches = useMemo(() => joined(screening, mine).map((each) => approachRow(each, data)), [screening, mine, data]);
  const failures = [kept, runs, found].filter((each) => each.error)
    .map(({ error, again, at, data: had }) => ({ error, again, at, stale: had !== null }));
  const coverage = screening?.coverage ?? null;
  return {
    data, events, approaches, run, coverage, total: screening?.total ?? 0, eventsCoverage: kept.data?.coverage ?? null, failures,
    // Without a catalogue the events alone say what kind of data this is.
    mode: mode ?? events[0]?.mode ?? null,
    meaning: screening?.maximum_probability_meaning ?? null,
    // An answer that is not asked for stays "loading" for good.
    loading: kept.status === 'loading' || runs.status === 'loading' || (run !== null && filter.show !== 'events' && found.status === 'loading'),
    told: useMemo(() => ({ events: kept.data?.coverage ?? null, run: screening?.run ?? null, screening: briefly(coverage), loaded: approaches.length, bound: screening?.maximum_probability_meaning ?? null, hard_body_radius_m: screening?.hard_body_radius_m ?? null }), [kept.data, screening]),
  };
}

/** The closest of all and those of one's own objects, each once, the closest first. */
export function joined(screening, own) {
  const rows = screening?.conjunctions ?? [];
  if (!own || own.run.run_id !== screening?.run.run_id) return rows;
  const key = (row) => `${row.norad_cat_id_1}-${row.norad_cat_id_2}-${row.tca_utc}`;
  const had = new Set(rows.map(key));
  const more = own.conjunctions.filter((row) => !had.has(key(row)));
  return more.length ? [...rows, ...more].sort((a, b) => a.miss_distance_km - b.miss_distance_km) : rows;
}

/** A coverage statement for a file: the objects left out are counted, the whole stands under runs/. */
function briefly(coverage) {
  if (!coverage) return null;
  const { unscreened, cost, ...rest } = coverage;
  return { ...rest, unscreened: unscreened.length };
}
