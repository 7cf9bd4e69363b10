import { hash } from 'node:crypto';

/**
 * SHA-256, in hexadecimal, of a value's canonical JSON: keys sorted, no white space (the idea of RFC 8785, for the
 * integers, strings, booleans, nulls, lists and records that we store).
 */
export function contentHash(value: unknown): string {
  return hash('sha256', canonicalJson(value));
}

/** A value as JSON with sorted keys and no white space, see `contentHash`. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    let members = '';
    for (const [key, member] of entries) {
      if (member === undefined) continue;
      members += `${members && ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
    }
    return `{${members}}`;
  }
  return JSON.stringify(value);
}
