import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { DateSchema, InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import {
  ApplicationIdSchema,
  ClawbackIdSchema,
  KnownOrganisationSchema,
  PoolIdSchema,
} from '../../shared/vocabulary.ts';

const identity = {
  clawbackId: ClawbackIdSchema,
  applicationId: ApplicationIdSchema,
  organisation: KnownOrganisationSchema,
  organisationName: z.string(),
  item: SlugSchema,
  poolId: PoolIdSchema,
  amountFen: FenSchema,
  reason: z.string(),
  /** Clause of the notice, or place in the guide. */
  citation: z.string(),
  version: z.int().min(1),
  /** Hash of the newest history row: the store links the next one to it. */
  historyHash: z.string().optional(),
  createdAt: InstantSchema,
  proposedBy: z.string().min(1),
};
const decision = z.object({ by: z.string().min(1), at: InstantSchema });
const demanded = {
  ...identity,
  decision,
  /** When what is demanded has to be back. */
  dueAt: InstantSchema,
  recoveredFen: FenSchema,
};

/** Money that an enterprise has to pay back (glossary, "clawback"): demanded once a second person agreed. */
export const ClawbackSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('proposed'), ...identity }),
  z.object({ status: z.literal('refused'), ...identity, decision: decision.extend({ reason: z.string() }) }),
  z.object({ status: z.literal('demanded'), ...demanded }),
  z.object({ status: z.literal('partly-recovered'), ...demanded }),
  z.object({ status: z.literal('recovered'), ...demanded }),
]);
export type Clawback = z.output<typeof ClawbackSchema>;
export type ClawbackIn<S extends Clawback['status']> = Extract<Clawback, { status: S }>;

/** Money that came back, known by the bank's reference. */
export const ReceiptSchema = z.object({ reference: z.string(), amountFen: FenSchema, date: DateSchema });
export type Receipt = z.output<typeof ReceiptSchema>;

/** What is still to come back, in fen: nothing before it is demanded. */
export function outstandingFen(clawback: Clawback): number {
  return 'dueAt' in clawback ? clawback.amountFen - clawback.recoveredFen : 0;
}

/** Whether what is demanded should have been back by an instant. No task makes it so: it follows from the date. */
export function isOverdue(clawback: Clawback, now: Date): boolean {
  return outstandingFen(clawback) > 0 && 'dueAt' in clawback && now >= new Date(clawback.dueAt);
}
