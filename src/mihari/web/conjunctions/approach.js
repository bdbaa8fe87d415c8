/** The page of a close approach from element sets: geometry, ages, a bound at most, and why there is no probability. */
import { html } from 'preact';
import { catalogue } from '../app/catalogue.js';
import { number, probabilityText, spanText, t, useWords } from '../app/i18n.js';
import { useStore } from '../app/store.js';
import { Facts } from '../ui/panel.js';
import { useAnswer } from '../ui/load.js';
import { roughText } from '../ui/words.js';
import { Card } from './card.js';
import { CloseUp } from './closeup.js';
import { Head } from './head.js';
import { approachRow, fineUtc, objectOf, readApproach } from './rows.js';
import { lengthText, speedText } from './words.js';

/** `row` when the list has it; else the node is asked, and failing that the catalogue alone speaks. */
export function ApproachPage({ id, row, run, radiusM, mode }) {
  useWords();
  const data = useStore(catalogue, (s) => s.data);
  const asked = readApproach(id);
  const found = useAnswer('conjunctions', { run: run?.run_id, object: asked.first, limit: 1000, hard_body_radius_m: radiusM, mode }, { skip: Boolean(row) || !run });
  const match = found.data?.conjunctions.map((each) => approachRow(each, data)).find((each) => each.id === id);
  const one = row ?? match ?? null;
  const [first, second] = one ? [one.first, one.second] : [objectOf(data, asked.first), objectOf(data, asked.second)];
  return html`<article class="conj-event" aria-label=${t('conj.approach')}>
    <${Head} level="advisory" first=${first} second=${second} tcaMs=${fineUtc(asked.tcaUtc)} />
    <div class="cards">
      <${Card} title=${t('conj.card.summary')}>${one ? html`<${Summary} row=${one} radiusM=${radiusM} tcaUtc=${asked.tcaUtc} mode=${mode} />` : html`<p class="state empty">${t(found.status === 'loading' && run ? 'state.loading' : 'conj.approach.gone')}</p>`}<//>
      <${Card} title=${t('conj.card.why-none')}><p>${t('conj.approach.why')}</p><p>${radiusM ? t('conj.approach.bound', { radius: lengthText(radiusM), p: probabilityText(one?.bound ?? null) }) : t('conj.approach.no-radius')}</p><p class="dim">${t('conj.approach.advice')}</p><//>
      <${Card} title=${t('conj.card.closeup')} wide><${CloseUp} first=${first} second=${second} tcaUtc=${asked.tcaUtc} missM=${one?.missM ?? null} speedMS=${one?.speedMS ?? null} radiusM=${radiusM} mode=${mode} /><//>
    </div>
  </article>`;
}

function Summary({ row, radiusM, tcaUtc, mode }) {
  const encounter = useAnswer('encounter', { first: row.first.id, second: row.second.id, tca: tcaUtc, span_s: 1, step_s: 0.5, mode });
  const typical = encounter.data?.objects.map((each) => each.typical_sigma_rtn_m && Math.max(...each.typical_sigma_rtn_m)) ?? [];
  const known = typical.length === 2 && typical.every(Boolean);
  return html`<${Facts} rows=${[
    [t('conj.fact.miss'), html`<strong>${lengthText(row.missM)}</strong>`],
    known && [t('conj.fact.sure'), typical.map((each) => `± ${roughText(each / 1000)}`).join(' / '), t(row.missM < Math.hypot(...typical) ? 'conj.fact.sure.within' : 'conj.fact.sure.note')],
    ...['radial', 'transverse', 'normal'].map((name, k) => [t(`conj.rtn.${name}`), lengthText(row.rtnM[k])]),
    [t('conj.col.speed-long'), speedText(row.speedMS)],
    [t('conj.col.probability'), t('conj.no-covariance')],
    radiusM && [t('conj.fact.bound'), probabilityText(row.bound), t('conj.fact.for-radius', { radius: lengthText(radiusM) })],
    [t('conj.col.ages'), row.agesS.map((each) => spanText(each)).join(' / '), t('conj.col.ages.note')],
    !row.isMinimum && [t('conj.fact.kind'), t('conj.fact.edge')],
    [t('conj.fact.numbers'), `${number(row.first.id)} / ${number(row.second.id)}`.replaceAll(',', '')],
  ]} />`;
}
