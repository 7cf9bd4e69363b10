import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { covers } from '../../../functions/audit/coverage.ts';
import { findRowBreaks, rowName } from '../../../functions/audit/find-row-breaks.ts';
import { faultSince } from '../../../functions/audit/since-heads.ts';
import { witnessedTables } from '../../../functions/audit/stored-view.ts';
import { verifyRows } from '../../../functions/audit/verify-rows.ts';
import { type EntityShape, type Key, witnessKey } from '../../../functions/shared/keys.ts';
import { type Item, Table } from '../../../functions/shared/table.ts';
import { catalogue, type TableName } from '../../../functions/shared/tables.ts';
import { partsOfRow } from '../../../functions/shared/witness.ts';
import { type Json, mapMembers } from '../../builders/stored-history.ts';
import { isMap, variants } from '../../builders/tampering.ts';
import { MemoryStore } from '../../simulation/memory-store.ts';

interface Kind {
  readonly table: TableName;
  readonly kind: string;
  readonly shape: EntityShape;
  readonly pk: string;
}

/** Every kind of item of the catalogue. */
const kinds: readonly Kind[] = Object.values(catalogue).flatMap(({ name, entities, partitions }) =>
  Object.entries<{ readonly shape: EntityShape }>(entities).map(([kind, { shape }]) => ({
    ...{ table: name as TableName, kind, shape },
    pk: Object.entries<string>(partitions).find(([one]) => one === [shape.in].flat()[0])?.[1] ?? '',
  })),
);
const witnessed = kinds.filter(({ shape }) => shape.witnessed);

/** A text that a pattern describes; another one for another number. */
const filled = (pattern: string, number: number) =>
  pattern.replace(/\{\w+?(?::(\d+))?\}/g, (_, width) => String(number).padStart(Number(width ?? 1), '0'));

const keyOf = ({ pk, shape }: Kind, number: number) =>
  Object.defineProperty({ pk: filled(pk, number), sk: filled(shape.sk, number) }, 'witnessed', {
    value: true,
  });

/** A row with every kind of value that rows have; `what` is its name in the stores, or of an index. */
const rowOf = (amountFen: number): Item => ({
  what: {
    ...{ id: 'a-1', amountFen, isHeld: true, note: null },
    ...{ threshold: 0.55, history: [{ at: '2026-11-23', by: 'p' }], nested: { deep: 'x', more: {} } },
  },
  listing: 'open',
  empty: {},
});

/** A table in memory, with all of it as DynamoDB JSON. */
function opened(table: TableName) {
  const store = new MemoryStore({ T: {} }, () => 0);
  const client = { send: async (command: unknown) => store.execute(command) };
  return {
    table: new Table<never>(client as unknown as DynamoDBDocumentClient, 'T'),
    stored: () => [...store.items('T')].map((item) => mapMembers(item as never)),
    breaks: (items: readonly Json[]) => findRowBreaks(table, items).breaks,
    heads: (items: readonly Json[]) => findRowBreaks(table, items).heads,
  };
}

const isAt = (key: { readonly pk: string; readonly sk: string }) => (item: Json) =>
  isMap(item) && Object(item['sk']).S === key.sk && Object(item['pk']).S === key.pk;

/** Two rows of a kind as they were written, the second one twice. */
async function written(kind: Kind) {
  const { table, ...read } = opened(kind.table);
  const [one, other] = [keyOf(kind, 1), keyOf(kind, 2)] as [Key<never>, Key<never>];
  await table.write(table.put(one, rowOf(100)));
  await table.write(table.put(other, rowOf(200)));
  const before = read.stored();
  await table.write(table.put(other, rowOf(300)));
  const items = read.stored();
  const find = (from: readonly Json[], key: Key) => from.find(isAt(key)) as Json;
  const parts = {
    ...{ row: find(items, one), witness: find(items, witnessKey(one) as Key), other: find(items, other) },
    ...{ otherWitness: find(items, witnessKey(other) as Key), older: find(before, other) },
    olderWitness: find(before, witnessKey(other) as Key),
  };
  const swapped = (from: Json, to: Json | undefined) =>
    items.flatMap((item) => (item === from ? (to === undefined ? [] : [to]) : [item]));
  return { ...read, table, one, other, items, parts, swapped };
}

describe('every kind of row in the catalogue', () => {
  it('is covered by a witness or by what recomputes it, or is listed with the reason why it does not matter', () => {
    const listed = (table: TableName) => covers[table] as Readonly<Record<string, unknown>>;
    const uncovered = kinds.filter(({ table, kind, shape }) => !shape.witnessed && !listed(table)[kind]);
    expect(uncovered.map(({ table, kind }) => `${table}.${kind}`)).toEqual([]);
    const twice = witnessed.filter(({ table, kind }) => listed(table)[kind]);
    expect(twice.map(({ table, kind }) => `${table}.${kind}`)).toEqual([]);
    for (const { table, kind } of kinds) {
      const cover = listed(table)[kind];
      if (typeof cover === 'object') expect(String(Object(cover).unwatched).length, kind).toBeGreaterThan(15);
    }
    expect([...new Set(witnessed.map(({ table }) => table))].sort()).toEqual([...witnessedTables].sort());
    expect(witnessed.some(({ shape }) => shape.expires)).toBe(false);
  });
});

describe.each(witnessed)('a row of $kind in $table', (kind) => {
  it('that was altered in a single character, name, flag or member is found and named', async () => {
    const { items, breaks, parts, one, swapped } = await written(kind);
    expect(breaks(items)).toEqual([]);
    let tried = 0;
    for (const variant of variants(parts.row)) {
      tried += 1;
      const found = breaks(swapped(parts.row, variant));
      if (found.length === 0) expect.fail(`${JSON.stringify(variant)} is taken for whole`);
    }
    expect(tried).toBeGreaterThan(100);
    const content = parts.row as { readonly [name: string]: Json };
    for (const name of ['what', 'listing', 'empty']) {
      const { [name]: _, ...without } = content;
      expect(breaks(swapped(parts.row, without))).toMatchObject([
        { id: one.pk, row: one.sk, fault: expect.stringMatching(`^it was altered: .*${name}`) },
      ]);
    }
    const what = Object(content['what']).M;
    for (const field of Object.keys(what)) {
      const altered = { ...content, what: { M: { ...what, [field]: { S: 'another' } } } };
      expect(breaks(swapped(parts.row, altered)).map(({ fault }) => fault)).toEqual([
        `it was altered: what.${field}`,
      ]);
    }
    expect(breaks(swapped(parts.row, { ...content, more: { S: 'x' } }))[0]?.fault).toBe(
      'it was altered: more',
    );
  });

  it('of which the witness was altered or taken away is found', async () => {
    const { breaks, parts, swapped } = await written(kind);
    for (const variant of variants(parts.witness)) {
      const { revision } = variant as { readonly revision?: Json };
      // How often it was written, kept heads alone tell.
      const isCount = /^[1-9]\d*$/.test(String(Object(revision).N)) && Object(revision).N !== '1';
      if (!isCount && breaks(swapped(parts.witness, variant)).length === 0) {
        expect.fail(`${JSON.stringify(variant)} is taken for whole`);
      }
    }
    expect(breaks(swapped(parts.witness, undefined))).toHaveLength(1);
  });

  it('that was deleted, put back to what it was, or exchanged with another is found', async () => {
    const { items, breaks, parts, swapped, one, other } = await written(kind);
    expect(breaks(swapped(parts.row, undefined))).toMatchObject([{ row: one.sk, fault: 'it is missing' }]);
    expect(breaks(swapped(parts.other, parts.older))).toMatchObject([
      { row: other.sk, fault: 'it was altered: what.amountFen' },
    ]);
    const at = (row: Json, key: Key) => ({ ...(row as object), pk: { S: key.pk }, sk: { S: key.sk } });
    const exchange =
      (first: Json, second: Json, [a, b]: readonly [Key, Key]) =>
      (item: Json) =>
        item === first ? at(second, a) : item === second ? at(first, b) : item;
    const rows = items.map(exchange(parts.row, parts.other, [one, other]));
    expect(breaks(rows)).toHaveLength(2);
    const both = [witnessKey(one) as Key, witnessKey(other) as Key] as const;
    expect(breaks(rows.map(exchange(parts.witness, parts.otherWitness, both)))).toHaveLength(2);
  });

  it('that was rewritten, put back or deleted together with its witness is found by the kept heads', async () => {
    const { items, heads, parts, table, stored, other } = await written(kind);
    const kept = heads(items);
    const name = rowName(kind.table, other);
    const since = (now: readonly Json[]) => faultSince(kept.get(name) ?? '', heads(now).get(name));
    expect(since(items)).toBeUndefined();

    const forged = { ...rowOf(1), pk: other.pk, sk: other.sk };
    const forgedParts = { M: mapMembers(partsOfRow(other, forged)) };
    const rewritten = items.map((item) => {
      if (item === parts.other) return mapMembers(forged as never);
      return item === parts.otherWitness ? { ...(item as object), parts: forgedParts } : item;
    });
    expect(findRowBreaks(kind.table, rewritten).breaks).toEqual([]);
    expect(since(rewritten)).toBe('it was written anew together with its witness');
    const older = items.map((item) =>
      item === parts.other ? parts.older : item === parts.otherWitness ? parts.olderWitness : item,
    );
    expect(since(older)).toContain('it is older than it was');
    const neither = items.filter((item) => item !== parts.other && item !== parts.otherWitness);
    expect(since(neither)).toBe('it is gone, and its witness with it');

    // What the system itself does meanwhile is no break: it writes again, and takes away.
    await table.write(table.put(other, rowOf(400)));
    expect(since(stored())).toBeUndefined();
    await table.write(table.remove(other));
    expect([since(stored()), findRowBreaks(kind.table, stored()).breaks]).toEqual([undefined, []]);
    const back = [...stored(), parts.other];
    expect(findRowBreaks(kind.table, back).breaks).toMatchObject([
      { fault: 'it was put back after it was taken away' },
    ]);
  });
});

describe('a witness', () => {
  const [kind] = witnessed as [Kind];

  it('follows what is set, added up and taken away of a row, one attribute after another', async () => {
    const { table, stored, breaks } = opened(kind.table);
    const key = keyOf(kind, 1) as Key<never>;
    await table.write(table.put(key, { task: { status: 'open', who: 'p' }, inbox: 'i', count: 1 }));
    const names = { '#task': 'task', '#status': 'status' };
    const set = 'SET #task.#status = :status, given = if_not_exists(given, :by) REMOVE inbox, #task.who';
    await table.write(table.update(key, { set, names, values: { ':status': 'done', ':by': 'a' } }));
    const again = 'SET given = if_not_exists(given, :by), #count = #count + :one';
    await table.write(
      table.update(key, { set: again, names: { '#count': 'count' }, values: { ':by': 'b', ':one': 1 } }),
    );
    const items = stored();
    expect(breaks(items)).toEqual([]);
    const row = items.find(isAt(key)) as { readonly [name: string]: Json };
    const altered = (name: string, value: Json) =>
      breaks(items.map((item) => (item === row ? { ...row, [name]: value } : item))).map(
        ({ fault }) => fault,
      );
    expect(altered('given', { S: 'b' })).toEqual(['it was altered: given']);
    expect(altered('inbox', { S: 'i' })).toEqual(['it was altered: inbox']);
    expect(altered('task', { M: { status: { S: 'open' } } })).toEqual(['it was altered: task.status']);
  });

  it('tells of a row that was made by an update, and of no kind beside its own', async () => {
    const { table, stored, breaks } = opened('registry');
    const interests = keyOf(kind, 1) as Key<never>;
    await table.write(table.update(interests, { set: 'SET a = :a', values: { ':a': 1 } }));
    expect(findRowBreaks(kind.table, stored()).breaks).toEqual([]);
    const changed = stored().map((item) => (isMap(item) && item['a'] ? { ...item, a: { N: '2' } } : item));
    expect(findRowBreaks(kind.table, changed).breaks).toMatchObject([{ fault: 'it was altered: a' }]);
    // Claims stand among the pointers to awards, and have no witness.
    const claim = catalogue.registry.entities.claim.key({ place: 'MATTER#m' });
    expect(breaks([mapMembers({ ...claim, applicationId: 'a' })])).toEqual([]);
    const answer = catalogue.budget.entities.clawbackAnswer.key({ applicationId: 'a', idempotencyKey: 'k' });
    expect(findRowBreaks('budget', [mapMembers({ ...answer, answer: 'c' })]).breaks).toEqual([]);
  });

  it('cannot follow what it does not know, and says so before anything is written', async () => {
    const { table } = opened(kind.table);
    const key = keyOf(kind, 1) as Key<never>;
    for (const set of ['ADD n :x', 'SET a = if_not_exists(b, :x)', 'SET a.b.c = :x', 'SET a = b']) {
      expect(() => table.update(key, { set, values: { ':x': 1 } }), set).toThrow('cannot follow');
    }
  });

  it('is not written where the condition of its row fails', async () => {
    const { table, stored } = opened(kind.table);
    const key = keyOf(kind, 1) as Key<never>;
    expect(await table.tryWrite(table.putNew(key, { a: 1 }))).toBe(true);
    const before = stored();
    expect(await table.tryWrite(table.putNew(key, { a: 2 }))).toBe(false);
    await expect(table.write(table.putNew(key, { a: 2 }, () => new Error('taken')))).rejects.toThrow('taken');
    expect(stored()).toEqual(before);
  });

  it('is compared with its row again when they were read apart, and while they move', async () => {
    const { items } = await written(kind);
    const row = items.filter((item) => !String(Object(Object(item).sk).S).startsWith('~'));
    const reads: (readonly Json[])[] = [row, items];
    const read = async () => reads.shift() ?? items;
    const { breaks } = await verifyRows(kind.table, row, read, new Set());
    expect([breaks, reads]).toEqual([[], []]);
  });
});
