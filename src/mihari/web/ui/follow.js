/** Asking again as simulated time moves: what was there stays meanwhile, and the wall clock sets how often at most. */
import { useEffect, useRef, useState } from 'preact';
import { ask } from '../app/api.js';
import { clock } from '../app/state.js';

const NOTHING = { status: 'loading', data: null, error: null, at: 0, momentMs: NaN };
const RETRY_MS = 5000;

/**
 * Ask for `path` at the simulated moment, rounded down to `quantumMs`, and again when that changes.
 * @param {string} path @param {(ms: number) => object} query what is asked at a moment
 * @returns {{status: 'loading'|'ready'|'error', data: any, error: any, at: number, momentMs: number, again: () => void}}
 */
export function useFollowing(path, query, { quantumMs, everyMs = 2000, skip = false }) {
  const [answer, setAnswer] = useState(NOTHING);
  const [round, again] = useState(0);
  const make = useRef(query);
  make.current = query;
  const fixed = JSON.stringify([path, query(0)]);
  useEffect(() => {
    if (skip || !path) return undefined;
    const control = new AbortController();
    let asked = NaN;
    let busy = false;
    let failed = 0;
    setAnswer(NOTHING);
    const go = async () => {
      const ms = Math.floor(clock.now() / quantumMs) * quantumMs;
      if (busy || document.hidden || ms === asked || Date.now() - failed < RETRY_MS) return;
      busy = true;
      asked = ms;
      try {
        const data = await ask(path, { query: make.current(ms), signal: control.signal });
        setAnswer({ status: 'ready', data, error: null, at: Date.now(), momentMs: ms });
      } catch (error) {
        if (control.signal.aborted) return;
        const lost = error.status === 0;
        if (lost) [asked, failed] = [NaN, Date.now()];
        // A node that is away leaves what was known; a moment that has no answer must not show another one's.
        setAnswer((was) => (lost && was.data ? { ...was, error } : { ...NOTHING, status: 'error', error }));
      } finally {
        busy = false;
      }
    };
    go();
    const timer = setInterval(go, everyMs);
    const end = clock.subscribe(go);
    return () => { control.abort(); clearInterval(timer); end(); };
  }, [fixed, skip, round, quantumMs, everyMs]);
  return { ...answer, again: () => again((n) => n + 1) };
}
