/** What happens around the moment: close approaches, assessed events, screenings, intakes, on lanes and as a table. */
import { html, useEffect, useMemo, useRef, useState } from 'preact';
import { catalogue } from '../app/catalogue.js';
import { number, t, useWords } from '../app/i18n.js';
import { clock, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { utcText } from '../app/time.js';
import { watch } from '../app/watch.js';
import { LANES, allItems, isItemShown, ticks } from '../timeline/items.js';
import { Lane, itemText } from '../timeline/lane.js';
import { Epochs } from '../timeline/epochs.js';
import { about } from '../ui/export.js';
import { useAnswer } from '../ui/load.js';
import { Empty, Failure, Loading, Stale } from '../ui/panel.js';
import { useClosest, usePassesOf } from '../ui/passes.js';
import { Table } from '../ui/table.js';
import { useTick } from '../ui/timebar.js';
import { REPORTED } from '../policy/words.js';
import { kilometresText } from '../ui/words.js';

const SPANS_D = [0.25, 1, 3, 7, 14, 30];
const BEFORE = 3 / 7;
const DAY_MS = 86400000;
const CLOSEST = 200;
/** Slower pairs fly together, docked or in formation: as in the room of conjunctions, they are no passage. */
const TOGETHER_KM_S = 0.01;
const MINUTE_MS = 60000;

export function View() {
  useWords();
  const data = useStore(catalogue, (s) => s.data);
  const selected = useStore(state, (s) => s.selected);
  const watched = useStore(watch, (s) => s.ids);
  const closest = useClosest(2 * CLOSEST);
  const passing = useMemo(() => closest.data?.conjunctions.filter((row) => row.relative_speed_km_s >= TOGETHER_KM_S).slice(0, CLOSEST), [closest.data]);
  const events = useAnswer('events', { limit: 1000 }, { everyMs: MINUTE_MS });
  const reports = useAnswer(REPORTED, {}, { everyMs: MINUTE_MS });
  const health = useAnswer('catalogue/health', {}, { everyMs: MINUTE_MS });
  const asked = useMemo(() => [...(selected ? [selected] : []), ...watched].filter((id, k, all) => all.indexOf(id) === k), [selected, watched]);
  const passes = usePassesOf(asked);
  const items = useMemo(() => allItems({
    closest: passing,
    ofSelected: passes.found.get(selected),
    ofWatched: [...passes.found].filter(([id]) => id !== selected).flatMap(([, rows]) => rows),
    events: events.data?.events,
    reports: reports.data?.events,
    runs: health.data?.runs,
    intakes: health.data?.intakes,
  }, data), [passing, passes.found, selected, events.data, reports.data, health.data, data]);
  if (closest.status === 'loading' && health.status === 'loading') return html`<${Loading} />`;
  const failed = [closest, health].find((each) => each.error && each.error.status !== 404);
  if (failed && !items.length) return html`<${Failure} error=${failed.error} again=${failed.again} />`;
  if (!items.length) return html`<${Empty} reason=${t('timeline.empty')} />`;
  return html`<div class="timeline">
    ${failed && html`<${Stale} at=${failed.at} />`}
    <${Lanes} items=${items} data=${data} total=${closest.data?.total} passing=${passing?.length ?? 0} waiting=${passes.run ? 0 : passes.waiting} />
  </div>`;
}

function Lanes({ items, data, total, passing, waiting }) {
  useTick(500);
  const hidden = useStore(state, (s) => s.hidden);
  const watchOnly = useStore(state, (s) => s.watchOnly);
  const watched = useStore(watch, (s) => s.ids);
  const chosen = useStore(state, (s) => s.timelineDays);
  const days = SPANS_D.includes(Number(chosen)) ? Number(chosen) : 7;
  const [picked, setPicked] = useState([]);
  const [width, setWidth] = useState(600);
  const box = useRef(null);
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.max(120, entry.contentRect.width)));
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  const span = days * DAY_MS;
  // Moved by whole pixels, so that what stands still is not drawn again.
  const now = Math.round(clock.now() / (span / width)) * (span / width);
  const from = now - span * BEFORE;
  const xOf = (ms) => ((ms - from) / span) * width;
  const shown = useMemo(() => items.filter((item) => isItemShown(item, data, hidden, watchOnly, watched)), [items, data, hidden, watchOnly, watched]);
  const inSpan = useMemo(() => shown.filter((item) => (item.endMs ?? item.ms) >= from && item.ms <= from + span), [shown, from, span]);
  const pickedKeys = useMemo(() => new Set(picked.map((item) => item.key)), [picked]);
  const pick = (those) => {
    setPicked(those);
    if (those.length === 1) goTo(those[0]);
  };
  const names = Object.keys(LANES).filter((name) => shown.some((item) => item.lane === name));
  const notes = { approach: total && t('timeline.closest', { k: number(passing), n: number(total) }), watched: waiting > 0 && t('timeline.asking', { n: waiting }) };
  const rows = picked.length > 1 ? inSpan.filter((item) => pickedKeys.has(item.key)) : inSpan;
  return html`
    <div class="timeline-tools">
      <div class="choice" role="group" aria-label=${t('timeline.move')}>
        <button type="button" onClick=${() => clock.jump(clock.now() - span / 4)}><span aria-hidden="true">‹ </span>${t('timeline.earlier')}</button>
        <button type="button" onClick=${() => clock.jump(clock.now() + span / 4)}>${t('timeline.later')}<span aria-hidden="true"> ›</span></button>
      </div>
      <div class="choice" role="group" aria-label=${t('timeline.span')}>
        ${SPANS_D.map((each) => html`<button type="button" key=${each} aria-pressed=${each === days} onClick=${() => state.set({ timelineDays: String(each) })}>${each < 1 ? t('span.hours', { v: number(each * 24) }) : t('span.days', { v: number(each) })}</button>`)}
      </div>
      <p class="timeline-range">${utcText(from).slice(0, 16)} – ${utcText(from + span).slice(0, 16)} UTC</p>
    </div>
    <div class="lanes" data-testid="timeline-lanes">
      <${Axis} from=${from} span=${span} width=${width} xOf=${xOf} nowMs=${now} box=${box} />
      ${names.map((name) => html`<${Lane} key=${name} name=${name} items=${shown.filter((item) => item.lane === name)} note=${notes[name]} xOf=${xOf} width=${width} nowMs=${now} picked=${pickedKeys} onPick=${pick} />`)}
      ${data && html`<${Epochs} data=${data} from=${from} span=${span} width=${width} nowMs=${now} />`}
      <p class="timeline-key"><span><i class="point past" aria-hidden="true">C</i>${t('timeline.past')}</span><span><i class="point future" aria-hidden="true">C</i>${t('timeline.future')}</span><span><i class="moment-line" aria-hidden="true"></i>${t('timeline.moment')}</span><span><i class="wall-line" aria-hidden="true"></i>${t('timeline.wall')}</span></p>
    </div>
    ${picked.length > 0 && html`<${Picked} items=${picked} onClear=${() => setPicked([])} />`}
    <div class="timeline-table"><${Items} rows=${rows} nowMs=${now} picked=${pickedKeys} onPick=${(item) => pick([item])} /></div>`;
}

/** Go to the moment of an item and choose its first object. */
function goTo(item) {
  clock.jump(item.ms, 0);
  const [first, second] = item.objects;
  if (first) state.set({ selected: first, compared: second ?? null });
}

function Axis({ from, span, width, xOf, nowMs, box }) {
  const { step, found } = ticks(from, from + span, Math.max(3, Math.floor(width / 58)));
  const text = (ms) => (step >= DAY_MS || ms % DAY_MS === 0 ? utcText(ms).slice(5, 10) : utcText(ms).slice(11, 16));
  const wall = xOf(Date.now());
  return html`<div class="lane-axis" aria-hidden="true"><span class="lane-name"></span>
    <div class="axis-line" ref=${box} title=${t('timeline.axis')} onClick=${(event) => clock.jump(from + ((event.clientX - box.current.getBoundingClientRect().left) / width) * span)}>
      ${found.map((ms) => html`<span key=${ms} class=${ms % DAY_MS ? 'tick-mark' : 'tick-mark day'} style=${{ left: `${xOf(ms)}px` }}>${text(ms)}</span>`)}
      ${wall >= 0 && wall <= width && html`<span class="wall-line" style=${{ left: `${wall}px` }}></span>`}
      <span class="moment-line" style=${{ left: `${xOf(nowMs)}px` }}></span>
    </div></div>`;
}

function Picked({ items, onClear }) {
  const [item] = items;
  const one = items.length === 1;
  return html`<div class="picked-row" role="status">
    <p>${one ? html`<span class="mono">${utcText(item.ms)}</span> UTC · <bdi>${itemText(item)}</bdi>${Number.isFinite(item.missKm) ? ` · ${kilometresText(item.missKm)}` : ''}` : t('timeline.picked', { n: items.length })}</p>
    ${one && item.event && html`<button type="button" onClick=${() => state.set({ view: 'conjunctions', event: item.event })}>${t('timeline.open')}</button>`}
    ${one && item.report && html`<button type="button" onClick=${() => state.set({ view: 'policy', part: null, report: item.report })}>${t('timeline.open.policy')}</button>`}
    <button type="button" class="icon" aria-label=${t('timeline.clear')} title=${t('timeline.clear')} onClick=${onClear}>×</button>
  </div>`;
}

function Items({ rows, nowMs, picked, onPick }) {
  const columns = useMemo(() => [
    { key: 'utc', name: t('timeline.col.when'), value: (row) => utcText(row.ms), show: (row) => html`<span class="mono">${utcText(row.ms)}</span>` },
    { key: 'kind', name: t('timeline.col.kind'), value: (row) => row.lane, show: (row) => html`<b>${LANES[row.lane].letter}</b> ${t(`timeline.lane.${row.lane}`)}` },
    { key: 'what', name: t('timeline.col.what'), value: (row) => itemText(row), show: (row) => html`<bdi title=${itemText(row)}>${itemText(row)}</bdi>` },
    { key: 'miss_km', name: t('timeline.col.miss'), align: 'end', value: (row) => row.missKm ?? null, show: (row) => kilometresText(row.missKm) },
    { key: 'relative_speed_km_s', name: t('timeline.col.speed'), align: 'end', value: (row) => row.speedKmS ?? null, show: (row) => (row.speedKmS === undefined ? '–' : number(row.speedKmS, 2)) },
  ], [t('timeline.col.when')]);
  return html`<${Table} caption=${t('timeline.table')} columns=${columns} rows=${rows} idOf=${(row) => row.key} selected=${picked.size === 1 ? [...picked][0] : null} onSelect=${onPick} first="utc" file="timeline" meta=${about(nowMs)} empty=${t('timeline.none')} />`;
}
