import { describe, expect, it } from 'vitest';
import {
  type Application,
  ApplicationSchema,
} from '../../../../functions/filing/applications/application.ts';
import { answeredBefore, unchecked } from '../../../../functions/review/sign-off/eligibility-decision.ts';
import { submittedApplication } from '../../../builders/signed-off-application.ts';

const statuses = ApplicationSchema.options.map(({ shape }) => shape.status.value);
/** Enough of an application in a status for what asks nothing but the status and the number of the submission. */
const inStatus = (status: Application['status'], number: number) => {
  const { submission } = submittedApplication();
  return { status, submission: { ...submission, number } } as Application;
};

describe('a review that asks for the check of its submission', () => {
  const answers: Partial<Record<Application['status'], string>> = {
    lapsed: 'returned',
    returned: 'returned',
    withdrawn: 'withdrawn',
    ineligible: 'ineligible',
  };

  it.each(statuses.filter((status) => status !== 'submitted'))(
    'again in %s is told how it ended',
    (status) => {
      expect(unchecked(inStatus(status, 1), 1)).toBeUndefined();
      expect(answeredBefore(inStatus(status, 1), 1)).toBe(answers[status] ?? 'eligible');
    },
  );

  it.each(statuses)('of an earlier submission in %s is told that it was returned', (status) => {
    expect(unchecked(inStatus(status, 2), 1)).toBeUndefined();
    expect(answeredBefore(inStatus(status, 2), 1)).toBe('returned');
  });

  it('is let to check the submission that is there', () => {
    const application = inStatus('submitted', 2);
    expect(unchecked(application, 2)).toBe(application);
    expect(unchecked(application, Infinity)).toBe(application);
  });
});
