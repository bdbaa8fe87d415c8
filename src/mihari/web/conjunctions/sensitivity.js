/** How the probability answers to what is not known well: the covariances' size and the radius. */
import { html, useMemo } from 'preact';
import { number, probabilityText, t, useWords } from '../app/i18n.js';
import { token } from '../app/theme.js';
import { axis, decadeAxis, decades, Legend, Plot, ruler } from './plot.js';
import { lengthText } from './words.js';

const line = (colour, points = false) => ({ stroke: token(colour), width: 2, points: { show: points, size: 5 } });

/** Values as a table, for those who do not see the curve. */
const Values = ({ name, head, rows }) => html`<details class="values"><summary>${t('conj.values')}</summary>
  <div class="scroll" tabindex="0" role="region" aria-label=${name}><table class="plain"><caption class="unseen">${name}</caption>
    <thead><tr>${head.map((each) => html`<th key=${each} scope="col" class="end">${each}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${row[0]}>${row.map((cell, k) => html`<td key=${k} class="end">${cell}</td>`)}</tr>`)}</tbody></table></div></details>`;

/** The probability over one factor of both covariances' size; its maximum is the bound. */
export function Dilution({ curve, maximum, probability, profile }) {
  useWords();
  const scale = decades(curve.probability, [probability, maximum?.value]);
  const data = useMemo(() => [curve.scale.map(Math.log10), curve.probability.map(scale.of)], [curve]);
  const make = () => ({
    scales: { x: { time: false }, y: { range: [scale.low, scale.high] } },
    axes: [axis({ size: 28, label: t('conj.dilution.axis'), values: (_plot, splits) => splits.map((each) => factorText(10 ** each)), space: 50 }), decadeAxis()],
    series: [{}, line('--series-1')],
    hooks: { draw: [
      ...(profile && Math.log10(profile.action_probability) > scale.low ? [ruler({ y: Math.log10(profile.action_probability), text: t('conj.level.action'), colour: '--level-action', dash: [2, 3] })] : []),
      marker(0, scale.of(probability), '--text', '●'),
      ...(maximum?.value && maximum.covariance_scale ? [marker(Math.log10(maximum.covariance_scale), scale.of(maximum.value), '--series-2', '▲')] : []),
    ] },
  });
  return html`<${Plot} label=${t('conj.dilution.told', { scale: factorText(maximum?.covariance_scale), max: probabilityText(maximum?.value) })} data=${data} make=${make} deps=${[profile, document.documentElement.lang]} />
    <${Legend} entries=${[{ text: t('conj.dilution.now', { p: probabilityText(probability) }), colour: '--text', kind: 'dot' }, maximum?.value && { text: t('conj.dilution.max', { p: probabilityText(maximum.value), scale: factorText(maximum.covariance_scale) }), colour: '--series-2', kind: 'triangle' }]} />
    <p class="dim small">${t('conj.dilution.why')}</p>
    <${Values} name=${t('conj.dilution')} head=${[t('conj.dilution.axis'), t('conj.col.probability')]} rows=${curve.scale.map((each, k) => [factorText(each), probabilityText(curve.probability[k])])} />`;
}

const factorText = (value) => (Number.isFinite(value) ? `${number(value, value < 0.1 ? 3 : value < 10 ? 2 : 0)}×` : '–');

/** A sign at a point of the plot. */
function marker(x, y, colour, sign) {
  return (plot) => {
    if (y === null) return;
    const { ctx } = plot;
    ctx.save();
    ctx.fillStyle = token(colour);
    ctx.strokeStyle = token('--bg-panel');
    ctx.lineWidth = 3 * devicePixelRatio;
    ctx.font = `${15 * devicePixelRatio}px ${token('--font')}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.strokeText(sign, plot.valToPos(x, 'x', true), plot.valToPos(y, 'y', true));
    ctx.fillText(sign, plot.valToPos(x, 'x', true), plot.valToPos(y, 'y', true));
    ctx.restore();
  };
}

/** The probability over the combined radius. */
export function RadiusCurve({ sensitivity, radius }) {
  useWords();
  const scale = decades(sensitivity.probability_by_radius);
  const data = useMemo(() => [sensitivity.radius_m, sensitivity.probability_by_radius.map(scale.of)], [sensitivity]);
  const make = () => ({
    scales: { x: { time: false }, y: { range: [scale.low, scale.high] } },
    axes: [axis({ size: 28, label: t('conj.radius.axis'), space: 50 }), decadeAxis()],
    series: [{}, line('--series-1', true)],
    hooks: { draw: radius ? [ruler({ x: radius, text: lengthText(radius), colour: '--text' })] : [] },
  });
  return html`<${Plot} label=${t('conj.radius.told', { radius: lengthText(radius) })} height=${150} data=${data} make=${make} deps=${[document.documentElement.lang]} />
    <${Values} name=${t('conj.radius.curve')} head=${[t('conj.radius.axis'), t('conj.col.probability')]} rows=${sensitivity.radius_m.map((each, k) => [number(each, 2), probabilityText(sensitivity.probability_by_radius[k])])} />`;
}

/** Both objects' deviations apart: shaded cells, more for more. */
export function ScaleGrid({ sensitivity }) {
  useWords();
  const { scale_1: rows, scale_2: columns, probability_by_scale: cells } = sensitivity;
  const logs = cells.flat().filter((each) => each > 0).map(Math.log10);
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const share = (value) => (value > 0 && high > low ? Math.round(8 + (52 * (Math.log10(value) - low)) / (high - low)) : 0);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('conj.grid')}><table class="plain grid">
    <caption class="dim">${t('conj.grid.caption')}</caption>
    <thead><tr><th scope="col">1 ↓ 2 →</th>${columns.map((each) => html`<th key=${each} scope="col" class="end">${factorText(each)}</th>`)}</tr></thead>
    <tbody>${cells.map((row, k) => html`<tr key=${rows[k]}><th scope="row" class="end">${factorText(rows[k])}</th>${row.map((value, j) => html`<td key=${columns[j]} class=${`end ${rows[k] === 1 && columns[j] === 1 ? 'here' : ''}`}
      style=${{ background: `color-mix(in srgb, var(--shade) ${share(value)}%, transparent)` }}>${probabilityText(value)}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}
