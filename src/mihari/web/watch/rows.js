/** The watch list as rows: what the catalogue knows of each object, and what comes closest to it. */
import { REGIMES, TYPES, nameOf } from '../app/catalogue.js';
import { nameById } from '../ui/words.js';

const DAY_MS = 86400000;

/** @param {number[]} ids @param {Map<number, object[]>} passes the closest of each object that was asked about */
export function watchRows(ids, data, passes, ms) {
  return ids.map((id) => {
    const at = data?.index.get(id);
    const there = at !== undefined;
    const [pass] = passes.get(id) ?? [];
    const other = pass ? (pass.norad_cat_id_1 === id ? pass.norad_cat_id_2 : pass.norad_cat_id_1) : null;
    return {
      id,
      name: there ? nameOf(data, at) : null,
      type: there ? TYPES[data.type[at]] : null,
      regime: there ? REGIMES[data.regime[at]] : null,
      epochMs: there ? data.epochMs[at] : null,
      ageDays: there ? (ms - data.epochMs[at]) / DAY_MS : null,
      asked: there && passes.has(id),
      pass,
      other,
      otherName: other === null ? null : nameById(data, other),
    };
  });
}
