import * as z from 'zod';
import { InstantSchema, SlugSchema, UlidSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { ApplicationIdSchema, KnownOrganisationSchema } from '../../shared/vocabulary.ts';

/** What is proposed: one organisation may apply for one item until an instant, under the guide that has closed it. */
export const LateTermsSchema = z.object({
  organisation: KnownOrganisationSchema,
  item: SlugSchema,
  guide: z.string(),
  /** When that guide closes the item: what the exception departs from. */
  closesAt: InstantSchema,
  until: InstantSchema,
  reason: BilingualSchema,
  citation: z.string(),
});
export type LateTerms = z.output<typeof LateTermsSchema>;

const proposed = {
  exceptionId: UlidSchema,
  ...LateTermsSchema.shape,
  /** Of the terms and who proposed them. */
  contentHash: z.string(),
  proposedBy: z.string(),
  proposedAt: InstantSchema,
};
const decided = { by: z.string(), at: InstantSchema };

/** An exception from a closing, until a second operator confirms or refuses it; kept for good. */
export const LateExceptionSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('proposed'), ...proposed }),
  z.object({
    status: z.literal('confirmed'),
    ...proposed,
    decision: z.object({ ...decided, reason: z.string().optional() }),
    /** The application that was submitted under it: there is one. */
    used: z.object({ applicationId: ApplicationIdSchema, at: InstantSchema }).optional(),
  }),
  z.object({
    status: z.literal('refused'),
    ...proposed,
    decision: z.object({ ...decided, reason: z.string() }),
  }),
]);
export type LateException = z.output<typeof LateExceptionSchema>;
export type LateExceptionIn<S extends LateException['status']> = Extract<LateException, { status: S }>;

/** What an organisation is told of an exception once it is confirmed. */
export const LateAllowedSchema = LateTermsSchema.pick({
  organisation: true,
  item: true,
  guide: true,
  until: true,
}).extend({ exceptionId: UlidSchema, at: InstantSchema });
export type LateAllowed = z.output<typeof LateAllowedSchema>;
