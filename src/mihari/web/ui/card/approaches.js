/** What comes close to this object, by the newest screening; and how far a second object is. */
import { html, useState } from 'preact';
import { catalogue } from '../../app/catalogue.js';
import { number, spanText, t } from '../../app/i18n.js';
import { clock, select, state } from '../../app/state.js';
import { useStore } from '../../app/store.js';
import { isoUtc, parseUtc } from '../../app/time.js';
import { Finder } from '../finder.js';
import { useFollowing } from '../follow.js';
import { Answered, Empty } from '../panel.js';
import { kilometresText, nameById, utcOf } from '../words.js';
import { Spark } from './spark.js';
import { Said } from '../said.js';

const FIRST = 20;
const HOUR_MS = 3600000;

/** The other object's name: the node's, else that of the picture, else its number. */
export const otherName = (data, row) => row.other_name ?? nameById(data, row.other_norad_cat_id);

export function Approaches({ card }) {
  const data = useStore(catalogue, (s) => s.data);
  const [all, setAll] = useState(false);
  const found = card.approaches;
  if (found === null) return html`<${Empty} reason=${t('object.approaches.unscreened')} />`;
  const radius = found.volume.radius_m ? t('object.approaches.radius', { km: number(found.volume.radius_m / 1000, 1) }) : '';
  const window = t('object.approaches.window', { from: utcOf(found.start_utc).slice(0, 16), to: utcOf(found.end_utc).slice(0, 16) });
  return html`<p class="note">${window} ${radius}</p>
    ${found.unscreened_reason && html`<p class="state stale">${t('object.approaches.missed')} <${Said} text=${found.unscreened_reason} /></p>`}
    ${!found.total && !found.unscreened_reason && html`<${Empty} reason=${t('object.approaches.none')} />`}
    <ol class="sets">${found.rows.slice(0, all ? found.rows.length : FIRST).map((row) => html`<li key=${`${row.other_norad_cat_id}${row.tca_utc}`}>
      <button type="button" class="pass" onClick=${() => openApproach(row)} aria-label=${t('object.approaches.open', { name: (otherName(data, row)).slice(0, 60), km: kilometresText(row.miss_distance_km), at: utcOf(row.tca_utc) })}>
        <span class="pass-who"><bdi class="name">${otherName(data, row)}</bdi><strong>${kilometresText(row.miss_distance_km)}</strong></span>
        <small><span class="mono">${utcOf(row.tca_utc)}</span><span>${number(row.relative_speed_km_s, 2)} km/s</span></small>
      </button></li>`)}</ol>
    ${found.rows.length > FIRST && html`<button type="button" class="small" onClick=${() => setAll(!all)}>${all ? t('object.approaches.fewer') : t('object.approaches.more', { n: found.rows.length - FIRST })}</button>`}
    ${found.total > found.rows.length && html`<p class="note">${t('object.approaches.cut', { k: found.rows.length, n: found.total })}</p>`}`;
}

/** Show a close approach in the room of conjunctions, the primary first as the room names it. */
export function openApproach(row) {
  const second = row.primary_id === row.norad_cat_id_1 ? row.norad_cat_id_2 : row.norad_cat_id_1;
  state.set({ view: 'conjunctions', event: `${row.primary_id}-${second}-${row.tca_utc}`, compared: row.other_norad_cat_id ?? null });
}

export function Compare({ id }) {
  const compared = useStore(state, (s) => s.compared);
  const data = useStore(catalogue, (s) => s.data);
  if (!compared || compared === id) {
    return html`<details class="card-compare"><summary>${t('object.compare')}</summary>
      <${Finder} id="compare-with" label=${t('object.compare.with')} hint=${t('search.hint')} onChoose=${(other) => state.set({ compared: other === id ? null : other })} /></details>`;
  }
  return html`<section class="card-compare" aria-label=${t('object.compare.label')}>
    <p class="compare-head"><span class="name">↔ <bdi>${nameById(data, compared)}</bdi></span>
      <button type="button" class="small" onClick=${() => { select(compared); state.set({ compared: id }); }}>${t('object.compare.swap')}</button>
      <button type="button" class="icon small" aria-label=${t('object.compare.end')} title=${t('object.compare.end')} onClick=${() => state.set({ compared: null })}>×</button></p>
    <${Range} id=${id} other=${compared} />
  </section>`;
}

/** How far apart the two are over six hours from the moment that is shown. */
function Range({ id, other }) {
  const answer = useFollowing(`objects/${id}/range/${other}`, (ms) => ({ start: isoUtc(ms), span_s: 6 * 3600, step_s: 60 }), { quantumMs: HOUR_MS / 6, everyMs: 3000 });
  return html`<${Answered} answer=${answer} isEmpty=${(found) => !found.closest} empty=${t('object.compare.none')}>${(found) => html`
    <${Spark} title=${t('object.compare.range')} unit="km" digits=${0} mark=${clock.now()} lines=${[{ name: t('object.compare.range'), values: found.rows.map((row) => [parseUtc(row.utc), row.range_km]) }]} />
    <p class="note">${t('object.compare.least', { km: kilometresText(found.closest.range_km), at: utcOf(found.closest.utc), span: spanText(60) })}</p>`}<//>`;
}
