/** One release: who approved it, who is ready, whether its signatures hold, and what each audience sees, side by side. */
import { html, useState } from 'preact';
import { LANGUAGES, language, t, useWords } from '../app/i18n.js';
import { state } from '../app/state.js';
import { Card, Known, Mode, Status, Utc } from '../policy/words.js';
import { useAnswer } from '../ui/load.js';
import { Answered, Facts } from '../ui/panel.js';
import { known } from '../ui/words.js';
import { Sheet } from './sheet.js';

const FORMS = [['HTML', 'document.html'], ['PDF', 'document.pdf'], ['JSON', '']];

export function ReleasePage({ row, others }) {
  useWords();
  const answer = useAnswer(`releases/${row.release_id}`);
  const [lang, setLang] = useState(language());
  return html`<div class="desk-main" data-testid="release"><${Answered} answer=${answer}>${(found) => html`
    <header class="desk-head"><h2>${known('releases.product', found.product)} → <bdi>${known('releases.audience', found.audience)}</bdi></h2>
      <p class="desk-row"><${Status} status=${found.status} /> <${Mode} mode=${found.data_mode} /> <span class="badge">${t('policy.label', { label: found.release.label })}</span> <span class="mono dim">${found.release_id}</span></p>
      ${found.alarms.map((each) => html`<p class="warn" key=${each}>▲ ${t('releases.alarm')}: <bdi lang="en">${each}</bdi></p>`)}
      <p class="desk-row files" role="group" aria-label=${t('releases.forms')}>${FORMS.map(([name, tail]) => html`<a key=${name} href=${`/api/v1/releases/${found.release_id}${tail && `/${tail}?lang=${lang}`}`} target="_blank" rel="noopener">${name}</a>`)}
        ${found.drafted_by && html`<button type="button" class="small" onClick=${() => state.set({ view: 'policy', part: null, report: found.event_id })}>${t('releases.event')}</button>`}
        <button type="button" class="small" onClick=${() => state.set({ view: 'audit', record: found.release_id })}>${t('policy.who-knew')}</button></p>
    </header>
    <div class="cards">
      <${Preview} found=${found} others=${others} lang=${lang} onLang=${setLang} />
      <${People} found=${found} />
      <${Verification} found=${found} />
      <${Card} title=${t('releases.left-out')} note=${t('releases.left-out.note')}>${found.release.redactions.length ? html`<details><summary>${t('releases.left-out.count', { n: found.release.redactions.length })}</summary><ul class="sentences mono">${found.release.redactions.map((each) => html`<li key=${each}>${each}</li>`)}</ul></details>` : html`<p class="dim">${t('releases.left-out.none')}</p>`}
        <p class="dim small">${t('releases.policy')}: <bdi lang="en">${found.release.policy_version}</bdi></p><//>
    </div>`}<//></div>`;
}

/** The same facts as two audiences read them. */
function Preview({ found, others, lang, onLang }) {
  const [other, setOther] = useState((others.find((each) => each.audience !== found.audience && each.audience === 'PUBLIC') ?? others[0])?.release_id ?? '');
  const beside = useAnswer(other ? `releases/${other}` : '', {}, { skip: !other });
  return html`<${Card} title=${t('releases.preview')} kind="wide">
    <div class="desk-row"><div class="choice" role="group" aria-label=${t('releases.language')}>${Object.entries(LANGUAGES).map(([name, words]) => html`<button type="button" key=${name} lang=${name} aria-pressed=${name === lang} onClick=${() => onLang(name)}>${words}</button>`)}</div>
      ${others.length > 0 && html`<label class="field"><span>${t('releases.preview.as')}</span><select value=${other} onChange=${(event) => setOther(event.target.value)}>
        ${others.map((each) => html`<option key=${each.release_id} value=${each.release_id} selected=${each.release_id === other}>${known('releases.audience', each.audience)} · ${known('policy.status', each.status)}</option>`)}<option value="" selected=${!other}>${t('releases.preview.none')}</option></select></label>`}</div>
    <div class="beside"><section aria-label=${t('releases.seen-by', { who: known('releases.audience', found.audience) })}><p class="desk-row"><strong>${t('releases.seen-by', { who: known('releases.audience', found.audience) })}</strong></p><${Sheet} content=${found.release.content} lang=${lang} /></section>
      ${other && html`<${Answered} answer=${beside}>${(second) => html`<section aria-label=${t('releases.seen-by', { who: known('releases.audience', second.audience) })}><p class="desk-row"><strong>${t('releases.seen-by', { who: known('releases.audience', second.audience) })}</strong> <${Status} status=${second.status} /></p><${Sheet} content=${second.release.content} lang=${lang} /></section>`}<//>`}</div>
    ${!others.length && html`<p class="dim">${t('releases.preview.one')}</p>`}<//>`;
}

function People({ found }) {
  const parties = [...new Set([...found.needs, ...Object.keys(found.readiness)])];
  const { release } = found;
  return html`<${Card} title=${t('releases.people')}>
    <${Facts} rows=${[
      [t('releases.drafted'), html`<bdi>${found.drafted_by}</bdi>`, html`<${Utc} at=${found.drafted_utc} />`],
      [t('releases.embargo'), found.embargo_utc ? html`<${Utc} at=${found.embargo_utc} />` : t('releases.embargo.none')],
      [t('releases.released'), release.released_utc ? html`<${Utc} at=${release.released_utc} />` : t('releases.released.not')],
      [t('releases.expires'), release.expires_utc ? html`<${Utc} at=${release.expires_utc} />` : t('policy.unknown')],
      [t('releases.recipients'), html`<${Known} value=${found.recipients.map((each) => known('releases.audience', each))} />`],
      [t('releases.reason'), html`<bdi>${release.reason}</bdi>`],
      found.superseded_by && [t('releases.superseded'), html`<span class="mono">${found.superseded_by}</span>`],
      found.withdrawn_by && [t('releases.withdrawn'), html`<span class="mono">${found.withdrawn_by}</span>`],
    ]} />
    <h4>${t('releases.approvals')}</h4>${release.approvals.length ? html`<ul class="sentences">${release.approvals.map((each) => html`<li key=${each.person}><strong><bdi>${each.person}</bdi></strong> <bdi>${each.role}</bdi> <small><${Utc} at=${each.written_utc} /></small> <bdi>${each.words}</bdi></li>`)}</ul>` : html`<p class="dim">${t('releases.approvals.none')}</p>`}
    <h4>${t('releases.readiness')}</h4>${parties.length ? html`<ul class="sentences">${parties.map((party) => html`<li key=${party}><strong><bdi>${party}</bdi></strong> ${party in found.readiness ? (found.readiness[party] ? `✓ ${t('releases.go')}` : html`<span class="warn">▲ ${t('releases.no-go')}</span>`) : html`<span class="warn">◆ ${t('releases.waiting')}</span>`}</li>`)}</ul>` : html`<p class="dim">${t('releases.readiness.none')}</p>`}
  <//>`;
}

function Verification({ found }) {
  const checked = found.verification;
  return html`<${Card} title=${t('releases.verification')} note=${t('releases.verification.note')}>
    ${!checked ? html`<p class="dim">${t('releases.unsigned')}</p>` : html`
    <p class="desk-big">${checked.valid ? html`<span class="level-none">✓ ${t('releases.valid')}</span>` : html`<span class="warn">▲ ${t('releases.invalid')}</span>`}</p>
    ${checked.reasons.map((each) => html`<p key=${each}><bdi lang="en">${each}</bdi></p>`)}
    <ul class="sentences">${checked.signatures.map((each) => html`<li key=${each.algorithm}>${each.valid ? '✓' : '▲'} <strong>${each.algorithm}</strong> <bdi>${each.party}</bdi> <small class="mono break">${each.key_id}</small> <small>${each.valid ? t('releases.signature.holds') : html`<bdi lang="en">${each.reason}</bdi>`}</small></li>`)}</ul>`}
  <//>`;
}
