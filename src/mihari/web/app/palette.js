/** Colours after Okabe and Ito, with a shape and a letter for each, so that nobody needs the colour. */

export const TYPE_STYLE = {
  PAYLOAD: { colour: '#56b4e9', shape: 0, glyph: '●' },
  'ROCKET BODY': { colour: '#e69f00', shape: 1, glyph: '▲' },
  DEBRIS: { colour: '#9aa3ad', shape: 2, glyph: '✕' },
  UNKNOWN: { colour: '#cc79a7', shape: 3, glyph: '◆' },
};
export const REGIME_COLOURS = {
  LEO: '#56b4e9', MEO: '#e69f00', GEO: '#009e73', IGSO: '#f0e442', HAO: '#ffffff', GTO: '#d55e00', HEO: '#cc79a7', UNKNOWN: '#9aa3ad',
};
/** For owners and sources: the seven most frequent, then one for the rest. */
export const MANY = ['#56b4e9', '#e69f00', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7', '#9aa3ad'];
/** Ages, d, and perigees, km: upper ends of the steps with their colours. */
export const AGE_STEPS = [[1, '#009e73'], [3, '#56b4e9'], [7, '#f0e442'], [14, '#e69f00'], [Infinity, '#d55e00']];
export const PERIGEE_STEPS = [[200, '#d55e00'], [300, '#e69f00'], [500, '#f0e442'], [1000, '#009e73'], [Infinity, '#56b4e9']];
/** Levels of an event: shape and letter beside the colour; red is for action alone. */
export const LEVEL_STYLE = {
  action: { colour: 'var(--level-action)', glyph: '■' },
  watch: { colour: 'var(--level-watch)', glyph: '◆' },
  'not assessed': { colour: 'var(--level-unknown)', glyph: '?' },
  none: { colour: 'var(--level-none)', glyph: '●' },
};

/** Red, green, blue of "#rrggbb", 0 to 1. */
export const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
