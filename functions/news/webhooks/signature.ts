import { createHmac, randomBytes } from 'node:crypto';

/** How secrets are written for receivers, by the Standard Webhooks specification. */
const secretPrefix = 'whsec_';
/** The specification asks for 24 to 64 bytes. */
const secretBytes = 32;

/** Makes a signing secret. A port, so that tests can know it. */
export type NewSecret = () => string;

/** A secret from the machine's randomness. */
export const newSecret: NewSecret = () => `${secretPrefix}${randomBytes(secretBytes).toString('base64')}`;

/** What is sent, and under which id and time. */
export interface SignedContent {
  /** Id of the event: the same at every attempt. Holds no full stop, which separates what is signed. */
  readonly id: string;
  /** Time of the attempt. */
  readonly at: Date;
  /** The body, byte for byte as it is sent. */
  readonly body: string;
}

/**
 * The headers that let a receiver verify a message (Standard Webhooks 1.0): HMAC-SHA256 over `<id>.<seconds>.<body>`,
 * one signature for each secret, since during a rotation the receiver knows either the new one or the old one.
 * @param secrets as they were given to the receiver, `whsec_` and base64.
 */
export function signatureHeaders(
  { id, at, body }: SignedContent,
  secrets: readonly string[],
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
