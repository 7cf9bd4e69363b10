import { budget } from '../shared/tables.ts';
import { auditedKinds, type FoundBreak } from './find-break.ts';
import { witnessedKind } from './find-row-breaks.ts';
import { plainMap } from './plain-values.ts';

/** What is wrong with a row by what was kept of it. */
export function faultSince(kept: string, now: string | undefined): string | undefined {
  if (now === undefined) return 'it is gone, and its witness with it';
  const [before, after] = [Number.parseInt(kept, 10), Number.parseInt(now, 10)];
  if (after < before) return `it is older than it was: it was written ${before} times then, and ${after} now`;
  return after === before && now !== kept ? 'it was written anew together with its witness' : undefined;
}

/** Where a row stands, by its name in a list of heads. */
export function placeIn(name: string): { readonly id: string; readonly row: string } {
  const [, id = '', row = ''] = name.split('/').map(decodeURIComponent);
  return { id, row };
}

/** Whether none of the rows has the hash that was kept; of something that had no row nothing was. */
export function isLost(kept: string | undefined, rows: readonly unknown[]): boolean {
  return kept !== undefined && kept !== 'none' && !rows.some((row) => hashOf(row) === kept);
}

/** Hash of a row of a history or of an entry of a ledger, as it is stored. */
function hashOf(item: unknown): unknown {
  const { row, hash } = plainMap(item) ?? {};
  return Object(row)['hash'] ?? hash;
}

/** The break of what is not there any more, by its name in a list of heads. */
export function goneBreak(name: string): FoundBreak {
  if (name.startsWith('row ')) {
    const { id, row } = placeIn(name);
    const table = name.slice('row '.length, name.indexOf('/'));
    const kind = witnessedKind(table as Parameters<typeof witnessedKind>[0], { pk: id, sk: row }) ?? 'row';
    return { kind, id, row, fault: faultSince('', undefined) ?? '' };
  }
  const at = name.indexOf(' ');
  const [kind, id] = [name.slice(0, at), name.slice(at + 1)];
  const row = Object.hasOwn(auditedKinds, kind)
    ? auditedKinds[kind as keyof typeof auditedKinds](id).key.sk
    : budget.entities.pool.sk({});
  return { kind, id, row, fault: 'it is gone' };
}
