/** Play, rates, the moment in UTC, and jumps. */
import { html, useEffect, useState } from 'preact';
import { RATES } from '../app/clock.js';
import { language, number, spanText, t, useWords } from '../app/i18n.js';
import { nextRate } from '../app/keys.js';
import { begin } from '../app/moment.js';
import { clock, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { localText, parseUtc, utcText } from '../app/time.js';

const HOUR_MS = 3600000;

/** Draw again so many times a second while a component is shown. */
export function useTick(everyMs = 250) {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && draw((n) => n + 1), everyMs);
    const end = clock.subscribe(() => draw((n) => n + 1));
    return () => { clearInterval(timer); end(); };
  }, [everyMs]);
}

export function TimeBar() {
  useWords();
  useTick();
  const local = useStore(state, (s) => s.local);
  const { ms: beginMs, reason, own } = useStore(begin, (s) => s);
  const { rate } = clock.get();
  const now = clock.now();
  const live = clock.isLive();
  const away = (now - Date.now()) / 1000;
  const other = !live && Math.abs(away) > HOUR_MS / 1000;
  return html`<footer class="timebar" aria-label=${t('time.label')}>
    <button type="button" class="icon" aria-label=${t(rate ? 'time.pause' : 'time.play')} title=${t(rate ? 'time.pause' : 'time.play')} onClick=${() => clock.setRate(rate ? 0 : 1)}>${rate ? '❚❚' : '▶'}</button>
    <button type="button" class="icon" aria-label=${t('time.slower')} title=${t('time.slower')} onClick=${() => clock.setRate(nextRate(rate, -1))}>−</button>
    <span class="rate">${rate ? `${number(rate, Math.abs(rate) < 1 ? 3 : 0)}×` : t('time.paused')}</span>
    <button type="button" class="icon" aria-label=${t('time.faster')} title=${t('time.faster')} onClick=${() => clock.setRate(nextRate(rate, 1))}>+</button>
    <button type="button" aria-pressed=${live} onClick=${() => clock.live()}>${t('time.now')}</button>
    ${own && html`<button type="button" title=${reason} aria-pressed=${Math.abs(now - beginMs) < HOUR_MS} onClick=${() => clock.jump(beginMs, 1)}>${t('time.catalogue')}</button>`}
    <${Moment} now=${now} />
    ${local && html`<span class="dim">${localText(now, language())}</span>`}
    <span class=${`badge ${live ? 'live' : other ? 'other' : ''}`}>${live ? t('time.live') : t(away < 0 ? 'time.past' : 'time.future', { span: spanText(away) })}</span>
    <span class="spring"></span>
    <button type="button" class="small" aria-pressed=${local} onClick=${() => state.set({ local: !local })}>${t('time.local')}</button>
  </footer>`;
}

/** The moment as a field: what is typed is taken with Enter. */
function Moment({ now }) {
  const [typed, setTyped] = useState(null);
  const [wrong, setWrong] = useState(false);
  const take = () => {
    const ms = parseUtc((typed ?? '').trim().replace(' ', 'T').replace(/\s*UTC$/i, ''));
    if (Number.isFinite(ms)) {
      clock.jump(ms);
      setTyped(null);
    }
    setWrong(!Number.isFinite(ms));
  };
  return html`<label class="moment"><span class="unseen">${t('time.moment')}</span>
    <input type="text" size="19" spellcheck="false" autocomplete="off" aria-invalid=${wrong} title=${t('time.moment')} value=${typed ?? utcText(now)}
      onFocus=${() => setTyped(utcText(clock.now()))} onInput=${(event) => setTyped(event.target.value)}
      onBlur=${() => { setTyped(null); setWrong(false); }}
      onKeyDown=${(event) => { if (event.key === 'Enter') take(); }} /> UTC</label>
    ${wrong && html`<span class="wrong" role="alert">${t('time.wrong')}</span>`}`;
}
