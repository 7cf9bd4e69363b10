import type { ApplicationIn, Correction } from '../../filing/applications/application.ts';
import { correctionCitation } from '../../filing/applications/open-to-correction.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import { stageOf } from '../tasks/sign-off-plan.ts';
import type { SignOffTask } from '../tasks/task.ts';
import { correctionDeadlines } from './correction-deadlines.ts';
import {
  type DecideParts,
  type Decider,
  inBoth,
  openParts,
  type ReturnRequest,
  resumeSignOff,
} from './decision.ts';

/** Parts of an application beside facts and documents that may be returned. */
const ownPaths = ['enterprise', 'projectName', 'direction', 'requestedFen'];

/**
 * The writes that return an application for correction: its open tasks are closed, what was decided is kept until it
 * shows whether its basis changes.
 * @throws DomainError correction-rounds-used; invalid-request for places that the item does not have, or more days than
 * the guide allows. @throws CalendarMissingError for a deadline beyond the loaded calendars.
 */
export function returned(
  parts: DecideParts,
  application: ApplicationIn<'sign-off'>,
  reviewed: ApplicationIn<'sign-off'>,
  opened: OpenedItem,
  task: SignOffTask,
  { actor }: Decider,
  request: ReturnRequest,
  now: Date,
): GuardedWrite[] {
  requireAllowed(opened, application, request);
  const at = now.toISOString();
  const correction: Correction = {
    round: application.corrections.length + 1,
    items: request.items.map(({ path, reason, citation }) => ({
      path,
      reason: inBoth(reason),
      ...(citation !== undefined && { citation }),
    })),
    step: task.step,
    department: task.department,
    at,
    ...correctionDeadlines(opened.item, now, parts.policy.calendar, request.dueDays),
  };
  const decided = Object.entries(reviewed.signOffs).filter(([, { decision }]) => decision);
  const back = {
    ...reviewed,
    status: 'returned' as const,
    version: application.version + 1,
    updatedAt: at,
    signOffs: Object.fromEntries(decided),
    corrections: [...application.corrections, correction],
  } satisfies ApplicationIn<'returned'>;
  const reasons = correction.items.map(({ path, reason, citation }) => ({
    code: path,
    citation: citation ?? opened.guide.version,
    message: reason,
  }));
  return [
    ...parts.store.transition(application, back, {
      at,
      actor,
      event: 'returned',
      stage: stageOf(task.step),
      department: task.department,
      basisHash: application.submission.contentHash,
      reasons,
    }),
    ...openParts(application, task).map((other) => parts.tasks.end(other.taskId, 'closed')),
    resumeSignOff(parts.outbox, application, 'returned', application.signOffAttempt),
  ];
}

function requireAllowed(
  { guide, item }: OpenedItem,
  application: ApplicationIn<'sign-off'>,
  { items, dueDays }: ReturnRequest,
): void {
  const citation = `申报指南 ${guide.version} ${item.id}`;
  const { rounds, due } = item.correction;
  if (application.corrections.length >= rounds) {
    const message = { zh: `补正以 ${rounds} 次为限`, en: `the guide allows ${rounds} rounds of correction` };
    throw new DomainError('correction-rounds-used', {
      detail: message,
      faults: [
        {
          path: 'outcome',
          rule: `at-most-${rounds}-rounds`,
          message,
          citation: correctionCitation(guide.version),
        },
      ],
    });
  }
  const known = new Set([
    ...ownPaths,
    ...item.facts.map(({ id }) => `facts.${id}`),
    ...item.materials.map(({ id }) => `documents.${id}`),
  ]);
  const faults: FieldFault[] = items.flatMap(({ path }, index) =>
    known.has(path)
      ? []
      : [
          {
            path: `items.${index}.path`,
            rule: 'known-place',
            message: {
              zh: `该事项没有此项；可退回：${[...known].join('、')}`,
              en: `the item has no such place; it has: ${[...known].join(', ')}`,
            },
            citation,
          },
        ],
  );
  if (dueDays !== undefined && dueDays > due.days) {
    faults.push({
      path: 'dueDays',
      rule: `at-most-${due.days}`,
      message: { zh: `补正期限最长 ${due.days} 日`, en: `a correction takes at most ${due.days} days` },
      citation,
    });
  }
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
}
