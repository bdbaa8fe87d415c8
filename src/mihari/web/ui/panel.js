/** How every panel says what state it is in: loading, empty with the reason, error with what to do, stale. */
import { html, useEffect, useState } from 'preact';
import { catalogue } from '../app/catalogue.js';
import { spanText, t, useWords } from '../app/i18n.js';
import { useStore } from '../app/store.js';

/** A section with a heading. */
export function Panel({ title, children, label, kind = '', action = null }) {
  useWords();
  return html`<section class=${`panel ${kind}`} aria-label=${label ?? title}>
    ${title && html`<header class="panel-head"><h2>${title}</h2>${action}</header>`}
    ${children}
  </section>`;
}

/**
 * What stands in the place of content that is not there.
 * @param {{answer: object, isEmpty?: (data: any) => boolean, empty?: string, children: (data: any) => any}} props
 */
export function Answered({ answer, isEmpty = () => false, empty, children }) {
  useWords();
  const without = useStore(catalogue, (s) => s.status === 'empty');
  if (answer.status === 'loading') return html`<${Loading} />`;
  if (without && answer.error?.status === 404 && !answer.data) return html`<${Empty} reason=${t('state.nocatalogue')} />`;
  if (answer.status === 'error' && !answer.data) return html`<${Failure} error=${answer.error} again=${answer.again} />`;
  if (isEmpty(answer.data)) return html`<${Empty} reason=${empty} />`;
  return html`${answer.error && html`<${Stale} at=${answer.at} />`}${children(answer.data)}`;
}

/** What takes this long is explained, or it looks broken. */
const LONG_MS = 8000;

export function Loading({ part = null, what = '' }) {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return html`<p class="state loading" role="status">
  <span class="spinner" aria-hidden="true"></span> <span>${what || t('state.loading')}${long && html`<br /><small>${t('state.long')}</small>`}</span>
  ${part !== null && html`<progress max="1" value=${part} aria-label=${what || t('state.loading')}></progress>`}
</p>`;
}

export const Empty = ({ reason }) => html`<p class="state empty">${reason || t('state.empty')}</p>`;

export function Failure({ error, again }) {
  const words = error?.status === 0 ? t('state.away') : error?.message || String(error);
  return html`<div class="state error" role="alert">
    <p><span aria-hidden="true">▲ </span>${t('state.error')}: ${words}</p>
    ${again && html`<button type="button" onClick=${again}>${t('state.again')}</button>`}
  </div>`;
}

export const Stale = ({ at }) =>
  html`<p class="state stale">${t('state.stale', { age: spanText((Date.now() - at) / 1000) })}</p>`;

/** "12 withheld": what may not be seen is counted. */
export const Withheld = ({ count }) => (count ? html`<p class="state withheld">${t('state.withheld', { n: count })}</p>` : null);

/** Pairs of name and value. */
export const Facts = ({ rows }) => html`<dl class="facts">
  ${rows.filter(Boolean).map(([name, value, more]) => html`<div key=${name}><dt>${name}</dt><dd>${value ?? '–'}${more && html` <small>${more}</small>`}</dd></div>`)}
</dl>`;
