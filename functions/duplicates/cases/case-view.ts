import * as z from 'zod';
import { AdjudicationSchema } from '../../filing/applications/application.ts';
import { ContentSchema } from '../../filing/applications/content.ts';
import { SuspicionSchema } from '../../filing/applications/suspicion.ts';
import { TaskViewSchema } from '../../review/tasks/task-view.ts';
import { SlugSchema } from '../../shared/schemas.ts';
import { VerdictSchema } from '../screening/verdict.ts';

const DocumentSchema = z.object({
  material: SlugSchema,
  fileName: z.string(),
  contentType: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  url: z.url().meta({ description: 'Opens the file for a few minutes' }),
});

/** A case with both sides of every pair. */
export const CaseSchema = TaskViewSchema.extend({
  held: z
    .boolean()
    .meta({ description: 'Found after the application had entered its pool: its order waits' }),
  mode: z.enum(['bar', 'top-up']).meta({
    description: 'What the guide makes of one matter: with `bar` nothing is topped up',
  }),
  proposal: AdjudicationSchema.shape.proposal
    .unwrap()
    .omit({ hash: true })
    .optional()
    .meta({ description: 'What another adjudicator decided that departs from a record or the law' }),
  content: ContentSchema,
  documents: z.array(DocumentSchema),
  pairs: z.array(
    SuspicionSchema.extend({
      own: z
        .array(z.object({ text: z.string(), shared: z.boolean() }))
        .meta({ description: "The applicant's project name in pieces, and which the other side has too" }),
      other: z.array(z.object({ text: z.string(), shared: z.boolean() })),
      documents: z
        .array(DocumentSchema)
        .meta({ description: "The other application's; of an award there are none" }),
      decided: VerdictSchema.pick({ verdict: true, paidFen: true, reason: true, at: true })
        .optional()
        .meta({ description: 'How the pair was decided before: no other verdict on it is taken' }),
    }),
  ),
}).meta({ id: 'Case' });
