/** A table for any number of rows: only what is in view is in the page, the rest is told to assistive software. */
import { html, useEffect, useMemo, useRef, useState } from 'preact';
import { t, useWords } from '../app/i18n.js';
import { download, toCsv } from './export.js';

const SPARE = 8;
// Kept, because making one takes longer than comparing ten thousand names.
const COLLATOR = new Intl.Collator('en', { numeric: true });

/**
 * @param {{
 *   caption: string, columns: {key: string, name: string, title?: string, align?: 'end', value: (row: any) => any,
 *     show?: (row: any) => any, sort?: (row: any) => any, hidden?: boolean}[],
 *   rows: any[], idOf: (row: any) => any, selected?: any, onSelect?: (row: any) => void, first?: string,
 *   descending?: boolean, file?: string, meta?: object, empty?: string, rowPx?: number
 * }} props `value` is exported and sorts, unless `sort` does; `show` is what is seen; `hidden` columns are in files alone
 */
export function Table({ caption, columns, rows, idOf, selected, onSelect, first, descending = false, file, meta, empty, rowPx = 28 }) {
  useWords();
  const [order, setOrder] = useState({ key: first ?? null, down: descending });
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const [focus, setFocus] = useState(0);
  const box = useRef(null);
  const seen = columns.filter((each) => !each.hidden);
  const sorted = useMemo(() => {
    const column = columns.find((each) => each.key === order.key);
    if (!column) return rows;
    const key = column.sort ?? column.value;
    const keyed = rows.map((row) => [key(row), row]);
    keyed.sort(([a], [b]) => isLost(a) - isLost(b) || compare(a, b) * (order.down ? -1 : 1));
    return keyed.map(([, row]) => row);
  }, [rows, order, columns]);
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setHeight(entry.contentRect.height));
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  const begin = Math.max(0, Math.floor(top / rowPx) - SPARE);
  const end = Math.min(sorted.length, Math.ceil((top + height) / rowPx) + SPARE);
  const move = (to) => {
    const place = Math.max(0, Math.min(sorted.length - 1, to));
    setFocus(place);
    const y = place * rowPx;
    if (y < box.current.scrollTop) box.current.scrollTop = y;
    else if (y + rowPx * 2 > box.current.scrollTop + height) box.current.scrollTop = y + rowPx * 2 - height;
  };
  const keys = {
    ArrowDown: () => move(focus + 1), ArrowUp: () => move(focus - 1),
    PageDown: () => move(focus + Math.floor(height / rowPx) - 1), PageUp: () => move(focus - Math.floor(height / rowPx) + 1),
    Home: () => move(0), End: () => move(sorted.length - 1),
    Enter: () => sorted[focus] && onSelect?.(sorted[focus]), ' ': () => sorted[focus] && onSelect?.(sorted[focus]),
  };
  const onKey = (event) => {
    if (event.target.closest('button') || !keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  };
  return html`<div class="table-frame">
    <div class="table-tools">
      <span class="count">${t('table.rows', { n: sorted.length })}</span>
      ${file && html`<button type="button" class="small" onClick=${() => download(`${file}.csv`, toCsv(columns, sorted, meta), 'text/csv')}>CSV</button>
      <button type="button" class="small" onClick=${() => download(`${file}.json`, JSON.stringify({ ...meta, rows: sorted.map((row) => Object.fromEntries(columns.map((each) => [each.key, each.value(row)]))) }, null, 1), 'application/json')}>JSON</button>`}
    </div>
    <div class="table-box" ref=${box} onScroll=${(event) => setTop(event.target.scrollTop)} tabindex="0" role="region" aria-label=${caption} onKeyDown=${onKey}>
      <table aria-rowcount=${sorted.length + 1}>
        <caption class="unseen">${caption}</caption>
        <thead><tr aria-rowindex="1">
          ${seen.map((column) => html`<th key=${column.key} scope="col" class=${column.align === 'end' ? 'end' : ''} aria-sort=${order.key === column.key ? (order.down ? 'descending' : 'ascending') : 'none'}>
            <button type="button" title=${column.title ?? ''} onClick=${() => setOrder({ key: column.key, down: order.key === column.key ? !order.down : false })}>
              ${column.name}<span aria-hidden="true">${order.key === column.key ? (order.down ? ' ▼' : ' ▲') : ''}</span>
            </button></th>`)}
        </tr></thead>
        <tbody>
          ${begin > 0 && html`<tr class="spacer" aria-hidden="true" key="above"><td colspan=${seen.length} style=${{ height: `${begin * rowPx}px` }}></td></tr>`}
          ${sorted.slice(begin, end).map((row, k) => {
            const place = begin + k;
            const chosen = selected !== undefined && selected !== null && idOf(row) === selected;
            return html`<tr key=${idOf(row)} aria-rowindex=${place + 2} aria-current=${chosen ? "true" : undefined} class=${`${chosen ? 'chosen' : ''} ${place === focus ? 'focus' : ''}`} style=${{ height: `${rowPx}px` }}
              onClick=${() => { setFocus(place); onSelect?.(row); }}>
              ${seen.map((column) => html`<td key=${column.key} class=${column.align === 'end' ? 'end' : ''}>${column.show ? column.show(row) : (column.value(row) ?? '–')}</td>`)}
            </tr>`;
          })}
          ${end < sorted.length && html`<tr class="spacer" aria-hidden="true" key="below"><td colspan=${seen.length} style=${{ height: `${(sorted.length - end) * rowPx}px` }}></td></tr>`}
        </tbody>
      </table>
      ${!sorted.length && html`<p class="state empty">${empty || t('table.none')}</p>`}
    </div>
  </div>`;
}

/** What is not known comes last, whichever way round. */
const isLost = (value) => value === null || value === undefined || Number.isNaN(value);
const compare = (a, b) => (isLost(a) ? 0 : typeof a === 'string' ? COLLATOR.compare(a, b) : a - b);
