import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { DepartmentIdSchema } from '../../shared/vocabulary.ts';

/** What has to be corrected, why, and until when. */
export const CorrectionSchema = z.object({
  round: z.int().min(1),
  items: z
    .array(
      z.object({
        /** `facts.<id>`, `documents.<material>`, `enterprise`, `projectName`, `direction` or `requestedFen`. */
        path: z.string(),
        reason: BilingualSchema,
        citation: z.string().optional(),
      }),
    )
    .min(1),
  step: z.int().min(1),
  department: DepartmentIdSchema,
  at: InstantSchema,
  /** What the applicant is held to. */
  dueAt: InstantSchema,
  /** When the application lapses: `dueAt`, or the end of the guide's grace. */
  lapsesAt: InstantSchema,
  /** When the applicant is warned, if the guide says so. */
  warnAt: InstantSchema.optional(),
  warnedAt: InstantSchema.optional(),
  correctedAt: InstantSchema.optional(),
});

export type Correction = z.output<typeof CorrectionSchema>;
