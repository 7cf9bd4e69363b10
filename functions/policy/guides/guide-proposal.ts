import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';
import type { Guide } from './guide-schema.ts';
import type { GuideHeader } from './policy-book.ts';

const proposed = {
  proposalId: z.string().min(1),
  /** SHA-256 of all that is proposed: the guide, its effect, the cause, what it is compared with, and by whom. */
  contentHash: z.string(),
  /** SHA-256 of the guide's canonical JSON, amounts in fen. */
  guideHash: z.string(),
  guide: z.custom<GuideHeader>(),
  itemIds: z.array(z.string()),
  /** From when it counts. Default: its confirmation. */
  effectiveFrom: InstantSchema.optional(),
  cause: z.string().min(1),
  /** The newest publication when it was proposed, and the versions that it would stand beside or follow. */
  comparedWith: z.object({ newest: z.string(), versions: z.array(z.string()) }),
  proposedBy: z.string().min(1),
  proposedAt: InstantSchema,
};
const decided = { by: z.string().min(1), at: InstantSchema };

/** A guide that an operator wants published, until a second person does so or refuses it; kept for good. */
export const GuideProposalSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('proposed'), ...proposed }),
  z.object({ status: z.literal('confirmed'), ...proposed, decision: z.object(decided) }),
  z.object({
    status: z.literal('refused'),
    ...proposed,
    decision: z.object({ ...decided, reason: z.string().min(1) }),
  }),
]);
export type GuideProposal = z.output<typeof GuideProposalSchema>;
export type GuideProposalIn<S extends GuideProposal['status']> = Extract<GuideProposal, { status: S }>;

/** A proposal with the whole guide. */
export type WholeProposal<P extends GuideProposal = GuideProposal> = {
  readonly proposal: P;
  readonly guide: Guide;
};
