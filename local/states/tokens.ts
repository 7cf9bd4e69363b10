import { randomBytes } from 'node:crypto';
import type { Json } from './json.ts';

/** What a task that waits for its token can be told. */
export interface TokenWait {
  succeed(output: Json): void;
  fail(error: string | undefined, cause: string | undefined): void;
  heartbeat(): void;
}

const prefix = 'AQ1';

/** Makes a token; it names its execution so that a late answer can be told from a made-up one. */
export function createToken(executionArn: string): string {
  return (
    prefix + Buffer.from(`${executionArn}\n${randomBytes(24).toString('base64url')}`).toString('base64url')
  );
}

/** The execution that a token was made for, undefined when it is none of ours. */
export function executionOfToken(token: string): string | undefined {
  if (!token.startsWith(prefix)) return undefined;
  const [arn, nonce] = Buffer.from(token.slice(prefix.length), 'base64url').toString().split('\n');
  return arn?.startsWith('arn:') && nonce?.length === 32 ? arn : undefined;
}

/** The tokens that tasks are waiting for now. */
export class Tokens {
  readonly #waits = new Map<string, TokenWait>();

  /** Registers a wait and gives the function that takes it back. */
  add(token: string, wait: TokenWait): () => void {
    this.#waits.set(token, wait);
    return () => this.#waits.delete(token);
  }

  find(token: string): TokenWait | undefined {
    return this.#waits.get(token);
  }
}
