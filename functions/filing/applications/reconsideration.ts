import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { DepartmentIdSchema } from '../../shared/vocabulary.ts';

/** The reconsideration of a refusal (glossary, "reconsideration"): until when it may be asked for, and what came of it. */
export const ReconsiderationSchema = z.object({
  /** The lead department that decides it, by people who had no part in the application. */
  department: DepartmentIdSchema,
  /** Where the days are given. */
  citation: z.string(),
  askBefore: InstantSchema,
  /** Once for each refusal. */
  asked: z
    .object({
      grounds: z.string(),
      by: z.string(),
      at: InstantSchema,
      taskId: z.string(),
      dueAt: InstantSchema,
    })
    .optional(),
  /** The refusal stands. */
  upheld: z
    .object({ reason: BilingualSchema, citation: z.string(), by: z.string(), at: InstantSchema })
    .optional(),
});
export type Reconsideration = z.output<typeof ReconsiderationSchema>;
