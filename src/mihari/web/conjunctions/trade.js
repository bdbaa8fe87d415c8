/** The trade space of an event: asked for by a button, worked out by the node, drawn and told. People decide. */
import { html, useEffect, useState } from 'preact';
import { ask } from '../app/api.js';
import { number, probabilityText, t, useWords } from '../app/i18n.js';
import { parseUtc, utcText } from '../app/time.js';
import { Failure, Loading } from '../ui/panel.js';
import { TradeChart, cellsOf } from './trade_chart.js';
import { TradeTable } from './trade_table.js';
import { known, lengthText } from './words.js';
import { Said } from '../ui/said.js';

const EVERY_MS = 1500;

/** Ask until it is there. @returns {{fraction: number|null, answer: object|null, error: any}} fraction is null before */
function useTradeSpace(question) {
  const [found, setFound] = useState({ fraction: null, answer: null, error: null });
  useEffect(() => {
    setFound({ fraction: question && 0, answer: null, error: null });
    if (!question) return undefined;
    const control = new AbortController();
    let timer = 0;
    const go = async () => {
      try {
        const { done, fraction, answer } = await ask('avoidance', {
          method: 'POST', body: JSON.stringify(question), headers: { 'Content-Type': 'application/json' }, signal: control.signal,
        });
        setFound({ fraction, answer, error: null });
        if (!done) timer = setTimeout(go, EVERY_MS);
      } catch (error) {
        if (!control.signal.aborted) setFound({ fraction: null, answer: null, error });
      }
    };
    go();
    return () => { control.abort(); clearTimeout(timer); };
  }, [question]);
  return found;
}

/** Why an event can have none, as a key; empty when it can. */
export function whyNone({ advisory, geometry, objects }) {
  if (advisory) return 'conj.trade.element-sets';
  if (!geometry.plane_covariance_m2) return 'conj.trade.no-covariance';
  return objects.some((each) => each.maneuverable !== 'NO') ? '' : 'conj.trade.nobody';
}

export function Trade({ id, assessment, mode }) {
  useWords();
  const able = assessment.objects.filter((each) => each.maneuverable !== 'NO');
  const [primary, setPrimary] = useState(() => nameOf(able.find((each) => each.maneuverable === 'YES') ?? able[0]));
  const [limit, setLimit] = useState('');
  const [question, setQuestion] = useState(null);
  const { fraction, answer, error } = useTradeSpace(question);
  const none = whyNone(assessment);
  if (none) return html`<p class="state empty">${t(none)}</p>`;
  const begin = (event) => {
    event.preventDefault();
    setQuestion({ event_id: id, primary, ...(Number(limit) > 0 ? { maximum_delta_v_m_s: Number(limit) } : {}), ...(mode ? { mode } : {}) });
  };
  const working = fraction !== null && !answer;
  return html`<p class="dim small">${t('conj.trade.what')}</p>
    <form class="conj-tools trade-tools" onSubmit=${begin}>
      <label class="field"><span>${t('conj.trade.primary')}</span><select value=${primary} onChange=${(event) => setPrimary(event.target.value)}>
        ${able.map((each) => html`<option key=${each.designator} value=${nameOf(each)}>${each.name || each.designator}${each.maneuverable === 'YES' ? '' : ` (${t('conj.trade.unsure')})`}</option>`)}</select></label>
      <label class="field"><span>${t('conj.trade.limit')}</span><input type="number" min="0.001" max="50" step="any" placeholder="1" value=${limit} onInput=${(event) => setLimit(event.target.value)} /> m/s</label>
      <button type="submit" disabled=${working}>${t('conj.trade.ask')}</button>
    </form>
    ${working && html`<${Loading} what=${t('conj.trade.working')} part=${fraction} />`}
    ${error && html`<${Failure} error=${error} />`}
    ${answer && html`<${Found} answer=${answer} />`}`;
}

const nameOf = (object) => (object ? String(object.norad_cat_id ?? object.designator) : '');

function Found({ answer }) {
  const { goal, rescreening, conjunctions, candidates, window } = answer;
  const cells = cellsOf(answer);
  const burns = candidates.filter((each) => each.kind === 'burn');
  return html`<p class="state stale">${t('conj.trade.advisory')}${answer.advisory ? html` <small><${Said} text=${answer.advisory_reasons.join('; ')} /></small>` : ''}</p>
    <p>${answer.recommended ? t('conj.trade.recommended', { n: answer.recommended }) : t('conj.trade.none')} ${t('conj.trade.goal', { goal: probabilityText(goal.probability), profile: goal.profile })}</p>
    <${TradeChart} cells=${cells} answer=${answer} burns=${burns} />
    <ul class="sentences">
      <li>${t('conj.trade.window', { from: minute(window.start_utc), to: minute(window.end_utc) })} <small><${Said} text=${window.start_reason} /></small></li>
      <li>${t('conj.trade.against', { n: conjunctions.length })}</li>
      <li>${rescreening.done ? t('conj.trade.rescreened', { n: rescreening.objects }) : html`${t('conj.trade.unscreened')} <small><${Said} text=${rescreening.reason} /></small>`}
        ${rescreening.passages_without_a_burn.length > 0 && t('conj.trade.passages', { n: rescreening.passages_without_a_burn.length })}</li>
      ${answer.primary.assumed.map((each) => html`<li key=${each}>${t('conj.trade.assumed')} <${Said} text=${each} /></li>`)}
      <li>${t(answer.execution_error.default ? 'conj.trade.error-default' : 'conj.trade.error', { share: number(100 * answer.execution_error.magnitude_share, 1), deg: number(answer.execution_error.pointing_deg, 1) })}</li>
    </ul>
    <${Candidates} candidates=${candidates} />
    <${TradeTable} cells=${cells} />`;
}

const minute = (utc) => `${utcText(parseUtc(utc)).slice(0, 16)} UTC`;

/** Burns that were flown, doing nothing, and waiting: what a person compares. */
function Candidates({ candidates }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('conj.trade.candidates')}><table class="plain">
    <caption class="dim">${t('conj.trade.candidates')}</caption>
    <thead><tr>${['option', 'when', 'delta-v', 'probability', 'miss', 'standing', 'broken'].map((each) => html`<th key=${each} scope="col">${t(`conj.trade.col.${each}`)}</th>`)}</tr></thead>
    <tbody>${candidates.map((each, k) => html`<tr key=${k} class=${each.recommended ? 'used' : ''}>
      <th scope="row">${each.kind === 'burn' ? k + 1 : known('conj.trade.kind', each.kind)}</th>
      <td class="mono">${whenText(each)}</td>
      <td class="end">${each.delta_v_m_s ? `${(1000 * each.delta_v_m_s).toPrecision(3)} mm/s ${directionText(each.direction_rtn)}` : '–'}</td>
      <td class="end">${probabilityText(each.total_probability)}</td>
      <td class="end">${lengthText(Math.min(...each.events.map((event) => event.miss_distance_m)))}</td>
      <td class="wrap">${known('conj.trade.standing', each.standing)}${each.note ? html` <small><${Said} text=${each.note} /></small>` : ''}</td>
      <td class="wrap">${each.violations.length ? each.violations.map((words) => known('conj.trade.broken', words)).join(t('conj.trade.and')) : '–'}</td></tr>`)}</tbody>
  </table></div>`;
}

function whenText(candidate) {
  const utc = candidate.burn_utc ?? candidate.wait_until_utc;
  return utc ? utcText(parseUtc(utc)).slice(0, 19) : '–';
}

/** A direction in words: along the track, or its three parts. */
function directionText(rtn) {
  if (!rtn) return '';
  if (Math.abs(rtn[1]) > 0.999) return t(rtn[1] > 0 ? 'conj.trade.forwards' : 'conj.trade.backwards');
  return `(${rtn.map((each) => number(each, 2)).join(', ')}) RTN`;
}
