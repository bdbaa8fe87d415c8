/** What both drawings of the belt share: colours of the tokens, letters, longitudes on an axis. */
import { token } from '../app/theme.js';
import { longitudeText } from '../ui/words.js';
import { turned } from './belt.js';

export const colours = () => Object.fromEntries(
  ['text', 'dim', 'line', 'line-strong', 'accent', 'accent-bg', 'focus', 'series-1', 'series-2', 'series-4', 'bg-panel'].map((name) => [name, token(`--${name}`)]),
);
export const font = (px) => `${px}px ${token('--font')}`;

/** A longitude as an axis has it. */
export const axisText = (deg) => {
  const value = turned(deg);
  if (Math.abs(value) === 180) return '180°';
  return value === 0 ? '0°' : `${Number(Math.abs(value).toFixed(2))}°${value < 0 ? 'W' : 'E'}`;
};

/** From where to where a window reaches. */
export const windowText = ({ middle, width }) => `${longitudeText(middle - width / 2, 0)} – ${longitudeText(middle + width / 2, 0)}`;
