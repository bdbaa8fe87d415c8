/** What every row of the picture is: names, types, orbits, ages, as columns. Filled from the sidecar of the knots. */
import { ask } from './api.js';
import { createStore } from './store.js';
import { parseUtc } from './time.js';

/** Kinds and the letter and shape that stand beside their colour. */
export const TYPES = ['PAYLOAD', 'ROCKET BODY', 'DEBRIS', 'UNKNOWN'];
/** As the node classes orbits (mihari.picture.Regime). */
export const REGIMES = ['LEO', 'MEO', 'GEO', 'IGSO', 'HAO', 'GTO', 'HEO', 'UNKNOWN'];

/**
 * status: loading, ready, empty or error. `held` says what there is where there is no catalogue: { events, mode }.
 * `data` is null until ready:
 * { version, dataMode, count, ids, names, designators, type, regime, owner, owners, epochMs, perigeeKm, apogeeKm,
 *   inclinationDeg, periodMin, source, sources, index (Map id -> row), knotEpochMs, knotStepS }
 */
export const catalogue = createStore({ status: 'loading', data: null, error: null, held: null });

/** Load the current version; nothing changes when it is the one at hand. */
export async function loadCatalogue() {
  const had = catalogue.get().data;
  // The rows of 100,000 objects are megabytes: the version tells in one line whether they are others.
  if (had && (await ask('status')).catalogue?.catalogue_version === had.version) return had;
  let sidecar;
  try {
    sidecar = await ask('ephemeris/latest.json');
  } catch (error) {
    if (!had) catalogue.set(error.status === 404 ? { status: 'empty', error, held: await heldWithout() } : { status: 'error', error });
    throw error;
  }
  if (had?.version === sidecar.catalogue_version) return had;
  const data = columns(sidecar);
  catalogue.set({ status: data.count ? 'ready' : 'empty', data, error: null, held: null });
  return data;
}

/** What a node without a catalogue holds: events from messages, and of which data mode; null where it does not say. */
async function heldWithout() {
  try {
    const { events, coverage } = await ask('events', { query: { limit: 1 } });
    return { events: coverage.events, mode: events[0]?.data_mode ?? null };
  } catch {
    // The banner then says only that there is no catalogue.
    return null;
  }
}

/** Columns of a sidecar. */
export function columns(sidecar) {
  const count = sidecar.count;
  const [owner, owners] = codes(sidecar.owner.map((each) => each ?? '?'));
  const [source, sources] = codes(sidecar.source ?? new Array(count).fill('?'));
  const epochMs = new Float64Array(sidecar.element_set_epoch_utc.map(parseUtc));
  // From an array at hand: `from` would go through an iterator.
  const ids = new Int32Array(sidecar.norad_cat_id);
  return {
    version: sidecar.catalogue_version,
    dataMode: sidecar.data_mode,
    count,
    ids,
    names: sidecar.object_name,
    designators: sidecar.object_id,
    type: places(TYPES, sidecar.object_type),
    regime: places(REGIMES, sidecar.regime),
    owner, owners, source, sources,
    epochMs,
    medianEpochMs: Float64Array.from(epochMs).sort()[count >> 1],
    perigeeKm: new Float32Array(sidecar.perigee_km ?? []),
    apogeeKm: new Float32Array(sidecar.apogee_km ?? []),
    inclinationDeg: new Float32Array(sidecar.inclination_deg ?? []),
    periodMin: new Float32Array(sidecar.period_min ?? []),
    index: new Map(sidecar.norad_cat_id.map((id, row) => [id, row])),
    knotEpochMs: parseUtc(sidecar.knot_epoch_utc),
    knotStepS: sidecar.knot_step_s,
  };
}

/** The places of texts in a list; what the list does not know counts as its last. */
function places(list, texts) {
  const known = new Map(list.map((text, k) => [text, k]));
  return new Uint8Array(texts.map((text) => known.get(text) ?? list.length - 1));
}

/** Numbers for texts, most frequent first, and the texts. */
function codes(texts) {
  const counts = new Map();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const names = [...counts].sort((a, b) => b[1] - a[1]).map(([text]) => text);
  const place = new Map(names.map((text, k) => [text, k]));
  return [new Uint16Array(texts.map((text) => place.get(text))), names];
}

const DAY_MS = 86400000;
const DEEP_SPACE_MIN = 225;
/** Does a row's element set not cover a moment? The node's own rule: is_extrapolated in mihari.picture. */
export function isUncovered(data, row, ms) {
  const age = ms - data.epochMs[row];
  return age < -DAY_MS / 2 || !(age <= (data.periodMin[row] < DEEP_SPACE_MIN ? 5 : 10) * DAY_MS);
}

/** The name of a row, or its number. */
export const nameOf = (data, row) => data.names[row] || String(data.ids[row]);

/**
 * Rows whose name, number or designator holds the text; those that begin with it come first, and last those whose name
 * has words that begin with all of its parts: "qzs-2" finds "QZS-LIKE 2 (SIM)".
 */
export function searchRows(data, text, most = 20) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const found = [[], [], []];
  const parts = wanted.match(/[\p{L}\p{N}]+/gu) ?? [];
  const exact = data.index.get(Number(wanted));
  if (exact !== undefined) found[0].push(exact);
  for (let row = 0; row < data.count && found[0].length < most; row += 1) {
    if (row === exact) continue;
    const rank = rankOf(data, row, wanted, parts);
    if (rank < 3 && found[rank].length < most) found[rank].push(row);
  }
  return found.flat().slice(0, most);
}

/** 0: begins with it, 1: holds it, 2: its words begin with the parts, 3: no. */
function rankOf(data, row, wanted, parts) {
  const name = (data.names[row] ?? '').toLowerCase();
  const at = name.indexOf(wanted);
  if (at === 0 || (data.designators[row] ?? '').toLowerCase().startsWith(wanted) || String(data.ids[row]).startsWith(wanted)) return 0;
  if (at > 0) return 1;
  if (parts.length < 2 || !name.includes(parts[0])) return 3;
  // Each part begins a word of its own, in the same order.
  let next = 0;
  for (const word of name.match(/[\p{L}\p{N}]+/gu) ?? []) if (next < parts.length && word.startsWith(parts[next])) next += 1;
  return next === parts.length ? 2 : 3;
}
