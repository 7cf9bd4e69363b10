import type { ApplicationIn, EligibilityResult, SignOff } from '../../filing/applications/application.ts';
import type { WorkCalendar } from '../../policy/calendar/work-calendar.ts';
import type { OpenedItem, PolicyBook } from '../../policy/guides/policy-book.ts';
import { type Fen, fen } from '../../shared/money.ts';
import { newTask } from '../tasks/new-task.ts';
import { partKey, partsOfStep } from '../tasks/sign-off-plan.ts';
import type { StepTask } from '../tasks/task.ts';
import { basisHashes } from './basis.ts';

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

/**
 * The first step in which a department has still to decide, with new tasks for those that have.
 * @param signOffs decisions that stand.
 * @param attempt number of the wait that the new tasks belong to.
 * @throws CalendarMissingError when the tasks would be due in a year without a calendar.
 */
export function advance(
  policy: Pick<PolicyBook, 'notice'> & { readonly calendar: WorkCalendar },
  application: Reviewed,
  opened: OpenedItem,
  signOffs: SignOffs,
  attempt: number,
  now: Date,
): Advance {
  for (let step = 1; step <= opened.item.signOff.steps.length; step += 1) {
    const parts = partsOfStep(policy.notice, opened, application.content, step);
    const waiting = parts.filter((part) => !signOffs[partKey(part)]?.decision);
    if (waiting.length === 0) continue;
    const tasks = waiting.map((part) => newTask(application, part, attempt, opened, now, policy.calendar));
    const opening = tasks.map(({ taskId, step: of, kind, department }): [string, SignOff] => {
      const part = { step: of, kind, department };
      return [partKey(part), { taskId, ...part }];
    });
    return { to: 'step', step, tasks, signOffs: { ...signOffs, ...Object.fromEntries(opening) } };
  }
  return { to: 'end', signOffs, figures: leastFigures(signOffs) };
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
