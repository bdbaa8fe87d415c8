/** How the room writes numbers and the node's closed lists of words. */
import { html } from 'preact';
import { LEVEL_STYLE, TYPE_STYLE } from '../app/palette.js';
import { number, probabilityText, spanText, t } from '../app/i18n.js';

/** A length in the unit that reads best. */
export function lengthText(m) {
  if (m === null || m === undefined || !Number.isFinite(m)) return '–';
  const size = Math.abs(m);
  if (size >= 1e5) return `${number(m / 1000, 0)} km`;
  if (size >= 1e3) return `${number(m / 1000, 2)} km`;
  return `${number(m, size < 100 ? 1 : 0)} m`;
}

export const speedText = (metresPerS) =>
  !Number.isFinite(metresPerS ?? NaN) ? '–' : metresPerS >= 1000 ? `${number(metresPerS / 1000, 2)} km/s` : `${number(metresPerS, metresPerS < 10 ? 3 : 1)} m/s`;

/** A probability with what it is: a value by a method, or the most that it can be. */
export function chanceText(row) {
  if (row.probability !== null && row.probability !== undefined) return probabilityText(row.probability);
  return row.bound !== null && row.bound !== undefined ? t('conj.at-most', { p: probabilityText(row.bound) }) : '–';
}

export const methodText = (name) => (name ? known('conj.method', name) : '');

/** A word of a closed list of the node; one that is new here is shown as it came. */
export function known(prefix, word) {
  const key = `${prefix}.${String(word).replaceAll(' ', '-')}`;
  const text = t(key);
  return text === key ? String(word) : text;
}

/** The level with shape, colour and word. */
export function Level({ level, short = false }) {
  const style = LEVEL_STYLE[level] ?? { glyph: '○', colour: 'var(--dim)' };
  const word = known('conj.level', level);
  return html`<span class="level" style=${{ color: style.colour }} title=${word}><span aria-hidden="true">${style.glyph}</span>${short ? html`<span class="unseen">${word}</span>` : ` ${word}`}</span>`;
}

const TRENDS = { rising: '▲', falling: '▼', steady: '–', new: '＋', unknown: '?' };
export const Trend = ({ trend }) =>
  trend ? html`<span class=${`trend ${trend}`}><span aria-hidden="true">${TRENDS[trend]}</span> ${t(`conj.trend.${trend}`)}</span>` : '–';

const TAIL = 10;

/** A name cut in its middle where there is no room: numbers at the end tell objects of one family apart. */
export function Cut({ text }) {
  // Only plain Latin text may be parted: other scripts join, turn round or stack their signs.
  if (text.length <= TAIL + 4 || !/^[\x20-\x7e]+$/.test(text)) return html`<bdi class="cut">${text}</bdi>`;
  return html`<bdi class="cut-middle"><span>${text.slice(0, -TAIL)}</span><span>${text.slice(-TAIL)}</span></bdi>`;
}

/** A name with the shape of its type, cut where there is no room. */
export function Name({ object, wide = false }) {
  const style = TYPE_STYLE[object.type];
  const type = object.type ? known('conj.type', object.type) : t('conj.type.unlisted');
  return html`<span class=${wide ? 'name-cell wide' : 'name-cell'} title=${`${object.name} · ${object.id ?? ''} · ${type}`}>
    <span class="type-glyph" aria-hidden="true" style=${{ color: style?.colour ?? 'var(--dim)' }}>${style?.glyph ?? '○'}</span><span class="unseen">${type} </span><${Cut} text=${object.name} />${object.moves && html`<span class="moves" title=${t('conj.can-move')}><span aria-hidden="true">M</span><span class="unseen"> ${t('conj.can-move')}</span></span>`}</span>`;
}

/** Ages of what is known of both objects. */
export const agesText = (agesS) => agesS.map((each) => (Number.isFinite(each) ? spanText(each) : '–')).join(' / ');

/** What moved an update, from the node's three ways of saying it. */
export function movedText(words) {
  const found = /^new observations of (.+)$/.exec(words);
  return found ? t('conj.moved.observed', { names: found[1] }) : known('conj.moved', words);
}

/** A flag of an assessment as a sentence. */
export function flagText(flag) {
  const found = /^object_(\d)_(?:covariance_(\w+)|(is_element_set))$/.exec(flag);
  if (!found) return known('conj.flag', flag);
  const what = found[2] ? known('conj.covariance', found[2]) : t('conj.flag.is-element-set');
  return t('conj.flag.object', { number: found[1], what });
}
