import { createHash, randomBytes } from 'node:crypto';
import type { TimestampAuthority } from './keep-heads.ts';

/** How long an authority may take, in milliseconds. */
const patienceMs = 12_000;

/**
 * A time-stamping authority over HTTP (RFC 3161, 3.4). Its answer is kept as it came; whether its status is granted and its
 * certificate trusted is verified by whoever looks: `openssl ts -verify`.
 * @throws Error when it does not answer in time, or with no time-stamp reply.
 */
export function timestampAuthority(url: string, send: typeof fetch = fetch): TimestampAuthority {
  return {
    async stamp(text) {
      const response = await send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/timestamp-query' },
        body: timestampQuery(createHash('sha256').update(text).digest(), randomBytes(8)),
        signal: AbortSignal.timeout(patienceMs),
      });
      const type = response.headers.get('content-type') ?? '';
      if (!response.ok || !type.startsWith('application/timestamp-reply')) {
        throw new Error(`the time-stamping authority answers ${response.status} ${type}`);
      }
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

/** TimeStampReq of RFC 3161, 2.4.1, in DER: version 1, SHA-256, a nonce, and the certificate asked for. */
export function timestampQuery(digest: Buffer, nonce: Buffer): Uint8Array<ArrayBuffer> {
  const sha256 = der(0x30, [Buffer.from('0609608648016503040201', 'hex'), Buffer.from('0500', 'hex')]);
  const imprint = der(0x30, [sha256, der(0x04, [digest])]);
  // A leading zero keeps it positive.
  const positive = Buffer.concat([
    Buffer.from([0]),
    Buffer.from([(nonce[0] ?? 0) | 0x80]),
    nonce.subarray(1),
  ]);
  const query = der(0x30, [
    der(0x02, [Buffer.from([1])]),
    imprint,
    der(0x02, [positive]),
    der(0x01, [Buffer.from([0xff])]),
  ]);
  return new Uint8Array(query);
}

/** One element: its tag, its length, what is in it; none of these is longer than 127 bytes. */
function der(tag: number, parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length > 127) throw new RangeError('a long form of DER is not needed here');
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}
