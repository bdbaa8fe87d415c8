/** Both objects around the closest approach: a scene, what the node says of it, and the same as a table. */
import { html, useEffect, useMemo, useRef, useState } from 'preact';
import { number, spanText, t, useWords } from '../app/i18n.js';
import { clock } from '../app/state.js';
import { parseUtc, utcText } from '../app/time.js';
import { about } from '../ui/export.js';
import { useAnswer } from '../ui/load.js';
import { Answered, Facts } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { useTick } from '../ui/timebar.js';
import { Legend, useThemeRound } from './plot.js';
import { fineUtc } from './rows.js';
import { lengthText, speedText } from './words.js';
import { Said } from '../ui/said.js';

const SPANS_S = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 600, 3000, 6000];
const SAMPLES = 240;
/** Seconds that playing a window takes. */
const PLAY_S = 8;

/** The shortest window in which the second object comes from some eight misses away, so that the miss can be seen. */
export function spanFor(missM, speedMS) {
  if (!missM || !speedMS) return 60;
  const wanted = (16 * missM) / speedMS;
  return SPANS_S.find((each) => each >= wanted) ?? SPANS_S.at(-1);
}

/** Has an element come into view? A scene that nobody looks at costs nothing. */
function useSeen() {
  const box = useRef(null);
  const [seen, see] = useState(false);
  useEffect(() => {
    const watcher = new IntersectionObserver((entries) => entries.some((each) => each.isIntersecting) && see(true), { rootMargin: '200px' });
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  return [box, seen];
}

export function CloseUp({ first, second, tcaUtc, missM, speedMS, radiusM, mode, told }) {
  useWords();
  const [chosen, choose] = useState(null);
  const span = chosen ?? spanFor(missM, speedMS);
  const [box, seen] = useSeen();
  const answer = useAnswer('encounter', { first: first.id, second: second.id, tca: tcaUtc, span_s: span, step_s: span / SAMPLES, mode }, { skip: !seen });
  return html`<div class="closeup" ref=${box}>
    <div class="conj-tools">
      <label class="field"><span>${t('conj.closeup.span')}</span><select value=${String(span)} onChange=${(event) => choose(Number(event.target.value))}>
        ${SPANS_S.map((each) => html`<option key=${each} value=${String(each)} selected=${each === span}>${each < 1 ? t('span.seconds', { v: String(each) }) : spanText(each)}</option>`)}</select></label>
      <${Play} tcaMs=${fineUtc(tcaUtc)} span=${span} />
    </div>
    <${Answered} answer=${answer}>${(found) => html`<${Shown} found=${found} first=${first} second=${second} missM=${missM} radiusM=${radiusM} told=${told} />`}<//>
  </div>`;
}

/** The shared clock through the window, slowed down to be seen; it stops at the end. Only the button starts it. */
function Play({ tcaMs, span }) {
  useTick(200);
  const playing = useRef(false);
  const half = span * 500;
  const now = clock.now();
  const { rate } = clock.get();
  if (playing.current && (now > tcaMs + half || rate === 0)) {
    playing.current = false;
    if (rate) clock.setRate(0);
  }
  const play = () => {
    playing.current = true;
    clock.jump(tcaMs - half, span / PLAY_S);
  };
  const inside = Math.abs(now - tcaMs) <= half;
  const offset = (now - tcaMs) / 1000;
  return html`<button type="button" onClick=${play}><span aria-hidden="true">▶ </span>${t('conj.closeup.play')}</button>
    ${inside && rate !== 0 && html`<button type="button" onClick=${() => clock.setRate(0)}>${t('time.pause')}</button>`}
    <span class="badge" data-testid="closeup-moment">${inside ? t('conj.closeup.offset', { s: `${offset < 0 ? '−' : '+'}${number(Math.abs(offset), span < 10 ? 3 : 1)}` }) : t('conj.closeup.outside')}</span>`;
}

function Shown({ found, first, second, missM, radiusM, told }) {
  const { closest } = found;
  const differs = missM !== null && Math.abs(closest.miss_distance_m - missM) > Math.max(1, 0.02 * missM);
  const typical = found.objects.map((each) => each.typical_sigma_rtn_m);
  return html`<${Scene} found=${found} first=${first} second=${second} radiusM=${radiusM} />
    <${Facts} rows=${[
      [t('conj.closeup.closest'), html`<strong>${lengthText(closest.miss_distance_m)}</strong>`, closest.is_edge ? t('conj.closeup.edge') : `${utcText(fineUtc(closest.tca_utc), 3)} UTC`],
      ['R / T / N', closest.miss_rtn_m.map(lengthText).join(' / ')],
      [t('conj.col.speed-long'), speedText(closest.relative_speed_m_s)],
      ...found.objects.map((each, k) => [t('conj.closeup.set', { number: k + 1 }), `${utcText(parseUtc(each.element_set_epoch_utc)).slice(0, 16)} UTC`, t('conj.closeup.old', { age: spanText(each.age_days * 86400) })]),
      ...typical.map((each, k) => each && [t('conj.closeup.typical', { number: k + 1 }), each.map(lengthText).join(' / ')]),
    ]} />
    ${found.objects.filter((each) => each.status !== 'ok').map((each) => html`<p class="state stale" key=${each.norad_cat_id}>${number(each.norad_cat_id).replaceAll(',', '')}: <${Said} text=${each.status} /></p>`)}
    ${told && html`<p class="state stale">${told}</p>`}
    ${differs && !told && html`<p class="state stale">${t('conj.closeup.differs', { listed: lengthText(missM) })}</p>`}
    <details class="values"><summary>${t('conj.closeup.table')}</summary><${Twin} found=${found} /></details>`;
}

const COLUMNS = (lang) => [
  { key: 'offset_s', name: 's', align: 'end', value: (row) => row.s, show: (row) => number(row.s, 3) },
  ...['radial_m', 'transverse_m', 'normal_m'].map((key, k) => ({ key, name: `${'RTN'[k]}, m`, align: 'end', value: (row) => row.position?.[k], show: (row) => number(row.position?.[k] ?? NaN, 1), lang })),
  { key: 'range_m', name: t('conj.closeup.range'), align: 'end', value: (row) => row.range, show: (row) => number(row.range, 1) },
  { key: 'relative_speed_m_s', name: t('conj.closeup.speed'), align: 'end', value: (row) => row.speed, show: (row) => number(row.speed, 1) },
];

function Twin({ found }) {
  const length = (vector) => (vector ? Math.hypot(...vector) : NaN);
  const rows = useMemo(() => found.offset_s.map((s, k) => ({
    s, position: found.position_rtn_m[k], range: length(found.position_rtn_m[k]), speed: length(found.velocity_rtn_m_s[k]),
  })), [found]);
  const meta = { ...about(clock.now()), data_mode: found.data_mode, tca_utc: found.tca_utc, objects: found.objects, frame: found.frame };
  return html`<div class="closeup-table"><${Table} caption=${t('conj.closeup.table')} columns=${COLUMNS(document.documentElement.lang)} rows=${rows} idOf=${(row) => row.s} first="offset_s" file="mihari-encounter" meta=${meta} /></div>`;
}

function Scene({ found, first, second, radiusM }) {
  const box = useRef(null);
  const scene = useRef(null);
  const [failure, setFailure] = useState('');
  const round = useThemeRound();
  useEffect(() => {
    let gone = false;
    import('./closeup_scene.js').then(({ createScene }) => {
      if (gone) return;
      try {
        scene.current = createScene(box.current, found, { radiusM });
      } catch (error) {
        setFailure(error.message);
      }
    });
    return () => { gone = true; scene.current?.dispose(); scene.current = null; };
  }, [found, radiusM, round]);
  const summary = t('conj.closeup.told', { first: first.name.slice(0, 80), second: second.name.slice(0, 80), miss: lengthText(found.closest.miss_distance_m), speed: speedText(found.closest.relative_speed_m_s) });
  if (failure) return html`<p class="state empty">${t('conj.closeup.no-webgl')}</p><p>${summary}</p>`;
  return html`<div class="closeup-view" ref=${box} tabindex="0" role="application" aria-roledescription=${t('conj.closeup.scene')} aria-label=${`${summary} ${t('conj.closeup.keys')}`}
      onKeyDown=${(event) => { if (scene.current?.key(event.key)) { event.preventDefault(); event.stopPropagation(); } }}></div>
    <div class="closeup-views" role="group" aria-label=${t('conj.closeup.views')}>
      ${['free', 'rt', 'rn', 'tn'].map((each) => html`<button type="button" class="small" key=${each} onClick=${() => scene.current?.look(each)}>${t(`conj.closeup.view.${each}`)}</button>`)}
      <button type="button" class="small" aria-label=${t('conj.closeup.nearer')} onClick=${() => scene.current?.key('+')}>+</button><button type="button" class="small" aria-label=${t('conj.closeup.farther')} onClick=${() => scene.current?.key('-')}>−</button>
    </div>
    <${Legend} entries=${[{ text: t('conj.closeup.path'), colour: '--series-1' }, { text: t('conj.closeup.miss'), colour: '--focus' }, radiusM && { text: t('conj.fact.radius'), colour: '--series-2', kind: 'dot' }]} />
    <p class="dim small">${t('conj.closeup.axes')}</p>`;
}
