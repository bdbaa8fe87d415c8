/** What it is, where it is, and how well that is known. */
import { html } from 'preact';
import { number, t } from '../../app/i18n.js';
import { clock, state } from '../../app/state.js';
import { useStore } from '../../app/store.js';
import { isoUtc, parseUtc } from '../../app/time.js';
import { useFollowing } from '../follow.js';
import { Answered, Facts } from '../panel.js';
import { useTick } from '../timebar.js';
import { Type, ageText, kilometresText, known, latitudeText, longitudeText, utcOf } from '../words.js';

const SECOND_MS = 1000;
const FRAMES = { inertial: 'GCRF', earth: 'ITRF' };

export function Summary({ card }) {
  useTick(SECOND_MS);
  const { orbit, facts } = card;
  const now = clock.now();
  const until = parseUtc(card.covered_until_utc);
  return html`
    ${(now > until || card.state.extrapolated) && html`<p class="state stale">${t('object.extrapolated')}</p>`}
    <${Facts} rows=${[
      [t('object.kind'), html`<${Type} type=${card.object_type} inferred=${card.object_type_inferred} />`],
      [t('object.owner'), card.owner && html`<bdi>${card.owner}</bdi>`],
      [t('object.regime'), known('object.regime', orbit.regime)],
      [t('object.heights'), `${number(orbit.perigee_km)} × ${number(orbit.apogee_km)} km`],
      [t('object.inclination'), `${number(orbit.inclination_deg, 2)}°`],
      [t('object.period'), `${number(orbit.period_min, 1)} min`],
      [t('object.age'), ageText(parseUtc(card.elements.epoch_utc), now)],
      facts.ops_status && [t('object.status'), html`<bdi>${known('object.ops', facts.ops_status)}</bdi>`],
      facts.launch_date_utc && [t('object.launch'), facts.launch_date_utc],
      facts.decay_date_utc && [t('object.decay'), facts.decay_date_utc],
      (facts.rcs_m2 !== null || facts.size) && [t('object.size'), [facts.rcs_m2 !== null && `${number(facts.rcs_m2, 2)} m²`, facts.size && known('object.size', facts.size)].filter(Boolean).join(' · '), t('object.size.note')],
    ]} />
    <${Where} id=${card.object.norad_cat_id} />
    <${Sureness} card=${card} />`;
}

/** Position and velocity at the moment that is shown, asked again as time moves. */
function Where({ id }) {
  const frame = useStore(state, (s) => s.frame);
  const answer = useFollowing(`objects/${id}/track`, (ms) => ({ start: isoUtc(ms), span_s: 1, step_s: 1, frame: FRAMES[frame] ?? 'GCRF' }), { quantumMs: SECOND_MS, everyMs: SECOND_MS });
  return html`<h3>${t('object.now')}</h3>
    <${Answered} answer=${answer}>${({ rows: [row], frame: told }) => (row.position_km === null
      ? html`<p class="state empty">${t('object.nostate')}</p>`
      : html`<${Facts} rows=${[
        [t('object.utc'), html`<span class="mono">${utcOf(row.utc)}</span>`],
        [t('object.latitude'), latitudeText(row.latitude_deg)],
        [t('object.longitude'), longitudeText(row.longitude_deg)],
        [t('object.height'), `${number(row.altitude_km, 1)} km`],
        [`${t('object.position')}, km (${told})`, html`<${Vector} values=${row.position_km} digits=${1} />`],
        [`${t('object.velocity')}, km/s`, html`<${Vector} values=${row.velocity_km_s} digits=${4} />`],
      ]} />`)}<//>
    <div class="choice" role="group" aria-label=${t('object.frame')}>
      ${Object.keys(FRAMES).map((name) => html`<button type="button" class="small" key=${name} aria-pressed=${frame === name} onClick=${() => state.set({ frame: name })}>${t(`object.frame.${name}`)}</button>`)}
    </div>`;
}

const Vector = ({ values, digits }) => html`<span class="vector mono">${values.map((value, k) => html`<span key=${k}>${'xyz'[k]} ${number(value, digits)}</span>`)}</span>`;

function Sureness({ card }) {
  const typical = card.state.uncertainty_typical;
  return html`<h3>${t('object.sureness')}</h3>
    <${Facts} rows=${[
      [t('object.covariance'), t('object.covariance.none')],
      typical && [t('object.radial'), kilometresText(typical.radial_km)],
      typical && [t('object.transverse'), kilometresText(typical.transverse_km)],
      typical && [t('object.normal'), kilometresText(typical.normal_km)],
    ]} />
    <p class="note">${typical ? t('object.typical') : t('object.typical.none')}</p>
    ${typical && html`<details><summary>${t('object.typical.source')}</summary><p class="note" lang="en"><bdi>${typical.source}</bdi></p></details>`}`;
}
