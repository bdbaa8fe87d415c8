/** One lane: points with symbol and letter, past ones full, future ones outlined; one stop of the Tab key, arrows move. */
import { html, useRef, useState } from 'preact';
import { language, number, t } from '../app/i18n.js';
import { LEVEL_STYLE } from '../app/palette.js';
import { utcText } from '../app/time.js';
import { known, kilometresText } from '../ui/words.js';
import { LANES, clusters } from './items.js';

/** Wide enough for a point with its letter and a count. */
const POINT_PX = 46;
const BAR_PX = 8;

/** @param {{name: string, items: object[], note?: string, xOf: (ms: number) => number, width: number, nowMs: number, picked: Set<string>, onPick: (items: object[]) => void}} props */
export function Lane({ name, items, note, xOf, width, nowMs, picked, onPick }) {
  const [at, setAt] = useState(0);
  const line = useRef(null);
  const { letter } = LANES[name];
  const seen = items.filter((item) => xOf(item.endMs ?? item.ms) >= 0 && xOf(item.ms) <= width);
  // What began before the span stands at its edge.
  const points = clusters(seen, (ms) => Math.max(0, xOf(ms)), POINT_PX);
  const stop = Math.min(at, points.length - 1);
  const onKey = (event) => {
    const to = { ArrowRight: stop + 1, ArrowLeft: stop - 1, Home: 0, End: points.length - 1 }[event.key];
    if (to === undefined || !points.length) return;
    event.preventDefault();
    const place = Math.max(0, Math.min(points.length - 1, to));
    setAt(place);
    line.current.querySelectorAll('button')[place]?.focus();
  };
  return html`<div class="lane" role="group" aria-label=${t('timeline.lane', { name: t(`timeline.lane.${name}`), n: seen.length })}>
    <p class="lane-name"><span class="lane-letter" style=${{ borderColor: LANES[name].colour }} aria-hidden="true">${letter}</span><span>${t(`timeline.lane.${name}`)}${note && html`<small>${note}</small>`}</span></p>
    <div class="lane-line" ref=${line} onKeyDown=${onKey}>
      ${seen.filter((item) => item.endMs).map((item) => html`<span key=${item.key} class="lane-bar" aria-hidden="true" style=${{ left: `${Math.max(0, xOf(item.ms))}px`, width: `${Math.max(BAR_PX, Math.min(width, xOf(item.endMs)) - Math.max(0, xOf(item.ms)))}px`, borderColor: LANES[name].colour }}></span>`)}
      ${points.map(({ x, items: those }, k) => html`<button type="button" key=${those[0].key} tabindex=${k === stop ? 0 : -1}
        class=${`point ${those[0].ms <= nowMs ? 'past' : 'future'} ${those.some((item) => picked.has(item.key)) ? 'picked' : ''}`}
        style=${{ left: `${x}px`, '--point': colourOf(name, those) }} aria-label=${said(those)} title=${said(those)}
        onClick=${() => { setAt(k); onPick(those); }}>${symbol(name, those)}${those.length > 1 ? html`<span class="many">${number(those.length)}</span>` : ''}</button>`)}
      ${!points.length && html`<span class="lane-none">${t('timeline.lane.none')}</span>`}
    </div>
  </div>`;
}

const ORDER = Object.keys(LEVEL_STYLE);
const worst = (items) => items.map((item) => item.level ?? 'none').sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))[0];
const colourOf = (name, items) => (name === 'event' ? LEVEL_STYLE[worst(items)]?.colour ?? 'var(--dim)' : LANES[name].colour);
const symbol = (name, items) => (name === 'event' ? `${LEVEL_STYLE[worst(items)]?.glyph ?? ''}${LANES[name].letter}` : LANES[name].letter);

/** A point in words. */
function said(items) {
  const [first] = items;
  const when = utcText(first.ms).slice(0, 16);
  if (items.length > 1) return t('timeline.cluster', { n: items.length, from: when, to: utcText(items.at(-1).ms).slice(0, 16) });
  return `${when} UTC: ${itemText(first)}${Number.isFinite(first.missKm) ? ` · ${kilometresText(first.missKm)}` : ''}`;
}

/** An item in words, without its moment. */
export function itemText(item) {
  if (item.report) return `${known('policy.status', item.detail.status)} · ${item.detail[`summary_${language()}`]}`;
  const who = item.names.map((name) => name.slice(0, 40)).join(' – ');
  if (item.lane === 'run') return t('timeline.item.run', { number: String(item.detail.number), n: item.count });
  if (item.lane === 'intake') return t('timeline.item.intake', { n: item.count, files: item.names.length ? who : t('timeline.item.own') });
  const level = item.level ? `${known('timeline.level', item.level)} · ` : '';
  return `${level}${who}`;
}
