/** Instruments that may be relevant, by their legal nature: each nature has a letter, a line style and a word of its own. */
import { html } from 'preact';
import { t } from '../app/i18n.js';
import { known } from '../ui/words.js';
import { Card, Said, said } from './words.js';

const NATURES = ['BINDING', 'POLITICAL', 'SOFT', 'DOMESTIC', 'FACT'];

export function Instruments({ instruments }) {
  const natures = [...NATURES, ...new Set(instruments.map((each) => each.legal_nature).filter((each) => !NATURES.includes(each)))];
  return html`<${Card} title=${t('policy.instruments')} kind="wide" note=${t('policy.instruments.note')}>
    ${!instruments.length && html`<p class="dim">${t('policy.instruments.none')}</p>`}
    ${natures.map((nature) => {
      const those = instruments.filter((each) => each.legal_nature === nature);
      return those.length > 0 && html`<section key=${nature} class="nature" aria-label=${said(those[0], 'legal_nature')}><h4><${Said} of=${those[0]} name="legal_nature" /> <small>${those.length}</small></h4>
        ${those.map((each) => html`<${Instrument} key=${each.instrument_id} instrument=${each} />`)}</section>`;
    })}<//>`;
}

const Instrument = ({ instrument }) => html`<article class=${`instrument nature-${instrument.legal_nature}`}>
  <p class="desk-row"><strong><${Said} of=${instrument} name="name" /></strong> ${instrument.provision && html`<span>${instrument.provision}</span>`} <small class="mono">${instrument.date}</small>
    <span class=${instrument.source_checked ? 'badge checked' : 'badge other'}>${instrument.source_checked ? `✓ ${t('policy.source.checked')}` : `◆ ${t('policy.source.unchecked')}`}</span>
    ${instrument.status !== 'CURRENT' && html`<span class="badge other">${known('policy.instrument', instrument.status)}</span>`}</p>
  <p><${Said} of=${instrument} name="line" /></p>
  <details><summary>${t('policy.instrument.more')}</summary>
    <p>${t('policy.instrument.why')}: <${Said} of=${instrument} name="reason" /></p>
    ${[['trigger_facts', 'policy.instrument.facts'], ['open_questions', 'policy.instrument.open']].map(([name, key]) => said(instrument, name)?.length > 0 && html`<p key=${name}>${t(key)}: ${said(instrument, name).join(' · ')}</p>`)}
    ${said(instrument, 'quotation') && html`<blockquote><${Said} of=${instrument} name="quotation" /></blockquote>`}
    <p class="dim small">${t('policy.source')}: <bdi>${instrument.source}</bdi>${instrument.source_note && html` · <bdi lang="en">${instrument.source_note}</bdi>`}</p>
  </details></article>`;
