/** The brief of one event: whom it concerns, what may be relevant, which rung is next. It concludes nothing. */
import { html } from 'preact';
import { number, spanText, t, useWords } from '../app/i18n.js';
import { clock, select, state } from '../app/state.js';
import { parseUtc } from '../app/time.js';
import { useAnswer } from '../ui/load.js';
import { Answered, Facts } from '../ui/panel.js';
import { known } from '../ui/words.js';
import { Instruments } from './instruments.js';
import { Card, Known, Mode, Said, Status, Utc, said } from './words.js';

const MINUTE_MS = 60000;

export function Brief({ id }) {
  useWords();
  const answer = useAnswer('policy/brief', { event: id }, { everyMs: MINUTE_MS });
  return html`<div class="desk-main" data-testid="brief"><${Answered} answer=${answer}>${(brief) => html`
    <${Head} brief=${brief} />
    <div class="cards">
      <${Rung} brief=${brief} />
      <${Concerned} brief=${brief} />
      <${Reported} event=${brief.event} />
      <${Card} title=${t('policy.not-known')}>${said(brief, 'not_known')?.length ? html`<ul class="sentences">${said(brief, 'not_known').map((each) => html`<li key=${each}>${each}</li>`)}</ul>` : html`<p class="dim">${t('policy.not-known.none')}</p>`}<//>
      <${Stated} brief=${brief} />
      <${Instruments} instruments=${brief.may_be_relevant} />
    </div><p class="desk-foot dim"><${Said} of=${brief} name="note" /> <a href=${`/api/v1/policy/brief?event=${encodeURIComponent(id)}`}>${t('object.api')}</a></p>`}<//></div>`;
}

const Head = ({ brief }) => html`<header class="desk-head">
  <h2><${Said} of=${brief} name="kind" />: <${Said} of=${brief.event} name="summary" /></h2>
  <p class="desk-row"><${Status} status=${brief.status} /> <${Mode} mode=${brief.data_mode} /> <span class="badge">${t('policy.label', { label: brief.label })}</span> <span class="badge"><${Said} of=${brief} name="standing" /></span></p>
  <p class="desk-row"><${Utc} at=${brief.event.start_utc} /><button type="button" class="small" onClick=${() => clock.jump(parseUtc(brief.event.start_utc), 0)}>${t('policy.go')}</button>
    ${brief.event.objects.map((each) => html`<button type="button" class="small" key=${each} onClick=${() => select(each)}>${t('policy.object', { number: String(each) })}</button>`)}
    <button type="button" class="small" onClick=${() => state.set({ view: 'audit', record: brief.event_id })}>${t('policy.who-knew')}</button></p>
</header>`;

/** How far off a moment is by the node's own clock. */
function Clock({ due, at, late }) {
  const span = spanText((parseUtc(due) - parseUtc(at)) / 1000);
  return html`<${Utc} at=${due} /> <span class=${late ? 'warn' : 'dim'}>${late ? '◆ ' : ''}${t(late ? 'policy.overdue' : 'policy.ahead', { span })}</span>`;
}

function Rung({ brief }) {
  const rung = brief.next_rung;
  return html`<${Card} title=${t('policy.rung')} note=${t('policy.rung.note')}>
    ${rung ? html`<p class="desk-big"><${Said} of=${rung} name="name" /></p><${Facts} rows=${[
      [t('policy.rung.owner'), known('policy.role', rung.owner)],
      [t('policy.rung.due'), html`<${Clock} due=${rung.due_utc} at=${brief.made_utc} late=${rung.is_overdue} />`],
      [t('policy.rung.standing'), known('policy.standing', rung.standing)],
      [t('policy.rung.record'), html`<${Said} of=${rung} name="record" />`],
      [t('policy.rung.facts'), said(rung, 'entry_facts')?.join(' · ')],
    ]} />` : html`<p class="dim">${t('policy.rung.none')}</p>`}
    <details><summary>${t('policy.ladder')}</summary><ol class="ladder">${brief.ladder.map((each) => html`<li key=${each.rung_id} class=${each.rung_id === rung?.rung_id ? 'next' : ''}>
      <strong><${Said} of=${each} name="name" /></strong> <span class="badge">${known('policy.standing', each.standing)}</span> <small>${known('policy.role', each.owner)} · <${Utc} at=${each.due_utc} /></small>
      ${each.steps.map((step) => html`<p key=${step.written_utc}><small><${Utc} at=${step.written_utc} /> <bdi>${step.written_by}</bdi> · ${known('policy.step', step.action)}</small> <bdi>${step.text}</bdi></p>`)}</li>`)}</ol></details>
  <//>`;
}

function Concerned({ brief }) {
  const conflicts = new Map(brief.conflicts.map((each) => [each.asset_id, each]));
  return html`<${Card} title=${t('policy.assets')} kind="tall" note=${t('policy.assets.note')}>
    ${!brief.assets.length && html`<p class="dim">${t('policy.assets.none')}</p>`}
    ${brief.assets.map((asset) => html`<section class="asset" key=${asset.asset_id} aria-label=${asset.name}><h4><bdi>${asset.name}</bdi> <small>${asset.asset_id}</small></h4>
      <${Facts} rows=${[
        ...['owner', 'operator', 'registry_state', 'responsible_state', 'function', 'relied_on_by', 'protecting_parties'].map((name) => [t(`policy.field.${name}`), html`<${Known} value=${asset[name]} />`]),
        [t('policy.field.servicing_consent'), known('policy.consent', asset.servicing_consent)],
      ]} />
      ${conflicts.has(asset.asset_id) && html`<p class="warn">◆ <${Said} of=${conflicts.get(asset.asset_id)} name="reason" /></p>`}
      ${asset.statements.map((each) => html`<${Statement} key=${each.statement_id} statement=${each} />`)}
      ${!asset.statements.length && html`<p class="dim">${t('policy.statement.none')}</p>`}
    </section>`)}
    ${brief.concerned.length > 0 && html`<h4>${t('policy.concerned')}</h4><ul class="sentences">${brief.concerned.map((each) => html`<li key=${`${each.party}${each.role_en}${each.asset_id}`}><strong><bdi>${each.party}</bdi></strong> <${Said} of=${each} name="role" /> <small>${each.asset_id}</small></li>`)}</ul>`}
  <//>`;
}

/** What one party states, as its own words. */
export const Statement = ({ statement }) => html`<div class=${`statement status-${statement.status}${statement.withdrawn ? ' withdrawn' : ''}`}>
  <p class="desk-row"><strong><bdi>${statement.party}</bdi></strong> <span class="badge">${known('policy.statement', statement.status)}</span> <span class="badge">${statement.instrument_id}</span>${statement.withdrawn && html` <span class="badge other">${t('policy.withdrawn')}</span>`}</p>
  <p><${Said} of=${statement} name="justification" /></p>${statement.quotation && html`<blockquote><bdi>${statement.quotation}</bdi></blockquote>`}
  <p class="dim small">${statement.capability && html`${t('policy.capability')}: <bdi>${statement.capability}</bdi> · `}${t('policy.source')}: <bdi>${statement.source}</bdi> · ${t('policy.entered')}: <bdi>${statement.entered_by}</bdi></p>
</div>`;

function Reported({ event }) {
  return html`<${Card} title=${t('policy.reported')}>
    <${Facts} rows=${[
      [t('policy.reported.by'), html`<bdi>${event.written_by}</bdi>`], [t('policy.reported.at'), html`<${Utc} at=${event.written_utc} />`],
      [t('policy.reported.next'), event.next_update_utc ? html`<${Utc} at=${event.next_update_utc} />` : t('policy.unknown')],
      [t('policy.reported.likelihood'), event.likelihood ? known('policy.likelihood', event.likelihood) : t('policy.unknown')],
      [t('policy.reported.confidence'), event.confidence ? known('policy.confidence', event.confidence) : t('policy.unknown'), event.confidence_basis],
      [t('policy.reported.sources'), html`<${Known} value=${event.sources} />`],
    ]} />
    ${event.alternatives.length > 0 && html`<h4>${t('policy.alternatives')}</h4><ul class="sentences">${event.alternatives.map((each) => html`<li key=${each.text_en}><strong>${number(each.probability * 100)} %</strong> <${Said} of=${each} name="text" /></li>`)}</ul>`}
    <h4>${t('policy.evidence')}</h4>${event.evidence.length ? html`<ul class="sentences">${event.evidence.map((each) => html`<li key=${each.text}><strong>${known('policy.evidence', each.kind)}</strong> <bdi>${each.text}</bdi> <small><bdi>${each.source}</bdi>${each.observed_utc && html` · <${Utc} at=${each.observed_utc} />`}</small></li>`)}</ul>` : html`<p class="dim">${t('policy.evidence.none')}</p>`}
  <//>`;
}

function Stated({ brief }) {
  if (!brief.intent_statements.length) return null;
  return html`<${Card} title=${t('policy.stated')} note=${t('policy.stated.note')}>${brief.intent_statements.map((each) => html`<figure key=${each.statement_id}><blockquote>${each.quotation ? html`<bdi>${each.quotation}</bdi>` : t('policy.withdrawn')}</blockquote><figcaption class="dim small"><bdi>${each.author}</bdi></figcaption></figure>`)}<//>`;
}
