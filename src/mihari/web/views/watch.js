/** One's own objects: put on and off, read from files, written to files, and what comes close to them. */
import { html, useMemo, useRef, useState } from 'preact';
import { catalogue } from '../app/catalogue.js';
import { number, t, useWords } from '../app/i18n.js';
import { clock, select, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { readWatchFile, toggleWatched, watch } from '../app/watch.js';
import { about, download } from '../ui/export.js';
import { Finder } from '../ui/finder.js';
import { MOST_ASKED, passId, usePassesOf } from '../ui/passes.js';
import { Table } from '../ui/table.js';
import { Type, ageText, kilometresText, known, nameById, utcOf } from '../ui/words.js';
import { watchRows } from '../watch/rows.js';

const MOST_BYTES = 4_000_000;

export function View() {
  useWords();
  const ids = useStore(watch, (s) => s.ids);
  const data = useStore(catalogue, (s) => s.data);
  const selected = useStore(state, (s) => s.selected);
  const list = useMemo(() => [...ids], [ids]);
  const passes = usePassesOf(list, 1);
  const minute = Math.floor(clock.now() / 60000) * 60000;
  const rows = useMemo(() => watchRows(list, data, passes.found, minute), [list, data, passes.found, minute]);
  return html`<div class="watch">
    <${Tools} list=${list} data=${data} />
    ${list.length ? html`
      <p class="note watch-note">${closestWords(passes, list)}</p>
      <div class="watch-table"><${List} rows=${rows} selected=${selected} minute=${minute} /></div>` : html`<${Begin} selected=${selected} data=${data} />`}
  </div>`;
}

/** What the column of close approaches rests on. */
function closestWords({ waiting, error, run }, list) {
  if (error) return error.status === 404 ? t('watch.unscreened') : t('watch.failed', { words: error.message });
  if (waiting) return t('watch.asking', { n: waiting });
  const cut = list.length > MOST_ASKED ? ` ${t('watch.cut', { n: MOST_ASKED })}` : '';
  return run ? `${t('watch.screened', { from: utcOf(run.start_utc).slice(0, 16), to: utcOf(run.end_utc).slice(0, 16) })}${cut}` : '';
}

function Begin({ selected, data }) {
  return html`<div class="state empty watch-begin"><p>${t('watch.empty')}</p>
    <ol><li>${t('watch.begin.search')}</li><li>${t('watch.begin.card')}</li><li>${t('watch.begin.file')}</li></ol>
    ${selected && html`<button type="button" onClick=${() => toggleWatched(selected)}><span aria-hidden="true">☆ </span>${t('watch.add.selected', { name: nameById(data, selected).slice(0, 40) })}</button>`}
    <p>${t('watch.kept')}</p></div>`;
}

function Tools({ list, data }) {
  const watchOnly = useStore(state, (s) => s.watchOnly);
  const [told, setTold] = useState('');
  const [clearing, setClearing] = useState(false);
  const file = useRef(null);
  const add = (id) => {
    if (watch.get().ids.has(id)) setTold(t('watch.already', { name: nameById(data, id).slice(0, 40) }));
    else {
      toggleWatched(id);
      setTold(t('watch.added', { name: nameById(data, id).slice(0, 40) }));
    }
  };
  const take = async (event) => {
    const [chosen] = event.target.files;
    event.target.value = '';
    if (!chosen) return;
    if (chosen.size > MOST_BYTES) {
      setTold(t('watch.import.big'));
      return;
    }
    const found = readWatchFile(await chosen.text());
    const fresh = [...found].filter((id) => !watch.get().ids.has(id));
    const unknown = fresh.filter((id) => data && !data.index.has(id)).length;
    watch.set({ ids: new Set([...watch.get().ids, ...fresh]) });
    setTold(found.size ? t('watch.import.done', { n: fresh.length, known: number(found.size - fresh.length), unknown: number(unknown) }) : t('watch.import.none'));
  };
  const save = (kind) => {
    const objects = list.map((id) => ({ norad_cat_id: id, object_name: data?.index.has(id) ? nameById(data, id) : null }));
    if (kind === 'json') download('watch.json', JSON.stringify({ ...about(), objects }, null, 1), 'application/json');
    else download('watch.csv', `norad_cat_id\r\n${list.join('\r\n')}\r\n`, 'text/csv');
  };
  return html`<div class="watch-tools">
    <${Finder} id="watch-add" label=${t('watch.add')} hint=${t('watch.add')} onChoose=${add} />
    <button type="button" onClick=${() => file.current.click()}>${t('watch.import')}</button>
    <input ref=${file} type="file" class="unseen" tabindex="-1" aria-hidden="true" accept=".csv,.json,.txt,text/csv,application/json,text/plain" data-testid="watch-file" onChange=${take} />
    <div class="choice" role="group" aria-label=${t('watch.export')}>
      <button type="button" disabled=${!list.length} title=${t('watch.export.csv')} onClick=${() => save('csv')}>${t('watch.export')} CSV</button>
      <button type="button" disabled=${!list.length} title=${t('watch.export.json')} onClick=${() => save('json')}>JSON</button>
    </div>
    <label class="tick"><input type="checkbox" checked=${watchOnly} onChange=${() => state.set({ watchOnly: !watchOnly })} />${t('watch.only')}</label>
    ${list.length > 0 && (clearing
      ? html`<span class="watch-sure">${t('watch.clear.sure', { n: list.length })} <button type="button" onClick=${() => { watch.set({ ids: new Set() }); setClearing(false); setTold(t('watch.cleared')); }}>${t('watch.clear.yes')}</button> <button type="button" onClick=${() => setClearing(false)}>${t('watch.clear.no')}</button></span>`
      : html`<button type="button" onClick=${() => setClearing(true)}>${t('watch.clear')}</button>`)}
    <span role="status" class="dim watch-told">${told}</span>
  </div>`;
}

function List({ rows, selected, minute }) {
  const open = (row) => (event) => {
    event.stopPropagation();
    state.set({ view: 'conjunctions', event: passId(row.pass), selected: row.id, compared: row.other });
  };
  const off = (row) => (event) => {
    event.stopPropagation();
    toggleWatched(row.id);
  };
  const columns = useMemo(() => [
    { key: 'watched', name: t('watch.col.off'), value: () => true, show: (row) => html`<button type="button" class="small" aria-label=${t('watch.remove', { name: String(row.name ?? row.id).slice(0, 60) })} title=${t('watch.remove', { name: String(row.name ?? row.id).slice(0, 60) })} aria-pressed="true" onClick=${off(row)}><span aria-hidden="true">★</span></button>` },
    { key: 'norad_cat_id', name: t('watch.col.number'), value: (row) => row.id },
    { key: 'object_name', name: t('watch.col.name'), value: (row) => row.name, show: (row) => html`<bdi title=${row.name}>${row.name ?? t('watch.unlisted')}</bdi>` },
    { key: 'object_type', name: t('watch.col.type'), value: (row) => row.type, show: (row) => row.type && html`<${Type} type=${row.type} />` },
    { key: 'regime', name: t('watch.col.regime'), value: (row) => row.regime, show: (row) => row.regime && known('object.regime', row.regime) },
    { key: 'age_days', name: t('watch.col.age'), align: 'end', value: (row) => row.ageDays, show: (row) => (row.epochMs === null ? '–' : ageText(row.epochMs, minute)) },
    { key: 'miss_km', name: t('watch.col.miss'), align: 'end', value: (row) => row.pass?.miss_distance_km ?? null, show: (row) => (row.pass ? kilometresText(row.pass.miss_distance_km) : row.asked ? t('watch.nothing') : '–') },
    { key: 'tca_utc', name: t('watch.col.when'), value: (row) => row.pass?.tca_utc ?? null, show: (row) => row.pass && html`<span class="mono">${utcOf(row.pass.tca_utc)}</span>` },
    { key: 'other', name: t('watch.col.other'), value: (row) => row.other, show: (row) => row.pass && html`<button type="button" class="link" onClick=${open(row)}><bdi>${row.otherName}</bdi></button>` },
  ], [t('watch.col.number'), minute]);
  return html`<${Table} caption=${t('view.watch')} columns=${columns} rows=${rows} idOf=${(row) => row.id} selected=${selected} onSelect=${(row) => select(row.id)} first="miss_km" file="watched" meta=${about(minute)} />`;
}
