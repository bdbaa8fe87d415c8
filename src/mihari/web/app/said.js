/**
 * What the node says, in the page's language. Its sentences come in English; those under `node.` in the language files are
 * known, with `{name}` where a number or name stands, and are said in the page's words. The rest stays as it came.
 */
import { language, tableOf, t } from './i18n.js';

const START = 'node.';
let known = null;

/** The known sentences as patterns, those with the most fixed letters first, so that none hides a more exact one. */
function patterns() {
  if (known) return known;
  const table = tableOf('en');
  if (!table) return [];
  const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  known = Object.entries(table).filter(([key]) => key.startsWith(START)).map(([key, text]) => {
    const names = [];
    const parts = text.split(/\{(\w+)\}/).map((part, k) => (k % 2 ? (names.push(part), '([^;]+?)') : escape(part)));
    return { key, names, pattern: new RegExp(`^${parts.join('')}$`), fixed: text.replace(/\{\w+\}/g, '').length };
  }).sort((a, b) => b.fixed - a.fixed);
  return known;
}

function sentence(text) {
  for (const { key, names, pattern } of patterns()) {
    const found = pattern.exec(text);
    if (found) return t(key, Object.fromEntries(names.map((name, k) => [name, found[k + 1]])));
  }
  return null;
}

/** @returns {{text: string, lang: string|undefined}} `lang` is `en` where a part stays English on a page that is not */
export function said(text) {
  if (language() === 'en' || !text) return { text, lang: undefined };
  const whole = sentence(text);
  if (whole !== null) return { text: whole, lang: undefined };
  const parts = text.split('; ').map((part) => ({ part, words: sentence(part) }));
  if (parts.some((each) => each.words === null)) return { text, lang: 'en' };
  return { text: parts.map((each) => each.words).join('、'), lang: undefined };
}
