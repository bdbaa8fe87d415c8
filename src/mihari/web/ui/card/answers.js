/** The four questions about an object, answered first: where, how old, how sure, what comes closest. */
import { html } from 'preact';
import { catalogue } from '../../app/catalogue.js';
import { number, spanText, t } from '../../app/i18n.js';
import { clock } from '../../app/state.js';
import { useStore } from '../../app/store.js';
import { parseUtc } from '../../app/time.js';
import { Failure } from '../panel.js';
import { ageText, kilometresText, latitudeText, longitudeText, roughText, utcOf } from '../words.js';
import { openApproach, otherName } from './approaches.js';
import { Said } from '../said.js';

const DAY_MS = 86400000;
/** Slower pairs fly together, docked or in formation: as in the room of conjunctions, they are no passage. */
const TOGETHER_KM_S = 0.01;

/** @param {{card: object, track: object}} props `track` is the asked-for state at the moment that is shown */
export function Answers({ card, track }) {
  return html`<dl class="answers">
    <div><dt>${t('object.where')}</dt><dd><${Where} track=${track} /></dd></div>
    <div><dt>${t('object.age')}</dt><dd><${Age} card=${card} /></dd></div>
    <div><dt>${t('object.sure')}</dt><dd><${Sure} typical=${card.state.uncertainty_typical} /></dd></div>
    <div><dt>${t('object.closest')}</dt><dd><${Closest} found=${card.approaches} /></dd></div>
  </dl>`;
}

function Where({ track }) {
  if (track.status === 'loading') return html`<span class="dim">${t('state.loading')}</span>`;
  if (!track.data) return html`<${Failure} error=${track.error} again=${track.again} />`;
  const [row] = track.data.rows;
  if (row.position_km === null) return html`<strong>${t('object.nostate')}</strong>`;
  return html`<strong>${latitudeText(row.latitude_deg)}, ${longitudeText(row.longitude_deg)}</strong>
    <strong>${t('object.above', { km: number(row.altitude_km, row.altitude_km < 1000 ? 1 : 0) })}</strong>
    <small class="mono">${utcOf(row.utc)} UTC</small>`;
}

/** The age at the moment that is shown, and by the clock where that is another one. */
function Age({ card }) {
  const epoch = parseUtc(card.elements.epoch_utc);
  const now = clock.now();
  const old = now > parseUtc(card.covered_until_utc) || card.state.extrapolated;
  return html`<strong>${ageText(epoch, now)}</strong>
    ${Math.abs(now - Date.now()) > DAY_MS && html`<small>${t('object.age.clock', { age: spanText((Date.now() - epoch) / 1000) })}</small>`}
    ${old && html`<small class="old"><span aria-hidden="true">▲ </span>${t('object.extrapolated')}</small>`}`;
}

function Sure({ typical }) {
  if (!typical) return html`<strong>${t('object.sure.unknown')}</strong> <small>${t('object.sure.nocovariance')}</small>`;
  const most = Math.max(typical.radial_km, typical.transverse_km, typical.normal_km);
  return html`<strong>± ${roughText(most)}</strong> <small>${t('object.sure.typical')} ${t('object.sure.nocovariance')}</small>`;
}

function Closest({ found }) {
  const data = useStore(catalogue, (s) => s.data);
  if (found === null) return html`<small>${t('object.approaches.unscreened')}</small>`;
  if (found.unscreened_reason) return html`<small class="old">${t('object.approaches.missed')} <${Said} text=${found.unscreened_reason} /></small>`;
  const passing = found.rows.filter((row) => row.relative_speed_km_s >= TOGETHER_KM_S);
  const together = new Set(found.rows.filter((row) => row.relative_speed_km_s < TOGETHER_KM_S).map((row) => row.other_norad_cat_id)).size;
  const [row] = passing;
  const window = t('object.closest.window', { from: utcOf(found.start_utc).slice(0, 16), hours: number((parseUtc(found.end_utc) - parseUtc(found.start_utc)) / 3600000) });
  return html`${row
    ? html`<button type="button" class="pass" onClick=${() => openApproach(row)}>
      <span class="pass-who"><bdi class="name">${otherName(data, row)}</bdi><strong>${kilometresText(row.miss_distance_km)}</strong></span>
      <small><span class="mono">${utcOf(row.tca_utc)} UTC</span><span>${number(row.relative_speed_km_s, 2)} km/s ›</span></small></button>`
    : html`<strong>${found.total > found.rows.length ? t('object.closest.cut', { n: found.rows.length }) : t('object.closest.none', { km: found.volume.radius_m ? `${number(found.volume.radius_m / 1000)} km` : found.volume.name })}</strong>`}
    <small>${together > 0 && `${t('object.closest.together', { n: together })} `}${window}</small>`;
}
