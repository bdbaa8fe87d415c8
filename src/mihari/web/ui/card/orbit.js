/** The element set that the state is made from, and its past. */
import { html } from 'preact';
import { number, t } from '../../app/i18n.js';
import { clock } from '../../app/state.js';
import { parseUtc } from '../../app/time.js';
import { Empty, Facts } from '../panel.js';
import { ageText, utcOf } from '../words.js';
import { Spark } from './spark.js';

export function Orbit({ card }) {
  const { elements, orbit } = card;
  return html`<${Facts} rows=${[
    [t('object.epoch'), html`<span class="mono">${utcOf(elements.epoch_utc)}</span>`],
    [t('object.age'), ageText(parseUtc(elements.epoch_utc), clock.now())],
    [t('object.covered'), html`<span class="mono">${utcOf(card.covered_until_utc)}</span>`],
    [t('object.axis'), `${number(orbit.semi_major_axis_km, 1)} km`],
    [t('object.eccentricity'), elements.eccentricity.toFixed(7)],
    [t('object.inclination'), `${number(elements.inclination_deg, 4)}°`],
    [t('object.node'), `${number(elements.ra_of_asc_node_deg, 4)}°`],
    [t('object.pericentre'), `${number(elements.arg_of_pericenter_deg, 4)}°`],
    [t('object.anomaly'), `${number(elements.mean_anomaly_deg, 4)}°`],
    [t('object.motion'), number(elements.mean_motion_rev_day, 8), t('object.motion.unit')],
    [t('object.drag'), elements.bstar_per_earth_radius.toExponential(3), t('object.drag.unit')],
    elements.rev_at_epoch !== null && [t('object.revolution'), number(elements.rev_at_epoch)],
    elements.element_set_no !== null && [t('object.setnumber'), String(elements.element_set_no)],
  ]} />
  <p class="note">${t('object.theory')}</p>`;
}

export function History({ card }) {
  const rows = card.history;
  if (!rows.length) return html`<${Empty} reason=${t('object.history.none')} />`;
  const inOrder = [...rows].reverse();
  return html`
    <p class="note">${t('object.history.count', { n: card.history_total })}${card.history_total > rows.length ? ` ${t('object.history.last', { k: rows.length })}` : ''}</p>
    ${inOrder.length > 2 && html`<${Spark} title=${t('object.history.plot')} unit="km" lines=${[
      { name: t('object.apogee'), values: inOrder.map((each) => [parseUtc(each.epoch_utc), each.apogee_km]) },
      { name: t('object.perigee'), values: inOrder.map((each) => [parseUtc(each.epoch_utc), each.perigee_km]) },
    ]} />`}
    <ol class="sets">${rows.map((each) => html`<li key=${`${each.epoch_utc}${each.learned_utc}`} class=${each.used ? 'used' : ''}>
      <span class="mono">${utcOf(each.epoch_utc)}</span>${each.used && html`<span class="badge">${t('object.history.used')}</span>`}
      <small>${t('object.history.learned', { at: utcOf(each.learned_utc) })} · <bdi>${each.source ?? '–'}</bdi></small>
      <small>${number(each.perigee_km, 1)} × ${number(each.apogee_km, 1)} km · ${number(each.inclination_deg, 3)}°</small>
    </li>`)}</ol>`;
}

/** Where the set comes from and who may use it. */
export function Source({ card }) {
  const told = card.provenance;
  return html`<${Facts} rows=${[
    [t('object.source'), told.source && html`<bdi>${told.source}</bdi>`],
    [t('object.origin'), told.origin && html`<bdi>${told.origin}</bdi>`],
    [t('object.method'), told.method && html`<bdi lang="en">${told.method}</bdi>`],
    [t('object.licence'), told.licence && html`<bdi lang="en">${told.licence}</bdi>`],
    [t('object.release'), told.label && html`<bdi>${told.label}</bdi>`],
    [t('object.learned'), html`<span class="mono">${utcOf(told.learned_utc)}</span>`],
    [t('object.mode'), t(`mode.${card.data_mode}`)],
    [t('object.digest'), told.derived_from ? html`<bdi class="mono digest">${told.derived_from}</bdi>` : t('object.digest.none')],
  ]} />
  <p><a href=${`/api/v1/objects/${card.object.norad_cat_id}`}>${t('object.api')}</a></p>`;
}
