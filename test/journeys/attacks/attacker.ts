import { expect } from 'vitest';
import type { ApiAnswer, JourneyInstance } from '../../support/instance.ts';
import { type Json, json } from '../../support/story.ts';

/** What an answer comes to: the status, and the code of its problem. */
export const outcome = (answer: ApiAnswer): string =>
  `${answer.status} ${String(json(answer)?.['code'] ?? 'done')}`;

/** Somebody who is up to no good, over HTTP: by a demo user's name, or by a token of their own. */
export class Attacker {
  readonly #system: JourneyInstance;

  constructor(system: JourneyInstance) {
    this.#system = system;
  }

  /** Sends JSON, or a text that is a CSV. */
  async send(
    who: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    key?: string,
  ): Promise<ApiAnswer> {
    const isToken = who?.includes('.');
    return this.#system.call(isToken ? undefined : who, method, path, {
      ...(body !== undefined && { body }),
      headers: {
        ...(isToken && { authorization: `Bearer ${who}` }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
    });
  }

  /** Sends bytes as they are. */
  async sendFile(who: string, path: string, file: string | Buffer, type = 'text/csv'): Promise<ApiAnswer> {
    const { current } = this.#system;
    const response = await fetch(`${current.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await current.token(who)}`, 'content-type': type },
      body: typeof file === 'string' ? file : new Uint8Array(file),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  /** What has to succeed, so that there is something to attack. */
  async done(
    who: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    key?: string,
  ): Promise<Json> {
    const answer = await this.send(who, method, path, body, key);
    expect([200, 201, 202], `${method} ${path}: ${JSON.stringify(answer.body)}`).toContain(answer.status);
    return json(answer);
  }

  async look(who: string, path: string): Promise<Json> {
    return this.done(who, 'GET', path);
  }

  async items(who: string, path: string): Promise<Json[]> {
    return (await this.look(who, path))['items'] as Json[];
  }
}
