import * as z from 'zod';
import { DomainError } from './errors.ts';
import { contentHash } from './hash.ts';
import type { Bounds, Range } from './keys.ts';
import type { Item, QueryOptions, Table } from './table.ts';
import type { TableName } from './tables.ts';

/** The listing that a cursor belongs to. */
export interface CursorScope {
  /** What the caller may page through, by attribute: the partition of the query. It never comes out of a cursor. */
  readonly partition: Readonly<Record<string, string>>;
  /** The other key attributes, which mark the place inside the partition, e.g. `['createdAt', 'pk', 'sk']`. */
  readonly place: readonly string[];
  /** What else narrows the listing: a cursor of the same partition narrowed otherwise is refused. */
  readonly narrowing?: Readonly<Record<string, string | undefined>>;
  /**
   * Where the first attribute of a place lies. DynamoDB fails a query that begins outside of them, as with a place in
   * another listing of the same partition. They may move from page to page, so they do not tell listings apart.
   */
  readonly bounds?: Bounds | undefined;
}

/** The scope of a listing that is a range of a table or of one of its indexes. */
export function scopeOf(
  { index, partition: [attribute, value], sort, bounds }: Range,
  narrowing?: CursorScope['narrowing'],
): CursorScope {
  const place = index === undefined ? [sort] : [sort, 'pk', 'sk'];
  return { partition: { [attribute]: value }, place, bounds, ...(narrowing && { narrowing }) };
}

/** One page of a listing, as a client asks for it. */
export interface PageRequest {
  readonly limit: number;
  /** Of the page before. */
  readonly cursor?: string | undefined;
}

const CursorSchema = z.strictObject({
  of: z.string(),
  // A key of the table has 1024 bytes at most.
  at: z.record(
    z.string(),
    z
      .string()
      .min(1)
      .refine((text) => text.isWellFormed() && Buffer.byteLength(text) <= 1024),
  ),
});

/** A page of a listing, and what of it is read. */
interface ListingOptions extends QueryOptions, PageRequest {
  /** What narrows the listing beside its range. */
  readonly narrowing?: CursorScope['narrowing'];
}

/** One page of a range, with the cursor of the next. @throws DomainError invalid-request for a foreign cursor. */
export async function listPage<N extends TableName>(
  table: Table<N>,
  range: Range<N>,
  { cursor, narrowing, ...options }: ListingOptions,
): Promise<{ items: Item[]; nextCursor: string | undefined }> {
  const scope = scopeOf(range, narrowing);
  const { items, lastKey } = await table.page(range, { ...options, start: decodeCursor(cursor, scope) });
  return { items, nextCursor: encodeCursor(lastKey, scope) };
}

/**
 * Makes the opaque cursor of a page's last key. Only the place inside the partition travels; the partition itself is
 * given anew with every request, so that a cursor from elsewhere cannot open what its bearer may not read.
 * @param key `LastEvaluatedKey` of a query; undefined at the end of the listing.
 */
export function encodeCursor(
  key: Readonly<Record<string, unknown>> | undefined,
  scope: CursorScope,
): string | undefined {
  if (!key) return undefined;
  const at = Object.fromEntries(scope.place.map((attribute) => [attribute, key[attribute]]));
  return Buffer.from(JSON.stringify({ of: fingerprint(scope), at })).toString('base64url');
}

/**
 * Reads a cursor back into an `ExclusiveStartKey`; undefined for the first page.
 * @throws DomainError invalid-request on `query.cursor` when it is broken or belongs to another listing.
 */
export function decodeCursor(
  cursor: string | undefined,
  scope: CursorScope,
): Record<string, string> | undefined {
  if (cursor === undefined) return undefined;
  const parsed = CursorSchema.safeParse(readJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  const places = new Set(scope.place);
  const fits =
    parsed.success &&
    parsed.data.of === fingerprint(scope) &&
    Object.keys(parsed.data.at).length === places.size &&
    Object.keys(parsed.data.at).every((attribute) => places.has(attribute)) &&
    lies(parsed.data.at[scope.place[0] ?? ''] ?? '', scope.bounds);
  if (!fits) {
    throw new DomainError('invalid-request', {
      faults: [
        {
          path: 'query.cursor',
          rule: 'foreign-cursor',
          message: {
            zh: '分页游标无效：请使用本列表返回的 nextCursor',
            en: 'the cursor is not one that this listing gave',
          },
        },
      ],
    });
  }
  return { ...parsed.data.at, ...scope.partition };
}

/** Tells listings apart. It is a check against mix-ups, not a signature: nothing is protected by it. */
function fingerprint({ bounds: _, ...scope }: CursorScope): string {
  return contentHash(scope).slice(0, 12);
}

function lies(place: string, bounds: Bounds | undefined): boolean {
  if (bounds === undefined) return true;
  if ('prefix' in bounds) return place.startsWith(bounds.prefix);
  if ('from' in bounds) return bounds.from <= place && place <= bounds.to;
  return 'before' in bounds ? place < bounds.before : place <= bounds.upTo;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
