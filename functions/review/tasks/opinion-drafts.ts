import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { type GuardedWrite, writeAll } from '../../shared/transaction.ts';
import { requireOwnTask } from './own-task.ts';
import { partKey } from './sign-off-plan.ts';
import { type SignOffTask, type SignOffTaskStore, taskKey } from './task-store.ts';

const StoredDraftSchema = z.object({
  fields: z.record(z.string(), z.string()),
  savedAt: z.string(),
  submission: z.int(),
});

/** Twice as long as a task waits; nobody deletes what colleagues of the decider have written. */
const keptSeconds = 730 * 86_400;

/** What a reviewer has written so far, as the fields of the form are called. */
export type OpinionDraft = z.output<typeof StoredDraftSchema>;

/**
 * Keeps what a reviewer has written on an open task so far, in place of what was kept before; of two saves the later
 * one stays. It belongs to the person and the department's part in the step, so that it outlives a task that expired
 * or was corrected; it ends with the person's decision.
 * @throws DomainError task-decided, task-expired, task-closed, forbidden, not-found.
 */
export async function saveOpinionDraft(
  parts: { readonly tasks: SignOffTaskStore; readonly clock: Clock },
  actor: Actor,
  taskId: string,
  fields: Readonly<Record<string, string>>,
): Promise<OpinionDraft> {
  return decideAgainOnConflict(async () => {
    const task = await requireOwnTask(parts.tasks, actor, taskId);
    if (task.status !== 'open') throw new DomainError(`task-${task.status}`);
    const now = parts.clock();
    const draft = { fields: { ...fields }, savedAt: now.toISOString(), submission: task.submission };
    const { client, table } = parts.tasks;
    const expiresAt = Math.floor(now.getTime() / 1000) + keptSeconds;
    await writeAll(client, [
      { item: { Put: { TableName: table, Item: { ...draftKey(task, actor.id), draft, expiresAt } } } },
      parts.tasks.stillOpen(taskId),
    ]);
    return draft;
  });
}

/**
 * The reviewer's own draft on a task of the department.
 * @throws DomainError not-found without one, or once the task is no longer open; forbidden.
 */
export async function getOpinionDraft(
  parts: { readonly tasks: SignOffTaskStore },
  actor: Actor,
  taskId: string,
): Promise<OpinionDraft> {
  const draft = await ownDraft(parts.tasks, await requireOwnTask(parts.tasks, actor, taskId), actor.id);
  if (!draft) throw new DomainError('not-found');
  return draft;
}

/** A person's draft on a task; there is none once the task is no longer open. */
export async function ownDraft(
  { client, table }: SignOffTaskStore,
  task: SignOffTask,
  person: string,
): Promise<OpinionDraft | undefined> {
  if (task.status !== 'open') return undefined;
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: draftKey(task, person), ConsistentRead: true }),
  );
  return Item && StoredDraftSchema.parse(Item['draft']);
}

/** The write that lets go of a person's draft; the decision takes it into its transaction. */
export function discardDraft({ table }: SignOffTaskStore, task: SignOffTask, person: string): GuardedWrite {
  return { item: { Delete: { TableName: table, Key: draftKey(task, person) } } };
}

function draftKey(task: SignOffTask, person: string): { pk: string; sk: string } {
  return { pk: taskKey(task.taskId).pk, sk: `DRAFT#${partKey(task)}#${person}` };
}
