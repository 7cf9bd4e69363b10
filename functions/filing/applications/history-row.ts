import * as z from 'zod';
import { ActorReferenceSchema } from '../../shared/actor.ts';
import { ReasonSchema } from '../../shared/text.ts';
import { KnownDepartmentSchema, listed, worded } from '../../shared/vocabulary.ts';
import { type Stage, statuses } from './lifecycle.ts';

/** Everything that can happen to an application, as its history names it. */
export const applicationEvents = [
  ...([
    'created',
    'copied',
    'edited',
    'deleted',
    'submitted',
    'corrected',
    'withdrawn',
    'review-failed',
  ] as const),
  ...(['handover-offered', 'handed-over', 'erased'] as const),
  ...(['found-eligible', 'found-ineligible'] as const),
  ...([
    'recommended',
    'opined',
    'signed-off',
    'refused',
    'abstained',
    'returned',
    'sign-off-expired',
  ] as const),
  ...(['correction-warned', 'lapsed', 'reopening-requested', 'reopening-refused', 'reopened'] as const),
  ...(['reconsideration-requested', 'refusal-upheld', 'refusal-overturned'] as const),
  ...(['expert-invited', 'invitation-revoked', 'expert-declined', 'expert-scored'] as const),
  ...([
    'suspected',
    'adjudication-proposed',
    'adjudicated',
    'ceiling-lowered',
    'found-duplicate',
    'registry-changed',
    'held',
    'pooled',
    'recognised',
  ] as const),
  ...([
    'allocated',
    'notice-opened',
    'objected-to',
    'objection-dismissed',
    'award-lowered',
    'cancelled',
  ] as const),
  ...(['notice-ended', 'ordered', 'paid', 'partly-paid', 'payment-returned'] as const),
  ...(['payment-disputed', 'payment-dispute-decided'] as const),
  ...(['clawback-demanded', 'clawback-received'] as const),
] as const;
export type ApplicationEvent = (typeof applicationEvents)[number];

/** One row for each change of an application; it is never changed, and each is linked to the one before. */
export const HistoryRowSchema = z.object({
  version: z.int(),
  at: z.string(),
  actor: ActorReferenceSchema,
  event: listed(applicationEvents),
  /** Stage of the review, e.g. `step-1`. */
  stage: worded<Stage>(z.string()).optional(),
  /** Department that acted. */
  department: KnownDepartmentSchema.optional(),
  /** Hash of what a decision was based on. */
  basisHash: z.string().optional(),
  from: listed(statuses).optional(),
  to: listed(statuses),
  reasons: z.array(ReasonSchema).optional(),
  note: z.string().optional(),
  /** Guide version that governed the application. */
  guide: z.string(),
  /** Hash of the row before, see `history.ts`. */
  previous: z.string(),
  /** Hash of everything else in the row. */
  hash: z.string(),
});
export type HistoryRow = z.output<typeof HistoryRowSchema>;

/** What a transition adds to the history beside what the store itself knows. */
export type HistoryNote = Omit<HistoryRow, 'version' | 'from' | 'to' | 'guide' | 'previous' | 'hash'>;
