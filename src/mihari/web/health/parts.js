/** Small charts that are tables: bars with their numbers, and plain grids. */
import { html } from 'preact';
import { number, t } from '../app/i18n.js';

/** Bars with name, number and remark; a reader without eyes for them has a table. */
export function Bars({ name, unit, rows }) {
  const most = Math.max(1, ...rows.map((row) => row.value));
  return html`<table class="bars-table"><caption class="unseen">${name}</caption>
    <thead class="unseen"><tr><th scope="col">${name}</th><th scope="col">${unit}</th><th scope="col">${t('health.remark')}</th></tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${row.key}><th scope="row">${row.name}</th>
      <td class="bar-cell"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width=${(row.value / most) * 100} height="10" /></svg></td>
      <td class="end">${row.text ?? number(row.value)}</td><td class="more">${row.more}</td></tr>`)}</tbody></table>`;
}

/** A plain table; columns other than those in `texts` hold numbers and end-align. */
export const Grid = ({ caption, head, rows, texts = [0] }) => html`<div class="grid-box" role="region" tabindex="0" aria-label=${caption}><table class="plain-grid"><caption class="unseen">${caption}</caption>
  <thead><tr>${head.map((each, k) => html`<th key=${k} scope="col" class=${texts.includes(k) ? '' : 'end'}>${each}</th>`)}</tr></thead>
  <tbody>${rows.map((row, k) => html`<tr key=${k}>${row.map((cell, j) => (j ? html`<td key=${j} class=${texts.includes(j) ? '' : 'end'}>${cell}</td>` : html`<th key=${j} scope="row">${cell}</th>`))}</tr>`)}</tbody></table></div>`;
