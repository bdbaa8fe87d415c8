/** How good the node's knowledge is: what is wrong first, then ages, sources, intakes, screenings, the store. */
import { html } from 'preact';
import { number, spanText, t, useWords } from '../app/i18n.js';
import { parseUtc } from '../app/time.js';
import { Bars, Grid } from '../health/parts.js';
import { useAnswer } from '../ui/load.js';
import { Answered, Facts } from '../ui/panel.js';
import { bytesText, known, utcOf } from '../ui/words.js';
import { Said } from '../ui/said.js';

const MINUTE_MS = 60000;
const SHORT = 16;

export function View() {
  useWords();
  const answer = useAnswer('catalogue/health', {}, { everyMs: MINUTE_MS });
  const node = useAnswer('health', {}, { everyMs: MINUTE_MS });
  return html`<div class="health"><${Answered} answer=${answer}>${(found) => html`
    <${Findings} found=${found} />
    <div class="health-grid">
      <${Card} title=${t('health.ages')} note=${t('health.ages.note', { at: utcOf(found.moment_utc).slice(0, SHORT) })}><${Ages} found=${found} /><//>
      <${Card} title=${t('health.screening')}><${Screening} found=${found} /><//>
      <${Card} title=${t('health.regimes')}><${Regimes} found=${found} /><//>
      <${Card} title=${t('health.sources')}><${Sources} found=${found} /><//>
      <${Card} title=${t('health.intakes')} note=${t('health.intakes.note')}><${Intakes} found=${found} /><//>
      <${Card} title=${t('health.runs')}><${Runs} found=${found} /><//>
      <${Card} title=${t('health.store')}><${Store} store=${found.store} /><//>
      <${Card} title=${t('health.node')}><${Node} found=${found} node=${node.data} /><//>
    </div>`}<//></div>`;
}

const Card = ({ title, note, children }) => html`<section class="health-card" aria-label=${title}><h2>${title}</h2>${note && html`<p class="note">${note}</p>`}${children}</section>`;

/** A finding in the reader's language; one that the page does not know yet comes in the node's words. */
function Findings({ found }) {
  const said = (prefix, each, otherwise) => {
    const key = `${prefix}.${each.name}`;
    const text = t(key, { ...(each.count === null ? {} : { n: each.count }), span: spanText(Math.abs(each.span_s ?? NaN)) });
    return text === key ? html`<bdi lang="en">${otherwise}</bdi>` : text;
  };
  return html`<section class="findings" aria-label=${t('health.findings')} data-testid="health-findings">
    <h2>${t('health.findings')}</h2>
    ${found.findings.length ? html`<ul>${found.findings.map((each) => html`<li key=${each.name} class=${each.severity}>
      <span class="finding-mark" aria-hidden="true">${each.severity === 'problem' ? '▲' : '◆'}</span>
      <div><p><strong class="severity">${t(`health.severity.${each.severity}`)}</strong> ${said('health.finding', each, each.words)}</p>
      <p class="note">${said('health.remedy', each, each.remedy)}</p></div></li>`)}</ul>`
    : html`<p class="fine"><span aria-hidden="true">● </span>${t('health.fine')}</p>`}
  </section>`;
}

const Ages = ({ found }) => html`<${Bars} name=${t('health.ages')} unit=${t('health.objects')} rows=${found.ages.map((each) => ({ key: each.age, name: known('health.age', each.age), value: each.objects, more: each.extrapolated ? t('health.extrapolated', { n: each.extrapolated }) : '' }))} />`;

function Screening({ found }) {
  const run = found.screening;
  if (!run) return html`<p class="state empty">${t('health.unscreened.never')}</p>`;
  return html`<${Facts} rows=${[
    [t('health.screened'), t('health.screened.of', { k: number(run.objects_screened), n: number(run.objects_given) })],
    [t('health.window'), html`<span class="mono">${utcOf(run.start_utc).slice(0, SHORT)} – ${utcOf(run.end_utc).slice(0, SHORT)}</span>`],
    run.volume.radius_m && [t('health.volume'), `${number(run.volume.radius_m / 1000, 1)} km`],
    [t('health.approaches'), number(run.conjunctions)],
    [t('health.stale', { days: number(run.stale_after_days) }), number(run.stale_count)],
    [t('health.wall'), spanText(run.cost.wall_s)],
  ]} />
  <h3>${t('health.notscreened')}</h3>
  ${run.unscreened.length ? html`<ul class="sets">${run.unscreened.map((each) => html`<li key=${each.reason}><strong>${number(each.objects)}</strong> <${Said} text=${each.reason} /><small class="mono">${each.norad_cat_ids.join(' ')}${each.objects > each.norad_cat_ids.length ? ' …' : ''}</small></li>`)}</ul>` : html`<p class="note">${t('health.notscreened.none')}</p>`}
  <h3>${t('health.stateless')}</h3>
  ${found.without_state.length ? html`<ul class="sets">${found.without_state.map((each) => html`<li key=${each.status}><strong>${number(each.objects)}</strong> <${Said} text=${each.status} /></li>`)}</ul>` : html`<p class="note">${t('health.stateless.none')}</p>`}`;
}

function Regimes({ found }) {
  const types = ['PAYLOAD', 'ROCKET BODY', 'DEBRIS', 'UNKNOWN'];
  return html`<${Grid} caption=${t('health.regimes')} head=${[t('health.col.regime'), ...types.map((each) => t(`object.type.${each}`)), t('health.col.all')]}
    rows=${found.regimes.map((each) => [known('object.regime', each.regime), ...types.map((type) => number(each[type])), html`<strong>${number(each.objects)}</strong>`])} />`;
}

const Sources = ({ found }) => html`<${Grid} caption=${t('health.sources')} head=${[t('health.col.source'), t('health.col.all'), t('health.col.newest'), t('health.col.learned')]}
  rows=${found.sources.map((each) => [html`<bdi title=${each.source ?? ''}>${each.source ?? '–'}</bdi><small><bdi lang="en">${each.licence ?? ''}</bdi></small>`, number(each.objects), html`<span class="mono">${utcOf(each.newest_epoch_utc).slice(0, SHORT)}</span>`, html`<span class="mono">${utcOf(each.learned_utc).slice(0, SHORT)}</span>`])} texts=${[0]} />`;

function Intakes({ found }) {
  if (!found.intakes.length) return html`<p class="note">${t('health.intakes.none')}</p>`;
  return html`<${Grid} caption=${t('health.intakes')} head=${[t('health.col.when'), t('health.col.read'), t('health.col.kept'), t('health.col.rejected')]}
    rows=${found.intakes.slice(0, 12).map((each) => [
      html`<span class="mono">${utcOf(each.learned_utc).slice(0, SHORT)}</span><small><bdi>${each.files.map((file) => file.file).join(', ') || t('timeline.item.own')}</bdi></small>`,
      each.files.length ? number(each.read.element_sets + each.read.objects) : '–',
      Object.entries(each.kept).map(([kind, n]) => html`<div key=${kind}>${number(n)} <small>${known('health.kind', kind)}</small></div>`),
      each.read.rejected ? html`<strong class="level-watch">${number(each.read.rejected)}</strong>` : '0',
    ])} texts=${[0]} />`;
}

const Runs = ({ found }) => (found.runs.length
  ? html`<${Grid} caption=${t('health.runs')} head=${[t('health.col.number'), t('health.col.made'), t('health.col.from'), t('health.col.span'), t('health.approaches')]}
    rows=${found.runs.slice(0, 12).map((each) => [String(each.run_id), html`<span class="mono">${utcOf(each.learned_utc).slice(0, SHORT)}</span>`, html`<span class="mono">${utcOf(each.start_utc).slice(5, SHORT)}</span>`, spanText((parseUtc(each.end_utc) - parseUtc(each.start_utc)) / 1000), number(each.conjunctions)])} />`
  : html`<p class="note">${t('health.unscreened.never')}</p>`);

function Store({ store }) {
  if (!store) return html`<p class="note">${t('health.store.none')}</p>`;
  return html`<${Facts} rows=${[
    [t('health.disk'), bytesText(store.disk_bytes)],
    [t('health.unreadable'), number(store.unreadable_records)],
    [t('health.learned'), html`<span class="mono">${utcOf(store.last_learned_utc)}</span>`],
  ]} />
  <${Bars} name=${t('health.store.kinds')} unit="" rows=${store.holdings.map((each) => ({ key: `${each.kind}${each.data_mode}`, name: known('health.kind', each.kind), value: each.size_bytes, text: bytesText(each.size_bytes), more: `${number(each.records)} · ${t(`mode.${each.data_mode}`)}` }))} />`;
}

const Node = ({ found, node }) => html`<${Facts} rows=${[
  [t('health.version'), node ? `Mihari ${node.version}` : '–'],
  [t('health.clock'), html`<span class="mono">${utcOf(found.now_utc)}</span>`],
  [t('health.moment'), html`<span class="mono">${utcOf(found.moment_utc)}</span>`],
  [t('health.mode'), t(`mode.${found.data_mode}`)],
  [t('health.catalogue'), html`<span class="mono" title=${found.catalogue_version}>${found.catalogue_version.slice(0, 12)}…</span>`],
  [t('health.orientation'), html`<span class="mono">${utcOf(found.earth_orientation.measured_until_utc).slice(0, 10)}</span>`, t('health.orientation.ends', { at: utcOf(found.earth_orientation.end_utc).slice(0, 10) })],
]} /><p><a href="/api/v1/catalogue/health">${t('object.api')}</a></p>`;
