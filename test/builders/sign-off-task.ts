import { type SignOffTask, taskIdOf } from '../../functions/review/tasks/task.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import { publishedUscc } from './content.ts';

/** Id of a task: the first of dcmm's lead department, unless said otherwise. */
export function taskIdFor(
  applicationId: string,
  overrides: Partial<Pick<SignOffTask, 'submission' | 'step' | 'department' | 'attempt'>> = {},
): string {
  return taskIdOf({ applicationId, submission: 1, step: 1, department: 'gz-miit', attempt: 1, ...overrides });
}

/** An open task of the lead department of dcmm, due in two weeks. */
export function openTask(overrides: Partial<SignOffTask> = {}): SignOffTask {
  const {
    applicationId = newUlid(),
    submission = 1,
    step = 1,
    department = 'gz-miit',
    attempt = 1,
  } = overrides;
  return {
    taskId: taskIdOf({ applicationId, submission, step, department, attempt }),
    applicationId,
    submission,
    step,
    kind: 'approve',
    attempt,
    department,
    organisation: publishedUscc,
    organisationName: '广州示例云帆软件有限公司',
    item: 'dcmm',
    district: '440106',
    status: 'open',
    createdAt: '2026-11-23T02:00:00.000Z',
    dueAt: '2026-12-07T15:59:59.000Z',
    ...overrides,
  };
}
