/** A small plot of a few lines over time, with its numbers in words beside it. */
import { html } from 'preact';
import { number, t } from '../../app/i18n.js';
import { utcText } from '../../app/time.js';

const W = 300;
const H = 90;
const SHADES = ['var(--series-1)', 'var(--series-2)'];
const DASHES = ['', '5 3'];

/** @param {{title: string, unit: string, digits?: number, lines: {name: string, values: [number, number][]}[], mark?: number}} props */
export function Spark({ title, unit, digits = 1, lines, mark }) {
  const points = lines.flatMap((line) => line.values).filter(([, y]) => Number.isFinite(y));
  if (points.length < 2) return null;
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const pad = (y1 - y0) * 0.08 || 1;
  const sx = (x) => ((x - x0) / (x1 - x0 || 1)) * W;
  const sy = (y) => H - ((y - y0 + pad) / (y1 - y0 + 2 * pad)) * H;
  const path = (values) => {
    let pen = 'M';
    return values.map(([x, y]) => {
      if (!Number.isFinite(y)) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${sx(x).toFixed(1)} ${sy(y).toFixed(1)}`;
      pen = 'L';
      return step;
    }).join('');
  };
  const words = t('object.spark', { title, low: number(y0, digits), high: number(y1, digits), unit, from: utcText(x0).slice(0, 16), to: utcText(x1).slice(0, 16) });
  return html`<figure class="spark">
    <svg viewBox=${`0 0 ${W} ${H}`} preserveAspectRatio="none" role="img" aria-label=${words}>
      ${lines.map((line, k) => html`<path key=${line.name} d=${path(line.values)} stroke=${SHADES[k]} stroke-dasharray=${DASHES[k]} />`)}
      ${Number.isFinite(mark) && mark >= x0 && mark <= x1 && html`<line x1=${sx(mark)} x2=${sx(mark)} y1="0" y2=${H} class="mark" />`}
    </svg>
    <figcaption>${lines.length > 1 && lines.map((line, k) => html`<span key=${line.name}><svg class="key" viewBox="0 0 20 8" aria-hidden="true"><path d="M0 4H20" stroke=${SHADES[k]} stroke-dasharray=${DASHES[k]} /></svg>${line.name}</span>`)}<span class="dim">${words}</span></figcaption>
  </figure>`;
}
