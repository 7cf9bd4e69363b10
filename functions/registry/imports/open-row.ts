import * as z from 'zod';
import { AwardSchema } from '../../filing/applications/award.ts';
import { InstantSchema, ReasonTextSchema } from '../../shared/schemas.ts';
import { OrganisationCodeSchema } from '../../shared/vocabulary.ts';

export const NameCandidateSchema = z
  .object({
    uscc: OrganisationCodeSchema,
    name: z.string(),
    likeness: z.enum(['same', 'alike']).meta({
      description:
        'same: the name differs in its writing only; alike: in the form of organisation or a region too',
    }),
  })
  .meta({ id: 'NameCandidate' });

/** A row of a file whose enterprise is left for a person to find out, and what somebody decided. */
export const OpenRowSchema = z
  .object({
    row: z.int().meta({ description: 'By which it is decided on: of sheets behind the first, counted on' }),
    sheet: z.string().optional(),
    award: AwardSchema.omit({ uscc: true, awardId: true }).meta({ description: 'As the row tells it' }),
    candidates: z
      .array(NameCandidateSchema)
      .meta({ description: 'Enterprises of the registry that it may be' }),
    status: z
      .enum(['open', 'taken', 'left'])
      .meta({ description: 'taken: imported with the code that was decided; left: not imported' }),
    decision: z
      .object({
        uscc: OrganisationCodeSchema.optional(),
        reason: z.string(),
        by: z.string(),
        at: InstantSchema,
        became: z
          .enum(['imported', 'unchanged', 'repeated'])
          .optional()
          .meta({ description: 'repeated: another row of the file gives the same award, and counts' }),
      })
      .optional(),
  })
  .meta({ id: 'OpenImportRow' });
export type OpenRow = z.output<typeof OpenRowSchema>;

/** What a person decides about such a row: whose it is, or that it is not imported. */
export const RowDecisionSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('take'),
    uscc: OrganisationCodeSchema,
    confirmUscc: z
      .boolean()
      .default(false)
      .meta({ description: 'Takes a code whose check character does not fit' }),
    reason: ReasonTextSchema,
  }),
  z.strictObject({ outcome: z.literal('leave'), reason: ReasonTextSchema }),
]);
export type RowDecision = z.output<typeof RowDecisionSchema>;
