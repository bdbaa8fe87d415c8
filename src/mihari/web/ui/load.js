/** Asking the node from a component: loading, ready, empty, error, stale. */
import { useEffect, useRef, useState } from 'preact';
import { ask } from '../app/api.js';

/**
 * Ask for `path` now and every `everyMs`; what was there stays while the next answer is on its way.
 * @returns {{status: 'loading'|'ready'|'error', data: any, error: any, at: number, again: () => void}}
 */
export function useAnswer(path, query = {}, { everyMs = 0, skip = false, method, body } = {}) {
  const [answer, setAnswer] = useState({ status: 'loading', data: null, error: null, at: 0 });
  const [round, again] = useState(0);
  const key = JSON.stringify([path, query, method, body]);
  const lastKey = useRef('');
  useEffect(() => {
    if (skip || !path) return undefined;
    const control = new AbortController();
    let timer = 0;
    const go = async () => {
      try {
        const data = await ask(path, { query, method, body, signal: control.signal });
        setAnswer({ status: 'ready', data, error: null, at: Date.now() });
      } catch (error) {
        if (control.signal.aborted) return;
        setAnswer((was) => ({ ...was, status: was.data && error.status === 0 ? 'ready' : 'error', error }));
      }
      if (everyMs) timer = setTimeout(go, everyMs);
    };
    if (lastKey.current !== key) setAnswer({ status: 'loading', data: null, error: null, at: 0 });
    lastKey.current = key;
    go();
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  }, [key, skip, round, everyMs]);
  return { ...answer, again: () => again((n) => n + 1) };
}
