/** The releases room: what this node told whom, what became of it, and how each audience reads it. */
import { html, useMemo } from 'preact';
import { t, useWords } from '../app/i18n.js';
import { clock, state } from '../app/state.js';
import { useStore } from '../app/store.js';
import { Mode, Parts, Status, Utc } from '../policy/words.js';
import { ReleasePage } from '../releases/page.js';
import { Sheet } from '../releases/sheet.js';
import { about } from '../ui/export.js';
import { useAnswer } from '../ui/load.js';
import { Answered } from '../ui/panel.js';
import { Table } from '../ui/table.js';
import { known, utcOf } from '../ui/words.js';

const MINUTE_MS = 60000;
const PARTS = ['releases', 'bulletin'];

export function View() {
  useWords();
  const part = useStore(state, (s) => s.part) === 'bulletin' ? 'bulletin' : 'releases';
  return html`<div class="desk" data-testid="releases">
    <div class="desk-tools"><${Parts} label=${t('releases.parts')} names=${PARTS.map((name) => [name, t(`releases.part.${name}`)])} at=${part} onPart=${(name) => state.set({ part: name })} />
      <p class="dim">${t(`releases.note.${part}`)}</p></div>
    ${part === 'bulletin' ? html`<${Bulletin} />` : html`<${Releases} />`}
  </div>`;
}

function Releases() {
  const answer = useAnswer('releases', { limit: 1000 }, { everyMs: MINUTE_MS });
  const chosen = useStore(state, (s) => s.release);
  const columns = useMemo(() => [
    { key: 'drafted_utc', name: t('releases.col.drafted'), value: (row) => row.drafted_utc, show: (row) => html`<span class="mono">${utcOf(row.drafted_utc).slice(0, 16)}</span>` },
    { key: 'status', name: t('releases.col.status'), value: (row) => row.status, show: (row) => html`<${Status} status=${row.status} />${row.alarms.length > 0 && html` <span class="warn" title=${t('releases.alarm')}>▲</span>`}` },
    { key: 'audience', name: t('releases.col.audience'), value: (row) => row.audience, show: (row) => html`<bdi>${known('releases.audience', row.audience)}</bdi>` },
    { key: 'product', name: t('releases.col.product'), value: (row) => row.product, show: (row) => known('releases.product', row.product) },
    { key: 'event_id', name: t('releases.col.event'), value: (row) => row.event_id },
    { key: 'release_id', name: t('releases.col.id'), value: (row) => row.release_id, show: (row) => html`<span class="mono">${row.release_id}</span>` },
    ...['data_mode', 'drafted_by', 'group_id'].map((key) => ({ key, hidden: true, value: (row) => row[key] })),
  ], [t('releases.col.status')]);
  return html`<${Answered} answer=${answer} isEmpty=${(found) => !found.releases.length} empty=${t('releases.none')}>${({ releases }) => {
    const row = releases.find((each) => each.release_id === chosen) ?? releases.at(-1);
    const others = releases.filter((each) => each.event_id === row.event_id && each.release_id !== row.release_id && each.product === row.product);
    return html`<div class="desk-grid">
      <div class="desk-table"><${Table} caption=${t('releases.part.releases')} columns=${columns} rows=${releases} idOf=${(each) => each.release_id} first="drafted_utc" descending file="mihari-releases" meta=${about(clock.now())} selected=${row.release_id} onSelect=${(each) => state.set({ release: each.release_id })} /></div>
      <${ReleasePage} key=${row.release_id} row=${row} others=${others} />
    </div>`;
  }}<//>`;
}

/** What the public was told, newest first, as it reads it. */
function Bulletin() {
  const answer = useAnswer('bulletin', { limit: 50 }, { everyMs: MINUTE_MS });
  return html`<${Answered} answer=${answer} isEmpty=${(found) => !found.releases.length} empty=${t('releases.bulletin.none')}>${({ releases }) => html`<div class="desk-main"><div class="cards">
    ${releases.map((each) => html`<article class="card" key=${each.release_id} aria-label=${each.release_id}>
      <p class="desk-row"><${Utc} at=${each.released_utc} /> <${Mode} mode=${each.data_mode} /> ${each.withdraws && html`<span class="badge other">${t('releases.withdraws', { id: each.withdraws })}</span>`}</p>
      <${Sheet} content=${each.content} />
      <button type="button" class="small" onClick=${() => state.set({ part: 'releases', release: each.release_id })}>${t('releases.open')}</button>
    </article>`)}</div></div>`}<//>`;
}
