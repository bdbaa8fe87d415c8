/** Colour schemes: which class each row is in, what the classes are called and coloured, how many each has. */
import { REGIMES, TYPES } from '../app/catalogue.js';
import { NAMED, ageDays, stepKey, stepOf } from '../app/filter.js';
import { AGE_STEPS, MANY, PERIGEE_STEPS, REGIME_COLOURS, TYPE_STYLE, rgb } from '../app/palette.js';

export const SCHEMES = ['type', 'regime', 'age', 'owner', 'perigee', 'source'];
const UNKNOWN = '#9aa3ad';

/**
 * The classes of a scheme.
 * @returns {{entries: {key: string, name: string, colour: string, glyph: string, count: number}[], code: Uint8Array}}
 *   `name` is a key of the words, or a name that stands for itself; rows of no class have the last code
 */
export function classesOf(data, scheme, ms) {
  const make = MAKERS[scheme] ?? MAKERS.type;
  const { entries, codeOf } = make(data, ms);
  const code = new Uint8Array(data.count);
  for (let row = 0; row < data.count; row += 1) {
    code[row] = codeOf(row);
    if (entries[code[row]]) entries[code[row]].count += 1;
  }
  return { entries: entries.filter((each) => each.count || each.always), code, colours: entries.map((each) => rgb(each.colour)) };
}

const MAKERS = {
  type: (data) => ({
    entries: TYPES.map((each) => ({ key: `type:${each}`, name: `globe.type.${each}`, count: 0, ...TYPE_STYLE[each] })),
    codeOf: (row) => data.type[row],
  }),
  regime: (data) => ({
    entries: REGIMES.map((each) => ({ key: `regime:${each}`, name: `globe.regime.${each}`, colour: REGIME_COLOURS[each], glyph: '■', count: 0 })),
    codeOf: (row) => data.regime[row],
  }),
  owner: (data) => many('owner', data.owners, data.owner),
  source: (data) => many('source', data.sources, data.source),
  age: (data, ms) => stepped('age', AGE_STEPS, (row) => ageDays(data, row, ms)),
  perigee: (data) => stepped('perigee', PERIGEE_STEPS, (row) => data.perigeeKm[row]),
};

function many(scheme, names, codes) {
  const entries = names.slice(0, NAMED).map((each, k) => ({ key: `${scheme}:${each}`, name: each, own: true, colour: MANY[k], glyph: '■', count: 0 }));
  if (names.length > NAMED) entries.push({ key: `${scheme}:*`, name: 'globe.others', colour: MANY[NAMED], glyph: '■', count: 0 });
  return { entries, codeOf: (row) => Math.min(codes[row], NAMED) };
}

function stepped(scheme, steps, valueOf) {
  const entries = steps.map(([, colour], k) => ({ key: `${scheme}:${stepKey(steps, k)}`, name: `globe.${scheme}.${stepKey(steps, k)}`, colour, glyph: '■', count: 0, always: true }));
  entries.push({ key: '', name: 'globe.unknown', colour: UNKNOWN, glyph: '■', count: 0 });
  return {
    entries,
    codeOf: (row) => {
      const found = stepOf(steps, valueOf(row));
      return found < 0 ? steps.length : found;
    },
  };
}

/** Debris is fainter, and everything is fainter the more there is, or the Earth drowns. */
export function opacity(type, count) {
  const crowd = count > 60000 ? 0.75 : count > 20000 ? 0.85 : 1;
  return Math.round(255 * crowd * (TYPES[type] === 'DEBRIS' ? 0.5 : 0.95));
}

/** How large a point is, CSS px: falls with their number, grows with the shorter side of the canvas and as one goes nearer. */
export const pointSize = (count, side, closeness) => {
  const among = Math.min(7, 7 - 1.3 * Math.log10(Math.max(1, count / 20)));
  return Math.max(1.5, Math.min(9, among * Math.max(0.6, Math.min(1.3, Math.sqrt(side / 760))) * closeness));
};
