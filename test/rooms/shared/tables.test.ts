import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leading, placeOf, table } from '../../../functions/shared/keys.ts';
import { catalogue } from '../../../functions/shared/tables.ts';

const kinds = Object.values(catalogue).flatMap((one) =>
  Object.entries(one.entities).map(([name, { shape }]) => [`${one.name}.${name}`, one, shape] as const),
);

describe('every entity', () => {
  it.each(kinds)('%s stands in partitions and indexes that its table has', (_name, one, shape) => {
    expect(Object.keys(one.partitions)).toEqual(expect.arrayContaining([shape.in].flat()));
    expect(Object.keys(one.indexes)).toEqual(expect.arrayContaining(Object.keys(shape.indexes ?? {})));
  });

  it('has a place of its own: no key is that of two', () => {
    const places = kinds.flatMap(([, one, { in: partitions, sk }]) =>
      [partitions].flat().map((partition) => {
        const patterns: Readonly<Record<string, string>> = one.partitions;
        return `${one.name} ${patterns[partition]} ${sk.replace(/\{.*/s, '')}`;
      }),
    );
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('a key', () => {
  const { history, task } = catalogue.applications.entities;
  const { claim } = catalogue.registry.entities;

  it('is the pattern with its parts, numbers in the order of their texts', () => {
    expect(history.key({ applicationId: 'a', version: 12 })).toEqual({
      pk: 'APPLICATION#a',
      sk: 'HISTORY#000000012',
    });
  });

  it('says what it was made of, and nothing of another kind', () => {
    const text = fc.string({ minLength: 1 }).filter((one) => !one.includes('#'));
    fc.assert(
      fc.property(text, fc.nat({ max: 999_999_999 }), (applicationId, version) => {
        const key = history.key({ applicationId, version });
        expect(history.partsOf(key)).toEqual({ applicationId, version });
        expect(task.partsOf(key)).toBeUndefined();
      }),
    );
  });

  it('of an item that may stand in several partitions takes one of them', () => {
    const place = placeOf(catalogue.registry, 'matter', { matter: 'dcmm:x:3' });
    expect(claim.key({ place })).toMatchObject({ pk: 'MATTER#dcmm:x:3', sk: 'CLAIM' });
    expect(claim.partsOf({ pk: 'ENTERPRISE#x', sk: 'CLAIM' })).toBeUndefined();
  });

  it('is not made of what is missing', () => {
    expect(() => history.pk({} as { applicationId: string })).toThrow('without applicationId');
  });
});

describe('an index', () => {
  const { task } = catalogue.applications.entities;

  it('has an item by the attributes that it goes by', () => {
    const parts = { department: 'gz-sti', item: 'dcmm', dueAt: '2026-11-23', taskId: 't' };
    expect(task.entry('inboxItem', parts)).toEqual({ inboxItem: 'gz-sti#dcmm', inboxSort: '2026-11-23#t' });
    expect(task.listed('inboxItem', parts)).toMatchObject({
      index: 'inboxItem',
      partition: ['inboxItem', 'gz-sti#dcmm'],
      sort: 'inboxSort',
    });
  });

  it('has no item that the catalogue does not put there', () => {
    const { entities } = table('sample', {
      partitions: { one: 'ONE' },
      entities: { sample: { in: 'one', sk: 'STATE', indexes: { other: ['a', 'b'] } } },
    });
    expect(() => entities.sample.listed('other', {})).toThrow('not in the index other');
  });
});

describe('a pattern for IAM', () => {
  it('ends where the parts begin', () => {
    expect(leading('APPLICATION#{applicationId}')).toBe('APPLICATION#*');
    expect(leading('ROOT#FENCE')).toBe('ROOT#FENCE');
  });
});
