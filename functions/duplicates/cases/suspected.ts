import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { SignOffTask } from '../../review/tasks/task.ts';
import { DomainError } from '../../shared/errors.ts';

/** An application with a case: before it enters its pool, or held afterwards. */
export type Suspected = ApplicationIn<'adjudication' | 'pooled' | 'allocated' | 'noticed'>;

/** The case that an application waits for, if it does. */
export function caseOf(application: Suspected) {
  return application.status === 'adjudication' ? application.adjudication : application.hold;
}

/** The application of an open case. @throws DomainError concurrent-change when it was moved on a moment ago. */
export async function requireSuspected(store: ApplicationStore, task: SignOffTask): Promise<Suspected> {
  const application = await store.require(task.applicationId);
  switch (application.status) {
    case 'adjudication':
    case 'pooled':
    case 'allocated':
    case 'noticed':
      if (caseOf(application)?.taskId === task.taskId) return application;
      throw new DomainError('concurrent-change');
    default:
      throw new DomainError('concurrent-change');
  }
}
