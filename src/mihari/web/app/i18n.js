/** Words in English and Japanese. Numbers and UTC are written alike in both. */
import { createStore, useStore } from './store.js';

export const LANGUAGES = { en: 'English', ja: '日本語' };
const words = createStore({ lang: 'en', table: {} });
const loaded = new Map();

/** Switch to a language without reloading the page. */
export async function setLanguage(lang) {
  const name = lang in LANGUAGES ? lang : 'en';
  // The node speaks English: its sentences are known by the English file whatever the page's language is.
  await Promise.all([...new Set([name, 'en'])].filter((each) => !loaded.has(each)).map(async (each) => {
    const response = await fetch(`/web/lang/${each}.json`);
    loaded.set(each, await response.json());
  }));
  document.documentElement.lang = name;
  words.set({ lang: name, table: loaded.get(name) });
}

/** The language that a person's browser prefers, of those there are. */
export const preferredLanguage = () =>
  (navigator.languages ?? []).map((each) => each.slice(0, 2)).find((each) => each in LANGUAGES) ?? 'en';

/** Draw again when the language changes; call at the top of each component that shows words. */
export const useWords = () => useStore(words, (state) => state.lang);
export const language = () => words.get().lang;
/** All texts of a language that was loaded, else undefined. */
export const tableOf = (lang) => loaded.get(lang);

/**
 * A text by its key, with `{name}` filled in. A number under `n` chooses between `key.one` and `key.other`.
 * A key that is missing is shown as it is: a test holds both files to the same keys and the code to them.
 */
export function t(key, values = {}) {
  const { lang, table } = words.get();
  const plural = values.n === undefined ? '' : `.${new Intl.PluralRules(lang).select(values.n)}`;
  const text = table[key + plural] ?? table[`${key}.other`] ?? table[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? number(value) : String(value);
  });
}

/** A number with separators of thousands. */
export const number = (value, digits = 0) =>
  Number.isFinite(value)
    ? value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    : '–';

/** A span of time in words: "3 h 12 min", "4.2 d". */
export function spanText(seconds) {
  if (!Number.isFinite(seconds)) return '–';
  const s = Math.abs(seconds);
  if (s < 60) return t('span.seconds', { v: number(s) });
  if (s < 3600) return t('span.minutes', { v: number(s / 60) });
  if (s < 86400) return t('span.hours', { v: number(s / 3600, s < 36000 ? 1 : 0) });
  return t('span.days', { v: number(s / 86400, s < 864000 ? 1 : 0) });
}

/** A probability as it is written everywhere: 3.1e-4. */
export const probabilityText = (value) =>
  value === null || value === undefined ? '–' : value === 0 ? '0' : value.toExponential(1).replace('e+', 'e');
