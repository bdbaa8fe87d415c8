/** The moment that the page begins at: now for fresh element sets, else the catalogue's own. */
import { ask } from './api.js';
import { createStore } from './store.js';
import { parseUtc } from './time.js';

/** The moment that the node answers for, why, in its words, and whether that is another one than now. */
export const begin = createStore({ ms: null, reason: '', own: false });

/** Ask the node what moment it answers for, and go there. */
export async function loadMoment(clock) {
  try {
    const { catalogue } = await ask('status');
    if (!catalogue) return;
    const ms = parseUtc(catalogue.moment_utc);
    const own = Math.abs(ms - Date.now()) > 60000;
    begin.set({ ms, reason: catalogue.moment_reason ?? '', own });
    if (own) clock.jump(ms, 1);
  } catch {
    // The node does not answer yet: the wall clock has to do, and the shell says that it is away.
  }
}
