/** Every status of an application, as its life goes (glossary, "application"). */
export const statuses = [
  ...(['draft', 'submitted', 'ineligible', 'sign-off', 'returned', 'lapsed', 'refused'] as const),
  ...(['deduplication', 'adjudication', 'duplicate', 'recognised', 'pooled'] as const),
  ...(['allocated', 'noticed', 'cancelled', 'ordered', 'closed', 'withdrawn'] as const),
] as const;
export type Status = (typeof statuses)[number];

/** Where in the course of an application somebody acted; nobody decides in two of them. */
export type Stage =
  | `step-${number}`
  | `reopening-${number}`
  | 'eligibility'
  | 'expert'
  | 'adjudication'
  | 'allocation'
  | 'objection'
  | 'order'
  | 'clawback';
