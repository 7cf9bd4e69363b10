import * as z from 'zod';
import { CounterpartSchema, type Suspicion } from '../../filing/applications/suspicion.ts';
import { ApplicationIdSchema, worded } from '../../shared/vocabulary.ts';
import { DuplicateCheckSchema } from '../screening/duplicate-check.ts';

const [AwardSchema] = CounterpartSchema.options;

/** A duplicate check as the applicant sees it. */
export const ShownDuplicateCheckSchema = DuplicateCheckSchema.pick({ submission: true, at: true })
  .extend({
    outcome: DuplicateCheckSchema.shape.outcome.exclude(['held']),
    registryVersion: z.int().meta({
      description: 'What the registry of awards held then: the number of its changes',
    }),
    tests: z.array(DuplicateCheckSchema.shape.tests.element.omit({ compared: true })),
    findings: z.array(
      z.object({
        test: worded<Suspicion['rule']>(z.string()),
        finding: z.enum(['duplicate', 'suspected', 'topped-up']),
        award: AwardSchema.pick({ scheme: true, awardId: true, level: true, year: true, projectName: true })
          .optional()
          .meta({ description: 'Public data of another scheme' }),
        applicationId: ApplicationIdSchema.optional().meta({ description: 'An application of your own' }),
      }),
    ),
  })
  .meta({ id: 'ShownDuplicateCheck' });
