/** The rooms of the page, in the order of the rail. A room without a source of data has no place here. */

/** @type {{name: string, glyph: string, load: () => Promise<{View: Function}>}[]} */
export const VIEWS = [
  { name: 'globe', glyph: '◍', load: () => import('./globe.js') },
  { name: 'conjunctions', glyph: '✕', load: () => import('./conjunctions.js') },
  { name: 'geo', glyph: '⟷', load: () => import('./geo.js') },
  { name: 'timeline', glyph: '◷', load: () => import('./timeline.js') },
  { name: 'watch', glyph: '☆', load: () => import('./watch.js') },
  { name: 'health', glyph: '✚', load: () => import('./health.js') },
];
