/** Simulated time: a moment, a rate, and the wall clock since when. Every view asks here what time it is. */
import { createStore } from './store.js';

/** Rates of play, as the buttons step through them; 0 is paused. */
export const RATES = [1, 10, 60, 100, 300, 600, 1000];

const SYNC_MS = 1500;

/** @param {() => number} wall the wall clock, ms */
export function createClock(wall = () => Date.now()) {
  const store = createStore({ baseMs: wall(), wallMs: wall(), rate: 1 });
  const now = () => {
    const { baseMs, wallMs, rate } = store.get();
    return baseMs + (wall() - wallMs) * rate;
  };
  return {
    subscribe: store.subscribe,
    get: store.get,
    /** The simulated moment, ms. */
    now,
    /** Say whether simulated time is the wall clock's. */
    isLive: () => store.get().rate === 1 && Math.abs(now() - wall()) < SYNC_MS,
    /** Jump to a moment; the rate stays unless given. */
    jump: (ms, rate = store.get().rate) => store.set({ baseMs: ms, wallMs: wall(), rate }),
    /** Go on from where it is at another rate, 0 to pause. */
    setRate: (rate) => store.set({ baseMs: now(), wallMs: wall(), rate }),
    /** Follow the wall clock. */
    live: () => store.set({ baseMs: wall(), wallMs: wall(), rate: 1 }),
  };
}
