/** Holds every answer of the API that a journey gets against the description of the API. */
import { undocumented } from './answers.ts';

const mark = Symbol.for('answers are checked');
const plain = globalThis.fetch;

/** Of a system on this machine, and of its API: the rest of what journeys ask is none of it. */
const api = /^http:\/\/127\.0\.0\.1:\d+(\/(?:v1\/|openapi\.json).*)$/;

const checked: typeof fetch = async (input, init) => {
  const response = await plain(input, init);
  const url = input instanceof Request ? input.url : String(input);
  const [, path] = api.exec(url.split('?')[0] ?? '') ?? [];
  if (path === undefined) return response;
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
  const { status, headers } = response;
  const fault = undocumented(method, path, { status, headers, text: await response.clone().text() });
  if (fault !== undefined) throw new Error(fault);
  return response;
};

// A worker stays for many files.
if (!(mark in plain)) globalThis.fetch = Object.assign(checked, { [mark]: true });
