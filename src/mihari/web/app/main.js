/** Begins the page: language, address, catalogue, shell. */
import { html, render } from 'preact';
import { poll } from './api.js';
import { catalogue, loadCatalogue } from './catalogue.js';
import { preferredLanguage, setLanguage } from './i18n.js';
import { bindKeys } from './keys.js';
import { loadMoment } from './moment.js';
import { clock, currentKnots, state } from './state.js';
import { bindTheme } from './theme.js';
import { applyUrl, bindUrl, readUrl } from './url.js';
import { Shell } from './shell.js';
import { VIEWS } from '../views/index.js';

const CATALOGUE_MS = 60000;

const found = readUrl(window.location.hash);
applyUrl(found, state, clock);
// It is the longest to come, so it is asked for first.
poll(loadCatalogue, CATALOGUE_MS);
// The room's modules come meanwhile; what fails here is asked for again where it is used.
VIEWS.find(({ name }) => name === state.get().view)?.load().catch(() => {});
bindTheme(state);
await setLanguage(found.lang ?? preferredLanguage());
if (!found.live && found.momentMs === undefined) await loadMoment(clock);
// The first states are on their way before there is a globe to draw them, once it is known for which moment.
const fetchStates = () => currentKnots()?.around(clock.now()).catch(() => {});
fetchStates();
catalogue.subscribe((now, before) => {
  if (now.data !== before.data) fetchStates();
});
bindUrl(state, clock);
bindKeys(state, clock);
state.subscribe((now, before) => {
  if (now.lang && now.lang !== before.lang) setLanguage(now.lang);
});
const place = document.getElementById('app');
place.replaceChildren();
render(html`<${Shell} />`, place);
// For tests and for people with a console: the state, never the way to change the node.
window.mihari = { state, clock };
