import * as z from 'zod';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { both, textOf } from '../../shared/text.ts';
import { ApplicationIdSchema, DepartmentIdSchema, taskKinds } from '../../shared/vocabulary.ts';

export const TaskViewSchema = z
  .object({
    taskId: z.string(),
    applicationId: ApplicationIdSchema,
    organisationName: z.string(),
    projectName: z.string().optional(),
    requestedFen: FenSchema.optional().meta({ description: 'What the applicant asks for' }),
    submission: z.int().meta({ description: 'Number of the submission; above 1 it is a correction' }),
    item: SlugSchema,
    district: z.string().meta({ description: 'District of registration' }),
    department: DepartmentIdSchema,
    step: z.int().min(1),
    kind: z.enum(taskKinds).meta({ description: 'What the step asks for' }),
    assignee: z.string().optional().meta({ description: 'Who has taken it; nobody else decides it then' }),
    status: z.enum(['open', 'decided', 'expired', 'closed']),
    createdAt: InstantSchema,
    dueAt: InstantSchema,
  })
  .meta({ id: 'Task' });

export const draftFields = z
  .record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9.-]{0,63}$/), textOf(0, 4000))
  .refine((fields) => Object.keys(fields).length <= 16, {
    error: both('草稿最多 16 项', 'a draft has 16 fields at most'),
  })
  .meta({ description: 'What is written so far, by the fields of the form' });

export const OpinionDraftSchema = z
  .object({
    fields: z.record(z.string(), z.string()).meta({ description: 'What is written so far' }),
    savedAt: InstantSchema,
    submission: z.int().meta({ description: 'The submission that it was written on' }),
  })
  .meta({ id: 'OpinionDraft' });
