import { createHash } from 'node:crypto';

/**
 * SHA-256, in hexadecimal, of a value's canonical JSON: keys sorted, no white space (the idea of RFC 8785, for the
 * integers, strings, booleans, nulls, lists and records that we store).
 */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** A value as JSON with sorted keys and no white space, see `contentHash`. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}
