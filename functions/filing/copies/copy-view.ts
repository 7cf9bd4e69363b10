import * as z from 'zod';
import { ProblemSchema } from '../../shared/problem.ts';
import { SlugSchema } from '../../shared/schemas.ts';
import { BilingualSchema } from '../../shared/text.ts';
import { ApplicationViewSchema } from '../applications/application-view.ts';

export const CopyViewSchema = z
  .object({
    application: ApplicationViewSchema,
    leftOut: ProblemSchema.shape.errors.unwrap().meta({
      description: 'What the copy does not have of the earlier application, and why',
    }),
    toHandIn: z
      .array(
        z.object({
          material: SlugSchema,
          title: BilingualSchema,
          earlierFiles: z.array(z.string()).meta({ description: 'Names of the files that it had' }),
        }),
      )
      .meta({
        description: 'Materials that the guide asks for: no document is copied, each is handed in again',
      }),
  })
  .meta({ id: 'Copy' });
