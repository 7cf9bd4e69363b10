import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  evidenceOf,
  evidencePartition,
  foldNumber,
  matterKey,
  matterKeyOf,
} from '../../../../functions/registry/awards/matter-key.ts';
import { dcmmContent, growthContent, publishedUscc } from '../../../builders/content.ts';
import { policy } from '../../../support/rooms.ts';

const dcmm = (await policy.requireItem('2026.1', 'dcmm')).item;
const growth = (await policy.requireItem('2026.1', 'growth-milestone')).item;

describe('the key of a matter', () => {
  it('is the enterprise and the level for dcmm', () => {
    expect(matterKey(dcmm, dcmmContent())).toBe(`dcmm:${publishedUscc}:3`);
  });

  it('is the enterprise and the tier for a revenue milestone', () => {
    expect(matterKey(growth, growthContent())).toBe(`growth-milestone:${publishedUscc}:REVENUE1B`);
  });

  it('agrees with the key that another scheme spells in its own way', () => {
    expect(matterKeyOf('growth-milestone', publishedUscc, 'Revenue－1b ')).toBe(
      matterKey(growth, growthContent()),
    );
  });

  it.each([
    ['open-source', ['project'], { project: '云帆 DB' }, '云帆DB'],
    ['new-company', [], {}, ''],
    ['growth-milestone', ['tier'], { tier: 'revenue-2b' }, 'REVENUE2B'],
    ['growth-scale', ['year'], { year: 2025 }, '2025'],
    ['dcmm', ['level'], { level: 4 }, '4'],
    ['first-release', ['copyright'], { copyright: '2025sr0123456' }, '2025SR0123456'],
    ['platform', ['platform', 'tier'], { platform: '云帆', tier: 'cross' }, '云帆/CROSS'],
    ['spun-off', ['spunOff'], { spunOff: false }, 'FALSE'],
    ['products', ['products'], { products: ['b-2', 'A 1', 'B2'] }, 'A1,B2'],
  ])('of the kind %s is made of the facts %j that the guide names', (kind, facts, stated, detail) => {
    const item = { ...dcmm, matter: { kind, facts } };
    const key = matterKey(item, dcmmContent({ facts: { ...stated, other: 'x' } }));
    expect(key).toBe(`${kind}:${publishedUscc}:${detail}`);
    expect(matterKeyOf(kind, publishedUscc, detail)).toBe(key);
  });

  it.each([['B2,A1'], ['Ａ１，b－2'], ['a1, b2, b2,']])(
    'of a list agrees with %j in another record',
    (detail) => {
      const item = { ...dcmm, matter: { kind: 'products', facts: ['products'] } };
      const content = dcmmContent({ facts: { products: ['b2', 'a1'] } });
      expect(matterKeyOf('products', publishedUscc, detail)).toBe(matterKey(item, content));
    },
  );

  it('does not depend on the order of a list, and keeps lists apart', () => {
    const item = { ...dcmm, matter: { kind: 'products', facts: ['products'] } };
    const keyOf = (products: string[]) => matterKey(item, dcmmContent({ facts: { products } }));
    const name = fc.stringMatching(/^[a-z0-9]{1,3}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), (products) => {
        expect(keyOf(products.toReversed())).toBe(keyOf(products));
        expect(keyOf([...products, 'more'])).not.toBe(keyOf(products));
      }),
    );
  });

  it.each([[{}], [{ level: '' }], [{ level: ' - ' }], [{ level: [] }], [{ level: ['-'] }]])(
    'is not made of %j: it would stand for another matter',
    (facts) => {
      expect(() => matterKey(dcmm, dcmmContent({ facts }))).toThrow('level');
    },
  );
});

describe('a folded number', () => {
  it.each([
    ['ｄｃｍｍ－２０２６－０００１', 'DCMM20260001'],
    ['dcmm 2026 0001', 'DCMM20260001'],
    ['DCMM—2026–0001', 'DCMM20260001'],
    ['DCMM\u200B-2026\u00AD-0001', 'DCMM20260001'],
    ['软著登字第 0001 号', '软著登字第0001号'],
  ])('%j is the same number as %s', (spelling, number) => {
    expect(foldNumber(spelling)).toBe(number);
  });

  it('does not change when it is folded again', () => {
    const spelling = fc
      .array(fc.constantFrom(...'aZ09-–— /:号Ａｚ９－　\u200B'), { maxLength: 20 })
      .map((characters) => characters.join(''));
    fc.assert(fc.property(spelling, (text) => foldNumber(foldNumber(text)) === foldNumber(text)));
  });
});

describe('evidence', () => {
  it('is read from the facts that the guide names', () => {
    const evidence = evidenceOf(dcmm, dcmmContent());
    expect(evidence).toEqual([{ kind: 'certificate', number: 'DCMM-2026-0001' }]);
    expect(evidence.map((piece) => evidencePartition(piece, publishedUscc))).toEqual([
      `EVIDENCE#certificate:DCMM20260001:${publishedUscc}`,
    ]);
  });

  it('is every number of a list, each once, and nothing that is so or not', () => {
    const item = {
      ...dcmm,
      evidence: [
        { kind: 'invoice', fact: 'invoices' },
        { kind: 'copyright', fact: 'registered' },
      ],
    };
    const facts = { invoices: ['A-1', 'B-2', 'a1', ' '], registered: true };
    const evidence = evidenceOf(item, dcmmContent({ facts }));
    expect(evidence.map(({ kind, number }) => [kind, foldNumber(number)])).toEqual([
      ['invoice', 'A1'],
      ['invoice', 'B2'],
    ]);
  });

  it('is none where a number is empty or only hyphens', () => {
    expect(evidenceOf(dcmm, dcmmContent({ facts: { level: 3, certificateNumber: ' - ' } }))).toEqual([]);
    expect(evidenceOf(growth, growthContent())).toEqual([]);
  });
});
