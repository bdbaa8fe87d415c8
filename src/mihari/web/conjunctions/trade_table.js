/** The table twin of the trade space: every burn of the grid. */
import { html, useMemo } from 'preact';
import { probabilityText, t, useWords } from '../app/i18n.js';
import { clock } from '../app/state.js';
import { utcText } from '../app/time.js';
import { about } from '../ui/export.js';
import { Table } from '../ui/table.js';
import { LEFT } from './trade_chart.js';
import { known, lengthText } from './words.js';

export function TradeTable({ cells }) {
  useWords();
  const columns = useMemo(() => [
    { key: 'burn_utc', name: t('conj.trade.col.when'), value: (row) => row.utc, show: (row) => html`<span class="mono">${utcText(row.ms).slice(0, 16)}</span>` },
    { key: 'delta_v_m_s', name: t('conj.trade.col.size'), align: 'end', value: (row) => row.size, show: (row) => (1000 * row.size).toPrecision(3) },
    { key: 'total_probability', name: t('conj.trade.col.probability'), align: 'end', value: (row) => row.probability, show: (row) => probabilityText(row.probability) },
    { key: 'miss_distance_m', name: t('conj.trade.col.miss'), align: 'end', value: (row) => row.miss, show: (row) => lengthText(row.miss) },
    { key: 'left', name: t('conj.trade.col.left'), value: (row) => row.left, show: (row) => html`<span style=${{ color: `var(${LEFT[row.left].colour})` }}><span aria-hidden="true">${LEFT[row.left].glyph} </span>${t(`conj.trade.left.${row.left}`)}</span>` },
    { key: 'broken', name: t('conj.trade.col.broken'), value: (row) => row.broken.join('; '), show: (row) => row.broken.map((words) => known('conj.trade.broken', words)).join(t('conj.trade.and')) || '–' },
  ], [t('conj.trade.col.when')]);
  return html`<details class="values"><summary>${t('conj.trade.table', { n: cells.length })}</summary>
    <div class="closeup-table"><${Table} caption=${t('conj.trade.table', { n: cells.length })} columns=${columns} rows=${cells} idOf=${(row) => row.key} first="burn_utc" file="trade-space" meta=${about(clock.now())} /></div></details>`;
}
