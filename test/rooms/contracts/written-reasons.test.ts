import { expect, it } from 'vitest';
import { adjudicatorRoutes } from '../../../functions/contracts/adjudicator.ts';
import { objectionRoutes } from '../../../functions/contracts/objections.ts';

const bodies = {
  verdict: (zh: string) =>
    adjudicatorRoutes.decideCase.body.safeParse({
      verdicts: [{ id: 'pair', verdict: 'duplicate' }],
      reason: { zh },
    }),
  objection: (zh: string) =>
    objectionRoutes.proposeOutcome.body.safeParse({ outcome: 'upheld', reason: { zh }, citation: '三(三)' }),
};

it.each(Object.entries(bodies))('the reason of a %s fits into the items that keep it', (_, read) => {
  expect(read('经核实属实').success).toBe(true);
  expect(read('理'.repeat(2000)).success).toBe(true);
  expect(read('理'.repeat(2001)).success).toBe(false);
  expect(read(' ').success).toBe(false);
});
