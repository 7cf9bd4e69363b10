import * as z from 'zod';
import { DomainError } from '../shared/errors.ts';
import { contentHash } from '../shared/hash.ts';
import { InstantSchema } from '../shared/schemas.ts';

const proposed = {
  correctionId: z.string(),
  /** Subject of the login that is put right. */
  login: z.string(),
  /** Hash of the identifier that it should have come with; none where the login is closed. */
  to: z.string().optional(),
  reason: z.string(),
  proposedBy: z.string(),
  proposedAt: InstantSchema,
  /** Hash of all that and of the identifier that it came with. */
  contentHash: z.string(),
};

/** That a login came with the wrong identifier, or is to be used no more, and what a second person decided. */
export const CorrectionSchema = z.object({
  ...proposed,
  status: z.enum(['proposed', 'confirmed', 'refused']),
  decided: z.object({ by: z.string(), at: InstantSchema, reason: z.string().optional() }).optional(),
});
export type Correction = z.output<typeof CorrectionSchema>;

export type CorrectionDecision =
  | { readonly outcome: 'confirm'; readonly contentHash: string }
  | { readonly outcome: 'refuse'; readonly contentHash: string; readonly reason: string };

/** A correction that waits for a second person. @param reference hash of the identifier that the login came with. */
export function proposedCorrection(
  reference: string,
  content: Omit<Correction, 'status' | 'decided' | 'contentHash'>,
): Correction {
  return { ...content, contentHash: contentHash({ reference, ...content }), status: 'proposed' };
}

/**
 * A correction after a second person's decision; decided so before by the same one, it is the same.
 * @param concerned ids of the people whose logins it is about.
 * @throws DomainError version-mismatch; same-person for whoever proposed it or whom it is about; not-in-this-state.
 */
export function decidedCorrection(
  correction: Correction,
  decision: CorrectionDecision,
  { by, at }: { readonly by: string; readonly at: string },
  concerned: readonly (string | undefined)[],
): Correction {
  if (correction.contentHash !== decision.contentHash) throw new DomainError('version-mismatch');
  if (correction.proposedBy === by || concerned.includes(by)) throw new DomainError('same-person');
  const status = decision.outcome === 'confirm' ? 'confirmed' : 'refused';
  const reason = decision.outcome === 'refuse' ? decision.reason : undefined;
  if (correction.status !== 'proposed') {
    const { decided } = correction;
    if (correction.status === status && decided?.by === by && decided.reason === reason) return correction;
    throw new DomainError('not-in-this-state');
  }
  return { ...correction, status, decided: { by, at, ...(reason !== undefined && { reason }) } };
}
