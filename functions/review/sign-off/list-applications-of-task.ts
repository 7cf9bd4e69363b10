import * as z from 'zod';
import type { Application } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { statuses } from '../../filing/applications/lifecycle.ts';
import type { Actor } from '../../shared/actor.ts';
import { FenSchema } from '../../shared/money.ts';
import { InstantSchema, SlugSchema } from '../../shared/schemas.ts';
import { ApplicationIdSchema, listed, type TaskId } from '../../shared/vocabulary.ts';
import { requireOwnTask } from '../tasks/own-task.ts';
import type { SignOffTaskStore } from '../tasks/task-store.ts';

export const OtherApplicationSchema = z
  .object({
    applicationId: ApplicationIdSchema,
    item: SlugSchema,
    projectName: z.string(),
    status: listed(statuses),
    submittedAt: InstantSchema,
    requestedFen: FenSchema,
    awardFen: FenSchema.optional().meta({ description: 'What a round has given it' }),
    paidFen: FenSchema.optional().meta({ description: 'What the bank has paid, less what came back to it' }),
  })
  .meta({ id: 'OtherApplication' });

/**
 * What the enterprise of a task has applied for beside it, the newest first. Drafts are nobody else's business, so that a
 * page may hold fewer than asked for.
 * @throws DomainError not-found, forbidden; invalid-request for the cursor of another listing.
 */
export async function listApplicationsOfTask(
  { store, tasks }: { readonly store: ApplicationStore; readonly tasks: SignOffTaskStore },
  actor: Actor,
  taskId: TaskId,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ items: z.input<typeof OtherApplicationSchema>[]; nextCursor: string | undefined }> {
  const { applicationId, organisation } = await requireOwnTask(tasks, actor, taskId);
  const { items, nextCursor } = await store.ofOrganisation(organisation, page);
  return { items: items.filter((one) => one.applicationId !== applicationId).flatMap(shown), nextCursor };
}

function shown(application: Application): z.input<typeof OtherApplicationSchema>[] {
  const submission = 'submission' in application ? application.submission : undefined;
  if (!submission) return [];
  const { applicationId, status, content } = application;
  const { item, projectName, requestedFen } = content;
  return [
    {
      ...{ applicationId, item, projectName, status, requestedFen },
      submittedAt: submission.firstAt,
      ...('award' in application && { awardFen: application.award.fen }),
      ...('order' in application && { paidFen: application.paidFen }),
    },
  ];
}
