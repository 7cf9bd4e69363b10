import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import S3Error from '@20minutes/s3rver/lib/models/error.js';

/** The checksums that S3 knows, as their headers are named. */
export const checksumAlgorithms = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** What S3 computes of an object that comes without a checksum. */
export const defaultChecksum: ChecksumAlgorithm = 'crc64nvme';

/** The header that holds a checksum in base64. */
export const checksumHeader = (algorithm: ChecksumAlgorithm) => `x-amz-checksum-${algorithm}`;

export interface Checksum {
  update(bytes: Buffer): void;
  /** Base64. */
  digest(): string;
}

export function createChecksum(algorithm: ChecksumAlgorithm): Checksum {
  if (algorithm === 'sha1' || algorithm === 'sha256') {
    const hash = createHash(algorithm);
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('base64') };
  }
  if (algorithm === 'crc32') {
    let value = 0;
    return {
      update(bytes) {
        value = crc32(bytes, value);
      },
      digest: () => base64(value),
    };
  }
  return tabled(algorithm);
}

/** Polynomials, reflected, in two halves of 32 bits. */
const polynomials = { crc32c: [0, 0x82f63b78], crc64nvme: [0x9a6c9329, 0xac4bc9b5] } as const;

function tabled(algorithm: keyof typeof polynomials): Checksum {
  const { high, low } = tableOf(algorithm);
  const wide = algorithm === 'crc64nvme';
  let [top, bottom] = [wide ? ~0 : 0, ~0];
  return {
    update(bytes) {
      for (const byte of bytes) {
        const at = (bottom ^ byte) & 0xff;
        bottom = ((bottom >>> 8) | (top << 24)) ^ (low[at] ?? 0);
        top = (top >>> 8) ^ (high[at] ?? 0);
      }
    },
    digest: () => (wide ? base64(~top, ~bottom) : base64(~bottom)),
  };
}

const tables = new Map<string, { high: Int32Array; low: Int32Array }>();

function tableOf(algorithm: keyof typeof polynomials) {
  const known = tables.get(algorithm);
  if (known !== undefined) return known;
  const [polynomialHigh, polynomialLow] = polynomials[algorithm];
  const table = { high: new Int32Array(256), low: new Int32Array(256) };
  for (let byte = 0; byte < 256; byte++) {
    let [top, bottom] = [0, byte];
    for (let bit = 0; bit < 8; bit++) {
      const odd = bottom & 1;
      bottom = (bottom >>> 1) | (top << 31);
      top >>>= 1;
      if (odd) [top, bottom] = [top ^ polynomialHigh, bottom ^ polynomialLow];
    }
    table.high[byte] = top;
    table.low[byte] = bottom;
  }
  tables.set(algorithm, table);
  return table;
}

function base64(...words: readonly number[]): string {
  const bytes = Buffer.alloc(words.length * 4);
  for (const [at, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, at * 4);
  return bytes.toString('base64');
}

const lengths: Readonly<Record<ChecksumAlgorithm, number>> = {
  crc32: 4,
  crc32c: 4,
  crc64nvme: 8,
  sha1: 20,
  sha256: 32,
};

/** The checksum that a request claims of its body, if any. Throws the error that S3 answers to a malformed claim. */
export function claimedChecksum(
  headers: IncomingHttpHeaders,
): { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined {
  const [algorithm, ...others] = checksumAlgorithms.filter(
    (one) => headers[checksumHeader(one)] !== undefined,
  );
  if (algorithm === undefined) return undefined;
  if (others.length > 0) {
    throw new S3Error(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  const value = String(headers[checksumHeader(algorithm)]);
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length !== lengths[algorithm] || bytes.toString('base64') !== value) {
    throw new S3Error('InvalidRequest', `Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
  return { algorithm, value };
}
