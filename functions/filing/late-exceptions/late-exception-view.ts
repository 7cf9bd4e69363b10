import * as z from 'zod';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { ApplicationIdSchema } from '../../shared/vocabulary.ts';
import { type LateException, LateExceptionSchema, LateTermsSchema } from './late-exception.ts';

const proposal = LateExceptionSchema.options[0].shape;

export const LateExceptionViewSchema = LateTermsSchema.extend({
  exceptionId: proposal.exceptionId,
  status: z.enum(['proposed', 'confirmed', 'refused']),
  contentHash: proposal.contentHash.meta({ description: 'What a decision names' }),
  proposedBy: proposal.proposedBy,
  proposedAt: proposal.proposedAt,
  stands: z
    .object({ guide: z.string(), closesAt: InstantSchema })
    .optional()
    .meta({ description: 'The guide and the closing that hold for everybody now' }),
  decision: z.object({ by: z.string(), at: InstantSchema, reason: z.string().optional() }).optional(),
  used: z
    .object({ applicationId: ApplicationIdSchema, at: InstantSchema })
    .optional()
    .meta({ description: 'What was submitted under it' }),
}).meta({ id: 'LateException' });

/** What operators and auditors see of an exception, beside what stands without it. */
export async function lateExceptionView(
  policy: PolicyBook,
  exception: LateException,
): Promise<z.input<typeof LateExceptionViewSchema>> {
  const window = (await policy.latestWindows()).get(exception.item);
  return {
    ...exception,
    ...(window && { stands: { guide: window.guide, closesAt: window.window.closesAt } }),
  };
}
