import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { ApplicationIdSchema, ObjectionIdSchema, RoundIdSchema } from '../../shared/vocabulary.ts';
import { EvidenceSchema, ObjectorSchema } from './objection.ts';

const ProposalSchema = z.object({
  outcome: z.enum(['dismissed', 'upheld', 'changed']),
  amountFen: FenSchema.optional().meta({ description: 'With `changed`: what the award is lowered to' }),
  reason: BilingualSchema,
  citation: z.string(),
  by: z.string(),
  at: InstantSchema,
});

export const ObjectionViewSchema = z
  .object({
    objectionId: ObjectionIdSchema,
    applicationId: ApplicationIdSchema,
    roundId: RoundIdSchema,
    item: SlugSchema,
    organisationName: z.string(),
    status: z.enum(['received', 'proposed', 'decided']),
    receivedAt: InstantSchema,
    dueAt: InstantSchema,
    grounds: BilingualSchema,
    exOfficio: z.boolean().meta({ description: 'The system itself objects' }),
    returned: z.array(z.object({ by: z.string(), at: InstantSchema, reason: z.string() })).optional(),
    proposal: ProposalSchema.optional(),
    decision: z.object({ by: z.string(), at: InstantSchema }).optional(),
  })
  .meta({ id: 'Objection' });

export const ObjectionDetailSchema = ObjectionViewSchema.extend({
  objector: ObjectorSchema.optional(),
  evidence: z.array(
    EvidenceSchema.extend({
      url: z.url().meta({ description: 'Opens the file for a few minutes, once uploaded' }),
    }),
  ),
}).meta({ id: 'ObjectionDetail' });

/** How an objection stands, for whoever holds its receipt. */
export const ObjectionStandingSchema = z.object({
  objectionId: ObjectionIdSchema,
  receivedAt: InstantSchema,
  dueAt: InstantSchema,
  status: z.enum(['received', 'decided']),
  outcome: z.enum(['dismissed', 'upheld', 'changed']).optional(),
  reason: BilingualSchema.optional(),
  decidedAt: InstantSchema.optional(),
});
