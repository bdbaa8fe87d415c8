import { html } from 'preact';
export const View = () => html`<p class="state empty">watch</p>`;
