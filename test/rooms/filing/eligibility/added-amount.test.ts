import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addedUp } from '../../../../functions/filing/eligibility/added-amount.ts';
import { computeCeiling, highestAmount } from '../../../../functions/filing/eligibility/ceiling.ts';
import { type Amount, AmountSchema } from '../../../../functions/policy/guides/amount-schema.ts';
import { fen } from '../../../../functions/shared/money.ts';
import type { Facts } from '../../../../functions/shared/schemas.ts';
import { dcmmContent } from '../../../builders/content.ts';
import { openedItem } from '../../../builders/opened-item.ts';

const yuan = (amount: number) => Math.round(amount * 100);
const title = { zh: '一项', en: 'A part' };

/** An amount as a guide writes it: parts that are added up, and their cap in yuan. */
function sum(cap: number, ...parts: readonly Record<string, unknown>[]): Extract<Amount, { kind: 'sum' }> {
  const written = parts.map((part, at) => ({ id: `part-${at}`, title, ...part }));
  const amount = AmountSchema.parse({ kind: 'sum', yuan: cap, parts: written });
  if (amount.kind !== 'sum') throw new Error('it is no sum');
  return amount;
}
const givenOf = (amount: Extract<Amount, { kind: 'sum' }>, facts: Facts) => addedUp(amount.parts, facts);

// Kinds of amount of published guides, in our own words.
const byLevel = sum(
  500_000,
  ...[3, 4, 5].map((level) => ({
    kind: 'fixed',
    yuan: [300_000, 400_000, 500_000][level - 3],
    when: { fact: 'level', is: level },
  })),
);
const byPiece = sum(
  2_000_000,
  ...['light', 'middle', 'heavy'].map((size, at) => ({
    kind: 'piece',
    count: `${size}Devices`,
    eachYuan: [10, 40, 150][at],
  })),
);
const byExcess = sum(3_000_000, { kind: 'share', of: 'revenue', above: { yuan: 20_000_000 }, percent: 0.5 });
const byStep = sum(1_000_000, {
  kind: 'step',
  of: 'revenue',
  above: { fact: 'earlier' },
  everyYuan: 10_000_000,
  eachYuan: 30_000,
});
const byYear = sum(
  5_000_000,
  ...[50, 40, 30].map((percent, at) => ({
    kind: 'share',
    of: 'input',
    percent,
    when: { fact: 'projectYear', is: at + 1 },
  })),
);

describe('an amount that is added up', () => {
  it.each<[name: string, amount: Extract<Amount, { kind: 'sum' }>, facts: Facts, given: number]>([
    ['level 3', byLevel, { level: 3 }, yuan(300_000)],
    ['level 5', byLevel, { level: 5 }, yuan(500_000)],
    ['a level that gives nothing', byLevel, { level: 2 }, 0],
    ['a level as a text', byLevel, { level: '3' }, 0],
    ['no level', byLevel, {}, 0],
    ['pieces of every kind', byPiece, { lightDevices: 100, middleDevices: 10, heavyDevices: 1 }, yuan(1_550)],
    ['pieces of one kind', byPiece, { heavyDevices: 3 }, yuan(450)],
    ['fewer pieces than none', byPiece, { lightDevices: -5, heavyDevices: 1 }, yuan(150)],
    ['half a percent of what lies above', byExcess, { revenue: yuan(30_000_000) }, yuan(50_000)],
    ['the threshold itself', byExcess, { revenue: yuan(20_000_000) }, 0],
    ['one fen above the threshold', byExcess, { revenue: yuan(20_000_000) + 1 }, 0],
    ['two hundred fen above the threshold', byExcess, { revenue: yuan(20_000_000) + 200 }, 1],
    ['a step that is full', byStep, { revenue: yuan(90_000_000), earlier: yuan(80_000_000) }, yuan(30_000)],
    ['a fen less than a step', byStep, { revenue: yuan(90_000_000) - 1, earlier: yuan(80_000_000) }, 0],
    ['several steps', byStep, { revenue: yuan(115_000_000), earlier: yuan(80_000_000) }, yuan(90_000)],
    ['less than before', byStep, { revenue: yuan(70_000_000), earlier: yuan(80_000_000) }, 0],
    // Unknown earlier years are no growth.
    ['growth of what is not stated', byStep, { revenue: yuan(70_000_000) }, 0],
    ['the first year', byYear, { input: yuan(1_000_001), projectYear: 1 }, yuan(500_000.5)],
    ['the third year', byYear, { input: yuan(1_000_000), projectYear: 3 }, yuan(300_000)],
    ['a year too late', byYear, { input: yuan(1_000_000), projectYear: 4 }, 0],
  ])('gives to the fen: %s', (_, amount, facts, given) => {
    expect(givenOf(amount, facts)).toBe(given);
  });

  it('has fractions of a percent that are exact, each part rounded down', () => {
    const written = fc.integer({ min: 1, max: 1_000_000 });
    const amounts = fc.bigInt({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) });
    fc.assert(
      fc.property(written, amounts, (perMillion, of) => {
        const amount = sum(1, {
          kind: 'share',
          of: 'input',
          percent: Number((perMillion / 10_000).toFixed(4)),
        });
        expect(givenOf(amount, { input: Number(of) })).toBe(Number((of * BigInt(perMillion)) / 1_000_000n));
      }),
    );
  });

  it('is never more than can be counted', () => {
    const amount = sum(1, { kind: 'piece', count: 'devices', eachYuan: 1_000_000 });
    expect(givenOf(amount, { devices: Number.MAX_SAFE_INTEGER })).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('is a limit beside its cap, and named when it decides', () => {
    const opened = openedItem({ amount: byLevel }, { kind: 'fixed', fen: fen(yuan(500_000)) });
    const ceiling = (level: number) =>
      computeCeiling(opened, dcmmContent({ facts: { level }, requestedFen: fen(yuan(900_000)) }));
    expect(ceiling(3)).toMatchObject({ fen: yuan(300_000), decisive: 'guide-sum' });
    expect(ceiling(5)).toMatchObject({ fen: yuan(500_000), decisive: 'notice' });
    expect(ceiling(2).fen).toBe(0);
    expect(highestAmount(opened)).toBe(yuan(500_000));
  });

  it.each([[0], [-1], [100.1], [0.00001], [Number.NaN]])(
    'is refused with a share of %d percent',
    (percent) => {
      expect(() => sum(1, { kind: 'share', of: 'input', percent })).toThrow();
    },
  );
});
