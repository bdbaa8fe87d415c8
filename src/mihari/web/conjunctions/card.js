/** A part of an event's page. */
import { html } from 'preact';

export const Card = ({ title, wide = false, children }) => html`<section class=${wide ? 'card wide' : 'card'} aria-label=${title}><h3>${title}</h3>${children}</section>`;
