/** Close approaches of the newest screening: the closest of all, and those of some objects. */
import { useEffect, useState } from 'preact';
import { ask } from '../app/api.js';
import { useAnswer } from './load.js';

const MINUTE_MS = 60000;
/** So many objects are asked about one by one; a longer list says that it was cut. */
export const MOST_ASKED = 40;

export const useClosest = (limit) => useAnswer('conjunctions', { limit }, { everyMs: MINUTE_MS });

/**
 * Close approaches of each object, asked about one after the other so that the node can answer others meanwhile.
 * @param {number[]} ids @param {number} [limit] of each, the closest first
 * @returns {{found: Map<number, object[]>, waiting: number, error: any, run: object|null}}
 */
export function usePassesOf(ids, limit = 20) {
  const [state, setState] = useState({ found: new Map(), waiting: 0, error: null, run: null });
  const [round, again] = useState(0);
  const asked = ids.slice(0, MOST_ASKED);
  useEffect(() => {
    const control = new AbortController();
    const timer = setInterval(() => again((n) => n + 1), MINUTE_MS);
    (async () => {
      const found = new Map();
      let run = null;
      for (const [k, id] of asked.entries()) {
        setState((was) => ({ ...was, waiting: asked.length - k, error: null }));
        try {
          const answer = await ask('conjunctions', { query: { object: id, limit }, signal: control.signal });
          run = answer.run;
          found.set(id, answer.conjunctions);
        } catch (error) {
          if (control.signal.aborted) return;
          setState((was) => ({ ...was, waiting: 0, error }));
          return;
        }
      }
      setState({ found, waiting: 0, error: null, run });
    })();
    return () => { control.abort(); clearInterval(timer); };
  }, [asked.join(), limit, round]);
  return state;
}

/** The name of a close approach as the room of conjunctions has it, the primary first. */
export function passId(row) {
  const second = row.primary_id === row.norad_cat_id_1 ? row.norad_cat_id_2 : row.norad_cat_id_1;
  return `${row.primary_id}-${second}-${row.tca_utc}`;
}
