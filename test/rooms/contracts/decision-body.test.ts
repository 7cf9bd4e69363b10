import { describe, expect, it } from 'vitest';
import { reviewerRoutes } from '../../../functions/contracts/reviewer.ts';

const { body } = reviewerRoutes.decideTask;
const seen = { contentHash: 'a'.repeat(64) };
const opinion = (zh: string) => ({ outcome: 'opine', favourable: true, opinion: { zh }, ...seen });
const refusal = (zh: string) => ({ outcome: 'refuse', reason: { zh }, citation: '二(一)1' });
const sentBack = (zh: string, items = 1) => ({
  outcome: 'return',
  items: Array.from({ length: items }, () => ({ path: 'projectName', reason: { zh, en: zh } })),
});

describe('what a decision says', () => {
  it.each([
    ['an opinion', opinion],
    ['a refusal', refusal],
    ['a return', sentBack],
  ])('is not left blank: %s', (_, say) => {
    expect(body.safeParse(say(' ')).success).toBe(false);
    expect(body.safeParse(say('账目清楚')).success).toBe(true);
  });

  it('leaves room for other decisions in an application, which takes 400 KB', () => {
    const longest = (say: (text: string) => unknown) => {
      let length = 1;
      while (length < 200_000 && body.safeParse(say('字'.repeat(length * 2))).success) length *= 2;
      return Buffer.byteLength(JSON.stringify(say('字'.repeat(length))));
    };
    expect(longest(opinion)).toBeLessThan(20_000);
    expect(longest((text) => sentBack(text, 50))).toBeLessThan(100_000);
  });
});
