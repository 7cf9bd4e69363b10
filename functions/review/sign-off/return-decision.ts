import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { Correction } from '../../filing/applications/correction.ts';
import { correctionCitation } from '../../filing/applications/correction-rules.ts';
import { requireCitations } from '../../policy/guides/citations.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import { DomainError, type FieldFault } from '../../shared/errors.ts';
import { quoted } from '../../shared/text.ts';
import { stageOf } from '../tasks/sign-off-plan.ts';
import { correctionDeadlines } from './correction-calculation.ts';
import {
  type Consequences,
  type DecisionContext,
  inBoth,
  openParts,
  type ReturnRequest,
  withDeciders,
} from './decision.ts';

/** Parts of an application beside facts and documents that may be returned. */
const ownPaths = ['enterprise', 'projectName', 'direction', 'requestedFen'];

/**
 * What it does to return an application for correction: its open tasks are closed, what was decided is kept until it
 * shows whether its basis changes.
 * @throws DomainError correction-rounds-used; invalid-request for places that the item does not have, or more days than
 * the guide allows. @throws CalendarMissingError for a deadline beyond the loaded calendars.
 */
export function returned(context: DecisionContext, request: ReturnRequest): Consequences {
  const { task, application, opened, law, decider, now } = context;
  requireAllowed(opened, application, request);
  const cited = request.items.map(({ citation }, index) => ({ path: `items.${index}.citation`, citation }));
  requireCitations(cited, opened, law);
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
    ...correctionDeadlines(opened.item, now, law.calendar, request.dueDays),
  };
  const reviewed = withDeciders(context);
  const decided = Object.entries(reviewed.signOffs).filter(([, { decision }]) => decision);
  return {
    to: {
      ...reviewed,
      status: 'returned',
      version: application.version + 1,
      updatedAt: at,
      signOffs: Object.fromEntries(decided),
      corrections: [...application.corrections, correction],
    },
    note: {
      at,
      actor: decider.actor,
      event: 'returned',
      stage: stageOf(task.step),
      department: task.department,
      basisHash: application.submission.contentHash,
      reasons: correction.items.map(({ path, reason, citation }) => ({
        code: path,
        citation: citation ?? opened.guide.version,
        message: reason,
      })),
    },
    closed: openParts(application, task).map(({ taskId }) => taskId),
    opens: [],
    answer: { outcome: 'returned', attempt: application.signOffAttempt },
  };
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
  const places = quoted([...known]);
  const faults: FieldFault[] = items.flatMap(({ path }, index) =>
    known.has(path)
      ? []
      : [
          {
            path: `items.${index}.path`,
            rule: 'known-place',
            message: {
              zh: `该事项没有此项；可退回：${places.zh}`,
              en: `the item has no such place; it has: ${places.en}`,
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
