import * as z from 'zod';
import { ActorReferenceSchema } from '../../shared/actor.ts';
import { ReasonSchema } from '../../shared/text.ts';

/** One row for each change of an application; it is never changed, and each is linked to the one before. */
export const HistoryRowSchema = z.object({
  version: z.int(),
  at: z.string(),
  actor: ActorReferenceSchema,
  event: z.string(),
  /** Stage of the review, e.g. `step-1`. */
  stage: z.string().optional(),
  /** Department that acted. */
  department: z.string().optional(),
  /** Hash of what a decision was based on. */
  basisHash: z.string().optional(),
  from: z.string().optional(),
  to: z.string(),
  reasons: z.array(ReasonSchema).optional(),
  note: z.string().optional(),
  /** Guide version that governed the application. */
  guide: z.string(),
  /** Hash of the row before, see `history-chain.ts`. */
  previous: z.string(),
  /** Hash of everything else in the row. */
  hash: z.string(),
});
export type HistoryRow = z.output<typeof HistoryRowSchema>;

/** What a transition adds to the history beside what the store itself knows. */
export type HistoryNote = Omit<HistoryRow, 'version' | 'from' | 'to' | 'guide' | 'previous' | 'hash'>;
