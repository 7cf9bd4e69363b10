import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { ApplicationIdSchema, KnownOrganisationSchema, PoolIdSchema } from '../../shared/vocabulary.ts';

/** An application that waits in a pool for money: everything the allocation depends on, fixed when it entered. */
export const CandidateSchema = z.object({
  applicationId: ApplicationIdSchema,
  poolId: PoolIdSchema,
  organisation: KnownOrganisationSchema,
  organisationName: z.string(),
  /** Enterprises that it continues, if there are any: an interest in one of them is an interest in the application. */
  predecessors: z.array(KnownOrganisationSchema).optional(),
  item: SlugSchema,
  /** The most that may be awarded, cut down to the pool's unit. */
  ceilingFen: FenSchema,
  submittedAt: InstantSchema,
  /** Content hash of the submission that was signed off. */
  contentHash: z.string(),
  /** Who prepared it or decided on it in an earlier stage: they decide on no round that it takes part in. */
  deciders: z.array(z.string()).min(1),
  /** Whether the guide asks that the enterprise is not on the list of serious dishonesty. */
  asksCredit: z.boolean().optional(),
  /** Expert score, for pools that rank; without one a candidate stands last. */
  score: z.int().optional(),
});
export type Candidate = z.output<typeof CandidateSchema>;
