import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { EligibilityResult } from '../../filing/applications/eligibility-result.ts';
import type { HistoryNote } from '../../filing/applications/history-row.ts';
import type { SignOff } from '../../filing/applications/sign-off-record.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import { systemActor } from '../../shared/actor.ts';
import { type Fen, fen } from '../../shared/money.ts';
import { newTask } from '../tasks/new-task.ts';
import { partKey, partsOfStep, stageOf } from '../tasks/sign-off-plan.ts';
import type { StepTask } from '../tasks/task.ts';
import { basisHashes } from './basis-calculation.ts';

type Reviewed = ApplicationIn<'submitted' | 'sign-off'> & { readonly eligibility: EligibilityResult };

/** Where a sign-off goes: to the departments of a step that have to decide, or on when every step is decided. */
export type Advance =
  | { readonly to: 'step'; readonly step: number; readonly signOffs: SignOffs; readonly tasks: StepTask[] }
  | { readonly to: 'end'; readonly signOffs: SignOffs; readonly figures: Figures };

type SignOffs = Readonly<Record<string, SignOff>>;
interface Figures {
  readonly signedOffFen: Fen;
  readonly verifiedInputFen?: Fen;
}

/** What is signed off, by which guide and law, and when. */
export interface SignOffContext {
  readonly application: Reviewed;
  readonly opened: OpenedItem;
  readonly law: Pick<PolicyBook, 'notice' | 'calendar'>;
  /** Number of the wait that new tasks belong to. */
  readonly attempt: number;
  readonly now: Date;
}

/**
 * The first step in which a department has still to decide, with new tasks for those that have.
 * @param signOffs decisions that stand.
 * @throws CalendarMissingError when the tasks would be due in a year without a calendar.
 */
export function advance(signOffs: SignOffs, context: SignOffContext): Advance {
  const { application, opened, law } = context;
  for (let step = 1; step <= opened.item.signOff.steps.length; step += 1) {
    const parts = partsOfStep(law.notice, opened, application.content, step);
    const waiting = parts.filter((part) => !signOffs[partKey(part)]?.decision);
    if (waiting.length === 0) continue;
    const tasks = waiting.map((part) => newTask(part, { ...context, calendar: law.calendar }));
    const opening = tasks.map(({ taskId, step: of, kind, department }): [string, SignOff] => {
      const part = { step: of, kind, department };
      return [partKey(part), { taskId, ...part }];
    });
    return { to: 'step', step, tasks, signOffs: { ...signOffs, ...Object.fromEntries(opening) } };
  }
  return { to: 'end', signOffs, figures: leastFigures(signOffs) };
}

/**
 * The next attempt of a step that ran out of time: departments that have not decided get new tasks in the place of the
 * late ones; decisions that were taken stand.
 * @throws CalendarMissingError when the tasks would be due in a year without a calendar.
 */
export function expired(context: SignOffContext & { readonly application: ApplicationIn<'sign-off'> }) {
  const { application, law, attempt, now } = context;
  const at = now.toISOString();
  const late = Object.values(application.signOffs).filter(({ decision }) => !decision);
  const tasks = late.map((part) => newTask(part, { ...context, calendar: law.calendar }));
  const again = late.map((part, index) => [
    partKey(part),
    { ...part, taskId: tasks[index]?.taskId ?? part.taskId },
  ]);
  const to: ApplicationIn<'sign-off'> = {
    ...application,
    version: application.version + 1,
    updatedAt: at,
    signOffAttempt: attempt,
    signOffs: { ...application.signOffs, ...Object.fromEntries(again) },
  };
  const note: HistoryNote = {
    at,
    actor: systemActor,
    event: 'sign-off-expired',
    stage: stageOf(application.step),
  };
  return { to, note, late: late.map(({ taskId }) => taskId), tasks };
}

/**
 * Decisions of earlier submissions that stand: what they rest on is what it was. All others are void.
 */
export function standingSignOffs(application: ApplicationIn<'submitted'>, opened: OpenedItem): SignOffs {
  const standing = Object.entries(application.signOffs).filter(([, { step, decision }]) => {
    const plan = opened.item.signOff.steps[step - 1];
    if (!plan || !decision || decision.outcome === 'refused') return false;
    return decision.basis.hash === basisHashes(application, plan).hash;
  });
  return Object.fromEntries(standing);
}

/** Where several departments lead, none is overruled: the smallest amount and the smallest verified input count. */
function leastFigures(signOffs: SignOffs): Figures {
  const approvals = Object.values(signOffs).flatMap(({ decision }) =>
    decision?.outcome === 'approved' ? [decision] : [],
  );
  if (approvals.length === 0) throw new Error('a sign-off ends with the approval of a lead department');
  const inputs = approvals.flatMap(({ verifiedInputFen }) => verifiedInputFen ?? []);
  return {
    signedOffFen: fen(Math.min(...approvals.map(({ amountFen }) => amountFen))),
    ...(inputs.length > 0 && { verifiedInputFen: fen(Math.min(...inputs)) }),
  };
}
