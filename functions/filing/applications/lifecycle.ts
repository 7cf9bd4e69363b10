import type { ApplicationIn } from './application.ts';
import type { Status } from './status.ts';

/**
 * The only ways from one status to another. The store repeats the status a transition starts from as the condition of
 * its write.
 */
export const transitions = {
  draft: ['draft', 'submitted', 'withdrawn'],
  submitted: ['submitted', 'ineligible', 'sign-off', 'deduplication', 'withdrawn'],
  ineligible: [],
  'sign-off': ['sign-off', 'refused', 'returned', 'deduplication', 'withdrawn'],
  returned: ['returned', 'submitted', 'lapsed', 'withdrawn'],
  lapsed: ['lapsed', 'returned'],
  refused: [],
  deduplication: ['deduplication', 'adjudication', 'duplicate', 'recognised', 'pooled', 'withdrawn'],
  adjudication: ['adjudication', 'deduplication', 'withdrawn'],
  duplicate: [],
  recognised: [],
  pooled: ['pooled', 'allocated', 'duplicate', 'withdrawn'],
  allocated: ['allocated', 'noticed', 'duplicate', 'withdrawn'],
  noticed: ['noticed', 'ordered', 'cancelled', 'duplicate', 'withdrawn'],
  ordered: ['ordered', 'closed'],
  // Money that the bank sends back is to be paid again.
  closed: ['closed', 'ordered'],
  cancelled: [],
  withdrawn: [],
} as const satisfies Record<Status, readonly Status[]>;

/** Whether the applicant may still withdraw. */
export function isWithdrawable(status: Status): boolean {
  return (transitions[status] as readonly Status[]).includes('withdrawn');
}

/** Whether an objection to its award is still to be decided. */
export function isObjectedTo({ openObjections = [] }: ApplicationIn<'noticed'>): boolean {
  return openObjections.length > 0;
}
