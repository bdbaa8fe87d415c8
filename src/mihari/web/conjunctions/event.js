/** The page of an assessed event: geometry, probability, how it developed, why, and who is concerned. */
import { html, useMemo } from 'preact';
import { catalogue } from '../app/catalogue.js';
import { number, probabilityText, t, useWords } from '../app/i18n.js';
import { clock } from '../app/state.js';
import { useStore } from '../app/store.js';
import { parseUtc, utcText } from '../app/time.js';
import { about, download } from '../ui/export.js';
import { Answered, Facts } from '../ui/panel.js';
import { useAnswer } from '../ui/load.js';
import { Card } from './card.js';
import { CloseUp } from './closeup.js';
import { Files } from './files.js';
import { Head, Leave } from './head.js';
import { MissHistory, ProbabilityHistory, Updates } from './history.js';
import { Consequence, Objects, Records } from './people.js';
import { EncounterPlane } from './plane.js';
import { fineUtc, objectOf } from './rows.js';
import { Dilution, RadiusCurve, ScaleGrid } from './sensitivity.js';
import { Trade } from './trade.js';
import { Why } from './why.js';
import { known, lengthText, methodText, speedText } from './words.js';
import { Said } from '../ui/said.js';

const EVERY_MS = 60000;

export function EventPage({ id, mode }) {
  useWords();
  const answer = useAnswer(`events/${encodeURIComponent(id)}`, { mode }, { everyMs: EVERY_MS });
  return html`<article class="conj-event" aria-label=${t('conj.event')}>
    ${!answer.data && html`<header class="conj-head"><${Leave} /></header>`}
    <${Answered} answer=${answer}>${(event) => html`<${Whole} event=${event} mode=${mode} />`}<//>
  </article>`;
}

function Whole({ event, mode }) {
  const data = useStore(catalogue, (s) => s.data);
  const profiles = useAnswer('profiles');
  const { assessment, history } = event;
  const profile = useMemo(() => profiles.data?.profiles.find((each) => `${each.name} ${each.version}` === assessment.profile) ?? null, [profiles.data, assessment.profile]);
  const [first, second] = assessment.objects.map((each) => ({ ...objectOf(data, each.norad_cat_id, each.name), name: each.name || each.designator, moves: each.maneuverable === 'YES' }));
  const covariance = assessment.geometry.plane_covariance_m2;
  const without = html`<p class="state empty">${t('conj.plane.none')}</p>`;
  return html`
    <${Head} level=${assessment.action_level} stale=${event.stale} first=${first} second=${second} tcaMs=${fineUtc(assessment.tca_utc)}>
      <button type="button" class="small" onClick=${() => download(`mihari-event-${event.event_id.replace(/[^\w.-]+/g, '_')}.json`, JSON.stringify({ ...about(clock.now()), data_mode: assessment.data_mode, event }, null, 1), 'application/json')}>JSON</button>
    <//>
    ${assessment.advisory && html`<p class="state stale">${t('conj.advisory')}</p>`}
    <div class="cards">
      <${Card} title=${t('conj.card.plane')} tall>${covariance ? html`<${EncounterPlane} miss=${assessment.miss_distance_m} covariance=${covariance} radius=${assessment.hard_body_radius_m} />` : without}<//>
      <${Card} title=${t('conj.card.history')}><${ProbabilityHistory} history=${history} profile=${profile} decisionUtc=${assessment.latest_decision_utc} /><//>
      <${Card} title=${t('conj.card.summary')}><${Summary} assessment=${assessment} history=${history} /><//>
      <${Card} title=${t('conj.card.miss')}><${MissHistory} history=${history} /><//>
      <${Card} title=${t('conj.card.why')} wide><${Why} assessment=${assessment} /><//>
      <${Card} title=${t('conj.card.dilution')}>${assessment.dilution_curve ? html`<${Dilution} curve=${assessment.dilution_curve} maximum=${assessment.maximum} probability=${assessment.probability} profile=${profile} />` : without}<//>
      <${Card} title=${t('conj.card.radius')}>${assessment.sensitivity ? html`<${RadiusCurve} sensitivity=${assessment.sensitivity} radius=${assessment.hard_body_radius_m} />` : without}<//>
      <${Card} title=${t('conj.card.updates')} wide><${Updates} history=${history} /><//>
      <${Card} title=${t('conj.card.closeup')} wide>${first.row !== undefined && second.row !== undefined ? html`<${CloseUp} first=${first} second=${second} tcaUtc=${assessment.tca_utc} missM=${assessment.miss_distance_m} speedMS=${assessment.relative_speed_m_s} radiusM=${assessment.hard_body_radius_m} mode=${mode} told=${t('conj.closeup.event')} />` : html`<p class="state empty">${t('conj.closeup.unlisted')}</p>`}<//>
      <${Card} title=${t('conj.card.grid')} wide>${assessment.sensitivity ? html`<${ScaleGrid} sensitivity=${assessment.sensitivity} />` : without}<//>
      <${Card} title=${t('conj.card.trade')} wide><${Trade} key=${event.event_id} id=${event.event_id} assessment=${assessment} mode=${mode} /><//>
      <${Card} title=${t('conj.card.objects')} wide><${Objects} assessment=${assessment} /><//>
      <${Card} title=${t('conj.card.records')}><${Records} records=${event.records} /><p class="dim small">${t('conj.records.how')}</p><//>
      <${Card} title=${t('conj.card.consequence')}><${Consequence} consequence=${assessment.consequence} /><${Untold} fields=${assessment.not_understood} /><//>
      <${Card} title=${t('conj.card.files')}><${Files} id=${event.event_id} mode=${mode} /><//>
    </div>`;
}

function Summary({ assessment, history }) {
  const { geometry } = assessment;
  const rtn = ['radial', 'transverse', 'normal'];
  const decide = parseUtc(assessment.latest_decision_utc);
  return html`<p><small><${Said} text=${assessment.action_reason} /></small></p><${Facts} rows=${[
    [t('conj.col.probability'), html`<strong>${probabilityText(assessment.probability)}</strong>`, methodText(assessment.method) || t('conj.untrusted')],
    [t('conj.fact.bound'), probabilityText(assessment.maximum_probability)],
    [t('conj.fact.miss'), html`<strong>${lengthText(assessment.miss_distance_m)}</strong>`, geometry.mahalanobis_distance !== null ? t('conj.fact.mahalanobis', { d: number(geometry.mahalanobis_distance, 2) }) : ''],
    ...rtn.map((name, k) => [t(`conj.rtn.${name}`), lengthText(geometry.miss_rtn_m[k]), geometry.sigma_rtn_m ? `± ${lengthText(geometry.sigma_rtn_m[k])} (1σ)` : '']),
    [t('conj.col.speed-long'), speedText(assessment.relative_speed_m_s), t('conj.fact.angle', { angle: number(geometry.approach_angle_deg, 0) })],
    [t('conj.fact.altitude'), `${number(geometry.altitude_km)} km`],
    [t('conj.fact.radius'), lengthText(assessment.hard_body_radius_m)],
    [t('conj.fact.decide'), Number.isFinite(decide) ? `${utcText(decide).slice(0, 16)} UTC` : t('conj.fact.unknown')],
    [t('conj.fact.updates'), number(history.length), t('conj.fact.newest', { utc: utcText(parseUtc(assessment.creation_utc)).slice(0, 16) })],
    [t('conj.fact.mode'), known('mode', assessment.data_mode)],
  ]} />`;
}

const Untold = ({ fields }) => (fields.length ? html`<details class="values"><summary>${t('conj.not-understood', { n: fields.length })}</summary><dl class="facts">${fields.map(({ name, value }) => html`<div key=${name}><dt><bdi>${name}</bdi></dt><dd><bdi>${value}</bdi></dd></div>`)}</dl></details>` : null);
