/** How the desk's rooms write the node's words: both languages stand in the record, the page takes its own. */
import { html } from 'preact';
import { language, t } from '../app/i18n.js';
import { known, utcOf } from '../ui/words.js';

const KINDS = ['BREAKUP', 'INTERFERENCE', 'REENTRY', 'MANOEUVRE', 'PROXIMITY', 'LAUNCH', 'SPACE_WEATHER', 'GROUND_OUTAGE', 'CYBER_OUTAGE'];

/** Events that people reported: every kind but the conjunctions, which come as messages. */
export const REPORTED = `space-events?${KINDS.map((kind) => `kind=${kind}`).join('&')}&limit=1000`;

/** A member that a record has in both languages; the other one where a person wrote only that. */
export function said(record, name) {
  const own = record?.[`${name}_${language()}`];
  const other = language() === 'en' ? 'ja' : 'en';
  return own?.length ? own : record?.[`${name}_${other}`];
}

/** A text of a record, marked as the language that it is in. */
export function Said({ of, name }) {
  const own = of?.[`${name}_${language()}`];
  const text = said(of, name);
  return text ? html`<bdi lang=${own?.length ? language() : language() === 'en' ? 'ja' : 'en'}>${text}</bdi>` : null;
}

/** A value that nobody entered is called so. */
export const Known = ({ value }) =>
  (value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length) ? html`<span class="untold">${t('policy.unknown')}</span>` : html`<bdi>${[].concat(value).join(', ')}</bdi>`);

export const Utc = ({ at }) => html`<span class="mono">${utcOf(at).slice(0, 16)}${at ? ' UTC' : ''}</span>`;

export const Status = ({ status }) => html`<span class=${`badge status-${status}`}>${known('policy.status', status)}</span>`;

export const Mode = ({ mode }) => html`<span class="badge">${t(`mode.${mode}`)}</span>`;

/** A part of a room: a heading, what is in it, and a note under it. */
export const Card = ({ title, kind = '', note, children }) => html`<section class=${`card ${kind}`} aria-label=${title}><h3>${title}</h3>${children}${note && html`<p class="dim small">${note}</p>`}</section>`;

/** Which part of a room is shown. */
export const Parts = ({ label, names, at, onPart }) => html`<div class="choice desk-parts" role="group" aria-label=${label}>
  ${names.map(([name, words]) => html`<button type="button" key=${name} aria-pressed=${name === at} onClick=${() => onPart(name)}>${words}</button>`)}</div>`;
