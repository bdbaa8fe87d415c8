/** Where it is and how well that is known, first; then what it is. */
import { html } from 'preact';
import { number, t } from '../../app/i18n.js';
import { state } from '../../app/state.js';
import { useStore } from '../../app/store.js';
import { isoUtc } from '../../app/time.js';
import { useFollowing } from '../follow.js';
import { Facts } from '../panel.js';
import { useTick } from '../timebar.js';
import { Type, known, roughText } from '../words.js';
import { Answers } from './answers.js';

const SECOND_MS = 1000;
const FRAMES = { inertial: 'GCRF', earth: 'ITRF' };

export function Summary({ card }) {
  useTick(SECOND_MS);
  const { orbit, facts } = card;
  const frame = useStore(state, (s) => s.frame);
  const track = useFollowing(`objects/${card.object.norad_cat_id}/track`, (ms) => ({ start: isoUtc(ms), span_s: 1, step_s: 1, frame: FRAMES[frame] ?? 'GCRF' }), { quantumMs: SECOND_MS, everyMs: SECOND_MS });
  return html`
    <${Answers} card=${card} track=${track} />
    <h3>${t('object.what')}</h3>
    <${Facts} rows=${[
      [t('object.kind'), html`<${Type} type=${card.object_type} inferred=${card.object_type_inferred} />`],
      [t('object.owner'), card.owner ? html`<bdi>${card.owner}</bdi>` : t('object.owner.unknown')],
      [t('object.regime'), known('object.regime', orbit.regime)],
      [t('object.heights'), `${number(orbit.perigee_km)} × ${number(orbit.apogee_km)} km`],
      [t('object.inclination'), `${number(orbit.inclination_deg, 2)}°`],
      [t('object.period'), `${number(orbit.period_min, 1)} min`],
      facts.ops_status && [t('object.status'), html`<bdi>${known('object.ops', facts.ops_status)}</bdi>`],
      facts.launch_date_utc && [t('object.launch'), facts.launch_date_utc],
      facts.decay_date_utc && [t('object.decay'), facts.decay_date_utc],
      (facts.rcs_m2 !== null || facts.size) && [t('object.size'), [facts.rcs_m2 !== null && `${number(facts.rcs_m2, facts.rcs_m2 < 10 ? 2 : 0)} m²`, facts.size && known('object.size', facts.size)].filter(Boolean).join(' · '), t('object.size.note')],
    ]} />
    <${Sureness} card=${card} />
    <${Vectors} track=${track} frame=${frame} />`;
}

/** Position and velocity at the moment that is shown. */
function Vectors({ track, frame }) {
  const { rows: [row], frame: told } = track.data ?? { rows: [null] };
  if (!row?.position_km) return null;
  return html`<h3>${t('object.now')}</h3>
    <${Facts} rows=${[
      [`${t('object.position')}, km (${told})`, html`<${Vector} values=${row.position_km} digits=${1} />`],
      [`${t('object.velocity')}, km/s`, html`<${Vector} values=${row.velocity_km_s} digits=${4} />`],
    ]} />
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
      typical && [t('object.radial'), roughText(typical.radial_km)],
      typical && [t('object.transverse'), roughText(typical.transverse_km)],
      typical && [t('object.normal'), roughText(typical.normal_km)],
    ]} />
    <p class="note">${typical ? t('object.typical') : t('object.typical.none')}</p>
    ${typical && html`<details><summary>${t('object.typical.source')}</summary><p class="note" lang="en"><bdi>${typical.source}</bdi></p></details>`}`;
}
