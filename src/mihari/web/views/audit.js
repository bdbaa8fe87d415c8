/** The audit room: whether the log is whole, who could know a record since when, and what was written last. */
import { html, useEffect, useMemo, useState } from 'preact';
import { number, t, useWords } from '../app/i18n.js';
import { clock, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { Card, Utc } from '../policy/words.js';
import { Grid } from '../health/parts.js';
import { about } from '../ui/export.js';
import { useAnswer } from '../ui/load.js';
import { Answered, Facts } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { known, utcOf } from '../ui/words.js';

const MINUTE_MS = 60000;
const NEWEST = 500;

export function View() {
  useWords();
  const verdict = useAnswer('audit', {}, { everyMs: MINUTE_MS });
  const record = useStore(state, (s) => s.record);
  return html`<div class="desk" data-testid="audit"><div class="desk-main"><${Answered} answer=${verdict}>${(found) => html`<div class="cards">
    <${Card} title=${t('audit.verdict')} note=${t('audit.verdict.note')}><p class="desk-big" data-testid="audit-verdict">${found.valid ? html`<span class="level-none">✓ ${t('audit.whole')}</span>` : html`<span class="warn">▲ ${t('audit.broken')}</span>`}</p>
      ${found.first_fault && html`<p class="warn">${t('audit.fault', { index: String(found.first_fault.index), where: found.first_fault.where })} <bdi lang="en">${found.first_fault.reason}</bdi></p>`}
      <${Facts} rows=${[
        [t('audit.entries'), number(found.entries)], [t('audit.signed'), number(found.signed_entries)], [t('audit.roots'), number(found.roots)],
        [t('audit.signatures'), known('audit.signatures', found.signatures)], [t('audit.witnesses'), found.witnesses.join(', ') || t('audit.witnesses.none')],
        [t('audit.root'), html`<span class="mono break">${found.root ?? '–'}</span>`],
      ]} /><//>
    <${WhoKnew} record=${record} />
  </div><${Entries} total=${found.entries} />`}<//></div></div>`;
}

function WhoKnew({ record }) {
  const [text, setText] = useState(record ?? '');
  useEffect(() => setText(record ?? ''), [record]);
  const answer = useAnswer('audit/who-knew', { record }, { skip: !record });
  const ask = (event) => {
    event.preventDefault();
    state.set({ record: text.trim() || null });
  };
  return html`<${Card} title=${t('audit.who')} kind="wide" note=${t('audit.who.note')}>
    <form class="desk-row" onSubmit=${ask}><label class="field grow"><span>${t('audit.record')}</span><input type="text" value=${text} onInput=${(event) => setText(event.target.value)} /></label><button type="submit">${t('audit.ask')}</button></form>
    ${record ? html`<${Answered} answer=${answer} isEmpty=${(found) => !found.known_by.length} empty=${t('audit.who.none', { record })}>${(found) => html`<${Grid} caption=${t('audit.who')} texts=${[0, 1, 2, 3]} head=${[t('audit.party'), t('audit.when'), t('audit.kind'), t('audit.actor')]}
      rows=${found.known_by.map((each) => [known('releases.audience', each.party), html`<${Utc} at=${each.at_utc} />`, known('audit.kind', each.kind), html`<bdi>${each.actor}</bdi><small>${each.policy_version}</small>`])} />`}<//>` : html`<p class="dim">${t('audit.who.begin')}</p>`}<//>`;
}

/** The last entries; a row asks who could know what it names. */
function Entries({ total }) {
  const answer = useAnswer('audit/entries', { limit: NEWEST, offset: Math.max(0, total - NEWEST) });
  const named = (row) => [row.event_id, ...(row.records ?? [])].filter(Boolean);
  const columns = useMemo(() => [
    { key: 'index', name: '#', align: 'end', value: (row) => row.index },
    { key: 'at_utc', name: t('audit.when'), value: (row) => row.at_utc, show: (row) => html`<span class="mono">${utcOf(row.at_utc)}</span>` },
    { key: 'kind', name: t('audit.kind'), value: (row) => row.kind, show: (row) => known('audit.kind', row.kind) },
    { key: 'actor', name: t('audit.actor'), value: (row) => row.actor ?? '', show: (row) => html`<bdi>${row.actor ?? '–'}</bdi>` },
    { key: 'parties', name: t('audit.party'), value: (row) => (row.parties ?? []).map((each) => known('releases.audience', each)).join(', ') },
    { key: 'records', name: t('audit.names'), value: (row) => named(row).join(', '), show: (row) => html`<bdi title=${named(row).join(', ')}>${named(row).join(', ') || '–'}</bdi>` },
    { key: 'leaf', hidden: true, value: (row) => row.leaf },
  ], [t('audit.when')]);
  return html`<section class="audit-entries" aria-label=${t('audit.newest')}><h3>${t('audit.newest')}</h3><${Answered} answer=${answer}>${(found) => html`<div class="desk-table"><${Table} caption=${t('audit.newest')} columns=${columns} rows=${found.entries} idOf=${(row) => row.index}
    first="index" descending file="mihari-audit" meta=${about(clock.now())} onSelect=${(row) => named(row).length && state.set({ record: named(row).at(-1) })} empty=${t('audit.none')} /></div>`}<//></section>`;
}
