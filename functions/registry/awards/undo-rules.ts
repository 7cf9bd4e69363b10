import type { StoredRecord } from './award-record.ts';

/** Why a record stays as an import has left it: a duplicate check rests on it, or a later import has changed it. */
export type KeptCause = 'relied-on' | 'changed-since';

/** What taking an import back does to a record that it has written. */
export type Undoing =
  | { readonly to: 'remove' }
  | { readonly to: 'restore'; readonly before: NonNullable<StoredRecord['before']> }
  | { readonly to: 'keep'; readonly cause: KeptCause }
  /** It was taken back before, or stood already as the import found it. */
  | { readonly to: 'nothing'; readonly was: 'removed' | 'restored' | 'found' };

/**
 * What becomes of a record when the import that wrote it is taken back: a new one goes, a changed one is as it was before.
 * What a duplicate check rests on stays: whoever was told of it can read it, and a corrected file may revoke it.
 * @param record as it stands; undefined where there is none.
 */
export function undoingOf(record: StoredRecord | undefined, importId: string): Undoing {
  if (!record) return { to: 'nothing', was: 'removed' };
  if (record.undone === importId) return { to: 'nothing', was: 'restored' };
  // Ids of imports stand in the order of time.
  if (record.provenance.importId < importId) return { to: 'nothing', was: 'found' };
  if (record.provenance.importId > importId) return { to: 'keep', cause: 'changed-since' };
  if (record.relied !== undefined) return { to: 'keep', cause: 'relied-on' };
  return record.before ? { to: 'restore', before: record.before } : { to: 'remove' };
}
