/** States of all objects at multiples of ten minutes, a few of them kept; and the state of one object between two. */
import { ask } from './api.js';
import { addElapsed, elapsedSeconds } from './time.js';

const KEPT = 24;
export const MU = 398600.4418; // km3/s2
const RE = 6378.137; // km
const J2 = 1.08262668e-3;

/** Knots of one catalogue version. @param {object} data of the catalogue */
export function createKnots(data) {
  const held = new Map();
  const ready = new WeakMap();
  const load = (k) => {
    const known = held.get(k);
    if (known) {
      held.delete(k);
      held.set(k, known);
      return known;
    }
    const asked = ask(`ephemeris/${data.version}/${k}.f32`, { as: 'buffer' }).then(
      (buffer) => {
        const states = new Float32Array(buffer);
        ready.set(asked, states);
        return states;
      },
    );
    held.set(k, asked);
    asked.catch(() => held.delete(k));
    while (held.size > KEPT) held.delete(held.keys().next().value);
    return asked;
  };
  return {
    data,
    /** Number of the knot at or before a moment, and seconds since it. */
    place(ms) {
      const seconds = elapsedSeconds(data.knotEpochMs, ms);
      const k = Math.floor(seconds / data.knotStepS);
      return { k, tau: seconds - k * data.knotStepS };
    },
    /** The moment of a knot, ms. */
    time: (k) => addElapsed(data.knotEpochMs, k * data.knotStepS),
    load,
    /** The states of a knot when they are at hand, else undefined. */
    peek: (k) => ready.get(held.get(k)),
    /** Is a knot at hand or on its way? */
    has: (k) => held.has(k),
    /** Both knots around a moment, at once when they are at hand. */
    around(ms) {
      const { k, tau } = this.place(ms);
      return Promise.all([load(k), load(k + 1)]).then(([before, after]) => ({ k, tau, before, after }));
    },
  };
}

/** Two-body and J2 acceleration, km/s2, frame of date taken for the knots' inertial one. */
export function acceleration(x, y, z, out) {
  const r2 = x * x + y * y + z * z;
  const r = Math.sqrt(r2);
  const m = -MU / (r2 * r);
  const f = 1.5 * J2 * (RE * RE) / r2;
  const u = (5 * z * z) / r2;
  out[0] = m * x * (1 + f * (1 - u));
  out[1] = m * y * (1 + f * (1 - u));
  out[2] = m * z * (1 + f * (3 - u));
  return out;
}

/** Coefficients of the quintic that meets position, velocity and acceleration at both ends; s runs from 0 to 1. */
export function quintic(s) {
  const s2 = s * s;
  const s3 = s2 * s;
  const s4 = s3 * s;
  const s5 = s4 * s;
  return {
    p0: 1 - 10 * s3 + 15 * s4 - 6 * s5, p1: 10 * s3 - 15 * s4 + 6 * s5,
    v0: s - 6 * s3 + 8 * s4 - 3 * s5, v1: -4 * s3 + 7 * s4 - 3 * s5,
    a0: 0.5 * s2 - 1.5 * s3 + 1.5 * s4 - 0.5 * s5, a1: 0.5 * s3 - s4 + 0.5 * s5,
    // Derivatives, for the velocity.
    dp0: -30 * s2 + 60 * s3 - 30 * s4, dp1: 30 * s2 - 60 * s3 + 30 * s4,
    dv0: 1 - 18 * s2 + 32 * s3 - 15 * s4, dv1: -12 * s2 + 28 * s3 - 15 * s4,
    da0: s - 4.5 * s2 + 6 * s3 - 2.5 * s4, da1: 1.5 * s2 - 4 * s3 + 2.5 * s4,
  };
}

const accBefore = [0, 0, 0];
const accAfter = [0, 0, 0];

/** Position and velocity of one row between two knots, km and km/s; NaN where there is no state. */
export function stateBetween(before, after, row, tau, step, out = new Float64Array(6)) {
  const at = row * 6;
  const c = quintic(tau / step);
  acceleration(before[at], before[at + 1], before[at + 2], accBefore);
  acceleration(after[at], after[at + 1], after[at + 2], accAfter);
  const h2 = step * step;
  for (let i = 0; i < 3; i += 1) {
    const [p0, p1, v0, v1, a0, a1] = [before[at + i], after[at + i], before[at + 3 + i], after[at + 3 + i], accBefore[i], accAfter[i]];
    out[i] = c.p0 * p0 + c.p1 * p1 + step * (c.v0 * v0 + c.v1 * v1) + h2 * (c.a0 * a0 + c.a1 * a1);
    out[3 + i] = (c.dp0 * p0 + c.dp1 * p1) / step + c.dv0 * v0 + c.dv1 * v1 + step * (c.da0 * a0 + c.da1 * a1);
  }
  return out;
}
