import type { TaskId } from '../../shared/vocabulary.ts';
import type { Inbox } from './inbox.ts';
import type { SignOffTaskStore } from './task-store.ts';

/**
 * Brings the name index in line with a task as it stands. It may run any number of times, late and in any order, since
 * a task that has ended never opens again.
 * @throws TransientError when the table is too busy; what was written by then is written again.
 */
export async function indexTasks(
  { tasks, inbox }: { readonly tasks: SignOffTaskStore; readonly inbox: Inbox },
  taskId: TaskId,
): Promise<void> {
  const task = await tasks.get(taskId);
  if (task) await inbox.indexName(task);
}
