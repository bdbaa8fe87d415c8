/** The head of an event or approach: who, when, and the way to that moment, which nobody is taken to unasked. */
import { html } from 'preact';
import { number, spanText, t, useWords } from '../app/i18n.js';
import { clock, select, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { utcText } from '../app/time.js';
import { toggleWatched, watch } from '../app/watch.js';
import { useTick } from '../ui/timebar.js';
import { Level, Name } from './words.js';
import { Said } from '../ui/said.js';

export function Head({ level, stale, first, second, tcaMs, children }) {
  useWords();
  return html`<header class="conj-head">
    <${Leave}><${Level} level=${level} />${stale && html`<span class="badge">${t('conj.stale')}</span>`}<//>
    <h2 class="conj-pair"><${Pick} object=${first} /> <span class="times" aria-hidden="true">↔</span><span class="unseen"> ${t('conj.and')} </span> <${Pick} object=${second} /></h2>
    <div class="conj-when"><span class="mono">${utcText(tcaMs, 3)} UTC</span> <${Until} tcaMs=${tcaMs} />
      <button type="button" onClick=${() => clock.jump(tcaMs)}>${t('conj.go')}</button>${children}</div>
    ${stale && html`<p class="state stale"><${Said} text=${stale} /></p>`}
  </header>`;
}

/** The ways out: back to the list where it is hidden, else the cross. */
export const Leave = ({ children }) => html`<div class="conj-title">
  <button type="button" class="back" onClick=${() => state.set({ event: null })}><span aria-hidden="true">‹ </span>${t('conj.back')}</button>
  ${children}<span class="spring"></span>
  <button type="button" class="icon close" aria-label=${t('conj.close')} title=${t('conj.close')} onClick=${() => state.set({ event: null })}>×</button>
</div>`;

/** How far the moment shown is from the closest approach. */
function Until({ tcaMs }) {
  useTick(1000);
  const ahead = (tcaMs - clock.now()) / 1000;
  if (Math.abs(ahead) < 1) return html`<span class="badge live">${t('conj.until.now')}</span>`;
  return html`<span class="badge">${t(ahead > 0 ? 'conj.until.ahead' : 'conj.until.past', { span: spanText(ahead) })}</span>`;
}

/** An object's name chooses it; a star keeps it on one's own list. */
function Pick({ object }) {
  const watched = useStore(watch, (s) => s.ids.has(object.id));
  const selected = useStore(state, (s) => s.selected === object.id);
  if (object.id === null) return html`<${Name} object=${object} wide />`;
  return html`<span class="pick"><button type="button" class="link" aria-pressed=${selected} onClick=${() => select(object.id)} title=${t('conj.select', { number: number(object.id) })}><${Name} object=${object} wide /></button>
    <button type="button" class="icon small star" aria-pressed=${watched} aria-label=${t(watched ? 'conj.unwatch' : 'conj.watch', { name: object.name.slice(0, 60) })} onClick=${() => toggleWatched(object.id)}>${watched ? '★' : '☆'}</button></span>`;
}
