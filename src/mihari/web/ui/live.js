/** What changed, told to assistive software: politely, and at most once in five seconds. */
import { html, useEffect, useState } from 'preact';
import { catalogue, nameOf } from '../app/catalogue.js';
import { t } from '../app/i18n.js';
import { state } from '../app/state.js';

const PAUSE_MS = 5000;

export function Live() {
  const [words, setWords] = useState('');
  useEffect(() => {
    let last = 0;
    let timer = 0;
    const say = (text) => {
      clearTimeout(timer);
      timer = setTimeout(() => { last = Date.now(); setWords(text); }, Math.max(0, last + PAUSE_MS - Date.now()));
    };
    const end = state.subscribe((now, before) => {
      if (now.selected === before.selected) return;
      const { data } = catalogue.get();
      const row = data?.index.get(now.selected);
      say(now.selected ? t('live.selected', { name: row === undefined ? now.selected : nameOf(data, row) }) : t('live.cleared'));
    });
    return () => { end(); clearTimeout(timer); };
  }, []);
  return html`<div class="unseen" role="status" aria-live="polite">${words}</div>`;
}
