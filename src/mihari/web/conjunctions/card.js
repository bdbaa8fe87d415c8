/** A part of an event's page. */
import { html } from 'preact';

export const Card = ({ title, wide = false, tall = false, children }) => html`<section class=${`card${wide ? ' wide' : ''}${tall ? ' tall' : ''}`} aria-label=${title}><h3>${title}</h3>${children}</section>`;
