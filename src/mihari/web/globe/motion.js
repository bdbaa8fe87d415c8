/** Which knots are drawn between, which are asked for: ahead of time in the direction of play, never a gap, never a jump. */

const PAIR_MS = 250; // scrubbing asks for four pairs a second at most
const AHEAD_S = 3; // of the wall clock
const MOST_AHEAD = 6;
const IN_FLIGHT = 2;
const RETRY_MS = 3000;

/**
 * @param {{knots: object, cloud: object, changed: () => void}} parts `changed` is called when there is something to draw
 */
export function createMotion({ knots, cloud, changed }) {
  const step = knots.data.knotStepS;
  let askedAt = -Infinity;
  const waiting = new Set();
  let timer = 0;
  let preparing = 0;
  let ended = false;
  let failedAt = -Infinity;
  let lost = null;
  const refused = new Map();
  const shown = { ms: null, k: null, tau: 0, behindMs: 0, error: null };

  const ask = (k) => {
    if (waiting.has(k) || refused.has(k)) return;
    waiting.add(k);
    knots.load(k).then(
      () => !ended && changed(),
      (error) => {
        if (ended) return;
        // What the node says no to, a moment out of its reach, is not asked for again; what it did not answer is.
        if (error.status >= 400 && error.status < 500) refused.set(k, error);
        else {
          lost = error;
          failedAt = performance.now();
          clearTimeout(timer);
          timer = setTimeout(changed, RETRY_MS + 1);
        }
        changed();
      },
    ).finally(() => waiting.delete(k));
  };

  /** Ask for the pair around a moment, now or when it is allowed again. */
  const askPair = (k) => {
    shown.error = refused.get(k) ?? refused.get(k + 1) ?? (performance.now() < failedAt + RETRY_MS + 1000 ? lost : null);
    if (refused.has(k) || refused.has(k + 1)) return;
    const wait = Math.max(askedAt + PAIR_MS, failedAt + RETRY_MS) - performance.now();
    if (wait > 0) {
      clearTimeout(timer);
      timer = setTimeout(changed, wait + 1);
      return;
    }
    askedAt = performance.now();
    for (const each of [k, k + 1]) if (knots.peek(each) === undefined) ask(each);
  };

  /** Between two frames: ask for what comes, and lay the next knot out for the card. */
  const prepare = (rate) => {
    preparing = 0;
    const { k } = shown;
    if (ended || k === null) return;
    const way = rate < 0 ? -1 : 1;
    const nextK = way > 0 ? k + 2 : k - 1;
    const states = knots.peek(nextK);
    if (states) cloud.fill(nextK, states, [k, k + 1]);
    const count = Math.min(MOST_AHEAD, 1 + Math.ceil((Math.abs(rate) * AHEAD_S) / step));
    for (let i = 1; i <= count && waiting.size < IN_FLIGHT; i += 1) {
      const next = way > 0 ? k + 1 + i : k - i;
      if (!knots.has(next) && performance.now() > failedAt + RETRY_MS) ask(next);
    }
  };

  return {
    shown,
    /**
     * Bring the cloud to a moment. While its knots are on their way the picture stays at the last moment that was
     * whole; what is drawn is told in `shown`.
     */
    update(ms, rate) {
      const { k, tau } = knots.place(ms);
      const before = knots.peek(k);
      const after = knots.peek(k + 1);
      if (before && after) {
        if (cloud.bound !== k) cloud.bind(k, before, after);
        // Reading marks them as used, so that they stay at hand.
        if (shown.k !== k) { knots.load(k); knots.load(k + 1); }
        cloud.at(tau, step);
        cloud.upload();
        Object.assign(shown, { ms, k, tau, behindMs: 0, error: null });
        if (!preparing) preparing = setTimeout(prepare, 0, rate);
      } else {
        askPair(k);
        shown.behindMs = shown.ms === null ? 0 : ms - shown.ms;
      }
      return shown;
    },
    dispose() {
      ended = true;
      clearTimeout(timer);
      clearTimeout(preparing);
    },
  };
}
