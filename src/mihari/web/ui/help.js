/** What the keys do, what the colours mean, and what this page is not. */
import { html } from 'preact';
import { t, useWords } from '../app/i18n.js';
import { KEYS } from '../app/keys.js';
import { state } from '../app/state.js';
import { useStore } from '../app/store.js';

export function Help() {
  useWords();
  const keys = useStore(state, (s) => s.keys);
  return html`<dialog id="help" aria-labelledby="help-title">
    <h2 id="help-title">${t('help.title')}</h2>
    <p>${t('help.what')}</p>
    <p>${t('help.not')}</p>
    <h3>${t('help.keys')}</h3>
    <dl class="facts">${KEYS.map(([key, words]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${t(words)}</dd></div>`)}</dl>
    <label class="tick"><input type="checkbox" checked=${keys} onChange=${(event) => state.set({ keys: event.target.checked })} /> ${t('help.single')}</label>
    <p><a href="/api/v1/">${t('help.api')}</a> · <a href="/web/vendor/LICENSES.txt">${t('help.licences')}</a></p>
    <form method="dialog"><button>${t('help.close')}</button></form>
  </dialog>`;
}
