/** How the event developed: probability and miss from update to update, and what moved each. */
import { html, useMemo } from 'preact';
import { probabilityText, t, useWords } from '../app/i18n.js';
import { token } from '../app/theme.js';
import { parseUtc, utcText } from '../app/time.js';
import { axis, decadeAxis, decades, Legend, Plot, ruler, timeAxis } from './plot.js';
import { Level, lengthText, methodText, movedText } from './words.js';

const seconds = (utc) => parseUtc(utc) / 1000;

/** The span of all updates, a little wider, so that a single one can be seen. */
function spanOf(times) {
  const wide = Math.max(times.at(-1) - times[0], 7200);
  return [times[0] - wide * 0.04, times.at(-1) + wide * 0.04];
}

export function ProbabilityHistory({ history, profile, decisionUtc }) {
  useWords();
  const levels = profile ? [['action', profile.action_probability], ['watch', profile.watch_probability]] : [];
  const times = history.map((each) => seconds(each.creation_utc));
  const scale = decades(history.flatMap((each) => [each.probability, each.maximum_probability]), levels.map(([, value]) => value));
  const data = useMemo(() => [times, history.map((each) => scale.of(each.probability)), history.map((each) => scale.of(each.maximum_probability))], [history, profile]);
  if (!history.some((each) => each.probability !== null || each.maximum_probability !== null)) return html`<p class="state empty">${t('conj.history.none')}</p>`;
  const make = () => ({
    scales: { x: { range: () => spanOf(times) }, y: { range: [scale.low, scale.high] } },
    axes: [timeAxis(), decadeAxis()],
    series: [{}, line('--series-1'), { ...line('--series-2'), dash: [6, 4] }],
    hooks: { draw: [
      ...levels.map(([name, value]) => ruler({ y: Math.log10(value), text: `${t(`conj.level.${name}`)} ${probabilityText(value)}`, colour: `--level-${name}`, dash: [2, 3] })),
      ...(decisionUtc ? [ruler({ x: seconds(decisionUtc), text: t('conj.history.decide'), colour: '--text' })] : []),
    ] },
  });
  const newest = history.at(-1);
  return html`<${Plot} label=${t('conj.history.told', { n: history.length, first: probabilityText(history[0].probability), last: probabilityText(newest.probability) })} data=${data} make=${make} deps=${[profile, decisionUtc, document.documentElement.lang]} />
    <${Legend} entries=${[{ text: t('conj.history.probability'), colour: '--series-1' }, { text: t('conj.history.bound'), colour: '--series-2', kind: 'dashed' }]} />
    <p class="dim small">${t('conj.history.axis')}</p>`;
}

const line = (colour) => ({ stroke: token(colour), width: 2, spanGaps: true, points: { show: true, size: 6, fill: token('--bg-panel'), stroke: token(colour) } });

/** One small plot per component: they differ a hundredfold in size. */
export function MissHistory({ history }) {
  useWords();
  return html`${['radial', 'transverse', 'normal'].map((name, k) => html`<${Component} key=${name} name=${name} place=${k} history=${history} last=${k === 2} />`)}
    <${Legend} entries=${[{ text: t('conj.miss.value'), colour: '--series-1' }, { text: t('conj.miss.sigma'), colour: '--series-1', kind: 'band' }]} />`;
}

function Component({ name, place, history, last }) {
  const times = history.map((each) => seconds(each.creation_utc));
  const of = (each) => each.miss_rtn_m[place];
  const spread = (each, sign) => (each.sigma_rtn_m[place] === null || of(each) === null ? null : of(each) + sign * each.sigma_rtn_m[place]);
  const most = Math.max(...history.flatMap((each) => [Math.abs(of(each) ?? 0), Math.abs(spread(each, 1) ?? 0), Math.abs(spread(each, -1) ?? 0)]), 1);
  const unit = most >= 2000 ? 1000 : 1;
  const data = useMemo(() => [times, ...[(each) => spread(each, 1), (each) => spread(each, -1), of].map((take) => history.map((each) => (take(each) === null ? null : take(each) / unit)))], [history]);
  const make = () => ({
    scales: { x: { range: () => spanOf(times) }, y: { range: (_plot, low, high) => { const pad = Math.max((high - low) * 0.08, 0.5 / unit); return [Math.min(low, 0) - pad, Math.max(high, 0) + pad]; } } },
    axes: [timeAxis({ show: last }), axis({ label: `${t(`conj.rtn.${name}`)}, ${unit === 1 ? 'm' : 'km'}`, space: 26 })],
    series: [{}, { stroke: 'transparent', points: { show: false } }, { stroke: 'transparent', points: { show: false } }, line('--series-1')],
    bands: [{ series: [1, 2], fill: `${token('--series-1')}40` }],
    hooks: { drawClear: [ruler({ y: 0, text: '', colour: '--line-strong', dash: [] })] },
  });
  const newest = history.at(-1);
  return html`<${Plot} label=${t('conj.miss.told', { name: t(`conj.rtn.${name}`), value: lengthText(of(newest)), sigma: lengthText(newest.sigma_rtn_m[place]) })} height=${last ? 126 : 92} data=${data} make=${make} deps=${[document.documentElement.lang]} />`;
}

/** The table twin of both: every update, newest first. */
export function Updates({ history }) {
  useWords();
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('conj.updates')}><table class="plain">
    <caption class="unseen">${t('conj.updates')}</caption>
    <thead><tr>${['made', 'level', 'probability', 'bound', 'method', 'miss', 'moved', 'rtn', 'sigma'].map((each) => html`<th key=${each} scope="col">${t(`conj.updates.${each}`)}</th>`)}</tr></thead>
    <tbody>${[...history].reverse().map((each) => html`<tr key=${each.message_id} title=${each.message_id}>
      <td class="mono">${utcText(parseUtc(each.creation_utc)).slice(0, 16)}</td><td><${Level} level=${each.action_level} /></td>
      <td class="end">${probabilityText(each.probability)}</td><td class="end">${probabilityText(each.maximum_probability)}</td><td>${methodText(each.method) || '–'}</td>
      <td class="end">${lengthText(each.miss_distance_m)}</td><td class="wrap"><bdi>${movedText(each.moved_by)}</bdi></td>
      <td class="end">${each.miss_rtn_m.map(lengthText).join(' / ')}</td><td class="end">${each.sigma_rtn_m.map(lengthText).join(' / ')}</td></tr>`)}</tbody>
  </table></div>`;
}
