import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { ApplicationIdSchema, ObjectionIdSchema, RoundIdSchema } from '../../shared/vocabulary.ts';
import { EvidenceSchema, objectionKinds, type StatedProposal } from './objection.ts';

const outcomes = [
  'dismissed',
  'upheld',
  'changed',
  'inadmissible',
  'merged',
] as const satisfies readonly StatedProposal['outcome'][];

const ProposalSchema = z.object({
  outcome: z.enum(outcomes),
  amountFen: FenSchema.optional().meta({ description: 'With `changed`: what the award is lowered to' }),
  into: ObjectionIdSchema.optional().meta({ description: 'With `merged`: with which one it is answered' }),
  reason: BilingualSchema,
  citation: z.string(),
  by: z.string(),
  at: InstantSchema,
});

export const ObjectionViewSchema = z
  .object({
    objectionId: ObjectionIdSchema,
    kind: z.enum(objectionKinds).meta({
      description: 'Against an award under notice, of how it was handled, or of wrongdoing',
    }),
    admitted: z
      .boolean()
      .meta({ description: 'Whether an officer has admitted it; until then it is screened' }),
    applicationId: ApplicationIdSchema,
    roundId: RoundIdSchema,
    item: SlugSchema,
    organisationName: z.string(),
    status: z.enum(['screening', 'received', 'proposed', 'decided']),
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
  evidence: z.array(
    EvidenceSchema.extend({
      status: z.enum(['awaited', 'quarantined', 'accepted', 'refused']),
      url: z.url().optional().meta({
        description:
          'Downloads the file for a few minutes, once it was uploaded, inspected, scanned and found sound',
      }),
      reason: BilingualSchema.optional().meta({ description: 'Why it was refused' }),
      overdue: z.literal(true).optional().meta({
        description: 'It is being scanned for longer than usual; the operators are told',
      }),
    }),
  ),
}).meta({ id: 'ObjectionDetail' });

/** How an objection stands, for whoever holds its receipt. */
export const ObjectionStandingSchema = z.object({
  objectionId: ObjectionIdSchema,
  receivedAt: InstantSchema,
  dueAt: InstantSchema,
  status: z.enum(['screening', 'received', 'decided']),
  outcome: z.enum(outcomes).optional(),
  reason: BilingualSchema.optional(),
  decidedAt: InstantSchema.optional(),
});
