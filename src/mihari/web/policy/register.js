/** The asset register as a table, and what parties state about assets, beside each other. */
import { html, useMemo } from 'preact';
import { t, useWords } from '../app/i18n.js';
import { clock, select, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { about } from '../ui/export.js';
import { useAnswer } from '../ui/load.js';
import { Answered } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { known, utcOf } from '../ui/words.js';
import { Statement } from './brief.js';
import { Card, Known, Said } from './words.js';

const MINUTE_MS = 60000;
const FIELDS = ['owner', 'operator', 'registry_state', 'responsible_state', 'function', 'relied_on_by', 'protecting_parties'];

export function Register() {
  useWords();
  const answer = useAnswer('policy/assets', {}, { everyMs: MINUTE_MS });
  const selected = useStore(state, (s) => s.selected);
  const columns = useMemo(() => [
    { key: 'name', name: t('policy.field.name'), value: (row) => row.name, show: (row) => html`<bdi title=${row.name}>${row.name}</bdi>` },
    { key: 'norad_cat_id', name: t('policy.field.number'), align: 'end', value: (row) => row.norad_cat_id },
    ...FIELDS.map((key) => ({ key, name: t(`policy.field.${key}`), value: (row) => [].concat(row[key] ?? []).join(', ') || null, show: (row) => html`<${Known} value=${row[key]} />` })),
    { key: 'servicing_consent', name: t('policy.field.servicing_consent'), value: (row) => row.servicing_consent, show: (row) => known('policy.consent', row.servicing_consent) },
    { key: 'written_by', name: t('policy.entered'), value: (row) => row.written_by, show: (row) => html`<bdi>${row.written_by}</bdi>` },
    { key: 'written_utc', name: t('policy.entered.at'), value: (row) => row.written_utc, show: (row) => html`<span class="mono">${utcOf(row.written_utc).slice(0, 16)}</span>` },
  ], [t('policy.field.name')]);
  return html`<${Answered} answer=${answer} isEmpty=${(found) => !found.assets.length} empty=${t('policy.register.none')}>${(found) => html`<div class="desk-table"><${Table}
    caption=${t('policy.part.assets')} columns=${columns} rows=${found.assets} idOf=${(row) => row.asset_id} first="name" file="mihari-assets" meta=${about(clock.now())}
    selected=${found.assets.find((row) => row.norad_cat_id === selected)?.asset_id} onSelect=${(row) => row.norad_cat_id && select(row.norad_cat_id)} /></div>`}<//>`;
}

export function Statements() {
  useWords();
  const answer = useAnswer('policy/protection', {}, { everyMs: MINUTE_MS });
  return html`<${Answered} answer=${answer}>${(found) => {
    const byId = new Map(found.statements.map((each) => [each.statement_id, each]));
    const conflicts = new Map(found.conflicts.map((each) => [each.asset_id, each]));
    return html`<div class="desk-main"><div class="cards">
      ${Object.entries(found.by_asset).filter(([, ids]) => ids.length).map(([asset, ids]) => html`<${Card} key=${asset} title=${asset}>
        ${conflicts.has(asset) && html`<p class="warn">◆ ${t('policy.conflict')}: <${Said} of=${conflicts.get(asset)} name="reason" /></p>`}
        <div class="beside">${ids.map((id) => html`<${Statement} key=${id} statement=${byId.get(id)} />`)}</div><//>`)}
      <${Card} title=${t('policy.unstated')}>${found.without_statement.length ? html`<ul class="sentences">${found.without_statement.map((each) => html`<li key=${each}>${each}</li>`)}</ul>` : html`<p class="dim">${t('policy.unstated.none')}</p>`}<//>
      <${Card} title=${t('policy.contributions')}>${Object.keys(found.contributions).length ? html`<ul class="sentences">${Object.entries(found.contributions).map(([party, those]) => html`<li key=${party}><strong><bdi>${party}</bdi></strong> <bdi>${those.map((each) => each.capability).join(', ')}</bdi></li>`)}</ul>` : html`<p class="dim">${t('policy.contributions.none')}</p>`}<//>
    </div><p class="desk-foot dim"><${Said} of=${found} name="note" /></p></div>`;
  }}<//>`;
}
