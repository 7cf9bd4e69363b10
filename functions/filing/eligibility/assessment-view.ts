import * as z from 'zod';
import { ProblemSchema } from '../../shared/problem.ts';
import { SlugSchema } from '../../shared/schemas.ts';
import { CeilingSchema, EligibilityResultSchema } from '../applications/eligibility-result.ts';

/** What a submission would meet as things stand. */
export const AssessmentSchema = z
  .object({
    item: SlugSchema,
    eligibility: EligibilityResultSchema,
    ceiling: CeilingSchema.optional().meta({
      description: 'The most that could be paid, and every limit it comes from; absent where no money is',
    }),
    faults: ProblemSchema.shape.errors.unwrap().meta({
      description: 'Facts that are missing or not as asked: conditions on them stay undecided',
    }),
    faultsLeftOut: ProblemSchema.shape.errorsLeftOut,
  })
  .meta({ id: 'Assessment' });
