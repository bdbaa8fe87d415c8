/** uPlot with our axes: UTC, whole decades, colours from the style tokens; drawn again when the theme changes. */
import { html, useEffect, useRef, useState } from 'preact';
import uPlot from 'uplot';
import { state } from '../app/state.js';
import { token } from '../app/theme.js';

const DAY_S = 86400;

/** Changes when the page's colours do. */
export function useThemeRound() {
  const [round, next] = useState(0);
  useEffect(() => {
    const again = () => next((n) => n + 1);
    const system = matchMedia('(prefers-color-scheme: light)');
    system.addEventListener('change', again);
    // After the theme has been put on the document, whoever heard of it first.
    const end = state.subscribe((now, before) => now.theme !== before.theme && setTimeout(again));
    return () => { system.removeEventListener('change', again); end(); };
  }, []);
  return round;
}

/**
 * @param {{label: string, height: number, data: (number|null)[][], make: () => object, deps: any[]}} props `make`
 *   gives uPlot's options without size; it is called anew when the theme or `deps` change
 */
export function Plot({ label, height = 170, data, make, deps = [] }) {
  const box = useRef(null);
  const round = useThemeRound();
  useEffect(() => {
    const width = box.current.clientWidth || 300;
    const plot = new uPlot({
      width, height, legend: { show: false }, cursor: { drag: { x: false, y: false }, y: false }, padding: [8, 20, 0, 0],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'), ...make(),
    }, data, box.current);
    const watcher = new ResizeObserver(([entry]) => {
      const wide = Math.round(entry.contentRect.width);
      if (wide > 0 && wide !== plot.width) plot.setSize({ width: wide, height });
    });
    watcher.observe(box.current);
    return () => { watcher.disconnect(); plot.destroy(); };
  }, [data, round, height, ...deps]);
  return html`<div class="plot" ref=${box} role="img" aria-label=${label} style=${{ height: `${height}px` }}></div>`;
}

/** What all axes share. */
export const axis = (more) => ({
  stroke: token('--dim'), font: `11px ${token('--font')}`, labelFont: `11px ${token('--font')}`, labelSize: 18, size: 50,
  grid: { stroke: token('--line'), width: 1 }, ticks: { stroke: token('--line'), width: 1, size: 4 }, ...more,
});

/** Time in UTC on 24 hours. */
export const timeAxis = (more) => axis({
  size: 36, space: 62,
  values: (_plot, splits, _axis, _space, step) => splits.map((each, k) => {
    const text = new Date(each * 1000).toISOString();
    if (step >= DAY_S) return text.slice(5, 10);
    return k === 0 || text.slice(11, 16) === '00:00' ? `${text.slice(11, 16)}\n${text.slice(5, 10)}` : text.slice(11, 16);
  }),
  ...more,
});

/** Powers of ten over logarithms: one line for each decade that has room, none between. */
export const decadeAxis = (more) => axis({
  incrs: [1, 2, 3, 5, 10, 20, 50, 100], space: 24,
  values: (_plot, splits) => splits.map((each) => (Number.isInteger(each) ? powerText(each) : '')), ...more,
});
const powerText = (exponent) => (exponent === 0 ? '1' : `1e${exponent}`);

/** Logarithms on a scale that a reader can use: at most ten decades below the greatest, what is less lies at the foot. */
export function decades(values, more = []) {
  const logs = [...values, ...more].filter((each) => each > 0).map(Math.log10);
  if (!logs.length) return { low: -10, high: 0, of: () => null };
  const high = Math.min(0, Math.ceil(Math.max(...logs) + 0.05));
  const low = Math.max(Math.floor(Math.min(...logs) - 0.05), high - 10);
  return { low, high, of: (value) => (value === null || value === undefined ? null : Math.max(value > 0 ? Math.log10(value) : -Infinity, low)) };
}

/** A level across the plot with its name, or a moment down it. */
export function ruler({ x, y, text, colour, dash = [5, 4] }) {
  return (plot) => {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.strokeStyle = ctx.fillStyle = token(colour);
    ctx.lineWidth = 1.2 * ratio;
    ctx.setLineDash(dash.map((each) => each * ratio));
    ctx.font = `${11 * ratio}px ${token('--font')}`;
    // The axes leave their own behind.
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.beginPath();
    if (y !== undefined) {
      const at = plot.valToPos(y, 'y', true);
      ctx.moveTo(bbox.left, at);
      ctx.lineTo(bbox.left + bbox.width, at);
      ctx.stroke();
      ctx.fillText(text, bbox.left + 4 * ratio, at - 4 * ratio);
    } else {
      const at = plot.valToPos(x, 'x', true);
      ctx.moveTo(at, bbox.top);
      ctx.lineTo(at, bbox.top + bbox.height);
      ctx.stroke();
      const wide = ctx.measureText(text).width;
      const left = at + wide + 8 * ratio > bbox.left + bbox.width ? at - wide - 4 * ratio : at + 4 * ratio;
      ctx.fillText(text, left, bbox.top + 12 * ratio);
    }
    ctx.restore();
  };
}

/** A legend that wraps instead of being cut. */
export const Legend = ({ entries }) => html`<ul class="legend-row">${entries.filter(Boolean).map(({ text, colour, kind = 'line' }) => html`<li key=${text}>
  <span class=${`sample ${kind}`} style=${{ color: `var(${colour})` }} aria-hidden="true"></span>${text}</li>`)}</ul>`;
