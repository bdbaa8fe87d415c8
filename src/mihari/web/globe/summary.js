/** The picture in words: what is shown, of what kinds, and where the selected object is. */
import { html } from 'preact';
import { REGIMES, TYPES, nameOf } from '../app/catalogue.js';
import { number, spanText, t, useWords } from '../app/i18n.js';
import { clock, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { utcText } from '../app/time.js';
import { useTick } from '../ui/timebar.js';
import { earthFromInertial, geodetic, turn } from './space.js';

const m = new Float64Array(9);
const out = [0, 0, 0];

/** Latitude, longitude and height of an inertial place at a moment. */
export function groundPlace([x, y, z], ms) {
  earthFromInertial(ms, m);
  turn(m, x, y, z, out);
  return geodetic(...out);
}

/** "35.12° N, 139.20° E, 552 km" */
export function placeText({ latitudeDeg, longitudeDeg, heightKm }) {
  const lat = `${number(Math.abs(latitudeDeg), 2)}° ${latitudeDeg < 0 ? 'S' : 'N'}`;
  const lon = `${number(Math.abs(longitudeDeg), 2)}° ${longitudeDeg < 0 ? 'W' : 'E'}`;
  return t('globe.place', { lat, lon, height: number(heightKm) });
}

let counted = { key: null, text: '' };
/** How many of each regime and type are shown. */
function counts(engine) {
  const { cloud } = engine;
  const { hidden, watchOnly } = state.get();
  const key = [cloud, hidden, watchOnly, engine.info.get().shown, t('globe.none')];
  if (counted.key && key.every((each, k) => each === counted.key[k])) return counted.text;
  const byRegime = new Array(REGIMES.length).fill(0);
  const byType = new Array(TYPES.length).fill(0);
  cloud.rows.forEach((row, k) => {
    if (!cloud.isShown(k)) return;
    byRegime[cloud.data.regime[row]] += 1;
    byType[cloud.data.type[row]] += 1;
  });
  const list = (names, values, kind) => names.map((each, k) => (values[k] ? `${t(`globe.${kind}.${each}`)} ${number(values[k])}` : '')).filter(Boolean).join(', ');
  const text = `${list(REGIMES, byRegime, 'regime') || t('globe.none')} · ${list(TYPES, byType, 'type')}`;
  counted = { key, text };
  return text;
}

export function Summary({ engine, id }) {
  useWords();
  useTick(1000);
  const selected = useStore(state, (s) => s.selected);
  const { shown, drawn, invalid, uncovered, status } = useStore(engine.info, (s) => s);
  if (status !== 'ready') return html`<p id=${id} class="globe-summary"></p>`;
  const row = selected ? engine.cloud.data.index.get(selected) : undefined;
  const place = engine.marks.states.selected;
  const ms = engine.shown.ms;
  return html`<div class="globe-summary" data-testid="globe-summary">
    <p id=${id}>${t('globe.summary', { shown: shown - invalid, of: drawn, at: utcText(ms) })}<span class="unseen"> ${counts(engine)}.</span></p>
    ${invalid > 0 && html`<p>${t('globe.invalid', { n: invalid })}</p>`}
    ${uncovered > 0 && html`<p><span aria-hidden="true" class="uncovered">● </span>${t('globe.uncovered', { n: Math.min(uncovered, shown - invalid) })}</p>`}
    ${row !== undefined && html`<p><strong><bdi>${nameOf(engine.cloud.data, row).slice(0, 60)}</bdi></strong>: ${place ? placeText(groundPlace(place, ms)) : t('globe.nostate')}${place && html` <span class="unseen">${t(engine.marks.byNode ? 'globe.line.node' : 'globe.line')}</span>`}</p>`}
    ${selected && row === undefined && html`<p>${t('globe.unlisted', { id: String(selected) })}</p>`}
  </div>`;
}

/** The pointed-at object. */
export function Tooltip({ engine }) {
  useWords();
  const hover = useStore(engine.info, (s) => s.hover);
  if (!hover || !engine.cloud) return null;
  const { data } = engine.cloud;
  const { row, x, y, place, ms } = hover;
  const { width, height } = engine.view;
  const style = {
    left: x > width - 250 ? 'auto' : `${x + 14}px`, right: x > width - 250 ? `${width - x + 14}px` : 'auto',
    top: y > height - 110 ? 'auto' : `${y + 14}px`, bottom: y > height - 110 ? `${height - y + 14}px` : 'auto',
  };
  return html`<div class="globe-tip" style=${style} aria-hidden="true">
    <strong><bdi>${nameOf(data, row).slice(0, 80)}</bdi></strong>
    <span>${data.ids[row]}${data.designators[row] ? html` · <bdi>${data.designators[row].slice(0, 20)}</bdi>` : ''}</span>
    <span>${t(`globe.type.${TYPES[data.type[row]]}`)} · ${t(`globe.regime.${REGIMES[data.regime[row]]}`)} · <bdi>${data.owners[data.owner[row]].slice(0, 30)}</bdi></span>
    <span>${placeText(groundPlace(place, ms))}</span>
    <span>${t('globe.age', { age: spanText((clock.now() - data.epochMs[row]) / 1000) })}</span>
  </div>`;
}
