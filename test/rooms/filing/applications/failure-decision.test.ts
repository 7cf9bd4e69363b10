import { describe, expect, it } from 'vitest';
import type { Application } from '../../../../functions/filing/applications/application.ts';
import { withFailure } from '../../../../functions/filing/applications/failure-decision.ts';
import { signedOffApplication, submittedApplication } from '../../../builders/signed-off-application.ts';

const at = '2026-11-24T02:00:00.000Z';
const note = (application: Application, submission = 1) =>
  withFailure(application, { submission, error: 'ReferenceError', at });

describe('a review that failed', () => {
  it('is noted on its application, whose status stays', () => {
    const application = signedOffApplication();
    expect(note(application)).toEqual({
      to: {
        ...application,
        version: application.version + 1,
        updatedAt: at,
        failure: { error: 'ReferenceError', at },
      },
      note: { at, actor: { id: 'system', role: 'system' }, event: 'review-failed', note: 'ReferenceError' },
    });
  });

  it.each<[string, Application, number]>([
    ['of an earlier submission', submittedApplication(), 2],
    ['of one that has ended', { ...signedOffApplication(), status: 'refused', reasons: [] }, 1],
    ['of what is a draft', { ...submittedApplication(), status: 'draft' }, 1],
  ])('is nothing to be noted: %s', (_, application, submission) => {
    expect(note(application, submission)).toBeUndefined();
  });
});
