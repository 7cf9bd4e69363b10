import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { ApplicationIdSchema, RoundIdSchema } from '../../shared/vocabulary.ts';

/** An award as anybody may read it: no personal data. */
export const PublicAwardSchema = z
  .object({
    applicationId: ApplicationIdSchema,
    organisationName: z.string(),
    item: SlugSchema,
    title: BilingualSchema,
    clause: z.string(),
    awardFen: FenSchema,
    roundId: RoundIdSchema,
    status: z.enum(['noticed', 'ordered', 'closed']),
    noticedAt: InstantSchema,
  })
  .meta({ id: 'PublicAward' });
