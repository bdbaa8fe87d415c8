/** What kind of data this is, on top of everything and never to be overlooked; and whether the node is there. */
import { html, useEffect, useState } from 'preact';
import { connection } from '../app/api.js';
import { catalogue } from '../app/catalogue.js';
import { spanText, t, useWords } from '../app/i18n.js';
import { useStore } from '../app/store.js';

export function Banner() {
  useWords();
  const { data, status, held } = useStore(catalogue, (s) => s);
  const away = useStore(connection, (s) => s.since);
  const [, tick] = useState(0);
  useEffect(() => {
    if (away === null) return undefined;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [away]);
  const mode = data?.dataMode ?? held?.mode ?? null;
  return html`<div class=${`banner mode-${(mode ?? 'none').toLowerCase()}`} role="region" aria-label=${t('banner.label')}>
    <strong>${t(mode ? `mode.${mode}` : status === 'loading' ? 'mode.loading' : 'mode.none')}</strong>
    <span class="banner-note">${status === 'empty' ? withoutCatalogue(held) : mode && t(mode === 'SIMULATED' ? 'banner.simulated' : 'banner.advisory')}</span>
    ${away !== null && html`<strong class="away" role="alert">${t('banner.away', { age: spanText((Date.now() - away) / 1000) })}</strong>`}
  </div>`;
}

/** What there is where there are no element sets. */
const withoutCatalogue = (held) => (held?.events ? t('banner.messages', { n: held.events }) : t('banner.empty'));
