/** Personal data of which only a keyed hash is kept, and whole accounts of enterprises, which it tells apart. */
const identityFields = [
  ...(['legal-representative', 'legal-representative-id', 'bank-account'] as const),
  ...(['paid-account', 'person'] as const),
  ...(['objector', 'confirmation-code', 'source-address'] as const),
] as const;
export type IdentityField = (typeof identityFields)[number];

/**
 * Hashes values under a key that never leaves its keeper. Equal values of a field have equal hashes, and nobody who
 * reads the hashes can try out the few names, numbers and accounts that there are.
 */
export interface KeyedHash {
  /** 64 lower-case hexadecimal digits; the same value has another hash in another field. */
  hash(field: IdentityField, value: string): Promise<string>;
}

/** What is hashed: the field stands before the value, so that hashes of different fields never meet. */
export function messageOf(field: IdentityField, value: string): string {
  return `${field}:${value}`;
}
