/** How the rooms write places, kinds and sizes; unknown words of the node are shown as they came. */
import { html } from 'preact';
import { TYPES, nameOf } from '../app/catalogue.js';
import { number, spanText, t } from '../app/i18n.js';
import { TYPE_STYLE } from '../app/palette.js';
import { parseUtc, utcText } from '../app/time.js';

/** "12.34° N", "135.00° E". */
export const latitudeText = (deg, digits = 2) =>
  Number.isFinite(deg) ? `${number(Math.abs(deg), digits)}° ${deg < 0 ? 'S' : 'N'}` : '–';
export const longitudeText = (deg, digits = 2) => {
  if (!Number.isFinite(deg)) return '–';
  const turned = ((deg + 540) % 360) - 180;
  return `${number(Math.abs(turned), digits)}° ${turned < 0 ? 'W' : 'E'}`;
};

/** A distance in the unit that reads best. */
export function kilometresText(km) {
  if (!Number.isFinite(km ?? NaN)) return '–';
  if (Math.abs(km) < 1) return `${number(km * 1000)} m`;
  return `${number(km, Math.abs(km) < 100 ? 2 : 0)} km`;
}

/** A distance that is known roughly: two digits are all that it has. */
export const roughText = (km) => (km < 1 ? `${number(Number((km * 1000).toPrecision(2)))} m` : `${number(Number(km.toPrecision(2)), km < 9.95 ? 1 : 0)} km`);

/** Bytes as people read them. */
export function bytesText(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let place = 0;
  while (value >= 1000 && place < units.length - 1) [value, place] = [value / 1000, place + 1];
  return `${number(value, place && value < 100 ? 1 : 0)} ${units[place]}`;
}

/** A word of a closed list of the node, or the word itself when the page does not know it yet. */
export function known(prefix, word) {
  const key = `${prefix}.${word}`;
  const text = t(key);
  return text === key ? String(word) : text;
}

/** A type with its shape; the colour is never alone. */
export const Type = ({ type, inferred = false }) => html`<span class="type"><span aria-hidden="true" class=${`type-${String(type).replace(' ', '-')}`}>${TYPE_STYLE[type]?.glyph ?? '◆'}</span> ${known('object.type', type)}${inferred ? ` ${t('object.inferred')}` : ''}</span>`;
export const glyphOf = (data, row) => TYPE_STYLE[TYPES[data.type[row]]].glyph;

/** UTC of the API as people read it. */
export const utcOf = (text, digits = 0) => (text ? utcText(parseUtc(text), digits) : '–');

/** How long before a moment something was, in words; what lies after it says so. */
export const ageText = (thenMs, nowMs) =>
  !Number.isFinite(thenMs) ? '–' : thenMs <= nowMs ? spanText((nowMs - thenMs) / 1000) : t('object.ahead', { span: spanText((thenMs - nowMs) / 1000) });

/** The name of an object in the catalogue at hand, or its number. */
export function nameById(data, id) {
  const row = data?.index.get(id);
  return row === undefined ? String(id) : nameOf(data, row);
}
