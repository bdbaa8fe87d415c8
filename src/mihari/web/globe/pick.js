/** Which object is under the pointer: the shader's own interpolation, done here over all rows in one tight loop. */
import { quintic } from '../app/knots.js';
import { EARTH_KM, POLAR_KM } from './space.js';

const MU = 398600.4418;
const J = 1.5 * 1.08262668e-3 * 6378.137 * 6378.137;

/** Positions of all drawn rows, km, x y z after each other; NaN where there is no state. */
export function placesOf({ rows, before, after }, tau, step, out = new Float32Array(rows.length * 3)) {
  const c = quintic(tau / step);
  const [v0, v1, a0, a1] = [c.v0 * step, c.v1 * step, c.a0 * step * step, c.a1 * step * step];
  for (let k = 0, to = 0; k < rows.length; k += 1, to += 3) {
    const at = rows[k] * 6;
    const x0 = before[at], y0 = before[at + 1], z0 = before[at + 2];
    const x1 = after[at], y1 = after[at + 1], z1 = after[at + 2];
    const q0 = x0 * x0 + y0 * y0 + z0 * z0;
    const q1 = x1 * x1 + y1 * y1 + z1 * z1;
    const m0 = (-MU / (q0 * Math.sqrt(q0))) * a0;
    const m1 = (-MU / (q1 * Math.sqrt(q1))) * a1;
    const f0 = J / q0, f1 = J / q1;
    const u0 = (5 * z0 * z0) / q0, u1 = (5 * z1 * z1) / q1;
    const e0 = c.p0 + m0 * (1 + f0 * (1 - u0)), e1 = c.p1 + m1 * (1 + f1 * (1 - u1));
    out[to] = e0 * x0 + e1 * x1 + v0 * before[at + 3] + v1 * after[at + 3];
    out[to + 1] = e0 * y0 + e1 * y1 + v0 * before[at + 4] + v1 * after[at + 4];
    out[to + 2] = (c.p0 + m0 * (1 + f0 * (3 - u0))) * z0 + (c.p1 + m1 * (1 + f1 * (3 - u1))) * z1 + v0 * before[at + 5] + v1 * after[at + 5];
  }
  return out;
}

/** Does the Earth stand between the eye and a place? */
export function behindEarth(eye, x, y, z) {
  const ex = eye.x / EARTH_KM, ey = eye.y / EARTH_KM, ez = eye.z / POLAR_KM;
  const dx = x / EARTH_KM - ex, dy = y / EARTH_KM - ey, dz = z / POLAR_KM - ez;
  const at = -(ex * dx + ey * dy + ez * dz) / (dx * dx + dy * dy + dz * dz);
  if (at <= 0 || at >= 1) return false;
  return (ex + at * dx) ** 2 + (ey + at * dy) ** 2 + (ez + at * dz) ** 2 < 0.999;
}

/**
 * Go through what is in the picture: drawn, in front of the Earth, within the frame.
 * @param {(k: number, x: number, y: number) => void} visit place in `rows` and on the canvas, CSS px
 */
export function eachInView(places, cloud, view, visit) {
  const e = view.matrix.elements;
  const { eye, width, height } = view;
  for (let k = 0, at = 0; k < cloud.rows.length; k += 1, at += 3) {
    const x = places[at], y = places[at + 1], z = places[at + 2];
    const w = e[3] * x + e[7] * y + e[11] * z + e[15];
    if (!(w > 1)) continue;
    const px = (e[0] * x + e[4] * y + e[8] * z + e[12]) / w;
    const py = (e[1] * x + e[5] * y + e[9] * z + e[13]) / w;
    if (px < -1 || px > 1 || py < -1 || py > 1) continue;
    if (!cloud.isShown(k) || behindEarth(eye, x, y, z)) continue;
    visit(k, (px * 0.5 + 0.5) * width, (0.5 - py * 0.5) * height);
  }
}

/** The place in `rows` of what is nearest to a place on the canvas, within `reach` px; null when there is none. */
export function pick(places, cloud, view, at, reach) {
  let best = reach * reach;
  let found = null;
  eachInView(places, cloud, view, (k, x, y) => {
    const d2 = (x - at.x) ** 2 + (y - at.y) ** 2;
    if (d2 < best) {
      best = d2;
      found = k;
    }
  });
  return found;
}
