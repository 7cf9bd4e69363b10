import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  evidenceOf,
  evidencePartition,
  foldNumber,
  matterKey,
  matterKeyOf,
} from '../../../functions/deduplication/matter-key.ts';
import { dcmmContent, growthContent, publishedUscc } from '../../builders/content.ts';
import { policy } from '../../support/rooms.ts';

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

  it('is not made without a fact that it needs', () => {
    expect(() => matterKey(dcmm, dcmmContent({ facts: {} }))).toThrow('level');
  });
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

  it('is none where a number is empty or only hyphens', () => {
    expect(evidenceOf(dcmm, dcmmContent({ facts: { level: 3, certificateNumber: ' - ' } }))).toEqual([]);
    expect(evidenceOf(growth, growthContent())).toEqual([]);
  });
});
