/** The globe room: everything at once, moving; legend, table twin, two objects compared. */
import { html, useEffect, useRef, useState } from 'preact';
import { catalogue } from '../app/catalogue.js';
import { t, useWords } from '../app/i18n.js';
import { clock, currentKnots, state } from '../app/state.js';
import { createStore, useStore } from '../app/store.js';
import { watch } from '../app/watch.js';
import { Compare } from '../globe/compare.js';
import { createEngine } from '../globe/engine.js';
import { createLabels } from '../globe/labels.js';
import { Legend } from '../globe/legend.js';
import { ObjectsTable } from '../globe/objects.js';
import { Summary, Tooltip } from '../globe/summary.js';
import { publish } from '../globe/window.js';
import { Empty, Failure, Loading } from '../ui/panel.js';

/** `?n=2000&aa=0&dpr=1`: fewer objects, no antialiasing, a fixed pixel ratio; for tests and slow machines. */
function readOptions() {
  const found = new URLSearchParams(window.location.search);
  const numberOf = (key) => (Number(found.get(key)) > 0 ? Number(found.get(key)) : null);
  return { n: Math.floor(numberOf('n') ?? 0), aa: found.has('aa') ? found.get('aa') !== '0' : null, dpr: numberOf('dpr'), check: found.has('check') };
}

const idle = createStore({ invalid: 0, shown: 0, drawn: 0 });
const isSmall = () => window.matchMedia('(max-width: 820px)').matches;

export function View() {
  useWords();
  const { status, data, error } = useStore(catalogue, (s) => s);
  const [legend, setLegend] = useState(!isSmall());
  const [engine, setEngine] = useState(null);
  const [broken, setBroken] = useState(null);
  const panel = useStore(state, (s) => s.panel);
  const selected = useStore(state, (s) => s.selected);
  const compared = useStore(state, (s) => s.compared);
  if (!data) {
    if (status === 'empty') return html`<${Empty} reason=${t('globe.nocatalogue')} />`;
    return status === 'error' ? html`<${Failure} error=${error} />` : html`<${Loading} what=${t('globe.loading')} />`;
  }
  const table = panel === 'table';
  const comparing = Boolean(selected && compared && selected !== compared);
  return html`<div class=${`globe-room ${legend ? 'with-legend' : ''}`}>
    ${legend && html`<${Legend} data=${data} info=${engine?.info ?? idle} onClose=${() => setLegend(false)} />`}
    <div class=${`globe-stage ${table || comparing ? 'split' : ''}`}>
      <div class="globe-middle">
        ${broken ? html`<div class="state error globe-broken" role="alert"><p>${t('globe.nowebgl')}</p></div>`
        : html`<${Stage} data=${data} engine=${engine} setEngine=${setEngine} setBroken=${setBroken} />`}
        <${Tools} engine=${engine} legend=${legend} setLegend=${setLegend} table=${table} />
        ${engine && html`<${Condition} engine=${engine} />`}
        ${engine && html`<${Tooltip} engine=${engine} />`}
        ${engine && html`<${Summary} engine=${engine} id="globe-words" />`}
      </div>
      ${(table || broken) && html`<${ObjectsTable} engine=${broken ? null : engine} data=${data} onClose=${broken ? null : () => state.set({ panel: false })} />`}
      ${comparing && !table && !broken && html`<${Compare} key=${`${selected}-${compared}`} data=${data} />`}
    </div>
  </div>`;
}

/** The canvas and its engine. */
function Stage({ data, engine, setEngine, setBroken }) {
  const place = useRef(null);
  const canvas = useRef(null);
  const names = useRef(null);
  const made = useRef(null);
  useEffect(() => {
    const labels = createLabels(names.current);
    try {
      made.current = createEngine({
        canvas: canvas.current, place: place.current, data, knots: currentKnots(), state, clock, watch, options: readOptions(),
        onFrame: (now) => labels.update(now, state.get()),
      });
    } catch (error) {
      console.warn('no WebGL 2:', error.message);
      setBroken(error);
      return undefined;
    }
    setEngine(made.current);
    const hide = publish(made.current);
    return () => {
      hide();
      made.current.dispose();
      setEngine(null);
    };
  }, []);
  useEffect(() => {
    if (engine && engine.data !== data) engine.take(data, currentKnots());
  }, [engine, data]);
  return html`<div class="globe-canvas" ref=${place} tabindex="0" role="application" aria-label=${t('globe.label')} aria-describedby="globe-words">
    <canvas ref=${canvas} aria-hidden="true"></canvas>
    <div class="globe-labels" ref=${names} aria-hidden="true"></div>
  </div>`;
}

/** What the keys do, as buttons. */
function Tools({ engine, legend, setLegend, table }) {
  const frame = useStore(state, (s) => s.frame);
  const follow = useStore(state, (s) => s.follow);
  const selected = useStore(state, (s) => s.selected);
  const icon = (glyph, key, onClick) => html`<button type="button" class="icon" aria-label=${t(key)} title=${t(key)} onClick=${onClick}>${glyph}</button>`;
  return html`<div class="globe-tools" role="group" aria-label=${t('globe.tools')}>
    ${!legend && html`<button type="button" aria-expanded="false" onClick=${() => setLegend(true)}>${t('globe.legend')}</button>`}
    ${engine && html`<div class="choice" role="group" aria-label=${t('globe.frame')}>
      ${['inertial', 'earth'].map((each) => html`<button type="button" key=${each} aria-pressed=${frame === each} title=${t(`globe.frame.${each}.title`)} onClick=${() => state.set({ frame: each })}>${t(`globe.frame.${each}`)}</button>`)}
    </div>
    <button type="button" aria-pressed=${follow} disabled=${!selected} onClick=${() => state.set({ follow: !follow })}>${t('globe.follow')}</button>
    <button type="button" aria-pressed=${table} onClick=${() => state.set({ panel: table ? false : 'table' })}>${t('globe.astable')}</button>
    <span class="globe-zoom">${icon('+', 'globe.zoomin', () => engine.zoom(0.7))}${icon('−', 'globe.zoomout', () => engine.zoom(1 / 0.7))}${icon('⌂', 'globe.home', () => { state.set({ follow: false }); engine.home(); })}</span>`}
  </div>`;
}

/** What keeps the picture from being whole. */
function Condition({ engine }) {
  useWords();
  const { status, late, error, lost } = useStore(engine.info, (s) => s);
  if (lost) return html`<div class="state error globe-condition lost" role="alert"><p>${t('globe.lost')}</p></div>`;
  if (error) return html`<div class="state error globe-condition" role="alert"><p>${t('globe.nopositions', { words: error.status === 0 ? t('state.away') : error.message })}</p></div>`;
  if (status === 'starting' || late) return html`<div class="globe-condition"><${Loading} what=${t(late ? 'globe.late' : 'globe.positions')} /></div>`;
  return null;
}
