import { describe, expect, it } from 'vitest';
import { ofAward } from '../../../../functions/duplicates/screening/suspicion-rules.ts';
import type { Verdict } from '../../../../functions/duplicates/screening/verdict.ts';
import { judge, totalOf } from '../../../../functions/duplicates/screening/verdict-rules.ts';
import type { Counterpart, Suspicion } from '../../../../functions/filing/applications/suspicion.ts';
import { fen } from '../../../../functions/shared/money.ts';
import { award } from '../../../builders/award.ts';

const scheme = ofAward(award());
const application = { kind: 'application', applicationId: 'other' } as Counterpart;

const pair = (id: string, counterpart: Counterpart = scheme, probability?: number): Suspicion => ({
  ...{ id, rule: 's3', counterpart, why: [] },
  ...(probability !== undefined && { probability }),
});

const verdict = (id: string, overrides: Partial<Verdict> = {}): [string, Verdict] => [
  id,
  {
    ...{ id, verdict: 'not-duplicate', rule: 's3', by: 'adjudicator', at: '2026-11-23T02:00:00.000Z' },
    ...{ reason: { zh: '两回事', en: 'two matters' }, applicationId: 'own' },
    ...overrides,
  },
];

function judged(suspicions: Suspicion[], ...verdicts: [string, Verdict][]) {
  return judgedWhere(true, suspicions, ...verdicts);
}

function judgedWhere(topsUp: boolean, suspicions: Suspicion[], ...verdicts: [string, Verdict][]) {
  const search = { suspicions, listed: [], compared: new Map() };
  return judge(search, new Map(verdicts), { applicationId: 'own', topsUp });
}

describe('a verdict', () => {
  it.each([
    ['duplicate of an award', scheme, 'own', true],
    ['duplicate of an award, given on another application', scheme, 'other', true],
    ['duplicate of an application, given on this one', application, 'own', true],
    ['duplicate of an application, given on that one', application, 'other', false],
  ])('%s', (_case, counterpart, applicationId, isEnding) => {
    const given = verdict('p', { verdict: 'duplicate', applicationId });
    const { open, decided, duplicates } = judged([pair('p', counterpart)], given);
    expect(open).toEqual([]);
    expect(decided.map((one) => one.isEnding)).toEqual([isEnding]);
    expect(duplicates.map(({ code }) => code)).toEqual(isEnding ? ['s3-adjudicated'] : []);
  });

  it('of two matters ends nothing and is not asked for again', () => {
    expect(judged([pair('p')], verdict('p'))).toMatchObject({ open: [], duplicates: [], takenOff: {} });
  });

  const topUp = (id: string, paid: number, overrides: Partial<Verdict> = {}) =>
    verdict(id, { verdict: 'top-up', paidFen: fen(paid), ...overrides });

  it('that tops up takes off what the record says by now, or what two people departed to', () => {
    const departed = { departure: { reason: { zh: '理由', en: 'why' }, by: 'first' } };
    const both = [topUp('p', 300), topUp('q', 50, departed)];
    const amount = award().amountFen;
    expect(judged([pair('p'), pair('q')], ...both).takenOff).toEqual({ p: amount, q: 50 });
    expect(judged([pair('p')], topUp('p', 0, departed)).takenOff).toEqual({ p: 0 });
  });

  it('that tops up is a duplicate where the guide bars', () => {
    expect(judgedWhere(false, [pair('p')], topUp('p', 300))).toMatchObject({
      duplicates: [{ code: 's3-adjudicated' }],
      takenOff: {},
    });
  });

  it('that tops up one of two applications takes nothing off the other', () => {
    const own = topUp('p', 300);
    expect(judged([pair('p', application)], own).takenOff).toEqual({ p: 300 });
    expect(judged([pair('p', application)], topUp('p', 300, { applicationId: 'other' })).takenOff).toEqual(
      {},
    );
  });
});

it('what is taken off together goes no further than what is exact', () => {
  expect(totalOf({ p: fen(300), q: fen(50) })).toBe(350);
  const most = fen(Number.MAX_SAFE_INTEGER);
  expect(totalOf({ p: most, q: most })).toBe(most);
});

describe('pairs that nobody has decided', () => {
  it('come with the surest first, and those by evidence or a file before all', () => {
    const pairs = [pair('a', scheme, 410), pair('b', scheme, 900), pair('c'), pair('d', scheme, 1000)];
    expect(judged(pairs, verdict('b')).open.map(({ id }) => id)).toEqual(['c', 'd', 'a']);
  });

  it('are as many as make one case', () => {
    const pairs = Array.from({ length: 60 }, (_, index) => pair(`p${index}`));
    expect(judged(pairs).open).toHaveLength(40);
  });
});
