/** What the register's code takes of node:crypto and of Buffer, for browsers. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256 of a text in UTF-8 or of bytes, in hexadecimal digits. */
export function hash(algorithm: string, data: string | Uint8Array): string {
  return createHash(algorithm).update(data).digest('hex');
}

export function createHash(algorithm: string) {
  if (algorithm !== 'sha256') throw new Error(`${algorithm} is not here`);
  const parts: Uint8Array[] = [];
  const hash = {
    update(data: string | Uint8Array) {
      parts.push(typeof data === 'string' ? utf8ToBytes(data) : data);
      return hash;
    },
    digest: (_: 'hex') => bytesToHex(sha256(concatBytes(...parts))),
  };
  return hash;
}

Object.assign(globalThis, { Buffer: { from: (hex: string) => hexToBytes(hex) } });
