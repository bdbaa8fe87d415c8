/** What the store has something of, so that a room without anything to show is not offered. */
import { REPORTED } from '../policy/words.js';
import { ask } from './api.js';
import { createStore } from './store.js';

export const holdings = createStore({ held: new Set() });

const ASKED = {
  policy: async () => (await ask(REPORTED)).events.length > 0 || (await ask('policy/assets')).assets.length > 0 || (await ask('policy/protection')).statements.length > 0,
  // What the public was told is anyone's; the list is for those who handle releases.
  releases: async () => (await ask('bulletin', { query: { limit: 1 } })).releases.length > 0 || (await ask('releases', { query: { limit: 1 } })).total > 0,
  audit: async () => (await ask('audit/entries', { query: { limit: 1 } })).total > 0,
};

/** Ask; what may not be read by this viewer is not held for them, and a lost node changes nothing. */
export async function loadHoldings() {
  const { held } = holdings.get();
  const found = await Promise.all(Object.entries(ASKED).map(async ([name, has]) => {
    try {
      return (await has()) ? name : '';
    } catch (error) {
      return error.status === 0 && held.has(name) ? name : '';
    }
  }));
  if (found.filter(Boolean).join() !== [...held].join()) holdings.set({ held: new Set(found.filter(Boolean)) });
}
