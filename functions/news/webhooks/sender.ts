import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import {
  type Destination,
  DestinationError,
  findDestination,
  type Networks,
  type Resolve,
} from './destination.ts';

/** One request to a receiver. */
export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Which attempt it is, from 1. */
  readonly attempt: number;
}

/** What came of it. A receiver's body is never kept. */
export type Reply =
  | { readonly statusCode: number; readonly retryAfterMs?: number }
  /** No answer, and a short code that says why, e.g. `timeout`, `ECONNREFUSED` or `public-address`. */
  | { readonly error: string };

/** Sends messages. A port: it never throws. */
export type Send = (message: Message) => Promise<Reply>;

export interface SenderParts {
  readonly networks: Networks;
  readonly resolve: Resolve;
  /** Milliseconds for everything together: name, connection and answer. Default: 10,000. */
  readonly timeoutMs?: number;
}

const longestAnswerBytes = 64 * 1024;

/** Sends by HTTP to an address that it has checked itself, follows no redirects and throws bodies away. */
export function createSender({ networks, resolve, timeoutMs = 10_000 }: SenderParts): Send {
  return async (message) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const destination = await Promise.race([
        findDestination(message.url, networks, resolve, message.attempt - 1),
        rejectionOf(signal),
      ]);
      return await post(destination, message, signal);
    } catch (error) {
      return { error: signal.aborted ? 'timeout' : codeOf(error) };
    }
  };
}

function post({ url, address }: Destination, message: Message, signal: AbortSignal): Promise<Reply> {
  const secure = url.protocol === 'https:';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((settle, fail) => {
    let reply: Reply | undefined;
    // The status is the answer, even when the rest of it breaks off or takes too long.
    const end = (error?: Error) =>
      reply ? settle(reply) : fail(error ?? new Error('closed without an answer'));
    const request = (secure ? httpsRequest : httpRequest)(
      {
        // The address that was checked: a name would be resolved again, perhaps to somewhere else.
        host: address,
        ...(url.port !== '' && { port: url.port }),
        path: `${url.pathname}${url.search}`,
        method: 'POST',
        headers: {
          ...message.headers,
          host: url.host,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(message.body),
          'user-agent': 'software-support-webhooks/1',
        },
        // The certificate is the name's, not the address's; an address alone is asked for without SNI.
        ...(secure && isIP(hostname) === 0 && { servername: hostname }),
        // A connection of its own: a kept one might lead to an address from before.
        agent: false,
        signal,
      },
      (response) => {
        reply = replyOf(response);
        discard(response);
      },
    );
    request.on('error', end);
    request.on('close', () => end());
    request.end(message.body);
  });
}

function replyOf({ statusCode = 0, headers }: IncomingMessage): Reply {
  const seconds = Number(headers['retry-after']);
  return { statusCode, ...(Number.isFinite(seconds) && seconds > 0 && { retryAfterMs: seconds * 1000 }) };
}

/** Reads a little of an answer, so that an honest receiver sees it taken, and breaks the connection after that. */
function discard(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > longestAnswerBytes) response.destroy();
  });
  // Whatever breaks it off, the request closes, and that ends the attempt.
  response.on('error', () => {});
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function codeOf(error: unknown): string {
  if (error instanceof DestinationError) return error.rule;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return 'network';
}
