/** The table twin of the picture: the objects in view, or all that the filter shows; it needs no WebGL. */
import { html, useEffect, useMemo, useState } from 'preact';
import { REGIMES, TYPES, nameOf } from '../app/catalogue.js';
import { ageDays, filterFor } from '../app/filter.js';
import { number, t, useWords } from '../app/i18n.js';
import { clock, currentKnots, select, state } from '../app/state.js';
import { createStore, useStore } from '../app/store.js';
import { utcText } from '../app/time.js';
import { watch } from '../app/watch.js';
import { about } from '../ui/export.js';
import { Failure, Loading } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { eachInView, placesOf } from './pick.js';
import { earthFromInertial, geodetic, turn } from './space.js';

const PLAYING_MS = 5000;
const CHECK_MS = 500;
const NO_ENGINE = createStore({ lost: true });

/** Rows and places at the moment drawn; without an engine, at the moment of the clock. */
async function snapshot(engine, data, inView) {
  const ready = engine?.cloud?.before && !engine.info.get().lost;
  if (ready) {
    const { cloud, view, shown } = engine;
    const places = Float32Array.from(engine.allPlaces());
    const found = [];
    if (inView) eachInView(places, cloud, view, (k) => found.push(k));
    else for (let k = 0; k < cloud.rows.length; k += 1) if (cloud.isShown(k)) found.push(k);
    return { ms: shown.ms, places, rows: found, rowOf: (k) => cloud.rows[k], data: cloud.data };
  }
  const ms = clock.now();
  const { tau, before, after } = await currentKnots().around(ms);
  const rows = Int32Array.from({ length: data.count }, (_, row) => row);
  const places = placesOf({ rows, before, after }, tau, data.knotStepS);
  const isShown = filterFor(data, state.get().hidden, state.get().watchOnly, watch.get().ids, ms);
  return { ms, places, rows: [...rows].filter(isShown), rowOf: (k) => k, data };
}

/** What the snapshot depends on: a key that changes when it is to be taken again. */
function signature(engine) {
  const { hidden, watchOnly } = state.get();
  return [engine?.shown?.ms ?? clock.now(), engine?.view.matrix.elements.join(), [...hidden].join(), watchOnly, watch.get().ids].join('|');
}

export function ObjectsTable({ engine, data, onClose }) {
  useWords();
  const selected = useStore(state, (s) => s.selected);
  const lost = useStore(engine?.info ?? NO_ENGINE, (s) => s.lost);
  const [inView, setInView] = useState(true);
  const [answer, setAnswer] = useState({ found: null, error: null });
  const [round, again] = useState(0);
  useEffect(() => {
    let gone = false;
    let last = '';
    let takenAt = -Infinity;
    let busy = false;
    const check = async () => {
      if (busy || document.hidden) return;
      const now = signature(engine);
      const wait = clock.get().rate ? PLAYING_MS : CHECK_MS;
      if (now === last || performance.now() - takenAt < wait) return;
      busy = true;
      try {
        const found = await snapshot(engine, data, inView);
        if (!gone) setAnswer({ found, error: null });
        last = now;
      } catch (error) {
        if (!gone) setAnswer((was) => ({ ...was, error }));
      }
      takenAt = performance.now();
      busy = false;
    };
    check();
    const timer = setInterval(check, CHECK_MS);
    return () => { gone = true; clearInterval(timer); };
  }, [engine, data, inView, round, lost]);
  const { found, error } = answer;
  const columns = useMemo(() => (found ? columnsOf(found) : []), [found, t('globe.col.name')]);
  return html`<section class="globe-sheet" aria-label=${t('globe.table')} data-testid="globe-table">
    <header class="panel-head"><h2>${t('globe.table')} ${found && html`<small>${utcText(found.ms)} UTC</small>`}</h2>
      ${!lost && html`<label class="tick"><input type="checkbox" checked=${inView} onChange=${() => setInView(!inView)} />${t('globe.inview')}</label>`}
      ${onClose && html`<button type="button" class="icon" aria-label=${t('globe.close')} onClick=${onClose}>×</button>`}</header>
    ${!found && error && html`<${Failure} error=${error} again=${() => again(round + 1)} />`}
    ${!found && !error && html`<${Loading} />`}
    ${found && html`<${Table} caption=${t('globe.table')} columns=${columns} rows=${found.rows} idOf=${(k) => found.data.ids[found.rowOf(k)]} selected=${selected}
      onSelect=${(k) => select(found.data.ids[found.rowOf(k)])} file="objects" meta=${about(found.ms)} empty=${t('globe.empty')} first="name" />`}
  </section>`;
}

function columnsOf({ data, ms, places, rowOf }) {
  const m = earthFromInertial(ms);
  const known = new Map();
  const out = [0, 0, 0];
  const ground = (k) => {
    if (!known.has(k)) known.set(k, geodetic(...turn(m, places[k * 3], places[k * 3 + 1], places[k * 3 + 2], out)));
    return known.get(k);
  };
  const end = (key, value, digits) => ({
    key, name: t(`globe.col.${key}`), align: 'end', value: (k) => value(k, rowOf(k)), show: (k) => number(value(k, rowOf(k)), digits),
  });
  // What is sorted and exported is the same in each language.
  const text = (key, value, show = (each) => each) => ({
    key, name: t(`globe.col.${key}`), value: (k) => value(rowOf(k)), show: (k) => html`<bdi>${show(value(rowOf(k)))}</bdi>`,
  });
  return [
    text('name', (row) => nameOf(data, row)),
    { key: 'norad_cat_id', name: t('globe.col.norad_cat_id'), align: 'end', value: (k) => data.ids[rowOf(k)] },
    text('type', (row) => TYPES[data.type[row]], (each) => t(`globe.type.${each}`)),
    text('regime', (row) => REGIMES[data.regime[row]], (each) => t(`globe.regime.${each}`)),
    text('owner', (row) => data.owners[data.owner[row]]),
    end('latitude_deg', (k) => ground(k).latitudeDeg, 2),
    end('longitude_deg', (k) => ground(k).longitudeDeg, 2),
    end('altitude_km', (k) => ground(k).heightKm, 0),
    end('age_d', (k, row) => ageDays(data, row, ms), 1),
  ];
}
