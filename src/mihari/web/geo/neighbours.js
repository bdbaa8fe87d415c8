/** Who stands near an object of the belt, or near a longitude that one types. */
import { html, useState } from 'preact';
import { number, t, useWords } from '../app/i18n.js';
import { select } from '../app/state.js';
import { longitudeText } from '../ui/words.js';
import { NEAR_DEG, neighboursOf, readLongitude } from './belt.js';

/** "What is around 135 E?" @param {{onLongitude: (deg: number) => void}} props */
export function Around({ onLongitude }) {
  useWords();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  const take = (event) => {
    event.preventDefault();
    const deg = readLongitude(text);
    setWrong(!Number.isFinite(deg));
    if (Number.isFinite(deg)) onLongitude(deg);
  };
  return html`<form class="geo-around" onSubmit=${take}>
    <label><span>${t('geo.around')}</span>
      <input type="text" inputmode="text" size="8" autocomplete="off" spellcheck="false" placeholder="135 E" value=${text} aria-invalid=${wrong} onInput=${(event) => { setText(event.target.value); setWrong(false); }} /></label>
    <button type="submit">${t('geo.around.show')}</button>
    ${wrong && html`<span class="wrong" role="alert">${t('geo.around.wrong')}</span>`}
  </form>`;
}

/** @param {{rows: object[], deg: number|null, of: object|null, onClear: () => void}} props `of` the object that is asked about, else the longitude */
export function Neighbours({ rows, deg, of, onClear }) {
  useWords();
  if (deg === null) return html`<section class="geo-near" aria-label=${t('geo.near')}><h2>${t('geo.near')}</h2><p class="note">${t('geo.near.how')}</p></section>`;
  const { inner, outer, beyond } = neighboursOf(rows, deg, of?.norad_cat_id);
  return html`<section class="geo-near" aria-label=${t('geo.near')} data-testid="geo-neighbours">
    <header class="panel-head"><h2>${t('geo.near')} ${longitudeText(deg, of ? 3 : 2)}</h2>
      ${!of && html`<button type="button" class="icon small" aria-label=${t('geo.near.clear')} title=${t('geo.near.clear')} onClick=${onClear}>×</button>`}</header>
    ${of && html`<p class="note name"><bdi>${of.object_name ?? of.norad_cat_id}</bdi></p>`}
    <${Ring} title=${t('geo.near.within', { deg: String(NEAR_DEG[0]) })} rows=${inner} />
    <${Ring} title=${t('geo.near.further', { deg: String(NEAR_DEG[1]) })} rows=${outer} />
    <${Ring} title=${t('geo.near.beyond')} rows=${beyond} />
    <p class="note">${t('geo.near.note')}</p>
  </section>`;
}

const Ring = ({ title, rows }) => html`<h3>${title} <span class="dim">(${number(rows.length)})</span></h3>
  ${rows.length ? html`<ul class="sets">${rows.map((row) => html`<li key=${row.norad_cat_id}>
    <button type="button" class="pass" onClick=${() => select(row.norad_cat_id)}>
      <span class="pass-who"><bdi class="name">${row.object_name ?? row.norad_cat_id}</bdi></span>
      <small><strong>${number(Math.abs(row.east), 3)}° ${row.east < 0 ? 'W' : 'E'}</strong><span>i ${number(row.inclination_deg, 2)}°</span><span>${row.drifting ? `${t('geo.drifts')} ` : ''}${number(row.drift_deg_day, 3)} °/d</span></small>
    </button></li>`)}</ul>` : html`<p class="note">${t('geo.near.none')}</p>`}`;
