import * as z from 'zod';
import type { FactDefinition } from '../../policy/guides/guide-schema.ts';
import { FactValueSchema, InstantSchema, InvitationIdSchema, SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';

// Written out here, since the schemas of the policy would cost every cold start their making.
const factTypes = [
  'money',
  'integer',
  'date',
  'text',
  'enum',
  'boolean',
  'list',
] as const satisfies readonly FactDefinition['type'][];

export const PointsSchema = z.record(SlugSchema, z.int().min(0)).meta({ description: 'Points by criterion' });

/** An expert's score as it is kept. */
export const ScoreViewSchema = z.object({
  points: PointsSchema,
  total: z.int(),
  at: InstantSchema,
  standing: z
    .boolean()
    .meta({ description: 'False when a correction has changed what it was given for: it does not count' }),
});

export const summary = {
  invitationId: InvitationIdSchema,
  item: SlugSchema,
  status: z.enum(['open', 'scored', 'declined', 'revoked']),
  invitedAt: InstantSchema,
};

export const InvitationViewSchema = z.object(summary).meta({ id: 'Invitation' });

export const InvitationDetailSchema = InvitationViewSchema.extend({
  title: BilingualSchema,
  blind: z.boolean().meta({ description: 'Names and codes of the organisation are kept from the expert' }),
  criteria: z.array(z.object({ id: SlugSchema, title: BilingualSchema, points: z.int() })),
  organisationName: z.string().optional(),
  projectName: z
    .string()
    .optional()
    .meta({ description: 'Absent where the review is blind and it names the organisation' }),
  facts: z
    .array(
      z.object({
        id: z.string(),
        title: BilingualSchema,
        type: z.enum(factTypes),
        value: FactValueSchema.optional(),
        hidden: z.boolean().optional().meta({ description: 'Its value names the organisation' }),
      }),
    )
    .meta({ description: 'None once the application has left the sign-off, or the invitation has ended' }),
  documents: z.array(
    z.object({
      material: SlugSchema,
      fileName: z.string(),
      contentType: z.string(),
      bytes: z.int(),
      url: z.url().meta({ description: 'Opens the file for a few minutes' }),
    }),
  ),
  contentHash: z.string().optional().meta({ description: 'What a score of this is sent with' }),
  score: ScoreViewSchema.optional(),
  comment: z.string().optional(),
}).meta({ id: 'InvitationDetail' });
