import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { ApplicationIdSchema, KnownOrganisationSchema, RoundIdSchema } from '../../shared/vocabulary.ts';

/** An award as anybody may read it: no personal data. */
export const PublicAwardSchema = z
  .object({
    applicationId: ApplicationIdSchema,
    organisation: KnownOrganisationSchema.optional().meta({ description: 'Unified social credit code' }),
    organisationName: z.string(),
    item: SlugSchema,
    projectName: z.string().optional(),
    title: BilingualSchema,
    clause: z.string(),
    awardFen: FenSchema,
    roundId: RoundIdSchema,
    status: z.enum(['noticed', 'notice-ended', 'ordered', 'closed', 'cancelled']).meta({
      description: 'Under notice, past it, ordered, paid in full, or taken back after its notice began',
    }),
    noticedAt: InstantSchema,
    closesAt: InstantSchema.optional().meta({ description: 'When the notice ends; objections come before' }),
  })
  .meta({ id: 'PublicAward' });
