/** Name, search, how old the catalogue is, how many objects, language, theme, help. */
import { html, useRef, useState } from 'preact';
import { catalogue, nameOf, searchRows } from '../app/catalogue.js';
import { LANGUAGES, language, number, spanText, t, useWords } from '../app/i18n.js';
import { clock, select, state } from '../app/state.js';
import { useStore } from '../app/store.js';

export function Header() {
  useWords();
  const { data, status } = useStore(catalogue, (s) => s);
  return html`<header class="top">
    <h1><span aria-hidden="true">◉ </span>Mihari</h1>
    <${Search} data=${data} />
    <p class="pill">${data ? t('header.age', { age: ageText(data) }) : t(`header.${status}`)}</p>
    <p class="pill wide">${data ? t('header.objects', { n: data.count }) : '–'}</p>
    <span class="spring"></span>
    <div class="choice" role="group" aria-label=${t('header.language')}>
      ${Object.entries(LANGUAGES).map(([code, name]) => html`<button type="button" key=${code} lang=${code} aria-pressed=${language() === code} onClick=${() => state.set({ lang: code })}>${code === 'en' ? 'EN' : name}</button>`)}
    </div>
    <${Theme} />
    <button type="button" class="icon" aria-label=${t('header.help')} title=${t('header.help')} onClick=${() => document.getElementById('help').showModal()}>?</button>
  </header>`;
}

const ORDER = ['', 'dark', 'light'];
function Theme() {
  const theme = useStore(state, (s) => s.theme);
  const next = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
  const name = t(`theme.${theme || 'system'}`);
  return html`<button type="button" class="icon" title=${name} aria-label=${t('header.theme', { name })} onClick=${() => state.set({ theme: next })}>
    <span aria-hidden="true">${{ '': '◐', dark: '☾', light: '☀' }[theme]}</span></button>`;
}

/** Age of the median element set, at the moment that is shown. */
function ageText(data) {
  const sorted = Float64Array.from(data.epochMs).sort();
  return spanText((clock.now() - sorted[sorted.length >> 1]) / 1000);
}

/** A combobox after the ARIA practices: the list is moved through with the arrows, chosen with Enter. */
function Search({ data }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const field = useRef(null);
  const rows = data && open ? searchRows(data, text) : [];
  const choose = (row) => {
    select(data.ids[row]);
    setText('');
    setOpen(false);
    field.current.blur();
  };
  const onKey = (event) => {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, rows.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter' && rows[at] !== undefined) choose(rows[at]);
    else return;
    event.preventDefault();
  };
  return html`<div class="search" role="search">
    <input id="search" ref=${field} type="search" role="combobox" autocomplete="off" placeholder=${t('search.hint')} aria-label=${t('search.label')}
      aria-expanded=${rows.length > 0} aria-controls="found" aria-autocomplete="list" aria-activedescendant=${rows.length ? `found-${at}` : undefined}
      value=${text} onInput=${(event) => { setText(event.target.value); setAt(0); setOpen(true); }} onFocus=${() => setOpen(true)}
      onBlur=${() => setTimeout(() => setOpen(false), 150)} onKeyDown=${onKey} />
    <kbd aria-hidden="true">/</kbd>
    <ul id="found" role="listbox" aria-label=${t('search.found')} hidden=${!rows.length}>
      ${rows.map((row, k) => html`<li key=${data.ids[row]} id=${`found-${k}`} role="option" aria-selected=${k === at} onMouseDown=${(event) => { event.preventDefault(); choose(row); }}>
        <span class="name"><bdi>${nameOf(data, row)}</bdi></span><span class="dim">${data.ids[row]} ${data.designators[row] ?? ''}</span></li>`)}
    </ul>
    ${open && text.trim() && data && !rows.length && html`<p class="search-none" role="status">${t('search.none', { text: text.slice(0, 60) })}</p>`}
    <span class="unseen" role="status">${open && text ? t('search.count', { n: rows.length }) : ''}</span>
  </div>`;
}
