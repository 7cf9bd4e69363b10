import type { ApplicationIn } from '../../functions/filing/applications/application.ts';
import type { Content } from '../../functions/filing/applications/content.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import { fen } from '../../functions/shared/money.ts';
import { dcmmContent } from './content.ts';

/** An application that was submitted and waits for its review. */
export function submittedApplication(
  content: Content = dcmmContent(),
  overrides: Partial<ApplicationIn<'submitted'>> = {},
): ApplicationIn<'submitted'> {
  const at = '2026-11-23T02:00:00.000Z';
  return {
    status: 'submitted',
    applicationId: newUlid(),
    organisation: content.enterprise.uscc,
    guide: '2026.1',
    version: 2,
    createdAt: at,
    createdBy: 'preparer',
    preparedBy: ['preparer'],
    updatedAt: at,
    content,
    submission: { number: 1, firstAt: at, at, by: 'admin', documents: [], contentHash: 'c'.repeat(64) },
    deciders: {},
    corrections: [],
    scores: {},
    signOffs: {},
    ...overrides,
  };
}

/** An application that was signed off and waits for the duplicate check. */
export function signedOffApplication(
  content: Content = dcmmContent(),
  overrides: Partial<ApplicationIn<'deduplication'>> = {},
): ApplicationIn<'deduplication'> {
  const submitted = submittedApplication(content);
  return {
    ...submitted,
    status: 'deduplication',
    version: 5,
    eligibility: {
      outcome: 'met',
      conditions: [],
      guide: '2026.1',
      inputHash: 'i'.repeat(64),
      at: submitted.updatedAt,
    },
    deciders: { reviewer: 'step-1' },
    signOffAttempt: 1,
    step: 1,
    signedOffFen: fen(45_000_000),
    ...overrides,
  };
}

/** An application that one reviewer has returned: its project name is to be corrected. */
export function returnedApplication(
  correction: Partial<ApplicationIn<'returned'>['corrections'][number]> = {},
): ApplicationIn<'returned'> {
  const { signedOffFen: _, ...signedOff } = signedOffApplication();
  const { updatedAt } = signedOff;
  const asked = {
    round: 1,
    items: [{ path: 'projectName', reason: { zh: '请更正', en: 'please correct it' } }],
    step: 1,
    department: 'gz-miit',
    at: updatedAt,
    dueAt: updatedAt,
    lapsesAt: updatedAt,
    ...correction,
  };
  return { ...signedOff, status: 'returned', corrections: [asked] };
}
