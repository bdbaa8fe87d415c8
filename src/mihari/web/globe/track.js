/** The way of the selected object as the node propagates it; asked for while time runs slowly enough to look at it. */
import { ask } from '../app/api.js';
import { elapsedSeconds, isoUtc, parseUtc } from '../app/time.js';
import { earthFromInertial, turn } from './space.js';

const FASTEST = 100;
const ROWS = 400;
const RETRY_MS = 30000;
/** What is asked for reaches further than what is drawn, so that one answer lasts a quarter of a revolution. */
const BEFORE = 0.75;
const SPAN = 2;

export function createTrack(changed) {
  let held = null;
  let asking = null;
  let failed = { id: null, at: -Infinity };

  const load = (key, id, ms, period) => {
    asking?.control.abort();
    const control = new AbortController();
    asking = { key, control };
    const query = { start: isoUtc(Math.round(ms - BEFORE * period * 1000)), span_s: Math.round(SPAN * period), step_s: Math.max(1, Math.round((SPAN * period) / ROWS)), frame: 'ITRF' };
    ask(`objects/${id}/track`, { query, signal: control.signal }).then(
      (answer) => {
        held = { key, ...inertial(answer.rows) };
        changed();
      },
      () => {
        if (!control.signal.aborted) failed = { id, at: performance.now() };
      },
    ).finally(() => { if (asking?.control === control) asking = null; });
  };

  return {
    /**
     * Places from `before` s to `after` s around a moment, like `pathOf`; null until the node has answered.
     * @param {{id: number, ms: number, period: number, rate: number, version: string}} wanted
     */
    around({ id, ms, period, rate, version }, before, after) {
      const key = `${id} ${version}`;
      const covers = held?.key === key && ms - before * 1000 >= held.times[0] && ms + after * 1000 <= held.times.at(-1);
      if (covers) return cut(held, ms, before, after);
      const resting = failed.id === id && performance.now() - failed.at < RETRY_MS;
      if (Math.abs(rate) <= FASTEST && Number.isFinite(period) && !resting && asking?.key !== key) load(key, id, ms, period);
      return null;
    },
    dispose: () => asking?.control.abort(),
  };
}

/** Rows in Earth-fixed axes as moments and inertial places; the way ends where there is no state. */
function inertial(rows) {
  const known = rows.filter((row) => row.position_km);
  const m = new Float64Array(9);
  const one = [0, 0, 0];
  const times = known.map((row) => parseUtc(row.utc));
  const places = new Float64Array(known.length * 3);
  known.forEach((row, k) => {
    earthFromInertial(times[k], m);
    places.set(turn(m, ...row.position_km, one, true), k * 3);
  });
  return { times, places };
}

function cut({ times, places }, ms, before, after) {
  const inside = times.map((each) => elapsedSeconds(ms, each)).map((s, k) => [s, k]).filter(([s]) => s >= -before && s <= after);
  const out = new Float64Array(inside.length * 3);
  inside.forEach(([, k], to) => out.set(places.subarray(k * 3, k * 3 + 3), to * 3));
  return { seconds: Float64Array.from(inside, ([s]) => s), places: out };
}
