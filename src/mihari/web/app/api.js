/** The HTTP API: one place that asks, times out, and tells whether the node is there. */
import { createStore } from './store.js';

export const API = '/api/v1';
const TIMEOUT_MS = 30000;

/** Is the node there: `since` is when it went away, null while it answers. */
export const connection = createStore({ since: null, answered: 0 });

/** What went wrong, in the words of the node's problem document. */
export class ApiError extends Error {
  constructor(status, title, detail) {
    super(detail || title);
    this.name = 'ApiError';
    this.status = status;
    this.title = title;
  }
}

/**
 * Ask the node.
 * @param {string} path below /api/v1
 * @param {{query?: object, as?: 'json'|'buffer'|'text'|'response', signal?: AbortSignal, method?: string, body?: any}} [options]
 */
export async function ask(path, { query, as = 'json', signal, method = 'GET', body, headers } = {}) {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const address = `${API}/${path}${given.length ? `?${new URLSearchParams(given.map(([k, v]) => [k, String(v)]))}` : ''}`;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response;
  try {
    response = await fetch(address, {
      method, body, headers, signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    if (connection.get().since === null) connection.set({ since: Date.now() });
    throw new ApiError(0, 'no answer', error.name === 'TimeoutError' ? 'the node did not answer in time' : 'the node does not answer');
  }
  connection.set({ since: null, answered: Date.now() });
  if (!response.ok) throw await problemOf(response);
  if (as === 'response') return response;
  if (as === 'buffer') return response.arrayBuffer();
  return as === 'text' ? response.text() : response.json();
}

async function problemOf(response) {
  let problem = {};
  try {
    problem = await response.json();
  } catch {
    // Not a problem document: the status has to do.
  }
  return new ApiError(response.status, problem.title ?? response.statusText, problem.detail ?? '');
}

/** Ask again and again while the page is visible; on a lost node more slowly, at once when it is back in view. */
export function poll(task, everyMs) {
  let timer = 0;
  let ended = false;
  let failures = 0;
  const round = async () => {
    clearTimeout(timer);
    if (ended) return;
    if (!document.hidden) {
      try {
        await task();
        failures = 0;
      } catch {
        failures += 1;
      }
    }
    if (!ended) timer = setTimeout(round, failures ? Math.min(2000 * 2 ** (failures - 1), 30000) : everyMs);
  };
  const seen = () => {
    if (!document.hidden) round();
  };
  document.addEventListener('visibilitychange', seen);
  round();
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seen);
  };
}
