/** What every row of the picture is: names, types, orbits, ages, as columns. Filled from the sidecar of the knots. */
import { ask } from './api.js';
import { createStore } from './store.js';
import { parseUtc } from './time.js';

/** Kinds and the letter and shape that stand beside their colour. */
export const TYPES = ['PAYLOAD', 'ROCKET BODY', 'DEBRIS', 'UNKNOWN'];
/** As the node classes orbits (mihari.picture.Regime). */
export const REGIMES = ['LEO', 'MEO', 'GEO', 'IGSO', 'HAO', 'GTO', 'HEO', 'UNKNOWN'];

/**
 * status: loading, ready, empty or error. `data` is null until ready:
 * { version, dataMode, count, ids, names, designators, type, regime, owner, owners, epochMs, perigeeKm, apogeeKm,
 *   inclinationDeg, periodMin, source, sources, index (Map id -> row), knotEpochMs, knotStepS }
 */
export const catalogue = createStore({ status: 'loading', data: null, error: null });

/** Load the current version; nothing changes when it is the one at hand. */
export async function loadCatalogue() {
  const had = catalogue.get().data;
  // The rows of 100,000 objects are megabytes: the version tells in one line whether they are others.
  if (had && (await ask('status')).catalogue?.catalogue_version === had.version) return had;
  let sidecar;
  try {
    sidecar = await ask('ephemeris/latest.json');
  } catch (error) {
    if (!had) catalogue.set({ status: error.status === 404 ? 'empty' : 'error', error });
    throw error;
  }
  if (had?.version === sidecar.catalogue_version) return had;
  const data = columns(sidecar);
  catalogue.set({ status: data.count ? 'ready' : 'empty', data, error: null });
  return data;
}

/** Columns of a sidecar. */
export function columns(sidecar) {
  const count = sidecar.count;
  const [owner, owners] = codes(sidecar.owner.map((each) => each ?? '?'));
  const [source, sources] = codes(sidecar.source ?? new Array(count).fill('?'));
  const epochMs = Float64Array.from(sidecar.element_set_epoch_utc, parseUtc);
  const ids = Int32Array.from(sidecar.norad_cat_id);
  return {
    version: sidecar.catalogue_version,
    dataMode: sidecar.data_mode,
    count,
    ids,
    names: sidecar.object_name,
    designators: sidecar.object_id,
    type: Uint8Array.from(sidecar.object_type, (each) => placeOf(TYPES, each)),
    regime: Uint8Array.from(sidecar.regime, (each) => placeOf(REGIMES, each)),
    owner, owners, source, sources,
    epochMs,
    medianEpochMs: Float64Array.from(epochMs).sort()[count >> 1],
    perigeeKm: Float32Array.from(sidecar.perigee_km ?? []),
    apogeeKm: Float32Array.from(sidecar.apogee_km ?? []),
    inclinationDeg: Float32Array.from(sidecar.inclination_deg ?? []),
    periodMin: Float32Array.from(sidecar.period_min ?? []),
    index: new Map(sidecar.norad_cat_id.map((id, row) => [id, row])),
    knotEpochMs: parseUtc(sidecar.knot_epoch_utc),
    knotStepS: sidecar.knot_step_s,
  };
}

/** The place of a text in a list; what the list does not know counts as its last. */
function placeOf(list, text) {
  const found = list.indexOf(text);
  return found < 0 ? list.length - 1 : found;
}

/** Numbers for texts, most frequent first, and the texts. */
function codes(texts) {
  const counts = new Map();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const names = [...counts].sort((a, b) => b[1] - a[1]).map(([text]) => text);
  const place = new Map(names.map((text, k) => [text, k]));
  return [Uint16Array.from(texts, (text) => place.get(text)), names];
}

/** The name of a row, or its number. */
export const nameOf = (data, row) => data.names[row] || String(data.ids[row]);

/** Rows whose name, number or designator holds the text; those that begin with it come first. */
export function searchRows(data, text, most = 20) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const first = [];
  const second = [];
  const exact = data.index.get(Number(wanted));
  if (exact !== undefined) first.push(exact);
  for (let row = 0; row < data.count && first.length < most; row += 1) {
    if (row === exact) continue;
    const name = (data.names[row] ?? '').toLowerCase();
    const designator = (data.designators[row] ?? '').toLowerCase();
    const at = name.indexOf(wanted);
    if (at === 0 || designator.startsWith(wanted) || String(data.ids[row]).startsWith(wanted)) first.push(row);
    else if (at > 0 && second.length < most) second.push(row);
  }
  return [...first, ...second].slice(0, most);
}
