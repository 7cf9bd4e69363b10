import { setTimeout as pause } from 'node:timers/promises';
import { ProblemSchema } from '../../functions/shared/problem.ts';
import { OpsError } from './guide-file.ts';

/** Which environment is meant, and in whose name. */
export interface Target {
  /** Base URL of the environment's API. */
  readonly url: string;
  /** Bearer token of a person with the role that the call needs; what is public needs none. */
  readonly token?: string;
}

/** The API was busy, or took too many requests of somebody: reading is tried again. */
const busyStatuses = [429, 503];
const attempts = 6;

/** Reads from the API. @throws OpsError with everything that it has against it, or when nothing answers. */
export async function readFromApi(target: Target, path: string): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await request(target, path);
    if (!busyStatuses.includes(response.status) || attempt === attempts) return answerOf(target, response);
    await pause(Math.random() * 100 * 2 ** attempt);
  }
}

/** Sends a JSON body to the API. @throws OpsError */
export async function sendToApi(target: Target, path: string, body: unknown): Promise<unknown> {
  const sent = { method: 'POST', body: JSON.stringify(body) };
  return answerOf(target, await request(target, path, sent, { 'content-type': 'application/json' }));
}

/** Puts a JSON body. @throws OpsError */
export async function putToApi(target: Target, path: string, body: unknown): Promise<unknown> {
  const sent = { method: 'PUT', body: JSON.stringify(body) };
  return answerOf(target, await request(target, path, sent, { 'content-type': 'application/json' }));
}

async function request(
  { url, token }: Target,
  path: string,
  init: { readonly method: string; readonly body: string } | undefined = undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, {
      ...init,
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    });
  } catch {
    throw new OpsError(`nothing answers at ${url}`);
  }
}

async function answerOf({ url }: Target, response: Response): Promise<unknown> {
  const text = await response.text();
  const answer = parsed(text);
  if (response.ok && answer !== undefined) return answer;
  const problem = ProblemSchema.safeParse(answer).data;
  if (!problem) throw new OpsError(`${url} answers ${response.status}: ${text.slice(0, 200)}`);
  const faults = (problem.errors ?? []).map(({ path, messages }) => `${path}: ${messages.en}`);
  throw new OpsError([`${problem.code}: ${problem.messages.en}`, ...faults].join('\n'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
