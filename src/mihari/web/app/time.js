/** UTC and elapsed seconds, and how moments are written. Milliseconds are those of `Date`: UTC without leap seconds. */

/** Ends of months at which a leap second was added since 1972, and TAI - UTC from then on (IERS Bulletin C). */
const LEAPS = [
  [Date.UTC(1972, 0), 10], [Date.UTC(1972, 6), 11], [Date.UTC(1973, 0), 12], [Date.UTC(1974, 0), 13],
  [Date.UTC(1975, 0), 14], [Date.UTC(1976, 0), 15], [Date.UTC(1977, 0), 16], [Date.UTC(1978, 0), 17],
  [Date.UTC(1979, 0), 18], [Date.UTC(1980, 0), 19], [Date.UTC(1981, 6), 20], [Date.UTC(1982, 6), 21],
  [Date.UTC(1983, 6), 22], [Date.UTC(1985, 6), 23], [Date.UTC(1988, 0), 24], [Date.UTC(1990, 0), 25],
  [Date.UTC(1991, 0), 26], [Date.UTC(1992, 6), 27], [Date.UTC(1993, 6), 28], [Date.UTC(1994, 6), 29],
  [Date.UTC(1996, 0), 30], [Date.UTC(1997, 6), 31], [Date.UTC(1999, 0), 32], [Date.UTC(2006, 0), 33],
  [Date.UTC(2009, 0), 34], [Date.UTC(2012, 6), 35], [Date.UTC(2015, 6), 36], [Date.UTC(2017, 0), 37],
];

/** TAI - UTC at a moment, s. */
export function taiMinusUtc(ms) {
  let found = 10;
  for (const [from, seconds] of LEAPS) if (ms >= from) found = seconds;
  return found;
}

/** Elapsed seconds between two moments, leap seconds counted. */
export function elapsedSeconds(fromMs, toMs) {
  return (toMs - fromMs) / 1000 + taiMinusUtc(toMs) - taiMinusUtc(fromMs);
}

/** The moment `seconds` after another, ms; inside a leap second, its end. */
export function addElapsed(fromMs, seconds) {
  const guess = fromMs + seconds * 1000;
  return guess - (taiMinusUtc(guess) - taiMinusUtc(fromMs)) * 1000;
}

/** Read UTC as the API writes it; NaN when it is none. */
export const parseUtc = (text) => (text ? Date.parse(/Z$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`) : NaN);

/** UTC as the API reads it. */
export const isoUtc = (ms) => new Date(ms).toISOString();

/** Date and time in UTC to the second, as people read it. */
export const utcText = (ms, digits = 0) =>
  Number.isFinite(ms) ? new Date(ms).toISOString().replace('T', ' ').slice(0, digits ? 20 + digits : 19) : '–';

/** The same in the reader's own time zone, with its name. */
export function localText(ms, lang) {
  if (!Number.isFinite(ms)) return '–';
  return new Intl.DateTimeFormat(lang, {
    year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    hourCycle: 'h23', timeZoneName: 'short',
  }).format(ms);
}

/** Earth rotation angle, rad (IERS Conventions 2010, eq. 5.15; UTC for UT1: 15 arc seconds at most, a map's error). */
export function siderealAngle(ms) {
  const days = ms / 86400000 + 2440587.5 - 2451545.0;
  const turns = 0.7790572732640 + 1.00273781191135448 * days;
  return 2 * Math.PI * (turns - Math.floor(turns));
}
