/** A sentence of the node. */
import { html } from 'preact';
import { useWords } from '../app/i18n.js';
import { said } from '../app/said.js';

export function Said({ text }) {
  useWords();
  if (!text) return null;
  const { text: words, lang } = said(text);
  return html`<bdi lang=${lang}>${words}</bdi>`;
}
