/** One's own objects: kept in this browser, read from and written to files. */
import { createStore } from './store.js';

const KEY = 'mihari.watch';
const read = () => {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return new Set(found.filter((id) => Number.isInteger(id) && id > 0 && id < 1e9));
  } catch {
    return new Set();
  }
};

export const watch = createStore({ ids: read() });

watch.subscribe(({ ids }) => {
  try {
    localStorage.setItem(KEY, JSON.stringify([...ids]));
  } catch {
    // A browser that keeps nothing: the list lasts as long as the page.
  }
});

/** Put an object on the list, or take it off. */
export function toggleWatched(id) {
  const ids = new Set(watch.get().ids);
  if (!ids.delete(id)) ids.add(id);
  watch.set({ ids });
}

/** Numbers in a text file: CSV with any columns, JSON, or one a line. The first number of each line counts. */
export function readWatchFile(text) {
  let parts;
  try {
    const found = JSON.parse(text);
    parts = (Array.isArray(found) ? found : found.objects ?? []).map((each) => each?.norad_cat_id ?? each);
  } catch {
    parts = text.split(/\r?\n/).map((line) => line.match(/\b\d{1,9}\b/)?.[0]);
  }
  return new Set(parts.map(Number).filter((id) => Number.isInteger(id) && id > 0 && id < 1e9));
}
