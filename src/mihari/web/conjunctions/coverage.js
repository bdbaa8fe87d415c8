/** What was looked at, when, and what was not: always beside the list, because silence is an answer of its own. */
import { html } from 'preact';
import { number, spanText, t, useWords } from '../app/i18n.js';
import { parseUtc, utcText } from '../app/time.js';
import { lengthText } from './words.js';
import { Said } from '../ui/said.js';

const NAMED = 300;

export function Coverage({ source, left }) {
  useWords();
  const { run, coverage, eventsCoverage, total, approaches, loading } = source;
  return html`<div class="conj-coverage" data-testid="coverage" role="region" aria-label=${t('conj.coverage')}>
    ${coverage ? html`<${Screened} run=${run} coverage=${coverage} total=${total} loaded=${approaches.length} />`
      : !loading && !run && html`<p><strong>${t('conj.coverage.unscreened')}</strong></p>`}
    ${eventsCoverage && html`<p>${t('conj.coverage.events', { n: eventsCoverage.events })} ${!source.data && source.mode && html`<strong>${t(`mode.${source.mode}`)}</strong>`}</p>`}
    ${(left.passive > 0 || left.together > 0 || left.farther > 0) && html`<p>${t('conj.coverage.left-out')} ${[
      left.passive && t('conj.coverage.passive', { n: left.passive }), left.together && t('conj.coverage.together', { n: left.together }), left.farther && t('conj.coverage.farther', { n: left.farther }),
    ].filter(Boolean).join(t('conj.coverage.comma'))}</p>`}
    ${source.meaning && html`<p>${t('conj.coverage.bound')}</p>`}
  </div>`;
}

function Screened({ run, coverage, total, loaded }) {
  const left = coverage.objects_given - coverage.objects_screened;
  const gone = coverage.unscreened.length;
  return html`<details>
    <summary>${t('conj.coverage.screened', {
      screened: coverage.objects_screened, given: coverage.objects_given, hours: number(coverage.hours, coverage.hours % 1 ? 1 : 0),
      from: utcText(parseUtc(coverage.start_utc)).slice(0, 16), age: spanText((Date.now() - parseUtc(run?.learned_utc)) / 1000),
    })} <strong>${gone || left ? t('conj.coverage.left', { n: Math.max(gone, left) }) : t('conj.coverage.none-left')}</strong></summary>
    <ul>
      <li>${coverage.primaries ? t('conj.coverage.primaries', { n: [].concat(coverage.primaries).length }) : t('conj.coverage.all-on-all')} ${volumeText(coverage.volume)}</li>
      <li>${t('conj.coverage.found', { total, loaded })}</li>
      <li>${t('conj.coverage.stale', { n: coverage.stale_count, days: coverage.stale_after_days })}</li>
      <li>${t('conj.coverage.ages', { oldest: utcText(parseUtc(coverage.oldest_epoch_utc)).slice(0, 16), newest: utcText(parseUtc(coverage.newest_epoch_utc)).slice(0, 16) })}</li>
      <li>${t('conj.coverage.not')}</li>
      ${reasons(coverage.unscreened).map(([reason, ids]) => html`<li key=${reason}><${Said} text=${reason} />: ${number(ids.length)} <small>(${ids.slice(0, NAMED).join(', ')}${ids.length > NAMED ? ' …' : ''})</small></li>`)}
      <li><small lang="en">${coverage.method}</small></li>
    </ul>
  </details>`;
}

const volumeText = (volume) =>
  volume.radius_m ? t('conj.coverage.sphere', { radius: lengthText(volume.radius_m) }) : t('conj.coverage.volume', { name: volume.name ?? volume.shape ?? '?' });

/** Those left out by reason, the most frequent first. */
function reasons(unscreened) {
  const found = new Map();
  for (const { reason, norad_cat_id: id } of unscreened) {
    if (!found.has(reason)) found.set(reason, []);
    found.get(reason).push(id);
  }
  return [...found].sort((a, b) => b[1].length - a[1].length);
}
