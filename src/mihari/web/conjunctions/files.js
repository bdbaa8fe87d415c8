/** What can be mailed: the report, and each plot that the event has the data for. */
import { html } from 'preact';
import { API } from '../app/api.js';
import { t, useWords } from '../app/i18n.js';
import { Answered } from '../ui/panel.js';
import { useAnswer } from '../ui/load.js';
import { known } from './words.js';
import { Said } from '../ui/said.js';

export function Files({ id, mode }) {
  useWords();
  const answer = useAnswer('plots', { event: id, mode });
  const query = new URLSearchParams({ event: id, ...(mode ? { mode } : {}) });
  const link = (path, text) => html`<a href=${`${API}/${path}?${query}`} target="_blank" rel="noopener">${text}</a>`;
  return html`<ul class="files">
    <li>${t('conj.files.report')}: ${link('report.html', 'HTML')} · ${link('report.pdf', 'PDF')}</li>
    <li>${t('conj.files.data')}: ${html`<a href=${`${API}/events/${encodeURIComponent(id)}${mode ? `?mode=${mode}` : ''}`} target="_blank" rel="noopener">JSON</a>`}</li></ul>
    <${Answered} answer=${answer}>${({ plots, left_out: left }) => html`<ul class="files">
      ${plots.map((name) => html`<li key=${name}>${known('conj.plot', name)}: ${link(`plots/${name}.svg`, 'SVG')} · ${link(`plots/${name}.png`, 'PNG')}</li>`)}
      ${Object.entries(left).map(([name, reason]) => html`<li key=${name} class="dim">${known('conj.plot', name)}: ${t('conj.files.left-out')} <small><${Said} text=${reason} /></small></li>`)}
    </ul>`}<//>`;
}
