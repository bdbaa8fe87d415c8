/** The geosynchronous belt: where everyone stands, who drifts, who is near whom. */
import { html, useEffect, useMemo, useState } from 'preact';
import { catalogue } from '../app/catalogue.js';
import { number, t, useWords } from '../app/i18n.js';
import { clock, select, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { isoUtc } from '../app/time.js';
import { watch } from '../app/watch.js';
import { CHARTS, FAST_DEG_DAY, SERIES, WIDTHS, inWindow, isFast, readWindow, setWindow, shownRows } from '../geo/belt.js';
import { Chart } from '../geo/chart.js';
import { windowText } from '../geo/draw.js';
import { Around, Neighbours } from '../geo/neighbours.js';
import { Strip } from '../geo/strip.js';
import { about } from '../ui/export.js';
import { useFollowing } from '../ui/follow.js';
import { Answered, Empty } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { Type, longitudeText } from '../ui/words.js';

const TEN_MINUTES_MS = 600000;
const SIX_HOURS_MS = 6 * 3600000;

export function View() {
  useWords();
  const answer = useFollowing('geo', (ms) => ({ at: isoUtc(ms) }), { quantumMs: TEN_MINUTES_MS, everyMs: 4000 });
  return html`<div class="geo"><${Answered} answer=${answer} isEmpty=${(found) => !found.rows.length} empty=${t('geo.none')}>
    ${(found) => html`<${Belt} found=${found} />`}<//></div>`;
}

function Belt({ found }) {
  const data = useStore(catalogue, (s) => s.data);
  const hidden = useStore(state, (s) => s.hidden);
  const watchOnly = useStore(state, (s) => s.watchOnly);
  const selected = useStore(state, (s) => s.selected);
  const watched = useStore(watch, (s) => s.ids);
  const text = useStore(state, (s) => s.geoWindow);
  const window = useMemo(() => readWindow(text), [text]);
  const [typed, setTyped] = useState(null);
  const rows = useMemo(() => shownRows(found.rows, data, hidden, watchOnly, watched), [found, data, hidden, watchOnly, watched]);
  const of = found.rows.find((row) => row.norad_cat_id === selected && row.longitude_deg !== null) ?? null;
  useEffect(() => {
    // Whoever is chosen elsewhere is brought into the window; one that is there already moves nothing.
    if (of && !inWindow(of, window)) setWindow({ middle: of.longitude_deg });
    if (of) setTyped(null);
  }, [selected, of === null]);
  const deg = typed ?? of?.longitude_deg ?? null;
  const goTo = (asked) => {
    setTyped(asked);
    if (selected !== null) select(null);
    setWindow({ middle: asked });
  };
  return html`
    <div class="geo-tools">
      <${Around} onLongitude=${goTo} />
      <div class="choice" role="group" aria-label=${t('geo.chart')}>${CHARTS.map((name) => html`<button type="button" key=${name} aria-pressed=${window.chart === name} onClick=${() => setWindow({ chart: name })}>${t(`geo.chart.${name}.name`)}</button>`)}</div>
      <div class="choice" role="group" aria-label=${t('geo.width')}>${WIDTHS.map((each) => html`<button type="button" key=${each} aria-pressed=${window.width === each} onClick=${() => setWindow({ width: each })}>${each}°</button>`)}</div>
      <p class="geo-counts">${counts(found, rows, window)}</p>
    </div>
    <${Strip} rows=${rows} window=${window} anchor=${deg} />
    <div class="geo-main"><${Shown} rows=${rows} window=${window} selected=${selected} watched=${watched} anchor=${deg} hidden=${hidden} watchOnly=${watchOnly} /></div>
    <${Neighbours} rows=${found.rows} deg=${deg} of=${typed === null ? of : null} onClear=${() => setTyped(null)} />
    <p class="geo-legend"><span><i class="dot kept" aria-hidden="true"></i>${t('geo.kept')}</span><span><i class="dot drift" aria-hidden="true"></i>${t('geo.drifting', { deg: String(found.drifting_from_deg_day) })}</span><span><i class="dot watched" aria-hidden="true"></i>${t('geo.watched')}</span><span><i class="dot chosen" aria-hidden="true"></i>${t('geo.chosen')}</span><span class="dim">● ${t('object.type.PAYLOAD')} ▲ ${t('object.type.ROCKET BODY')} ✕ ${t('object.type.DEBRIS')} ◆ ${t('object.type.UNKNOWN')}</span></p>`;
}

function counts(found, rows, window) {
  const here = rows.filter((row) => inWindow(row, window)).length;
  return [
    t('geo.count', { here: number(here), window: windowText(window), n: rows.length }),
    rows.length < found.counts.geo - found.counts.without_state && t('geo.count.hidden', { n: found.counts.geo - found.counts.without_state - rows.length }),
    found.counts.without_state > 0 && t('geo.count.stateless', { n: found.counts.without_state }),
    found.counts.inclined_left_out > 0 && t('geo.count.inclined', { n: found.counts.inclined_left_out }),
  ].filter(Boolean).join(' · ');
}

function Shown({ rows, window, selected, watched, anchor, hidden, watchOnly }) {
  if (!rows.length) return html`<${Empty} reason=${t('geo.none.filter')} />`;
  if (window.chart === 'table') return html`<${BeltTable} rows=${rows.filter((row) => inWindow(row, window))} selected=${selected} window=${window} />`;
  const given = { window, selected, watched, anchor };
  if (window.chart === 'time') return html`<${Days} given=${given} hidden=${hidden} watchOnly=${watchOnly} />`;
  return html`<${Chart} ...${given} rows=${rows} nowMs=${NaN} />`;
}

/** The days before and after, asked for when they are wanted. */
function Days({ given, hidden, watchOnly }) {
  const [fast, setFast] = useState(false);
  const data = useStore(catalogue, (s) => s.data);
  const answer = useFollowing('geo', (ms) => ({ at: isoUtc(ms), ...SERIES }), { quantumMs: SIX_HOURS_MS, everyMs: 4000 });
  const rows = useMemo(() => (answer.data ? shownRows(answer.data.rows, data, hidden, watchOnly, given.watched) : []), [answer.data, data, hidden, watchOnly, given.watched]);
  const marked = (row) => row.norad_cat_id === given.selected || given.watched.has(row.norad_cat_id);
  const slow = useMemo(() => rows.filter((row) => !isFast(row) || marked(row)), [rows, given.selected, given.watched]);
  return html`<${Answered} answer=${answer}>${(found) => html`
    <label class="tick geo-fast"><input type="checkbox" checked=${fast} onChange=${() => setFast(!fast)} />${t('geo.fast', { n: rows.length - slow.length, deg: String(FAST_DEG_DAY) })}</label>
    <${Chart} ...${given} rows=${fast ? rows : slow} series=${found.series_utc} nowMs=${answer.momentMs} /><p class="note geo-note">${t('geo.series.note')}</p>`}<//>`;
}

function BeltTable({ rows, selected, window }) {
  const columns = useMemo(() => [
    { key: 'norad_cat_id', name: t('geo.col.number'), value: (row) => row.norad_cat_id },
    { key: 'object_name', name: t('geo.col.name'), value: (row) => row.object_name, show: (row) => html`<bdi title=${row.object_name}>${row.object_name ?? '–'}</bdi>` },
    { key: 'object_type', name: t('geo.col.type'), value: (row) => row.object_type, show: (row) => html`<${Type} type=${row.object_type} />` },
    { key: 'longitude_deg', name: t('geo.col.longitude'), align: 'end', value: (row) => row.longitude_deg, show: (row) => longitudeText(row.longitude_deg, 3) },
    { key: 'drift_deg_day', name: t('geo.col.drift'), align: 'end', value: (row) => row.drift_deg_day, show: (row) => number(row.drift_deg_day, 3) },
    { key: 'inclination_deg', name: t('geo.col.inclination'), align: 'end', value: (row) => row.inclination_deg, show: (row) => number(row.inclination_deg, 2) },
    { key: 'age_days', name: t('geo.col.age'), align: 'end', value: (row) => row.age_days, show: (row) => number(row.age_days, 1) },
    { key: 'neighbours_0_1_deg', name: t('geo.col.near', { deg: '0.1' }), align: 'end', value: (row) => row.neighbours_0_1_deg },
    { key: 'neighbours_0_5_deg', name: t('geo.col.near', { deg: '0.5' }), align: 'end', value: (row) => row.neighbours_0_5_deg },
  ], [t('geo.col.name')]);
  return html`<${Table} caption=${t('geo.table', { window: windowText(window) })} columns=${columns} rows=${rows} idOf=${(row) => row.norad_cat_id} selected=${selected} onSelect=${(row) => select(row.norad_cat_id)} first="longitude_deg" file="geo" meta=${about(clock.now())} />`;
}
