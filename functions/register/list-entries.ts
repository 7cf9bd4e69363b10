import { type Clock, currentYear } from '../shared/clock.ts';
import { type CursorScope, decodeCursor, encodeCursor, scopeOf } from '../shared/cursor.ts';
import { budget } from '../shared/tables.ts';
import { yearRoots } from './close-register-day.ts';
import { csvEntry, csvHead, type HashedEntry, hashed } from './register-file.ts';
import type { RegisterStore } from './register-store.ts';
import { genesisRoot } from './root.ts';

interface RegisterParts {
  readonly store: RegisterStore;
  readonly clock: Clock;
}

/** Entries that one request looks at: a search for something rare answers short pages until it is through. */
const looked = 2000;
/** A function answers at most 6 MB; an entry has less than 3 kB. */
const partBytes = 5_000_000;

export interface RegisterQuery {
  readonly year?: number | undefined;
  readonly clause?: string | undefined;
  readonly district?: string | undefined;
  readonly direction?: string | undefined;
  /** A part of the organisation's name. */
  readonly q?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * A page of the register of a year, newest days first; each entry tells how its award stands after it. A page that is
 * narrowed may be short or empty with more to follow.
 * @param query `year` is that of the entries in Shanghai. Default: the current one.
 * @throws DomainError invalid-request for a foreign cursor.
 */
export async function listEntries(
  { store, clock }: RegisterParts,
  query: RegisterQuery,
): Promise<{ items: HashedEntry[]; nextCursor?: string }> {
  const year = query.year ?? currentYear(clock);
  const { clause, district, direction } = query;
  const q = query.q === undefined ? undefined : comparable(query.q);
  const scope = scopeOfYear(year, { clause, district, direction, q });
  const after = decodeCursor(query.cursor, scope)?.['sk'];
  const items: HashedEntry[] = [];
  let seen = 0;
  // Not narrowed, a page is what is read for it, and the one behind it that tells that there is more.
  const pageSize = [clause, district, direction, q].every((one) => one === undefined) ? query.limit + 1 : 500;
  let last: string | undefined;
  for await (const { sortKey, entry } of store.entries(year, { after, backwards: true, pageSize })) {
    if (items.length === query.limit || seen === looked) {
      const nextCursor = encodeCursor({ sk: last }, scope);
      return { items, ...(nextCursor !== undefined && { nextCursor }) };
    }
    seen += 1;
    last = sortKey;
    const fits =
      (clause === undefined || entry.clause === clause) &&
      (district === undefined || entry.district === district) &&
      (direction === undefined || entry.direction === direction) &&
      (q === undefined || comparable(entry.organisationName).includes(q));
    if (fits) items.push(hashed(entry));
  }
  return { items };
}

/**
 * The register of a year as a file, oldest first, with what it takes to recompute its roots. A year that is larger than
 * an answer can be comes in parts.
 * @param part how many bytes a part holds at most, but for its last entry.
 * @throws DomainError invalid-request for a foreign cursor.
 */
export async function downloadRegister(
  parts: RegisterParts,
  query: {
    readonly year?: number | undefined;
    readonly format: 'csv' | 'json';
    readonly cursor?: string | undefined;
  },
  part = partBytes,
): Promise<{ year: number; text: string; nextCursor?: string }> {
  const year = query.year ?? currentYear(parts.clock);
  const scope = scopeOfYear(year, { file: query.format });
  const after = decodeCursor(query.cursor, scope)?.['sk'];
  const [january] = await yearRoots(parts, year);
  const openingRoot = january?.previous ?? genesisRoot;
  const lines: string[] = [];
  let bytes = 0;
  let last: string | undefined;
  let nextCursor: string | undefined;
  for await (const { sortKey, entry } of parts.store.entries(year, { after })) {
    if (bytes >= part) {
      nextCursor = encodeCursor({ sk: last }, scope);
      break;
    }
    last = sortKey;
    const line =
      query.format === 'csv' ? csvEntry(hashed(entry), openingRoot) : JSON.stringify(hashed(entry));
    lines.push(line);
    bytes += Buffer.byteLength(line);
  }
  const text =
    query.format === 'csv'
      ? csvHead + lines.join('')
      : `{"year":${year},"openingRoot":"${openingRoot}","entries":[\n${lines.join(',\n')}\n]${
          nextCursor === undefined ? '' : `,"next":"${nextCursor}"`
        }}\n`;
  return { year, text, ...(nextCursor !== undefined && { nextCursor }) };
}

function scopeOfYear(year: number, narrowing: Readonly<Record<string, string | undefined>>): CursorScope {
  return scopeOf(budget.entities.registerEntry.of({ year: String(year) }), narrowing);
}

/** Full width and capitals make no difference to who looks for a name. */
function comparable(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
