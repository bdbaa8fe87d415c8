/** Why this probability: each method with its value, whether it is trusted, and the reason. */
import { html } from 'preact';
import { number, probabilityText, t, useWords } from '../app/i18n.js';
import { flagText, known, lengthText, methodText } from './words.js';
import { Said } from '../ui/said.js';

export function Why({ assessment }) {
  useWords();
  const { methods, methods_shared_error_removed: removed, maximum, hard_body_radius: radius, flags, density_sensitivity: density } = assessment;
  return html`<p>${assessment.probability === null ? t('conj.why.none') : t('conj.why.value', { p: probabilityText(assessment.probability), method: methodText(assessment.method) })} <small><${Said} text=${assessment.action_reason} /></small></p>
    ${Object.keys(methods).length > 0 && html`<${Methods} methods=${methods} name=${t('conj.why.methods')} used=${assessment.method} />`}
    ${Object.keys(removed).length > 0 && html`<${Methods} methods=${removed} name=${t('conj.why.removed')} />`}
    <ul class="sentences">
      ${maximum && html`<li>${t('conj.why.bound', { p: probabilityText(maximum.value) })} <small><${Said} text=${maximum.meaning} /></small></li>`}
      <li>${assessment.dilution === null ? t('conj.why.dilution-unknown') : t(assessment.dilution ? 'conj.why.diluted' : 'conj.why.robust')}</li>
      <li>${radius ? t(radius.is_default ? 'conj.why.radius-default' : 'conj.why.radius', { radius: lengthText(radius.value_m) }) : t('conj.why.no-radius')} ${radius && html`<small><${Said} text=${radius.source} /></small>`}</li>
      ${density && html`<li>${known('conj.density', density.class)} ${density.greatest_probability !== null && t('conj.why.density', { p: probabilityText(density.greatest_probability), error: number(100 * (density.at_density_error ?? 0)), sigma: number(100 * (density.forecast_sigma ?? 0)) })} <small><${Said} text=${density.basis} /></small></li>`}
      ${assessment.message_probability !== null && html`<li>${t('conj.why.message', { p: probabilityText(assessment.message_probability) })} <small><bdi>${assessment.message_method ?? ''}</bdi></small></li>`}
      ${flags.map((each) => html`<li key=${each}>${flagText(each)}</li>`)}
      <li>${t('conj.why.profile')} <bdi>${assessment.profile}</bdi></li>
    </ul>`;
}

function Methods({ methods, name, used }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${name}><table class="plain">
    <caption class="dim">${name}</caption>
    <thead><tr>${['method', 'value-column', 'trusted', 'reason'].map((each) => html`<th key=${each} scope="col" class=${each === 'value-column' ? 'end' : ''}>${t(`conj.why.${each}`)}</th>`)}</tr></thead>
    <tbody>${Object.entries(methods).map(([key, rung]) => html`<tr key=${key} class=${key === used ? 'used' : ''}>
      <th scope="row">${methodText(key)}${key === used ? html` <span class="badge">${t('conj.why.used')}</span>` : ''}</th>
      <td class="end">${probabilityText(rung.value)}${rung.interval ? html`<br /><small>${t('conj.why.interval', { low: probabilityText(rung.interval[0]), high: probabilityText(rung.interval[1]) })}</small>` : ''}</td>
      <td class=${rung.trusted ? 'yes' : 'no'}>${rung.trusted ? `✓ ${t('conj.yes')}` : `✕ ${t('conj.no')}`}</td>
      <td class="wrap">${rung.reason === 'all tests passed' ? t('conj.why.passed') : html`<${Said} text=${rung.reason} />`}</td></tr>`)}</tbody>
  </table></div>`;
}
