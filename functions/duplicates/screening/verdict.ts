import * as z from 'zod';
import { suspicionRules } from '../../filing/applications/suspicion.ts';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';

/** What an adjudicator decided about a pair, for good. */
export const VerdictSchema = z.object({
  id: z.string(),
  verdict: z.enum(['duplicate', 'not-duplicate', 'top-up']),
  /** What the other side was paid of the same matter, where the rest may still be paid. */
  paidFen: FenSchema.optional(),
  /** Why it departs from the record or from what the law decides, and which other adjudicator first said so. */
  departure: z.object({ reason: BilingualSchema, by: z.string() }).optional(),
  rule: z.enum(suspicionRules),
  probability: z.int().optional(),
  reason: BilingualSchema,
  by: z.string(),
  at: InstantSchema,
  applicationId: z.string(),
});
export type Verdict = z.output<typeof VerdictSchema>;
