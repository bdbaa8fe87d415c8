/** What is known of both objects, who can move and whom to talk to, and what people wrote. */
import { html } from 'preact';
import { number, spanText, t, useWords } from '../app/i18n.js';
import { parseUtc, utcText } from '../app/time.js';
import { Facts } from '../ui/panel.js';
import { known, lengthText } from './words.js';
import { Said } from '../ui/said.js';

export function Objects({ assessment }) {
  useWords();
  return html`<div class="pair">${assessment.objects.map((each, k) => html`<${OneObject} key=${k} place=${k} object=${each} tcaMs=${parseUtc(assessment.tca_utc)} trackings=${assessment.trackings_expected_before_decision[k]} />`)}</div>
    ${assessment.coordination && html`<p><${Said} text=${assessment.coordination.text} /></p><p class="dim small"><${Said} text=${assessment.coordination.source} /></p>`}`;
}

function OneObject({ place, object, tcaMs, trackings }) {
  const { grade, reasons } = object.orbit_quality;
  const seen = parseUtc(object.last_observation_utc);
  return html`<section aria-label=${t('conj.object', { number: place + 1 })}>
    <h4><span class="badge">${place + 1}</span> <bdi class="cut">${object.name}</bdi></h4>
    <${Facts} rows=${[
      [t('conj.fact.designator'), html`<bdi>${object.designator}</bdi>`],
      [t('conj.fact.type'), known('conj.type', object.object_type)],
      [t('conj.fact.moves'), known('conj.moves', object.maneuverable)],
      [t('conj.fact.operator'), object.operator ? html`<bdi>${object.operator}</bdi>` : t('conj.fact.untold')],
      [t('conj.fact.contact'), object.contact ? html`<bdi>${object.contact}</bdi>` : t('conj.fact.untold')],
      [t('conj.fact.source'), known('conj.source', object.state_source)],
      [t('conj.fact.quality'), grade === null ? t('conj.fact.ungraded') : t('conj.fact.grade', { grade: number(grade, 2) })],
      [t('conj.fact.sigma'), object.sigma_rtn_m ? object.sigma_rtn_m.map(lengthText).join(' / ') : t('conj.no-covariance')],
      [t('conj.fact.seen'), Number.isFinite(seen) ? `${utcText(seen).slice(0, 16)} UTC` : t('conj.fact.untold'), Number.isFinite(seen) ? t('conj.fact.before-tca', { span: spanText((tcaMs - seen) / 1000) }) : ''],
      [t('conj.fact.next'), object.expected_next_tracking_utc ? `${utcText(parseUtc(object.expected_next_tracking_utc)).slice(0, 16)} UTC` : t('conj.fact.unknown')],
      trackings !== null && [t('conj.fact.trackings'), number(trackings)],
      object.mass_kg !== null && [t('conj.fact.mass'), `${number(object.mass_kg)} kg`],
    ]} />
    ${object.tracking_since_update && html`<p class="dim small"><${Said} text=${object.tracking_since_update} /></p>`}
    ${reasons.length > 0 && html`<ul class="sentences">${reasons.map((each) => html`<li key=${each}><${Said} text=${each} /></li>`)}</ul>`}
  </section>`;
}

/** Recommendations, decisions and outcomes, each with its author; the page writes none. */
export function Records({ records }) {
  useWords();
  if (!records.length) return html`<p class="dim">${t('conj.records.none')}</p>`;
  return html`<ul class="records">${records.map((each) => html`<li key=${`${each.kind}${each.written_utc}${each.author}`}>
    <strong>${known('conj.record', each.kind)}</strong> <span class="mono dim">${utcText(parseUtc(each.written_utc)).slice(0, 16)} UTC</span> <bdi>${each.author}</bdi>
    <p><bdi>${each.text}</bdi></p></li>`)}</ul>`;
}

/** What a collision would leave, by a model. */
export function Consequence({ consequence }) {
  useWords();
  if (!consequence) return html`<p class="dim">${t('conj.consequence.unknown')}</p>`;
  return html`<p>${t(consequence.catastrophic ? 'conj.consequence.catastrophic' : 'conj.consequence.cratering', { n: Math.round(consequence.fragments_above_10_cm) })}
    <small> ${t('conj.consequence.model')} <${Said} text=${`${consequence.model}; mass: ${consequence.mass_source}`} /></small></p>`;
}
