/** Colours, shapes and counts; each entry is a switch of the filter that all views share. */
import { html, useMemo } from 'preact';
import { number, t, useWords } from '../app/i18n.js';
import { flipped } from '../app/keys.js';
import { clock, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { watch } from '../app/watch.js';
import { useTick } from '../ui/timebar.js';
import { GROUP_MOST } from './marks.js';
import { SCHEMES, classesOf } from './schemes.js';

const LAYERS = ['orbit', 'track', 'group', 'night', 'coast', 'grid'];
const MINUTES_10 = 600000;

export function Legend({ data, info, onClose }) {
  useWords();
  useTick(2000);
  const colourBy = useStore(state, (s) => s.colourBy);
  const hidden = useStore(state, (s) => s.hidden);
  const layers = useStore(state, (s) => s.layers);
  const watchOnly = useStore(state, (s) => s.watchOnly);
  const watched = useStore(watch, (s) => s.ids);
  const invalid = useStore(info, (s) => s.invalid);
  const shown = useStore(info, (s) => s.shown);
  const drawn = useStore(info, (s) => s.drawn);
  const moment = colourBy === 'age' ? Math.floor(clock.now() / MINUTES_10) * MINUTES_10 : 0;
  const sections = useMemo(() => {
    const names = [colourBy, ...['type', 'regime'].filter((each) => each !== colourBy)];
    return names.map((name) => [name, classesOf(data, name, moment).entries]);
  }, [data, colourBy, moment]);
  const flip = (key) => {
    const changed = new Set(hidden);
    if (!changed.delete(key)) changed.add(key);
    state.set({ hidden: changed });
  };
  const on = new Set(layers.split(','));
  const flipLayer = (name) => state.set({ layers: flipped(layers, name) });
  return html`<aside class="globe-legend" id="globe-legend" aria-label=${t('globe.legend')}>
    <header><h2>${t('globe.legend')}</h2><button type="button" class="icon small" aria-label=${t('globe.legend.close')} title=${t('globe.legend.close')} onClick=${onClose}>«</button></header>
    <label class="globe-scheme"><span>${t('globe.colour')}</span>
      <select value=${colourBy} onChange=${(event) => state.set({ colourBy: event.target.value })}>
        ${SCHEMES.map((name) => html`<option key=${name} value=${name}>${t(`globe.scheme.${name}`)}</option>`)}
      </select></label>
    ${sections.map(([name, entries], place) => html`<fieldset key=${name}><legend class=${place ? '' : 'unseen'}>${t(`globe.scheme.${name}`)}</legend>
      ${entries.map((each) => html`<${Entry} key=${each.key} entry=${each} plain=${place > 0} on=${!hidden.has(each.key)} flip=${flip} />`)}
    </fieldset>`)}
    ${hidden.size > 0 && html`<button type="button" class="small" onClick=${() => state.set({ hidden: new Set() })}>${t('globe.all')}</button>`}
    <fieldset><legend>${t('globe.show')}</legend>
      <label class="tick"><input type="checkbox" checked=${watchOnly} onChange=${() => state.set({ watchOnly: !watchOnly })} /><span class="entry-name">${t('globe.watchonly')}</span><span class="entry-count">${number(watched.size)}</span></label>
      ${LAYERS.map((name) => html`<label class="tick" key=${name}><input type="checkbox" checked=${on.has(name)} onChange=${() => flipLayer(name)} /><span class="entry-name">${t(`globe.layer.${name}`)}</span></label>`)}
    </fieldset>
    ${on.has('group') && watched.size > GROUP_MOST && html`<p class="dim">${t('globe.group.most', { most: number(GROUP_MOST) })}</p>`}
    ${drawn > 0 && html`<p class="dim" data-testid="globe-counts">${t('globe.counts', { shown: shown - invalid, of: drawn })}${invalid > 0 ? ` · ${t('globe.invalid', { n: invalid })}` : ''}</p>`}
  </aside>`;
}

/** One class: a switch with shape, colour, name and count. */
function Entry({ entry, plain, on, flip }) {
  const name = entry.own ? html`<bdi>${entry.name.slice(0, 40)}</bdi>` : t(entry.name);
  const swatch = html`<span class="entry-glyph" aria-hidden="true" style=${{ color: plain ? 'inherit' : entry.colour }}>${plain && !entry.shape && entry.shape !== 0 ? '' : entry.glyph}</span>`;
  if (!entry.key) return html`<p class="tick still">${swatch}<span class="entry-name">${name}</span><span class="entry-count">${number(entry.count)}</span></p>`;
  return html`<label class="tick"><input type="checkbox" checked=${on} onChange=${() => flip(entry.key)} />${swatch}
    <span class="entry-name">${name}</span><span class="entry-count">${number(entry.count)}</span></label>`;
}
