/** The belt's rows and the window on it: what is shown, where, and what is near. */
import { isShown, state } from '../app/state.js';

export const WIDTHS = [10, 40, 60, 90];
export const CHARTS = ['inclination', 'time', 'table'];
/** One point a revolution, so that the daily swing of an eccentric orbit is no zigzag. */
export const SERIES = { days: 7, step_h: 23.9345 };
export const NEAR_DEG = [0.1, 0.5];
/** What crosses the whole belt within a year is on nobody's way to a new place. */
export const FAST_DEG_DAY = 1;
const JAPAN_DEG = 135;

/** Longitude from -180 to 180. */
export const turned = (deg) => ((((deg + 180) % 360) + 360) % 360) - 180;
/** How far east one longitude is of another, -180 to 180. */
export const eastOf = (deg, from) => turned(deg - from);

/** The window as the address has it; what is not understood is the default. @param {string} text */
export function readWindow(text) {
  const [middle, width, chart] = String(text ?? '').split(',');
  const deg = Number(middle);
  return {
    middle: middle?.trim() && Number.isFinite(deg) ? turned(deg) : JAPAN_DEG,
    width: WIDTHS.includes(Number(width)) ? Number(width) : 60,
    chart: CHARTS.includes(chart) ? chart : 'inclination',
  };
}

/** Change the window, kept in the address. */
export function setWindow(change) {
  const { middle, width, chart } = { ...readWindow(state.get().geoWindow), ...change };
  state.set({ geoWindow: `${turned(Math.round(middle * 100) / 100)},${width},${chart}` });
}

/** Rows that the shared filter lets through; an object that the page's catalogue does not know is shown. */
export function shownRows(rows, data, hidden, watchOnly, watched) {
  return rows.filter((row) => {
    if (row.longitude_deg === null) return false;
    const at = data?.index.get(row.norad_cat_id);
    return at === undefined ? !watchOnly || watched.has(row.norad_cat_id) : isShown(data, at, hidden, watchOnly, watched);
  });
}

export const isFast = (row) => Math.abs(row.drift_deg_day ?? 0) >= FAST_DEG_DAY;
export const inWindow = (row, { middle, width }) => Math.abs(eastOf(row.longitude_deg, middle)) <= width / 2;

/** Who is near a longitude, nearest first: within 0.1 degrees, within 0.5, and the next few beyond. */
export function neighboursOf(rows, deg, except, next = 5) {
  const sorted = rows
    .filter((row) => row.longitude_deg !== null && row.norad_cat_id !== except)
    .map((row) => ({ ...row, east: eastOf(row.longitude_deg, deg) }))
    .sort((a, b) => Math.abs(a.east) - Math.abs(b.east));
  const [inner, outer] = NEAR_DEG.map((most) => sorted.filter((row) => Math.abs(row.east) <= most).length);
  return { inner: sorted.slice(0, inner), outer: sorted.slice(inner, outer), beyond: sorted.slice(outer, outer + next) };
}

/** Objects per degree, those that drift apart from the others. */
export function density(rows) {
  const kept = new Uint16Array(360);
  const drifting = new Uint16Array(360);
  for (const row of rows) (row.drifting ? drifting : kept)[Math.min(359, Math.floor(row.longitude_deg + 180))] += 1;
  return { kept, drifting };
}

/** A longitude as people type it: "135", "135.5 E", "45W", "-45", "東経135"; NaN when it is none. */
export function readLongitude(text) {
  const plain = text.normalize('NFKC').trim().toUpperCase().replace(/^東経/, 'E').replace(/^西経/, 'W').replace(/度/g, '°');
  const found = /^([EW])?\s*([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*([EW])?$/.exec(plain);
  if (!found || (found[1] && found[3])) return NaN;
  const deg = Number(found[2]);
  const side = found[1] ?? found[3];
  if (Math.abs(deg) > 360 || (side && deg < 0)) return NaN;
  return turned(side === 'W' ? -deg : deg);
}
