/** Two objects: how far apart they are over the next hours, as a plot, in words and as a table. */
import { html, useEffect, useMemo, useRef, useState } from 'preact';
import uPlot from 'uplot';
import { nameOf } from '../app/catalogue.js';
import { number, t, useWords } from '../app/i18n.js';
import { clock, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { isoUtc, parseUtc, utcText } from '../app/time.js';
import { token } from '../app/theme.js';
import { about } from '../ui/export.js';
import { useAnswer } from '../ui/load.js';
import { Answered } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { useTick } from '../ui/timebar.js';

const WINDOW_MS = 3600000;
const SPANS_H = [1, 6, 24];

export function Compare({ data }) {
  useWords();
  useTick(1000);
  const selected = useStore(state, (s) => s.selected);
  const compared = useStore(state, (s) => s.compared);
  const [hours, setHours] = useState(6);
  const [table, setTable] = useState(false);
  const start = isoUtc(Math.floor(clock.now() / WINDOW_MS) * WINDOW_MS);
  const answer = useAnswer(`objects/${selected}/range/${compared}`, { start, span_s: hours * 3600, step_s: hours * 10 });
  const name = (id) => {
    const row = data.index.get(id);
    return row === undefined ? String(id) : nameOf(data, row).slice(0, 60);
  };
  return html`<section class="globe-sheet compare" aria-label=${t('globe.compare')} data-testid="globe-compare">
    <header class="panel-head"><h2><bdi>${name(selected)}</bdi> – <bdi>${name(compared)}</bdi></h2>
      <div class="choice" role="group" aria-label=${t('globe.compare.span')}>${SPANS_H.map((each) => html`<button type="button" class="small" key=${each} aria-pressed=${each === hours} onClick=${() => setHours(each)}>${t('span.hours', { v: each })}</button>`)}</div>
      <button type="button" class="small" aria-pressed=${table} onClick=${() => setTable(!table)}>${t('globe.astable')}</button>
      <button type="button" class="icon" aria-label=${t('globe.close')} onClick=${() => state.set({ compared: null })}>×</button></header>
    <${Answered} answer=${answer} isEmpty=${(found) => !found.rows.length} empty=${t('globe.compare.empty')}>${(found) => html`<${Found} rows=${found.rows} table=${table} />`}<//>
  </section>`;
}

function Found({ rows, table }) {
  const least = rows.reduce((a, b) => (b.range_km !== null && (a === null || b.range_km < a.range_km) ? b : a), null);
  const columns = useMemo(() => [
    { key: 'utc', name: 'UTC', value: (row) => row.utc, show: (row) => utcText(parseUtc(row.utc)) },
    { key: 'range_km', name: t('globe.range'), align: 'end', value: (row) => row.range_km, show: (row) => number(row.range_km, 3) },
    { key: 'relative_speed_km_s', name: t('globe.speed'), align: 'end', value: (row) => row.relative_speed_km_s, show: (row) => number(row.relative_speed_km_s, 3) },
  ], [t('globe.range')]);
  return html`<p class="compare-words">${least?.range_km === undefined ? t('globe.compare.empty') : t('globe.compare.least', { range: number(least.range_km, 1), at: utcText(parseUtc(least.utc)), speed: number(least.relative_speed_km_s, 2) })}</p>
    ${table ? html`<${Table} caption=${t('globe.compare')} columns=${columns} rows=${rows} idOf=${(row) => row.utc} onSelect=${(row) => clock.jump(parseUtc(row.utc))} file="range" meta=${about()} first="utc" />`
    : html`<${Plot} rows=${rows} />`}`;
}

/** Range over UTC, logarithmic where it spans decades; the line of the moment is drawn anew each second. */
function Plot({ rows }) {
  const box = useRef(null);
  const plot = useRef(null);
  const theme = useStore(state, (s) => s.theme);
  useEffect(() => {
    const place = box.current;
    const size = () => ({ width: Math.max(200, place.clientWidth), height: Math.max(90, place.clientHeight) });
    const ranges = rows.map((row) => row.range_km).filter((each) => each > 0);
    const log = Math.max(...ranges) / Math.min(...ranges) > 100;
    const decade = (u, ticks) => ticks.map((each) => (!log || Number.isInteger(Math.round(Math.log10(each) * 1e6) / 1e6) ? each : null));
    const axis = { stroke: token('--dim'), grid: { stroke: token('--line'), width: 1 }, ticks: { stroke: token('--line'), width: 1 }, font: '12px system-ui' };
    plot.current = new uPlot({
      ...size(), padding: [8, 22, 0, 0], tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'), legend: { show: false }, cursor: { drag: { x: false, y: false } },
      scales: { y: { distr: log ? 3 : 1 } },
      axes: [{ ...axis, values: (u, ticks) => ticks.map((each) => isoUtc(each * 1000).slice(11, 16)) },
        // Lines of decades alone: those between would merge into a grey band.
        { ...axis, grid: { ...axis.grid, filter: decade }, ticks: { ...axis.ticks, filter: decade }, filter: decade, size: 64, label: t('globe.range'), labelSize: 18, values: (u, ticks) => ticks.map((each) => (each === null ? '' : number(each, each < 1 ? 2 : 0))) }],
      series: [{}, { stroke: token('--series-1'), width: 2, points: { show: false } }],
      hooks: {
        draw: [(u) => {
          const x = u.valToPos(clock.now() / 1000, 'x', true);
          if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) return;
          u.ctx.fillStyle = token('--focus');
          u.ctx.fillRect(x - 1, u.bbox.top, 2, u.bbox.height);
        }],
      },
    }, [rows.map((row) => parseUtc(row.utc) / 1000), rows.map((row) => (row.range_km > 0 ? row.range_km : null))], place);
    const watcher = new ResizeObserver(() => plot.current?.setSize(size()));
    watcher.observe(place);
    const timer = setInterval(() => !document.hidden && plot.current?.redraw(false), 1000);
    return () => {
      watcher.disconnect();
      clearInterval(timer);
      plot.current.destroy();
      plot.current = null;
    };
  }, [rows, theme]);
  return html`<div class="compare-plot" ref=${box} role="img" aria-label=${t('globe.compare.plot')}></div>`;
}
