/** Close approaches of the newest screening: the closest of all, and those of some objects. */
import { useMemo } from 'preact';
import { useAnswer } from './load.js';

const MINUTE_MS = 60000;
/** So many objects are asked about at once; a longer list says that it was cut. */
export const MOST_ASKED = 1000;
const MOST_ROWS = 1000000;

export const useClosest = (limit) => useAnswer('conjunctions', { limit }, { everyMs: MINUTE_MS });

/**
 * Close approaches of some objects, in one question.
 * @param {number[]} ids @param {number} [each] so many of each object, the closest first
 * @returns {{found: Map<number, object[]>, waiting: number, error: any, run: object|null}}
 */
export function usePassesOf(ids, each = 20) {
  const asked = ids.slice(0, MOST_ASKED);
  const answer = useAnswer('conjunctions', { object: asked.join(), each, limit: MOST_ROWS }, { everyMs: MINUTE_MS, skip: !asked.length });
  const found = useMemo(() => byObject(asked, answer.data?.conjunctions), [asked.join(), answer.data]);
  return { found, waiting: asked.length && answer.status === 'loading' ? asked.length : 0, error: answer.error, run: answer.data?.run ?? null };
}

/** The rows of each object; a pair of two of them stands with both. None before the answer. */
export function byObject(ids, rows) {
  const found = new Map(rows ? ids.map((id) => [id, []]) : []);
  for (const row of rows ?? []) {
    found.get(row.norad_cat_id_1)?.push(row);
    found.get(row.norad_cat_id_2)?.push(row);
  }
  return found;
}

/** The name of a close approach as the room of conjunctions has it, the primary first. */
export function passId(row) {
  const second = row.primary_id === row.norad_cat_id_1 ? row.norad_cat_id_2 : row.norad_cat_id_1;
  return `${row.primary_id}-${second}-${row.tca_utc}`;
}
