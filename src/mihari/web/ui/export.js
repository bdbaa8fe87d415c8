/** Tables and pictures as files; the data mode and the moment are part of each. */
import { catalogue } from '../app/catalogue.js';
import { isoUtc } from '../app/time.js';

/** What every exported file says of itself. */
export const about = (momentMs) => ({
  data_mode: catalogue.get().data?.dataMode ?? null,
  catalogue_version: catalogue.get().data?.version ?? null,
  exported_utc: isoUtc(Date.now()),
  ...(momentMs === undefined ? {} : { moment_utc: isoUtc(momentMs) }),
  ...(catalogue.get().data?.dataMode === 'REAL' ? {} : { note: 'not real data' }),
});

/** Rows as CSV (RFC 4180); the data mode is a column, so that a row that is cut out keeps it. */
export function toCsv(columns, rows, meta = {}) {
  const cell = (value) => {
    if (value === null || value === undefined || Number.isNaN(value)) return '';
    let text = String(value);
    // A spreadsheet takes a text that begins so for a formula.
    if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const mode = meta.data_mode ?? about().data_mode;
  const head = [...columns.map((each) => each.key), 'data_mode'];
  const body = rows.map((row) => [...columns.map((each) => each.value(row)), mode]);
  return [head, ...body].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

/** Hand a file to the browser. */
export function download(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
