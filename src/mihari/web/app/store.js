/** One state for all views: a value, a way to change it, and those who want to know. Nothing else holds state. */
import { useEffect, useState } from 'preact';

/**
 * Make a store.
 * @template {object} S
 * @param {S} first
 */
export function createStore(first) {
  let state = first;
  const listeners = new Set();
  return {
    /** @returns {S} */
    get: () => state,
    /** Change some members; listeners hear only of real changes. @param {Partial<S>} patch */
    set(patch) {
      const changed = Object.keys(patch).filter((key) => !Object.is(state[key], patch[key]));
      if (!changed.length) return;
      const before = state;
      state = { ...state, ...patch };
      for (const listener of [...listeners]) listener(state, before);
    },
    /** @param {(state: S, before: S) => void} listener @returns {() => void} the end of it */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * Read a part of a store in a component; it is drawn again when that part changes.
 * @template S, T
 * @param {{get: () => S, subscribe: Function}} store
 * @param {(state: S) => T} select gives a primitive or a member, not a new object
 * @returns {T}
 */
export function useStore(store, select) {
  const [, redraw] = useState(0);
  const value = select(store.get());
  useEffect(() => {
    // What changed between the drawing and now was heard by nobody.
    if (!Object.is(select(store.get()), value)) redraw((n) => n + 1);
    return store.subscribe((now, before) => {
      if (!Object.is(select(now), select(before))) redraw((n) => n + 1);
    });
  }, [store]);
  return value;
}
