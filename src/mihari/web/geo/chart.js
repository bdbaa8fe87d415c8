/** The window of the belt: inclination, or the days around the moment, over longitude. */
import { html, useRef, useState } from 'preact';
import { language, number, t, useWords } from '../app/i18n.js';
import { select } from '../app/state.js';
import { parseUtc } from '../app/time.js';
import { useCanvas } from '../ui/canvas.js';
import { longitudeText } from '../ui/words.js';
import { inWindow, setWindow } from './belt.js';
import { drawInclination, drawTime } from './draw.js';
import { windowText } from './ink.js';

const DRAG_PX = 4;

/** @param {{rows: object[], window: object, selected: number|null, watched: Set<number>, anchor: number|null, series?: string[], nowMs: number}} props */
export function Chart({ rows, window, selected, watched, anchor, series, nowMs }) {
  useWords();
  const hit = useRef(() => null);
  const held = useRef(null);
  const [pointed, setPointed] = useState(null);
  const here = rows.filter((row) => inWindow(row, window));
  const isTime = window.chart === 'time';
  const most = Math.max(1, Math.ceil(1.06 * Math.max(0, ...here.map((row) => row.inclination_deg))));
  const { canvas, width } = useCanvas((ctx, w, h) => {
    const shared = { window, selected, watched, anchor, words: t(`geo.axis.${isTime ? 'days' : 'inclination'}`) };
    hit.current = isTime
      ? drawTime(ctx, w, h, { ...shared, rows, times: series.map(parseUtc), nowMs })
      : drawInclination(ctx, w, h, { ...shared, rows: here, most });
  }, [rows, window.middle, window.width, window.chart, selected, watched, anchor, series, most, language()]);
  const place = (event) => {
    const box = canvas.current.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const onMove = (event) => {
    const [x, y] = place(event);
    if (held.current) {
      if (Math.abs(x - held.current.x) > DRAG_PX) held.current.moved = true;
      if (held.current.moved) setWindow({ middle: held.current.middle - ((x - held.current.x) / width) * window.width });
    }
    setPointed(held.current?.moved ? null : hit.current(x, y));
  };
  const onUp = (event) => {
    const was = held.current;
    held.current = null;
    const found = was && !was.moved && hit.current(...place(event));
    if (found) select(found.row.norad_cat_id);
  };
  const summary = t(isTime ? 'geo.chart.time' : 'geo.chart.inclination', { n: here.length, window: windowText(window), drifting: number(here.filter((row) => row.drifting).length) });
  return html`<div class="geo-chart">
    <canvas ref=${canvas} role="img" aria-label=${summary} data-testid="geo-chart" class=${pointed ? 'pointing' : ''}
      onPointerDown=${(event) => { held.current = { x: place(event)[0], middle: window.middle, moved: false }; canvas.current.setPointerCapture(event.pointerId); }}
      onPointerMove=${onMove} onPointerUp=${onUp} onPointerCancel=${() => { held.current = null; }} onPointerLeave=${() => setPointed(null)}></canvas>
    ${!here.length && html`<p class="geo-none">${t('geo.none.here')}</p>`}
    ${pointed && html`<${Tip} at=${pointed} width=${width} />`}
  </div>`;
}

const Tip = ({ at: { row, x, y }, width }) => html`<div class="tip" style=${{ top: `${y + 14}px`, ...(x > width / 2 ? { right: `${width - x + 8}px` } : { left: `${x + 8}px` }) }}>
  <strong><bdi>${row.object_name ?? row.norad_cat_id}</bdi></strong>
  <span>${longitudeText(row.longitude_deg, 3)} · ${number(row.inclination_deg, 2)}°</span>
  <span>${t('geo.drift')} ${number(row.drift_deg_day, 3)} °/d</span>
</div>`;
