/** The card of one object: what it is, where it is now, how old and how well that is known. */
import { html } from 'preact';
import { t, useWords } from '../app/i18n.js';
import { clock, select } from '../app/state.js';
import { isoUtc } from '../app/time.js';
import { useAnswer } from './load.js';
import { Answered, Facts, Panel } from './panel.js';

export function ObjectCard({ id }) {
  useWords();
  const at = isoUtc(Math.floor(clock.now() / 60000) * 60000);
  const answer = useAnswer('where', { object: id, at }, { everyMs: 60000 });
  return html`<${Panel} title=${String(id)} action=${html`<button type="button" class="icon" onClick=${() => select(null)} aria-label=${t('object.close')}>×</button>`}>
    <${Answered} answer=${answer}>${(found) => html`<${Facts} rows=${[[t('object.type'), found.object_type]]} />`}<//>
  <//>`;
}
