import { hash } from 'node:crypto';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { canonicalJson } from './hash.ts';
import { type Key, witnessKey } from './keys.ts';
import { isRecord } from './records.ts';

/*
 * A witness stands beside a row and is written in the transaction that writes the row: the beginnings of the hashes of the
 * row's parts, and how often the row was written. It stays when the row is taken away. So a row that was altered, taken
 * away, put back to what it was, or put in the place of another is not what its witness says.
 */

/** Beginnings of the hashes of a row's parts, by their names: attributes, and members of attributes as `attribute.member`. */
export type Parts = Readonly<Record<string, string>>;

type Item = Readonly<Record<string, unknown>>;
type Update = NonNullable<NonNullable<TransactWriteCommandInput['TransactItems']>[number]['Update']>;
type Written = Pick<Update, 'UpdateExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>;

/** A part that was written alone since the row was last put as a whole, with everything below it. */
interface Later {
  readonly at: string;
  readonly parts: Parts;
  /** Whether it counts only where there was none. */
  readonly ifNone?: true;
}

/** Hexadecimal digits of a part's hash. Against who can write a witness, more of them are of no use. */
const digits = 16;

/** In place of a hash: of a part that is counted up, whose value nobody knows who has not read it. */
export const anyValue = '*';

/** The parts of a row with their hashes; the row's place is in them, so that no two rows have the same. */
export function partsOfRow(key: Key, { pk: _, sk: __, ...attributes }: Item): Parts {
  return Object.fromEntries(Object.entries(attributes).flatMap(([name, value]) => partsAt(key, name, value)));
}

/** What putting a row does to its witness. */
export function witnessOfPut(TableName: string, key: Key, attributes: Item): Update {
  return witnessed(TableName, key, {
    UpdateExpression: 'SET #parts = :parts REMOVE #later, #gone ADD #revision :one',
    ExpressionAttributeNames: { '#parts': 'parts', '#later': 'later', '#gone': 'gone' },
    ExpressionAttributeValues: { ':parts': partsOfRow(key, attributes) },
  });
}

/** What taking a row away does to its witness. */
export function witnessOfRemoval(TableName: string, key: Key): Update {
  return witnessed(TableName, key, {
    UpdateExpression: 'SET #gone = :gone REMOVE #parts, #later ADD #revision :one',
    ExpressionAttributeNames: { '#parts': 'parts', '#later': 'later', '#gone': 'gone' },
    ExpressionAttributeValues: { ':gone': true },
  });
}

/**
 * What changing attributes of a row does to its witness. The witness follows from the expression alone: nobody has to
 * read the row first.
 * @throws Error for an expression other than SET of values and sums, `if_not_exists` with the path itself, and REMOVE.
 */
export function witnessOfUpdate(TableName: string, key: Key, written: Written): Update {
  return witnessed(TableName, key, {
    UpdateExpression: 'SET #later = list_append(if_not_exists(#later, :none), :later) ADD #revision :one',
    ExpressionAttributeNames: { '#later': 'later' },
    ExpressionAttributeValues: { ':none': [], ':later': changesOf(key, written) },
  });
}

/** The parts that a row has to have; undefined for a witness that says that there is none, or says nothing. */
export function partsOfWitness({ parts, later, gone }: Item): Parts | undefined {
  if (gone === true || !(isRecord(parts) || Array.isArray(later))) return undefined;
  // A row that an update has made was never put whole.
  const all = new Map(Object.entries(parts ?? {}) as [string, string][]);
  for (const change of (Array.isArray(later) ? later : []) as Later[]) {
    const below = [...all.keys()].filter((name) => name === change.at || name.startsWith(`${change.at}.`));
    if (change.ifNone && below.length > 0) continue;
    for (const name of below) all.delete(name);
    for (const [name, value] of Object.entries(change.parts)) all.set(name, value);
  }
  return Object.fromEntries(all);
}

function witnessed(TableName: string, key: Key, written: Written): Update {
  return {
    TableName,
    Key: witnessKey(key),
    UpdateExpression: written.UpdateExpression,
    ExpressionAttributeNames: { ...written.ExpressionAttributeNames, '#revision': 'revision' },
    ExpressionAttributeValues: { ...written.ExpressionAttributeValues, ':one': 1 },
  };
}

function partsAt(key: Key, name: string, value: unknown): [string, string][] {
  const part = (at: string, one: unknown): [string, string][] =>
    one === undefined ? [] : [[at, partHash(key, at, one)]];
  if (!isRecord(value) || name.includes('.')) return part(name, value);
  const members = Object.entries(value).flatMap(([member, one]) => part(`${name}.${member}`, one));
  return members.length > 0 ? members : part(name, {});
}

function partHash({ pk, sk }: Key, name: string, value: unknown): string {
  return hash('sha256', canonicalJson([pk, sk, name, value])).slice(0, digits);
}

const sum = /^([\w#.]+)\s*=\s*.+\s\+\s*:\w+$/;
const assignment = /^([\w#.]+)\s*=\s*(?:(:\w+)|if_not_exists\(\s*([\w#.]+)\s*,\s*(:\w+)\s*\))$/;

function changesOf(key: Key, written: Written): Later[] {
  const { UpdateExpression: expression = '', ExpressionAttributeNames: names } = written;
  const [, sets = '', , removals = ''] =
    /^SET\s+(.+?)(\s+REMOVE\s+(.+))?$/s.exec(expression) ?? unknown(expression);
  const pathOf = (text: string) => {
    const path = text.split('.').map((name) => names?.[name] ?? name);
    return path.length > 2 ? unknown(expression) : path.join('.');
  };
  const set = sets.split(/,(?![^(]*\))/).map((text): Later => {
    const [, counted] = sum.exec(text.trim()) ?? [];
    if (counted !== undefined) return { at: pathOf(counted), parts: { [pathOf(counted)]: anyValue } };
    const [, path = '', value, other, fallback] = assignment.exec(text.trim()) ?? unknown(expression);
    const at = pathOf(path);
    if (other !== undefined && pathOf(other) !== at) unknown(expression);
    const parts = Object.fromEntries(
      partsAt(key, at, written.ExpressionAttributeValues?.[value ?? fallback ?? '']),
    );
    return { at, parts, ...(other !== undefined && { ifNone: true }) };
  });
  const removed = removals.split(',').flatMap((text) => (text.trim() === '' ? [] : [pathOf(text.trim())]));
  return [...set, ...removed.map((at) => ({ at, parts: {} }))];
}

function unknown(expression: string): never {
  throw new Error(`the witness of a row cannot follow this: ${expression}`);
}
