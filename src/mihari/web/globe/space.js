/** Earth's turning, places on it, and the Sun: as exact as a map shows (tens of metres, hundredths of a degree). */
import { siderealAngle, taiMinusUtc } from '../app/time.js';

export const EARTH_KM = 6378.137; // WGS-84, equatorial
export const FLATTENING = 1 / 298.257223563;
export const POLAR_KM = EARTH_KM * (1 - FLATTENING);
const E2 = FLATTENING * (2 - FLATTENING);
const ARCSEC = Math.PI / 648000;
const DEG = Math.PI / 180;

/** Julian centuries of TT since J2000. */
export const centuries = (ms) => (ms / 86400000 + (taiMinusUtc(ms) + 32.184) / 86400 - 10957.5) / 36525;

/**
 * Rotation from GCRF to Earth-fixed axes, row by row. The pole with its two largest terms of nutation
 * (IERS Conventions 2010, eqs. 5.16, 5.10), no polar motion: 20 m at most with UT1 at hand, 0.4 km without.
 */
export function earthFromInertial(ms, out = new Float64Array(9)) {
  const t = centuries(ms);
  const node = (125.04455501 - 1934.13626 * t) * DEG;
  const twice = 2 * (280.4665 + 36000.7698 * t) * DEG;
  const x = (-0.016617 + 2004.191898 * t - 0.42978 * t * t - 6.844318 * Math.sin(node) - 0.523908 * Math.sin(twice)) * ARCSEC;
  const y = (-0.006951 - 0.025896 * t - 22.40727 * t * t + 9.205236 * Math.cos(node) + 0.573033 * Math.cos(twice)) * ARCSEC;
  const a = 0.5;
  const z = 1 - a * (x * x + y * y);
  const angle = siderealAngle(ms);
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const xx = 1 - a * x * x;
  const yy = 1 - a * y * y;
  const xy = -a * x * y;
  out.set([c * xx + s * xy, c * xy + s * yy, -c * x - s * y, c * xy - s * xx, c * yy - s * xy, s * x - c * y, x, y, z]);
  return out;
}

/** A vector through a rotation, or back through it. */
export function turn(m, x, y, z, out, back = false) {
  for (let i = 0; i < 3; i += 1) {
    out[i] = back ? m[i] * x + m[3 + i] * y + m[6 + i] * z : m[3 * i] * x + m[3 * i + 1] * y + m[3 * i + 2] * z;
  }
  return out;
}

/** Latitude and longitude, degrees, and height, km, above WGS-84 of an Earth-fixed place (Bowring 1985). */
export function geodetic(x, y, z) {
  const p = Math.hypot(x, y);
  const beta = Math.atan2(z * EARTH_KM * (1 + ((E2 / (1 - E2)) * POLAR_KM) / Math.hypot(p, z)), p * POLAR_KM);
  const lat = Math.atan2(z + (E2 / (1 - E2)) * POLAR_KM * Math.sin(beta) ** 3, p - E2 * EARTH_KM * Math.cos(beta) ** 3);
  const s = Math.sin(lat);
  const height = p * Math.cos(lat) + z * s - EARTH_KM * Math.sqrt(1 - E2 * s * s);
  return { latitudeDeg: lat / DEG, longitudeDeg: Math.atan2(y, x) / DEG, heightKm: height };
}

/** The Earth-fixed place of a latitude, a longitude, rad, and a height, km. */
export function placeOf(lat, lon, heightKm, out, at = 0) {
  const s = Math.sin(lat);
  const n = EARTH_KM / Math.sqrt(1 - E2 * s * s);
  const r = (n + heightKm) * Math.cos(lat);
  out[at] = r * Math.cos(lon);
  out[at + 1] = r * Math.sin(lon);
  out[at + 2] = (n * (1 - E2) + heightKm) * s;
  return out;
}

/**
 * Direction of the Sun in GCRF. Astronomical Almanac, low-precision formulas (0.01 degrees, 1950 to 2050), with the
 * longitude brought from the equinox of date to that of J2000.
 */
export function sunDirection(ms) {
  const t = centuries(ms);
  const n = t * 36525;
  const g = (357.528 + 0.9856003 * n) * DEG;
  const longitude = (280.46 + 0.9856474 * n + 1.915 * Math.sin(g) + 0.02 * Math.sin(2 * g) - 1.3969713 * t) * DEG;
  const tilt = 23.439291 * DEG;
  return [Math.cos(longitude), Math.cos(tilt) * Math.sin(longitude), Math.sin(tilt) * Math.sin(longitude)];
}
