/** Name, search, how old the catalogue is, how many objects, language, theme, help. */
import { html } from 'preact';
import { catalogue } from '../app/catalogue.js';
import { LANGUAGES, language, spanText, t, useWords } from '../app/i18n.js';
import { clock, select, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { Finder } from './finder.js';
import { useTick } from './timebar.js';
import { ageText } from './words.js';

/** How often the age of the catalogue is told anew: it grows with simulated time. */
const AGE_MS = 1000;
/** As old as this, public element sets of low orbits are off by more than screenings look for. */
const STALE_S = 3 * 86400;

export function Header() {
  useWords();
  useTick(AGE_MS);
  const { data, status } = useStore(catalogue, (s) => s);
  return html`<header class="top">
    <h1><span aria-hidden="true">◉ </span>Mihari</h1>
    <${Finder} id="search" label=${t('search.label')} hint=${t('search.hint')} shortcut="/" onChoose=${select} />
    ${data ? html`<${Age} data=${data} />` : html`<p class="pill">${t(`header.${status}`)}</p>`}
    <p class="pill wide">${data ? t('header.objects', { n: data.count }) : '–'}</p>
    <span class="spring"></span>
    <div class="choice" role="group" aria-label=${t('header.language')}>
      ${Object.entries(LANGUAGES).map(([code, name]) => html`<button type="button" key=${code} lang=${code} aria-pressed=${language() === code} onClick=${() => state.set({ lang: code })}>${code === 'en' ? 'EN' : name}</button>`)}
    </div>
    <${Theme} />
    <button type="button" class="icon" aria-label=${t('header.help')} title=${t('header.help')} onClick=${() => document.getElementById('help').showModal()}>?</button>
  </header>`;
}

const ORDER = ['', 'dark', 'light'];
function Theme() {
  const theme = useStore(state, (s) => s.theme);
  const next = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
  const name = t(`theme.${theme || 'system'}`);
  return html`<button type="button" class="icon" title=${name} aria-label=${t('header.theme', { name })} onClick=${() => state.set({ theme: next })}>
    <span aria-hidden="true">${{ '': '◐', dark: '☾', light: '☀' }[theme]}</span></button>`;
}

/** How old what the node knows is by the wall clock, whatever moment is shown; beyond a few days it says little of now. */
function Age({ data }) {
  const seconds = (Date.now() - data.medianEpochMs) / 1000;
  const stale = seconds > STALE_S;
  const age = spanText(seconds);
  const shown = t('header.age.shown', { age: ageText(data.medianEpochMs, clock.now()) });
  return html`<button type="button" class=${`pill age ${stale ? 'old' : ''}`} title=${`${t(stale ? 'header.age.old' : 'header.age.title')} ${shown}`} onClick=${() => state.set({ view: 'health' })}>
    <span aria-hidden="true">${stale ? '▲' : '●'} </span><span class="long">${t('header.age', { age })}</span><span class="short" aria-hidden="true">${age}</span></button>`;
}
