/** Tabs after the ARIA practices: one stop of the Tab key, arrows move and choose at once. */
import { html, useRef } from 'preact';

/** @param {{label: string, tabs: {name: string, title: string}[], at: string, onTab: (name: string) => void, children: any}} props */
export function Tabs({ label, tabs, at, onTab, children }) {
  const list = useRef(null);
  const onKey = (event) => {
    const place = tabs.findIndex((each) => each.name === at);
    const to = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    onTab(next.name);
    list.current.querySelector(`#tab-${next.name}`).focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} ref=${list} onKeyDown=${onKey}>
      ${tabs.map(({ name, title }) => html`<button type="button" key=${name} id=${`tab-${name}`} role="tab" aria-selected=${name === at} aria-controls="tab-panel" tabindex=${name === at ? 0 : -1} onClick=${() => onTab(name)}>${title}</button>`)}
    </div>
    <div id="tab-panel" class="tab-panel" role="tabpanel" tabindex="0" aria-labelledby=${`tab-${at}`}>${children}</div>`;
}
