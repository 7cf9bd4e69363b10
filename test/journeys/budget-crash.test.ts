import { expect, inject, it } from 'vitest';
import { batchSize } from '../../functions/money/rounds/round.ts';
import { commitInterrupted } from '../support/interrupted-commit.ts';

it('everything is killed in the middle of a commit: started again, it ends, every award stands once, the sums are exact', {
  timeout: 240_000,
}, async () => {
  const awards = 400;
  const ended = await commitInterrupted({ awards, assemblyDir: inject('assemblyDir') });
  expect(ended.faults).toEqual([]);
  expect(ended.killedAt).toBeGreaterThan(0);
  expect(ended.killedAt).toBeLessThan(awards);
  expect(ended.transactions).toBe(Math.ceil(awards / batchSize));
});
