import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema, UlidSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';

/** An award as anybody may read it: no personal data. */
export const PublicAwardSchema = z
  .object({
    applicationId: UlidSchema,
    organisationName: z.string(),
    item: SlugSchema,
    title: BilingualSchema,
    clause: z.string(),
    awardFen: FenSchema,
    roundId: UlidSchema,
    status: z.enum(['noticed', 'ordered', 'closed']),
    noticedAt: InstantSchema,
  })
  .meta({ id: 'PublicAward' });
