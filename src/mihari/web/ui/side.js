/** What is selected: an object, or nothing. */
import { html } from 'preact';
import { t, useWords } from '../app/i18n.js';
import { state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { ObjectCard } from './object.js';

export function Side() {
  useWords();
  const selected = useStore(state, (s) => s.selected);
  if (!selected) return null;
  return html`<aside class="side" aria-label=${t('object.label')}><${ObjectCard} key=${selected} id=${selected} /></aside>`;
}
