/** The frame around every view: banner, search, rail, time, side panels. */
import { html, useEffect, useState } from 'preact';
import { Banner } from '../ui/banner.js';
import { Header } from '../ui/header.js';
import { Help } from '../ui/help.js';
import { Live } from '../ui/live.js';
import { Side } from '../ui/side.js';
import { TimeBar } from '../ui/timebar.js';
import { Failure, Loading } from '../ui/panel.js';
import { VIEWS } from '../views/index.js';
import { ApiError } from './api.js';
import { holdings } from './holdings.js';
import { t, useWords } from './i18n.js';
import { state } from './state.js';
import { useStore } from './store.js';

export function Shell() {
  useWords();
  const view = useStore(state, (s) => s.view);
  return html`
    <a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); document.getElementById('main').focus(); }}>${t('shell.skip')}</a>
    <${Banner} />
    <${Header} />
    <${Rail} view=${view} />
    <main id="main" tabindex="-1" aria-label=${t(`view.${view}`)}><${Room} key=${view} name=${view} /></main>
    <${Side} />
    <${TimeBar} />
    <${Help} />
    <${Live} />`;
}

function Rail({ view }) {
  const held = useStore(holdings, (s) => s.held);
  return html`<nav class="rail" aria-label=${t('shell.views')}>
    ${VIEWS.filter(({ name, of }) => !of || held.has(of) || name === view).map(({ name, glyph }) => html`<button type="button" key=${name} aria-current=${name === view ? 'page' : undefined} onClick=${() => state.set({ view: name })}>
      <span class="glyph" aria-hidden="true">${glyph}</span><span>${t(`view.${name}`)}</span>
    </button>`)}
  </nav>`;
}

const RETRY_MS = 3000;

/** Load the view's module when it is first asked for; one that the node did not give is asked for again. */
function Room({ name }) {
  const [found, setFound] = useState({ View: null, error: null });
  const [round, again] = useState(0);
  useEffect(() => {
    let gone = false;
    let timer = 0;
    const entry = VIEWS.find((each) => each.name === name) ?? VIEWS[0];
    entry.load().then(
      ({ View }) => !gone && setFound({ View, error: null }),
      (error) => {
        if (gone) return;
        const lost = error instanceof TypeError;
        setFound({ View: null, error: lost ? new ApiError(0, 'no answer', error.message) : error });
        if (lost) timer = setTimeout(() => again((n) => n + 1), RETRY_MS);
      },
    );
    return () => { gone = true; clearTimeout(timer); };
  }, [name, round]);
  if (found.error) return html`<${Failure} error=${found.error} again=${() => again((n) => n + 1)} />`;
  return found.View ? html`<${found.View} />` : html`<${Loading} />`;
}
