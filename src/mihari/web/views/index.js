/** The rooms of the page, in the order of the rail; one with `of` has its place once the store has something of that kind. */

/** @type {{name: string, glyph: string, of?: string, load: () => Promise<{View: Function}>}[]} */
export const VIEWS = [
  { name: 'globe', glyph: '◍', load: () => import('./globe.js') },
  { name: 'conjunctions', glyph: '✕', load: () => import('./conjunctions.js') },
  { name: 'geo', glyph: '⟷', load: () => import('./geo.js') },
  { name: 'timeline', glyph: '◷', load: () => import('./timeline.js') },
  { name: 'watch', glyph: '☆', load: () => import('./watch.js') },
  { name: 'health', glyph: '✚', load: () => import('./health.js') },
  { name: 'policy', glyph: '⚖', of: 'policy', load: () => import('./policy.js') },
  { name: 'releases', glyph: '✉', of: 'releases', load: () => import('./releases.js') },
  { name: 'audit', glyph: '≡', of: 'audit', load: () => import('./audit.js') },
];
