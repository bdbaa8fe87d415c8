/** The lane of element sets: how many have their epoch when, as bars; the summary says it in words. */
import { html, useMemo } from 'preact';
import { number, t } from '../app/i18n.js';
import { epochCounts } from './items.js';

const BAR_PX = 6;

export function Epochs({ data, from, span, width, nowMs }) {
  const parts = Math.max(10, Math.floor(width / BAR_PX));
  const counts = useMemo(() => epochCounts(data, from, from + span, parts), [data, from, span, parts]);
  const most = Math.max(1, ...counts);
  const total = counts.reduce((a, b) => a + b, 0);
  const words = t('timeline.epochs', { n: total });
  const step = width / parts;
  return html`<div class="lane" role="group" aria-label=${words}>
    <p class="lane-name"><span class="lane-letter" aria-hidden="true">U</span><span>${t('timeline.lane.epochs')}<small>${t('timeline.epochs.count', { n: number(total) })}</small></span></p>
    <div class="lane-line bars"><svg viewBox=${`0 0 ${width} 30`} width=${width} height="30" role="img" aria-label=${words}>
      ${[...counts].map((count, k) => count > 0 && html`<rect key=${k} x=${k * step} y=${30 - Math.max(1, (count / most) * 28)} width=${step - 1} height=${Math.max(1, (count / most) * 28)} class=${from + (k / parts) * span <= nowMs ? 'past' : 'future'} />`)}
    </svg></div>
  </div>`;
}
