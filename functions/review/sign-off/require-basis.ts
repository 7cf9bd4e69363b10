import type { Application } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { changedPaths } from '../../filing/applications/submissions.ts';
import { DomainError } from '../../shared/errors.ts';
import type { SignOffTask } from '../tasks/task.ts';

/**
 * Refuses a decision on anything but the content as it stands: a task of an earlier submission, or a content hash that
 * is not the current one.
 * @param seen content hash that the reviewer looked at.
 * @throws DomainError basis-changed with the places that have changed since, as far as they can be told.
 */
export async function requireBasis(
  store: ApplicationStore,
  application: Application,
  task: SignOffTask,
  seen?: string,
): Promise<void> {
  const current = 'submission' in application ? application.submission : undefined;
  if (!current) return;
  if (current.number === task.submission && (seen === undefined || seen === current.contentHash)) return;
  const submissions = await store.submissions(application.applicationId);
  const before = submissions.find(
    ({ number, contentHash }) => contentHash === seen || (seen === undefined && number === task.submission),
  );
  const after = submissions.find(({ number }) => number === current.number);
  throw new DomainError('basis-changed', {
    faults: (before && after ? changedPaths(before, after) : []).map((path) => ({
      path,
      rule: 'changed',
      message: { zh: `补正后有变更：${path}`, en: `it was changed by a correction: ${path}` },
    })),
  });
}
