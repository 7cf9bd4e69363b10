/** A client of the HTTP API, as anybody could write it: tokens, JSON, presigned links. */
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { DemoFile } from './files.ts';

export interface CallOptions<S extends z.ZodType> {
  /** Login name of a demo user; without one the call carries no token. */
  readonly user?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as CSV instead of JSON. */
  readonly csv?: string;
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What of the answer is read. */
  readonly answer: S;
}

const problemSchema = z.object({
  code: z.string(),
  messages: z.object({ zh: z.string(), en: z.string() }),
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), messages: z.object({ en: z.string() }) })).default([]),
});

const pageSchema = z.object({ items: z.array(z.unknown()), nextCursor: z.string().optional() });

/** A call that was refused; the message has the problem's code, words and request id in one line. */
export class RefusedCall extends Error {
  /** Of the problem; empty where the answer was none. */
  readonly code: string;

  constructor(asked: string, status: number, text: string) {
    super(`${asked}: ${status} ${describeProblem(text)}`);
    const problem = problemSchema.safeParse(parseJson(text));
    this.code = problem.success ? problem.data.code : '';
  }
}

export type UploadAnswer = { readonly stored: true } | { readonly stored: false; readonly code: string };

export class ApiClient {
  readonly #baseUrl: string;
  readonly #issueToken: (userName: string) => Promise<string>;
  readonly #tokens = new Map<string, Promise<string>>();

  /** @param issueToken an access token of a demo user; asked once for each */
  constructor(baseUrl: string, issueToken: (userName: string) => Promise<string>) {
    this.#baseUrl = baseUrl;
    this.#issueToken = issueToken;
  }

  /** Calls a route. Rejects with a `RefusedCall`, or with one line when the answer is not understood. */
  async call<S extends z.ZodType>(
    method: string,
    path: string,
    { answer, ...options }: CallOptions<S>,
  ): Promise<z.output<S>> {
    const { text, asked } = await this.#send(method, path, options);
    const read = answer.safeParse(parseJson(text));
    if (!read.success) throw new Error(`${asked}: the answer is not understood: ${read.error.message}`);
    return read.data;
  }

  /** Gets a file of text. Rejects with a `RefusedCall`. */
  async download(path: string, user: string): Promise<string> {
    const { text } = await this.#send('GET', path, { user });
    return text;
  }

  async #send(
    method: string,
    path: string,
    { user, body, csv, idempotencyKey, headers }: Omit<CallOptions<z.ZodType>, 'answer'>,
  ): Promise<{ readonly text: string; readonly asked: string }> {
    const response = await fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: {
        ...(user !== undefined && { authorization: `Bearer ${await this.#token(user)}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(csv !== undefined && { 'content-type': 'text/csv' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(csv !== undefined && { body: csv }),
    });
    const text = await response.text();
    const asked = `${method} ${path}${user === undefined ? '' : ` by ${user}`}`;
    if (!response.ok) throw new RefusedCall(asked, response.status, text);
    return { text, asked };
  }

  /** Every item of a listing, page by page. */
  async list<S extends z.ZodType>(
    path: string,
    { user, answer }: { readonly user?: string; readonly answer: S },
  ): Promise<z.output<S>[]> {
    const items: z.output<S>[] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ limit: '100', ...(cursor !== undefined && { cursor }) });
      const page = await this.call('GET', `${path}?${query}`, {
        ...(user !== undefined && { user }),
        answer: pageSchema,
      });
      items.push(...z.array(answer).parse(page.items));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return items;
  }

  #token(user: string): Promise<string> {
    const known = this.#tokens.get(user) ?? this.#issueToken(user);
    this.#tokens.set(user, known);
    return known;
  }
}

/** A presigned link, and the headers that it wants. */
export const presignedSchema = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
});

export const uploadSchema = z.object({
  document: z.object({ documentId: z.string() }),
  upload: presignedSchema,
});

/** Sends bytes to a presigned link with the headers that came with it; gives the store's code when it refuses them. */
export async function putFile(
  upload: z.output<typeof presignedSchema>,
  bytes: DemoFile['bytes'],
): Promise<UploadAnswer> {
  const { method, url, headers } = upload;
  const response = await fetch(url, { method, headers, body: bytes });
  const text = await response.text();
  if (response.ok) return { stored: true };
  return { stored: false, code: /<Code>([^<]+)<\/Code>/.exec(text)?.[1] ?? `HTTP ${response.status}` };
}

/** Asks again and again until there is an answer. Rejects after a minute and a half, in the words of `what`. */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 90_000;
  for (let delay = 50; ; delay = Math.min(delay * 1.5, 500)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`waited 90 seconds in vain: ${what}`);
    await pause(delay);
  }
}

/** Does the same for every item, a few at a time, and gives the results in the items' order. */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

function describeProblem(text: string): string {
  const problem = problemSchema.safeParse(parseJson(text));
  if (!problem.success) return text.slice(0, 200);
  const { code, messages, requestId, errors } = problem.data;
  const faults = errors.map(({ path, messages: { en } }) => `${path}: ${en}`);
  return [`${code} (${messages.zh} · ${messages.en})`, ...faults, `request ${requestId}`].join('; ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
