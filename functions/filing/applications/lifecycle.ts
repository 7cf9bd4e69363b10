import type { ObjectionId } from '../../shared/vocabulary.ts';

/** Every status of an application, as its life goes (glossary, "application"). */
export const statuses = [
  ...(['draft', 'submitted', 'ineligible', 'sign-off', 'returned', 'lapsed', 'refused'] as const),
  ...(['deduplication', 'adjudication', 'duplicate', 'recognised', 'pooled'] as const),
  ...(['allocated', 'noticed', 'cancelled', 'ordered', 'closed', 'withdrawn', 'deleted'] as const),
] as const;
export type Status = (typeof statuses)[number];

/**
 * The only ways from one status to another. The store repeats the status a transition starts from as the condition of
 * its write.
 */
export const transitions = {
  draft: ['draft', 'submitted', 'withdrawn', 'deleted'],
  submitted: ['submitted', 'ineligible', 'sign-off', 'deduplication', 'withdrawn'],
  ineligible: ['deleted'],
  'sign-off': ['sign-off', 'refused', 'returned', 'deduplication', 'withdrawn'],
  returned: ['returned', 'submitted', 'lapsed', 'withdrawn'],
  lapsed: ['lapsed', 'returned', 'deleted'],
  refused: ['refused', 'sign-off', 'deleted'],
  deduplication: ['deduplication', 'adjudication', 'duplicate', 'recognised', 'pooled', 'withdrawn'],
  adjudication: ['adjudication', 'deduplication', 'withdrawn'],
  duplicate: ['deleted'],
  recognised: [],
  pooled: ['pooled', 'allocated', 'duplicate', 'withdrawn'],
  allocated: ['allocated', 'noticed', 'duplicate', 'withdrawn'],
  noticed: ['noticed', 'ordered', 'cancelled', 'duplicate', 'withdrawn'],
  ordered: ['ordered', 'closed'],
  // Money that the bank sends back is to be paid again.
  closed: ['closed', 'ordered'],
  cancelled: ['cancelled', 'deduplication'],
  withdrawn: ['deleted'],
  deleted: [],
} as const satisfies Record<Status, readonly Status[]>;

/** Whether the applicant may still withdraw. */
export function isWithdrawable(status: Status): boolean {
  return (transitions[status] as readonly Status[]).includes('withdrawn');
}

/** Whether an objection to its award is still to be decided. */
export function isObjectedTo({
  openObjections = [],
}: {
  readonly openObjections?: readonly ObjectionId[] | undefined;
}): boolean {
  return openObjections.length > 0;
}

/** Where in the course of an application somebody acted; nobody decides in two of them. */
export type Stage =
  | `step-${number}`
  | `reopening-${number}`
  | `reconsideration-${number}`
  | 'eligibility'
  | 'expert'
  | 'adjudication'
  | 'allocation'
  | 'objection'
  | 'order'
  | 'payment'
  | 'clawback';
