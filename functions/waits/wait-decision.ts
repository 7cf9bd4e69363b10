import type { Application } from '../filing/applications/application.ts';
import { isObjectedTo } from '../filing/applications/lifecycle.ts';
import { correctionOutcome } from '../review/sign-off/correction-decision.ts';

/**
 * What an application can wait for after its sign-off, by the names that the state machine gives: what has become of it
 * as it stands, or undefined while it goes on waiting.
 */
export const outcomeOf = {
  /** The applicant's correction of a submission. */
  correction: (application, submission) => correctionOutcome(application, submission),
  /** The verdict on a case. */
  adjudication: (application) => {
    if (application.status === 'withdrawn') return 'withdrawn';
    const waits = application.status === 'adjudication' || ('hold' in application && application.hold);
    return waits ? undefined : 'decided';
  },
  /** An award of a budget round. */
  allocation: ({ status }) => {
    if (status === 'pooled') return undefined;
    return status === 'withdrawn' ? 'withdrawn' : 'allocated';
  },
  /** The decision on the last objection. */
  objections: (application) =>
    application.status === 'noticed' && isObjectedTo(application) ? undefined : 'decided',
  /** The order, and the last payment on it. */
  payment: ({ status }) => (status === 'noticed' || status === 'ordered' ? undefined : status),
} as const satisfies Record<string, (application: Application, submission: number) => string | undefined>;

export type Wait = keyof typeof outcomeOf;
export const waitNames = [
  'correction',
  'adjudication',
  'allocation',
  'objections',
  'payment',
] as const satisfies readonly Wait[];
