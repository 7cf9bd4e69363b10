import * as z from 'zod';
import { InstantSchema } from '../../shared/schemas.ts';

/** An expert's score: the sum of the points given, and what it was based on. */
export const ExpertScoreSchema = z.object({
  points: z.record(z.string(), z.int().min(0)),
  total: z.int().min(0),
  at: InstantSchema,
  submission: z.int(),
  contentHash: z.string(),
});

export type ExpertScore = z.output<typeof ExpertScoreSchema>;
