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
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let members = '';
  for (const name of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, name);
    if (member !== undefined) members += `${members && ','}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}
