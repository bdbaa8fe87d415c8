/** Colours, shapes and what is hidden, written into the cloud. */
import { TYPES, isUncovered } from '../app/catalogue.js';
import { filterFor } from '../app/filter.js';
import { TYPE_STYLE, rgb } from '../app/palette.js';
import { classesOf, opacity, pointSize } from './schemes.js';

/** What its element set does not cover is where it is drawn at best roughly: grey and faint, whatever the colours say. */
const UNCOVERED = { colour: rgb('#767d86'), alpha: 120 };

/** Paint all rows; @returns {{shown: number, uncovered: number}} how many are shown, and how many of them are grey */
export function paintCloud(cloud, { colourBy, hidden, watchOnly }, watched, ms) {
  const { data } = cloud;
  const { code, colours } = classesOf(data, colourBy, ms);
  const isShown = filterFor(data, hidden, watchOnly, watched, ms);
  const shapes = TYPES.map((each) => TYPE_STYLE[each].shape);
  let shown = 0;
  let uncovered = 0;
  const flags = Uint8Array.from(cloud.rows, (row) => (isShown(row) ? 1 : 0));
  for (const flag of flags) shown += flag;
  const alphas = TYPES.map((_, type) => opacity(type, shown));
  cloud.paint((row, k, tint, kind) => {
    const grey = flags[k] && isUncovered(data, row, ms);
    if (grey) uncovered += 1;
    const [r, g, b] = grey ? UNCOVERED.colour : colours[code[row]];
    const at = k * 4;
    tint[at] = r * 255;
    tint[at + 1] = g * 255;
    tint[at + 2] = b * 255;
    tint[at + 3] = grey ? UNCOVERED.alpha : alphas[data.type[row]];
    kind[at] = shapes[data.type[row]];
    kind[at + 1] = flags[k];
    kind[at + 2] = watched.size && watched.has(data.ids[row]) ? 1 : 0;
  });
  return { shown, uncovered };
}

/** Rows of the watched objects that the catalogue has. */
export function watchedRows(data, ids) {
  const rows = [...ids].map((id) => data.index.get(id)).filter((row) => row !== undefined);
  return { data, rows, key: rows.slice(0, 100).join(',') };
}
