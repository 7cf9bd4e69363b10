import * as z from 'zod';
import { statuses } from '../../filing/applications/lifecycle.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { ApplicationIdSchema, KnownOrganisationSchema, listed } from '../../shared/vocabulary.ts';

const StatedSchema = z.object({ reason: z.string(), by: z.string(), at: InstantSchema });

/** What operators see of an application that lapsed. */
export const ReopeningViewSchema = z
  .object({
    applicationId: ApplicationIdSchema,
    status: listed(statuses),
    item: SlugSchema,
    organisation: KnownOrganisationSchema,
    organisationName: z.string(),
    dueAt: InstantSchema.optional().meta({ description: 'When the last correction is or was due' }),
    lapsesAt: InstantSchema.optional(),
    request: StatedSchema.optional(),
    refusal: StatedSchema.optional(),
    reopenings: z.array(StatedSchema.extend({ approvedBy: z.string(), approvedAt: InstantSchema })),
  })
  .meta({ id: 'Reopening' });
