import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { log } from '../../shared/log.ts';
import { type Problem, toProblem } from '../../shared/problem.ts';
import type { TaskId } from '../../shared/vocabulary.ts';
import { type DecideParts, decideTask } from './decide-task.ts';
import type { Decision } from './decision.ts';

/** A recommendation of one task. */
export interface Recommendation {
  readonly taskId: TaskId;
  readonly decision: Extract<Decision, { outcome: 'recommend' }>;
}

/** What became of it. `not-reached`: there was no time; to send it again does no harm. */
export type RecommendationResult =
  | { readonly taskId: TaskId; readonly status: 'done' | 'not-reached' }
  | { readonly taskId: TaskId; readonly status: 'failed'; readonly problem: Problem };

/** The two ends of a batch's time. */
export interface BatchTime {
  /** From here on no further row is begun. */
  readonly lastCall: AbortSignal;
  /** Here the answer is given, whether the rows that were begun are through or not. */
  readonly over: AbortSignal;
}

/** Rows decided side by side: enough for 500 rows in some seconds, and no crowd on the table. */
const sideBySide = 10;

/** How long a batch may take within the 29 seconds that API Gateway waits. */
function batchTime(): BatchTime {
  return { lastCall: AbortSignal.timeout(20 * 1000), over: AbortSignal.timeout(25 * 1000) };
}

/**
 * Recommends many tasks, each in a transaction of its own, with one result for each row in the order of the rows. A
 * row that the same person has recommended before is done, so that a batch whose answer was lost is just sent again.
 * @param instead `decide`: takes one decision. Default: `decideTask`.
 */
export async function recommendTasks(
  parts: DecideParts,
  actor: Actor,
  rows: readonly Recommendation[],
  {
    time = batchTime(),
    decide = decideTask,
  }: { readonly time?: BatchTime; readonly decide?: typeof decideTask } = {},
): Promise<{ results: RecommendationResult[] }> {
  const results = rows.map(({ taskId }): RecommendationResult => ({ taskId, status: 'not-reached' }));
  const waiting = rows.entries();
  const work = async () => {
    // One iterator for all workers hands out each row once.
    for (const [index, row] of waiting) {
      if (time.lastCall.aborted) return;
      results[index] = await recommend(parts, actor, row, decide);
    }
  };
  await Promise.race([Promise.all(Array.from({ length: sideBySide }, work)), end(time.over)]);
  // What is still under way fills a list that nobody reads any more.
  return { results: [...results] };
}

async function recommend(
  parts: DecideParts,
  actor: Actor,
  { taskId, decision }: Recommendation,
  decide: typeof decideTask,
): Promise<RecommendationResult> {
  try {
    await decide(parts, actor, taskId, decision);
    return { taskId, status: 'done' };
  } catch (error) {
    const decided = error instanceof DomainError && error.code === 'task-decided';
    if (decided && (await recommendedBefore(parts, actor, taskId))) return { taskId, status: 'done' };
    const problem = toProblem(error, '');
    if (problem.status >= 500) log.error('request.failed', error, { task: taskId });
    return { taskId, status: 'failed', problem };
  }
}

async function recommendedBefore({ store }: DecideParts, actor: Actor, taskId: TaskId): Promise<boolean> {
  const application = await store.get(taskId.slice(0, taskId.indexOf('.')));
  if (!application || !('signOffs' in application)) return false;
  return Object.values(application.signOffs).some(
    (part) =>
      part.taskId === taskId && part.decision?.outcome === 'recommended' && part.decision.by === actor.id,
  );
}

function end(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
