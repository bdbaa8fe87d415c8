/** The card of one object: what it is, where it is now, how old and how well that is known. */
import { html, useState } from 'preact';
import { catalogue } from '../app/catalogue.js';
import { t, useWords } from '../app/i18n.js';
import { clock, select, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { isoUtc } from '../app/time.js';
import { writeUrl } from '../app/url.js';
import { toggleWatched, watch } from '../app/watch.js';
import { Approaches, Compare } from './card/approaches.js';
import { History, Orbit, Source } from './card/orbit.js';
import { Summary } from './card/summary.js';
import { Tabs } from './card/tabs.js';
import { useFollowing } from './follow.js';
import { Answered } from './panel.js';
import { nameById } from './words.js';

const HOUR_MS = 3600000;
const PARTS = { summary: Summary, orbit: Orbit, approaches: Approaches, history: History, source: Source };

export function ObjectCard({ id }) {
  useWords();
  const [tab, setTab] = useState('summary');
  const answer = useFollowing(`objects/${id}`, (ms) => ({ at: isoUtc(ms) }), { quantumMs: HOUR_MS });
  const card = answer.data;
  const tabs = Object.keys(PARTS).map((name) => ({ name, title: t(`object.tab.${name}`) }));
  const Part = PARTS[tab];
  return html`<article class="card-object" data-testid="object-card" aria-labelledby="object-name">
    <${Head} id=${id} card=${card} />
    <${Tabs} label=${t('object.tabs')} tabs=${tabs} at=${tab} onTab=${setTab}>
      <${Answered} answer=${answer}>${(found) => html`<${Part} card=${found} />`}<//>
    <//>
    ${card && html`<${Compare} id=${id} />`}
  </article>`;
}

function Head({ id, card }) {
  const data = useStore(catalogue, (s) => s.data);
  const watched = useStore(watch, (s) => s.ids).has(id);
  const follow = useStore(state, (s) => s.follow);
  const view = useStore(state, (s) => s.view);
  const name = card?.object.name ?? nameById(data, id);
  const star = t(watched ? 'object.unwatch' : 'object.watch');
  return html`<header class="card-head">
    <div class="card-title"><h2 id="object-name" title=${name}><bdi>${name}</bdi></h2>
      <button type="button" class="icon" onClick=${() => select(null)} aria-label=${t('object.close')} title=${t('object.close')}>×</button></div>
    <p class="dim mono">${id}${card?.object.object_id ? ` · ${card.object.object_id}` : ''}</p>
    <div class="card-tools">
      <button type="button" class="small" aria-pressed=${watched} onClick=${() => toggleWatched(id)}><span aria-hidden="true">${watched ? '★' : '☆'} </span>${star}</button>
      <button type="button" class="small" aria-pressed=${follow} onClick=${() => state.set({ follow: !follow, ...(follow ? {} : { view: 'globe' }) })}>${t('object.follow')}</button>
      ${view !== 'globe' && html`<button type="button" class="small" onClick=${() => state.set({ view: 'globe' })}>${t('object.globe')}</button>`}
      <${CopyLink} />
    </div>
  </header>`;
}

/** The address of what is seen; where the browser gives no clipboard, it is shown to be copied by hand. */
function CopyLink() {
  const [told, setTold] = useState(null);
  const copy = async () => {
    const address = `${window.location.origin}${window.location.pathname}${writeUrl(state.get(), clock)}`;
    try {
      await navigator.clipboard.writeText(address);
      setTold({ done: true });
      setTimeout(() => setTold(null), 4000);
    } catch {
      setTold({ address });
    }
  };
  return html`<button type="button" class="small" onClick=${copy}>${t('object.copy')}</button>
    <span role="status" class="dim">${told?.done ? t('object.copied') : ''}</span>
    ${told?.address && html`<input class="copy-field" type="text" readonly value=${told.address} aria-label=${t('object.copy.field')} onFocus=${(event) => event.target.select()} onBlur=${() => setTold(null)} ref=${(field) => field?.focus()} />`}`;
}
