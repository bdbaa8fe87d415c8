/** A release as its audience reads it, in one language. */
import { html } from 'preact';
import { language } from '../app/i18n.js';

export function Sheet({ content, lang = language() }) {
  const sheet = content.sheets[lang] ?? Object.values(content.sheets)[0];
  return html`<div class="sheet" lang=${sheet.lang}><h4>${sheet.title}</h4>
    ${sheet.banners.map((each) => html`<p class="sheet-banner" key=${each}>${each}</p>`)}
    ${sheet.sections.map((section) => html`<section key=${section.heading} aria-label=${section.heading}><h5>${section.heading}</h5>
      ${section.rows && html`<dl class="facts">${section.rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`}
      ${section.table && html`<div class="scroll" role="region" tabindex="0" aria-label=${section.heading}><table class="plain"><thead><tr>${section.heads.map((each) => html`<th scope="col" key=${each}>${each}</th>`)}</tr></thead><tbody>${section.table.map((row, k) => html`<tr key=${k}>${row.map((cell, j) => html`<td key=${j}>${cell}</td>`)}</tr>`)}</tbody></table></div>`}
      ${section.lines?.map((each) => html`<p key=${each}>${each}</p>`)}
    </section>`)}
    ${sheet.statements?.map((each) => html`<p class="dim small" key=${each}>${each}</p>`)}
  </div>`;
}
