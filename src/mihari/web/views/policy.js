/** The policy room: reported events with whom they concern, the asset register, and what parties state. */
import { html } from 'preact';
import { t, useWords } from '../app/i18n.js';
import { state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { Brief } from '../policy/brief.js';
import { Register, Statements } from '../policy/register.js';
import { Mode, Parts, REPORTED, Said, Status, Utc } from '../policy/words.js';
import { useAnswer } from '../ui/load.js';
import { Answered } from '../ui/panel.js';
import { known } from '../ui/words.js';

const MINUTE_MS = 60000;
const PARTS = ['events', 'assets', 'statements'];

export function View() {
  useWords();
  const chosen = useStore(state, (s) => s.part);
  const part = PARTS.includes(chosen) ? chosen : 'events';
  return html`<div class="desk" data-testid="policy">
    <div class="desk-tools"><${Parts} label=${t('policy.parts')} names=${PARTS.map((name) => [name, t(`policy.part.${name}`)])} at=${part} onPart=${(name) => state.set({ part: name })} />
      <p class="dim">${t('policy.note')}</p></div>
    ${part === 'events' ? html`<${Events} />` : part === 'assets' ? html`<${Register} />` : html`<${Statements} />`}
  </div>`;
}

function Events() {
  const answer = useAnswer(REPORTED, {}, { everyMs: MINUTE_MS });
  const report = useStore(state, (s) => s.report);
  return html`<${Answered} answer=${answer} isEmpty=${(found) => !found.events.length && !report} empty=${t('policy.events.none')}>${({ events }) => {
    const at = report ?? events[0].event_id;
    return html`<div class="desk-grid">
      <nav class="desk-list" aria-label=${t('policy.events')}><ul>${events.map((each) => html`<li key=${each.event_id}><button type="button" aria-current=${each.event_id === at ? 'true' : undefined} onClick=${() => state.set({ report: each.event_id })}>
        <span class="desk-row"><strong>${known('policy.kind', each.kind)}</strong> <${Status} status=${each.status} /> <${Mode} mode=${each.data_mode} /></span>
        <span><${Said} of=${each} name="summary" /></span>
        <span class="desk-row dim"><${Utc} at=${each.start_utc} />${each.conflicts > 0 && html` <span class="warn">◆ ${t('policy.contradict', { n: each.conflicts })}</span>`}${each.is_overdue && html` <span class="warn">◆ ${t('policy.update.late')}</span>`}</span>
      </button></li>`)}</ul></nav>
      <${Brief} key=${at} id=${at} />
    </div>`;
  }}<//>`;
}
