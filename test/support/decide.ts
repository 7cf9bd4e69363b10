import { type DecideParts, decideTask } from '../../functions/review/sign-off/decide-task.ts';
import type { Decision } from '../../functions/review/sign-off/decision.ts';
import type { Actor } from '../../functions/shared/actor.ts';

type Undetermined<D> = D extends { readonly contentHash: string } ? Omit<D, 'contentHash'> : D;
/** A decision on the content as it stands when it is taken. */
export type PresentDecision = Undetermined<Decision> | Decision;

/** Takes a decision on what the application holds now, unless it says what it was based on. */
export async function decide(parts: DecideParts, actor: Actor, taskId: string, decision: PresentDecision) {
  const application = await parts.store.get(taskId.slice(0, taskId.indexOf('.')));
  const submission = application && 'submission' in application ? application.submission : undefined;
  const contentHash = submission?.contentHash ?? '';
  return decideTask(parts, actor, taskId, { contentHash, ...decision } as Decision);
}
