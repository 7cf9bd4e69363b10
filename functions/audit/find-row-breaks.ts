import { contentHash } from '../shared/hash.ts';
import { type EntityShape, type Key, witnessPrefix } from '../shared/keys.ts';
import { catalogue, type TableName } from '../shared/tables.ts';
import { anyValue, type Parts, partsOfRow, partsOfWitness } from '../shared/witness.ts';
import type { Break } from './find-break.ts';
import { plainMap } from './plain-values.ts';

/** A row that is not what its witness says. */
export interface RowBreak extends Break {
  /** What kind of item it is. */
  readonly kind: string;
  /** Its partition. */
  readonly id: string;
}

/** What an audit finds of the rows of some partitions. */
export interface CheckedRows {
  readonly breaks: readonly RowBreak[];
  /** How often each row was written, and the hash of what it is, as `<revision>.<hash>`, by its name. */
  readonly heads: ReadonlyMap<string, string>;
}

interface Kind {
  readonly shape: EntityShape;
  readonly prefix: string;
  partsOf(key: Key): unknown;
}

/** Kinds of items by their tables, those first whose keys say most: others' keys can look like theirs. */
const kindsOf = new Map(
  Object.values(catalogue).map(({ name, entities, partitions }) => {
    const patterns: Readonly<Record<string, string>> = partitions;
    const said = ({ shape }: Kind) =>
      1000 * constants(shape.sk) +
      Math.max(...[shape.in].flat().map((one) => constants(patterns[one] ?? '')));
    return [
      name as TableName,
      Object.entries<Kind>(entities).sort(([, one], [, other]) => said(other) - said(one)),
    ];
  }),
);

/** How many characters every key of a pattern has. */
function constants(pattern: string): number {
  return pattern.replace(/\{[^}]*\}/g, '').length;
}

/** The kind of a table's item that has witnesses; undefined for any other. */
export function witnessedKind(table: TableName, key: Key): string | undefined {
  const kinds = kindsOf.get(table) ?? [];
  const [name, kind] = kinds.find(([, one]) => key.sk.startsWith(one.prefix) && one.partsOf(key)) ?? [];
  return kind?.shape.witnessed ? name : undefined;
}

/** Name of a row in a list of heads: a word of its own, whatever its keys hold. */
export function rowName(table: TableName, { pk, sk }: Key): string {
  return `row ${table}/${encodeURIComponent(pk)}/${encodeURIComponent(sk)}`;
}

/** Hash of a row that was taken away. */
const goneHash = 'gone';

/**
 * Compares rows with their witnesses: each is to the last attribute what was written, at its place and no older.
 * @param items rows and witnesses of a table, as DynamoDB JSON; of a partition all of them.
 */
export function findRowBreaks(table: TableName, items: readonly unknown[]): CheckedRows {
  const rows = new Map<string, { key: Key; row?: Plain; witness?: Plain; isReadable: boolean }>();
  for (const item of items) {
    const key = keyIn(item);
    const isWitness = key.sk.startsWith(witnessPrefix);
    const of = isWitness ? { pk: key.pk, sk: key.sk.slice(witnessPrefix.length) } : key;
    if (!isWitness && !witnessedKind(table, of)) continue;
    const name = rowName(table, of);
    const plain = plainMap(item, true);
    const known = rows.get(name) ?? { key: of, isReadable: true };
    const isReadable = known.isReadable && plain !== undefined;
    rows.set(name, { ...known, [isWitness ? 'witness' : 'row']: plain ?? {}, isReadable });
  }
  const breaks: RowBreak[] = [];
  const heads = new Map<string, string>();
  for (const [name, { key, row, witness, isReadable }] of rows) {
    const parts = witness && partsOfWitness(witness);
    const fault = isReadable
      ? faultOf(key, row, witness, parts)
      : 'it, or its witness, has a value of a type that no row has';
    const kind = witnessedKind(table, key) ?? 'row';
    if (fault !== undefined) breaks.push({ kind, id: key.pk, row: key.sk, fault });
    const revision = witness?.['revision'];
    heads.set(name, `${Number(revision ?? 0)}.${parts ? contentHash(parts) : goneHash}`);
  }
  return { breaks, heads };
}

type Plain = Readonly<Record<string, unknown>>;

function faultOf(
  key: Key,
  row: Plain | undefined,
  witness: Plain | undefined,
  parts: Parts | undefined,
): string | undefined {
  if (!witness) return 'it has no witness: it was not written by the system, or its witness was taken away';
  const { pk: _, sk: __, revision, parts: ___, later: ____, gone, ...foreign } = witness;
  const names = Object.keys(foreign);
  if (names.length > 0) return `its witness has foreign attributes: ${names.join(', ')}`;
  if (!(Number.isSafeInteger(revision) && Number(revision) > 0)) return 'its witness was altered: revision';
  if (gone !== undefined && gone !== true) return 'its witness was altered: gone';
  if (gone === true) return row && 'it was put back after it was taken away';
  if (!parts) return 'its witness was altered: parts';
  if (!row) return 'it is missing';
  const now: Parts = partsOfRow(key, row);
  const altered = [...new Set([...Object.keys(now), ...Object.keys(parts)])]
    .filter((name) => now[name] !== parts[name] && !(name in now && parts[name] === anyValue))
    .sort();
  return altered.length > 0 ? `it was altered: ${altered.join(', ')}` : undefined;
}

/** Keys are texts in every table. */
function keyIn(item: unknown): { readonly pk: string; readonly sk: string } {
  const { pk, sk } = Object(item);
  return { pk: String(Object(pk).S), sk: String(Object(sk).S) };
}
