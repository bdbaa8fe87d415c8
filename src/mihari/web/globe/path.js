/** The way of one object around the Earth, computed here from its state: two-body and J2, no drag. */
import { acceleration, MU } from '../app/knots.js';
import { addElapsed } from '../app/time.js';
import { earthFromInertial, geodetic, placeOf, turn } from './space.js';

const PARTS = 180;
const DEG = Math.PI / 180;

/** Period of the osculating ellipse, s; NaN when it is none. */
export function periodOf(state) {
  const r = Math.hypot(state[0], state[1], state[2]);
  const v2 = state[3] ** 2 + state[4] ** 2 + state[5] ** 2;
  const a = 1 / (2 / r - v2 / MU);
  return 2 * Math.PI * Math.sqrt(a ** 3 / MU);
}

/**
 * Places from `before` s before the state to `after` s after it: seconds and inertial positions. Runge-Kutta steps of
 * fourth order, short near the Earth (dt goes with r^1.5), so that an eccentric orbit is as smooth as a round one.
 */
export function pathOf(state, before, after, parts = PARTS) {
  const half = (span) => {
    const y = Float64Array.from(state);
    const out = [];
    const sign = Math.sign(span);
    const period = periodOf(state);
    const a = Math.cbrt(MU * (period / (2 * Math.PI)) ** 2);
    let t = 0;
    while (Math.abs(t) < Math.abs(span) && out.length < 4 * parts * 4) {
      const r = Math.hypot(y[0], y[1], y[2]);
      // Through the floor of the air an ellipse says nothing.
      if (r < 6400) break;
      const wish = Math.max((period / parts) * (r / a) ** 1.5, 1);
      const dt = sign * Math.min(wish, Math.abs(span) - Math.abs(t));
      rungeKutta(y, dt);
      t += dt;
      out.push(t, y[0], y[1], y[2]);
    }
    return out;
  };
  const back = before > 0 ? half(-before) : [];
  const ahead = after > 0 ? half(after) : [];
  const count = back.length / 4 + 1 + ahead.length / 4;
  const seconds = new Float64Array(count);
  const places = new Float64Array(count * 3);
  let at = 0;
  const push = (t, x, y, z) => {
    seconds[at] = t;
    places.set([x, y, z], at * 3);
    at += 1;
  };
  for (let k = back.length - 4; k >= 0; k -= 4) push(back[k], back[k + 1], back[k + 2], back[k + 3]);
  push(0, state[0], state[1], state[2]);
  for (let k = 0; k < ahead.length; k += 4) push(ahead[k], ahead[k + 1], ahead[k + 2], ahead[k + 3]);
  return { seconds, places };
}

const [k1, k2, k3, k4, y2, acc] = [6, 6, 6, 6, 6, 3].map((n) => new Float64Array(n));
function slope(y, out) {
  acceleration(y[0], y[1], y[2], acc);
  for (let i = 0; i < 3; i += 1) {
    out[i] = y[3 + i];
    out[3 + i] = acc[i];
  }
}

/** One step, in place. */
function rungeKutta(y, dt) {
  const shift = (k, by) => {
    for (let i = 0; i < 6; i += 1) y2[i] = y[i] + by * k[i];
    return y2;
  };
  slope(y, k1);
  slope(shift(k1, dt / 2), k2);
  slope(shift(k2, dt / 2), k3);
  slope(shift(k3, dt), k4);
  for (let i = 0; i < 6; i += 1) y[i] += (dt / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
}

/** A path seen from the turning Earth: each place by the Earth's angle at its own moment. */
export function earthFixed({ seconds, places }, ms) {
  const out = new Float64Array(places.length);
  const m = new Float64Array(9);
  const one = [0, 0, 0];
  for (let k = 0; k < seconds.length; k += 1) {
    earthFromInertial(addElapsed(ms, seconds[k]), m);
    turn(m, places[k * 3], places[k * 3 + 1], places[k * 3 + 2], one);
    out.set(one, k * 3);
  }
  return out;
}

/** The points of the ground below a path in Earth-fixed axes. */
export function groundBelow(fixed) {
  const out = new Float64Array(fixed.length);
  for (let k = 0; k < fixed.length; k += 3) {
    const { latitudeDeg, longitudeDeg } = geodetic(fixed[k], fixed[k + 1], fixed[k + 2]);
    placeOf(latitudeDeg * DEG, longitudeDeg * DEG, 3, out, k);
  }
  return out;
}
