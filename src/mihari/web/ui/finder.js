/** A field that finds objects: a combobox after the ARIA practices, moved through with the arrows, chosen with Enter. */
import { html, useRef, useState } from 'preact';
import { catalogue, nameOf, searchRows } from '../app/catalogue.js';
import { t, useWords } from '../app/i18n.js';
import { useStore } from '../app/store.js';

/** @param {{id: string, label: string, hint?: string, shortcut?: string, onChoose: (id: number) => void}} props */
export function Finder({ id, label, hint = '', shortcut = '', onChoose }) {
  useWords();
  const data = useStore(catalogue, (s) => s.data);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const field = useRef(null);
  const rows = data && open ? searchRows(data, text) : [];
  const choose = (row) => {
    onChoose(data.ids[row]);
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
  const list = `${id}-found`;
  return html`<div class="search" role="search">
    <input id=${id} ref=${field} type="search" role="combobox" autocomplete="off" placeholder=${hint} aria-label=${label}
      aria-expanded=${rows.length > 0} aria-controls=${list} aria-autocomplete="list" aria-activedescendant=${rows.length ? `${list}-${at}` : undefined}
      value=${text} onInput=${(event) => { setText(event.target.value); setAt(0); setOpen(true); }} onFocus=${() => setOpen(true)}
      onBlur=${() => setTimeout(() => setOpen(false), 150)} onKeyDown=${onKey} />
    ${shortcut && html`<kbd aria-hidden="true">${shortcut}</kbd>`}
    <ul id=${list} role="listbox" aria-label=${t('search.found')} hidden=${!rows.length}>
      ${rows.map((row, k) => html`<li key=${data.ids[row]} id=${`${list}-${k}`} role="option" aria-selected=${k === at} onMouseDown=${(event) => { event.preventDefault(); choose(row); }}>
        <span class="name"><bdi>${nameOf(data, row)}</bdi></span><span class="dim">${data.ids[row]} ${data.designators[row] ?? ''}</span></li>`)}
    </ul>
    ${open && text.trim() && data && !rows.length && html`<p class="search-none" role="status">${t('search.none', { text: text.slice(0, 60) })}</p>`}
    <span class="unseen" role="status">${open && text ? t('search.count', { n: rows.length }) : ''}</span>
  </div>`;
}
