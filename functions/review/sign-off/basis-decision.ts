import type { Application } from '../../filing/applications/application.ts';
import { changedPaths, type SubmissionRecord } from '../../filing/applications/submissions.ts';
import { DomainError } from '../../shared/errors.ts';
import type { SignOffTask } from '../tasks/task.ts';

/** What a decision is about to be based on: the content of a task, and the hash that the reviewer looked at. */
export interface LookedAt {
  readonly task: Pick<SignOffTask, 'submission'>;
  readonly seen?: string | undefined;
}

/** Whether an application still holds what was looked at: the task is of its submission, and the hash is the current one. */
export function holdsStill(application: Application, { task, seen }: LookedAt): boolean {
  const current = 'submission' in application ? application.submission : undefined;
  if (!current) return true;
  return current.number === task.submission && (seen === undefined || seen === current.contentHash);
}

/**
 * The refusal of a decision on anything but the content as it stands, with the places that have changed since, as far as
 * they can be told.
 * @param submissions every submission of the application.
 */
export function basisChanged(
  application: Application,
  { task, seen }: LookedAt,
  submissions: readonly SubmissionRecord[],
): DomainError {
  const current = 'submission' in application ? application.submission?.number : undefined;
  const before = submissions.find(
    ({ number, contentHash }) => contentHash === seen || (seen === undefined && number === task.submission),
  );
  const after = submissions.find(({ number }) => number === current);
  return new DomainError('basis-changed', {
    faults: (before && after ? changedPaths(before, after) : []).map((path) => ({
      path,
      rule: 'changed',
      message: { zh: `补正后有变更：“${path}”`, en: `it was changed by a correction: "${path}"` },
    })),
  });
}
