/** The list: what is shown, what was looked at, and the table. */
import { html, useEffect, useMemo, useRef, useState } from 'preact';
import { number, t, useWords } from '../app/i18n.js';
import { clock, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { utcText } from '../app/time.js';
import { watch } from '../app/watch.js';
import { about } from '../ui/export.js';
import { Failure, Loading, Stale } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { Coverage } from './coverage.js';
import { need, readFilter, shownRows, writeFilter } from './rows.js';
import { agesText, chanceText, Cut, Level, methodText, Name, Trend } from './words.js';

const MINUTE_MS = 60000;
const NARROW_PX = 640;
const WIDE_PX = 1120;

/** The moment shown, coarse: the list changes when it jumps, and once a minute. */
function useMinute() {
  const [ms, set] = useState(clock.now());
  useEffect(() => {
    const look = () => set((was) => (Math.abs(clock.now() - was) > MINUTE_MS ? clock.now() : was));
    const timer = setInterval(look, 2000);
    const end = clock.subscribe(look);
    return () => { clearInterval(timer); end(); };
  }, []);
  return ms;
}

/** How wide an element is, so that the columns fit. */
function useWidth() {
  const ref = useRef(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.round(entry.contentRect.width)));
    watcher.observe(ref.current);
    return () => watcher.disconnect();
  }, []);
  return [ref, width];
}

export function List({ source, selected, onSelect }) {
  useWords();
  const nowMs = useMinute();
  const [ref, width] = useWidth();
  const filter = readFilter(useStore(state, (s) => s.listFilter));
  const hidden = useStore(state, (s) => s.hidden);
  const watchOnly = useStore(state, (s) => s.watchOnly);
  const watched = useStore(watch, (s) => s.ids);
  const { events, approaches, data } = source;
  const { rows, left } = useMemo(
    () => shownRows({ events, approaches, filter, data, hidden, watchOnly, watched, nowMs }),
    [events, approaches, data, hidden, watchOnly, watched, nowMs, filter.show, filter.debris],
  );
  const columns = useMemo(() => columnsFor(width), [width < NARROW_PX, width < WIDE_PX, document.documentElement.lang]);
  const narrow = width < NARROW_PX;
  const meta = { ...about(clock.now()), ...(source.mode ? { data_mode: source.mode } : {}), list: filter, rows_from: source.told };
  const failed = source.failures.filter((each) => !each.stale);
  return html`<section class=${narrow ? 'conj-list narrow' : 'conj-list'} ref=${ref} aria-label=${t('conj.list')}>
    <${Tools} filter=${filter} watchOnly=${watchOnly} watched=${watched.size} narrow=${narrow} />
    <${Coverage} source=${source} left=${left} />
    ${failed.map(({ error, again }) => html`<${Failure} error=${error} again=${again} />`)}
    ${source.failures.filter((each) => each.stale).slice(0, 1).map(({ at }) => html`<${Stale} at=${at} />`)}
    ${source.loading && !rows.length ? html`<${Loading} what=${t('conj.loading')} />` : html`<${Table}
      caption=${t('conj.list')} columns=${columns} rows=${rows} idOf=${(row) => row.id} selected=${selected} onSelect=${onSelect} rowPx=${narrow ? 44 : 28}
      first="level" file="mihari-conjunctions" meta=${meta} empty=${emptyWords(source, filter, watchOnly)} />`}
  </section>`;
}

function emptyWords({ events, approaches, run }, { show }, watchOnly) {
  if (watchOnly) return t('conj.empty.watch');
  if (!events.length && !approaches.length) return t(run ? 'conj.empty.nothing' : 'conj.empty.unscreened');
  if (show === 'events' && !events.length) return t('conj.empty.events');
  return t(show === 'needs' ? 'conj.empty.needs' : 'conj.empty.filter');
}

function Tools({ filter, watchOnly, watched, narrow }) {
  const change = (patch) => state.set({ listFilter: writeFilter({ ...filter, ...patch }) });
  const more = html`<label class="tick" title=${t('conj.debris.title')}><input type="checkbox" checked=${filter.debris} onChange=${(event) => change({ debris: event.target.checked })} /> ${t('conj.debris')}</label>
    <label class="tick"><input type="checkbox" checked=${watchOnly} onChange=${(event) => state.set({ watchOnly: event.target.checked })} /> ${t('conj.watched', { count: watched })}</label>
    <label class="field" title=${t('conj.radius.title')}><span>${t('conj.radius')}</span><input type="number" min="0.1" max="1000" step="any" value=${filter.radiusM ?? ''} placeholder=${t('conj.radius.none')}
      onChange=${(event) => change({ radiusM: Number(event.target.value) > 0 ? Number(event.target.value) : null })} /><span>m</span></label>`;
  return html`<div class="conj-tools" role="group" aria-label=${t('conj.tools')}>
    <label class="field"><span>${t('conj.show')}</span><select value=${filter.show} onChange=${(event) => change({ show: event.target.value })}>
      ${['needs', 'events', 'approaches', 'all'].map((each) => html`<option key=${each} value=${each} selected=${each === filter.show}>${t(`conj.show.${each}`)}</option>`)}
    </select></label>
    ${narrow ? html`<details class="more"><summary>${t('conj.more')}</summary>${more}</details>` : more}
  </div>`;
}

/** The probability with its method; without one the bound, and without that the reason. */
function Chance({ row }) {
  if (row.probability !== null) return html`${chanceText(row)} <small>${methodText(row.method)}</small>`;
  if (row.bound !== null) return chanceText(row);
  return html`<small>${t(row.kind === 'event' ? 'conj.untrusted' : 'conj.no-covariance')}</small>`;
}

/** To the minute; the year only where it is another one than the moment shown. */
const shortUtc = (ms) => utcText(ms).slice(utcText(ms).slice(0, 4) === utcText(clock.now()).slice(0, 4) ? 5 : 0, 16);

/** SOCRATES's familiar columns, as many as there is room for. */
function columnsFor(width) {
  const narrow = width < NARROW_PX;
  const pair = (row) => `${row.first.name} / ${row.second.name}`;
  const all = {
    level: { key: 'level', name: t('conj.col.level'), value: (row) => row.level, sort: need, show: (row) => html`<${Level} level=${row.level} />${row.stale ? html` <span class="badge">${t('conj.stale')}</span>` : ''}` },
    sign: { key: 'level', name: t('conj.col.sign'), title: t('conj.col.level'), value: (row) => row.level, sort: need, show: (row) => html`<${Level} level=${row.level} short />` },
    tca: { key: 'tca_utc', name: t('conj.col.tca'), value: (row) => row.tcaUtc, show: (row) => html`<span class="mono">${utcText(row.tcaMs)}</span>` },
    soon: { key: 'tca_utc', name: t('conj.col.tca-short'), title: t('conj.col.tca'), value: (row) => row.tcaUtc, show: (row) => html`<span class="mono">${shortUtc(row.tcaMs)}</span>` },
    first: { key: 'first', name: t('conj.col.first'), value: (row) => row.first.name, show: (row) => html`<${Name} object=${row.first} />` },
    second: { key: 'second', name: t('conj.col.second'), value: (row) => row.second.name, show: (row) => html`<${Name} object=${row.second} />` },
    pair: { key: 'pair', name: t('conj.col.pair'), value: pair, show: (row) => html`<span class="pair-cell" title=${pair(row)}><${Cut} text=${row.first.name} /><${Cut} text=${row.second.name} /></span>` },
    miss: { key: 'miss_distance_m', name: narrow ? 'km' : t('conj.col.miss'), title: t('conj.fact.miss'), align: 'end', value: (row) => row.missM, show: (row) => number((row.missM ?? NaN) / 1000, 3) },
    speed: { key: 'relative_speed_m_s', name: t('conj.col.speed'), align: 'end', value: (row) => row.speedMS, show: (row) => number((row.speedMS ?? NaN) / 1000, 2) },
    chance: { key: 'probability', name: t(narrow ? 'conj.col.probability-short' : 'conj.col.probability'), title: t('conj.col.probability.title'), align: 'end', value: (row) => row.probability, sort: (row) => row.probability ?? row.bound, show: (row) => (narrow ? chanceText(row) : html`<${Chance} row=${row} />`) },
    trend: { key: 'trend', name: t('conj.col.trend'), value: (row) => row.trend, show: (row) => html`<${Trend} trend=${row.trend} />` },
    ages: { key: 'age', name: t('conj.col.ages'), title: t('conj.col.ages.title'), align: 'end', value: (row) => Math.max(...row.agesS), show: (row) => agesText(row.agesS) },
  };
  const names = narrow ? ['sign', 'soon', 'pair', 'miss', 'chance']
    : width < WIDE_PX ? ['level', 'tca', 'first', 'second', 'miss', 'chance', 'trend']
      : ['level', 'tca', 'first', 'second', 'miss', 'speed', 'chance', 'trend', 'ages'];
  // What has no room is exported all the same.
  const shown = names.map((name) => all[name]);
  return [...shown, ...EXPORTED.filter((each) => !shown.some(({ key }) => key === each.key))];
}

/** Columns of the files alone. */
const EXPORTED = [
  ['source', (row) => row.kind], ['id', (row) => row.id], ['first', (row) => row.first.name], ['second', (row) => row.second.name], ['first_can_manoeuvre', (row) => row.first.moves], ['second_can_manoeuvre', (row) => row.second.moves],
  ['first_norad_cat_id', (row) => row.first.id], ['second_norad_cat_id', (row) => row.second.id],
  ['radial_m', (row) => row.rtnM?.[0]], ['transverse_m', (row) => row.rtnM?.[1]], ['normal_m', (row) => row.rtnM?.[2]],
  ['relative_speed_m_s', (row) => row.speedMS], ['maximum_probability', (row) => row.bound], ['probability_method', (row) => row.method], ['trend', (row) => row.trend],
  ['first_age_s', (row) => row.agesS[0]], ['second_age_s', (row) => row.agesS[1]], ['updates', (row) => row.updates], ['stale', (row) => row.stale],
].map(([key, value]) => ({ key, value, hidden: true }));
