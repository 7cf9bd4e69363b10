import * as z from 'zod';
import { ContentSchema } from '../../filing/applications/content.ts';
import { SuspicionSchema } from '../../filing/applications/suspicion.ts';
import { TaskViewSchema } from '../../review/tasks/task-view.ts';
import { SlugSchema } from '../../shared/schemas.ts';

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
    }),
  ),
}).meta({ id: 'Case' });
