import type { EventOf } from '../../functions/news/domain-events/domain-event.ts';
import { newUlid } from '../../functions/shared/ids.ts';
import { taskIdFor } from './sign-off-task.ts';

const at = '2026-11-23T02:00:00.000Z';
const subject = () => ({ applicationId: newUlid(), item: 'dcmm', guide: '2026.1', at });

/** An application was handed in. */
export function submittedEvent(
  overrides: Pick<EventOf<'ApplicationSubmitted'>, 'organisation'> & Partial<EventOf<'ApplicationSubmitted'>>,
): EventOf<'ApplicationSubmitted'> {
  const version = overrides.version ?? 2;
  const { applicationId, ...rest } = subject();
  return {
    ...{ type: 'ApplicationSubmitted', id: `${applicationId}#${version}`, applicationId, version },
    ...rest,
    ...overrides,
  };
}

/** A task is due in a week. */
export function dueSoonEvent(
  overrides: Pick<EventOf<'TaskDueSoon'>, 'organisation' | 'department'> & Partial<EventOf<'TaskDueSoon'>>,
): EventOf<'TaskDueSoon'> {
  const { applicationId, ...rest } = subject();
  const taskId = taskIdFor(applicationId, { department: overrides.department });
  return {
    ...{ type: 'TaskDueSoon', id: `${taskId}#due-soon#1`, applicationId, taskId, step: 1, kind: 'approve' },
    ...{ dueAt: '2026-12-01T16:00:00.000Z', number: 1 },
    ...rest,
    ...overrides,
  };
}
