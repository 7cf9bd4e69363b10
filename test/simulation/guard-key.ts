import type { Guard } from './memory-store.ts';

/** What tells one written condition from another: the operation, the table, the kind of item, and its text. */
export function guardKey({ operation, table, pk, sk, part }: Guard): string {
  return `${operation} ${table} ${kindOf(pk)}/${kindOf(sk)}: ${part}`;
}

function kindOf(key: string): string {
  return key.replace(/#.*$/s, '');
}
