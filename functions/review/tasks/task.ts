import * as z from 'zod';
import type { SignOff } from '../../filing/applications/sign-off-record.ts';
import type { ActorReference } from '../../shared/actor.ts';
import { FenSchema } from '../../shared/money.ts';
import { SlugSchema } from '../../shared/schemas.ts';
import {
  ApplicationIdSchema,
  DepartmentIdSchema,
  KnownOrganisationSchema,
  taskKinds,
} from '../../shared/vocabulary.ts';

/** A department's task to decide on one submission. */
export const SignOffTaskSchema = z.object({
  taskId: z.string(),
  applicationId: ApplicationIdSchema,
  submission: z.int(),
  /** Number and kind of the step in the guide's plan. */
  step: z.int().min(1),
  kind: z.enum(taskKinds),
  attempt: z.int(),
  department: DepartmentIdSchema,
  organisation: KnownOrganisationSchema,
  organisationName: z.string(),
  /** Both as the task was opened; tasks of before they were kept have none. */
  projectName: z.string().optional(),
  requestedFen: FenSchema.optional(),
  item: SlugSchema,
  /** District of registration. */
  district: z.string(),
  status: z.enum(['open', 'decided', 'expired', 'closed']),
  createdAt: z.string(),
  dueAt: z.string(),
  /** When the department is reminded, if the guide says so. */
  remindAt: z.string().optional(),
  /** Who has taken the task; others of the department leave it alone. */
  assignee: z.string().optional(),
  /** How often it was taken, given back or handed on. */
  assignments: z.int().optional(),
  decidedBy: z.string().optional(),
});
export type SignOffTask = z.output<typeof SignOffTaskSchema>;
/** A task of a step of the sign-off. */
export type StepTask = SignOffTask & { readonly kind: SignOff['kind'] };

/** The id says what the task is for, so that a repeated stage finds the same one. */
export function taskIdOf({
  applicationId,
  submission,
  step,
  department,
  attempt,
}: Pick<SignOffTask, 'applicationId' | 'submission' | 'step' | 'department' | 'attempt'>): string {
  return `${applicationId}.${submission}.${step}.${department}.${attempt}`;
}

/** A change of who has a task. */
export interface Assignment {
  /** Nobody: the task is the whole department's again. */
  readonly to: string | undefined;
  readonly by: ActorReference;
  readonly at: string;
}
