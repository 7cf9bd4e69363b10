import * as z from 'zod';
import { DateSchema, InstantSchema } from '../../shared/schemas.ts';
import { OrganisationCodeSchema } from '../../shared/vocabulary.ts';

/** How an enterprise stands on the list of serious dishonesty, as it is recorded. */
export const CreditListingSchema = z.object({
  uscc: OrganisationCodeSchema,
  listed: z.boolean(),
  /** Day from which it is so, by the source. */
  since: DateSchema,
  /** Where it is published. */
  source: z.string(),
  version: z.int().min(1),
  at: InstantSchema,
  by: z.string(),
  /** The second person; listings of earlier versions lack one. */
  confirmedBy: z.string().optional(),
});
export type CreditListing = z.output<typeof CreditListingSchema>;
