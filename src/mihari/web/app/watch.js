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

/** Numbers in a text file: JSON, CSV with a column norad_cat_id, or any lines, of which the first number counts. */
export function readWatchFile(text) {
  let parts;
  try {
    const found = JSON.parse(text);
    parts = (Array.isArray(found) ? found : found.objects ?? []).map((each) => each?.norad_cat_id ?? each);
  } catch {
    const lines = text.split(/\r?\n/);
    const column = lines[0].split(',').findIndex((cell) => /^\W*norad_cat_id\W*$/i.test(cell));
    parts = column < 0
      ? lines.map((line) => line.match(/\b\d{1,9}\b/)?.[0])
      : lines.slice(1).map((line) => cells(line)[column]?.trim());
  }
  return new Set(parts.map(Number).filter((id) => Number.isInteger(id) && id > 0 && id < 1e9));
}

/** Cells of one line of CSV; a quoted cell may hold commas. */
const cells = (line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell.replace(/^"|"$/g, ''));
