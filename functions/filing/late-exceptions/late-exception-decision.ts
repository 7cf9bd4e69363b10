import type { GuideWindow } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import type { LateException, LateExceptionIn, LateTerms } from './late-exception.ts';

/** What the second operator decides, on the hash of what they saw; a refusal says why. */
export type LateDecision =
  | { readonly contentHash: string; readonly decision: 'confirm'; readonly reason?: string | undefined }
  | { readonly contentHash: string; readonly decision: 'refuse'; readonly reason: string };

/**
 * A proposed exception.
 * @param standing what stands of the same organisation and item.
 * @throws DomainError conflict-of-interest for somebody of the organisation; already-exists where one is proposed or open;
 * invalid-request for an end that has passed or lies before the closing.
 */
export function proposedException(
  terms: LateTerms,
  exceptionId: string,
  standing: readonly LateException[],
  { actor, now }: { readonly actor: Actor; readonly now: Date },
): LateExceptionIn<'proposed'> {
  requireUnbiased(terms, actor);
  if (standing.some((one) => one.status === 'proposed' || isInForce(one, now))) {
    throw new DomainError('already-exists');
  }
  const until = new Date(terms.until);
  if (until <= now || until <= new Date(terms.closesAt)) {
    const message = {
      zh: '应晚于现在和受理截止时间',
      en: 'it ends after now and after the closing of the item',
    };
    throw new DomainError('invalid-request', { faults: [{ path: 'until', rule: 'later', message }] });
  }
  return {
    status: 'proposed',
    exceptionId,
    ...terms,
    contentHash: contentHash({ ...terms, exceptionId, proposedBy: actor.id }),
    proposedBy: actor.id,
    proposedAt: now.toISOString(),
  };
}

/**
 * An exception that is confirmed or refused; itself where this person decided so before.
 * @param window of the item now, by the latest guide that has it.
 * @throws DomainError not-in-this-state when it was decided otherwise; same-person for whoever proposed it;
 * conflict-of-interest; basis-changed for another hash, and where the closing it departs from has moved; deadline-passed
 * where it would have ended.
 */
export function decidedException(
  exception: LateException,
  { contentHash: seen, decision, reason }: LateDecision,
  {
    actor,
    now,
    window,
  }: { readonly actor: Actor; readonly now: Date; readonly window: GuideWindow | undefined },
): LateExceptionIn<'confirmed' | 'refused'> {
  const outcome = decision === 'confirm' ? 'confirmed' : 'refused';
  if (exception.status !== 'proposed') {
    const { by, reason: given } = exception.decision;
    if (exception.status === outcome && by === actor.id && given === reason) return exception;
    throw new DomainError('not-in-this-state');
  }
  if (exception.proposedBy === actor.id) throw new DomainError('same-person');
  requireUnbiased(exception, actor);
  if (seen !== exception.contentHash) throw new DomainError('basis-changed');
  const by = { by: actor.id, at: now.toISOString() };
  if (decision === 'refuse') return { ...exception, status: 'refused', decision: { ...by, reason } };
  const stands = window?.guide === exception.guide && window.window.closesAt === exception.closesAt;
  if (!stands) throw new DomainError('basis-changed');
  if (new Date(exception.until) <= now) throw new DomainError('deadline-passed');
  return {
    ...exception,
    status: 'confirmed',
    decision: { ...by, ...(reason !== undefined && { reason }) },
  };
}

/** Whether an exception lets its organisation apply at an instant: its closing second is outside. */
export function isInForce(exception: LateException, now: Date): exception is LateExceptionIn<'confirmed'> {
  return exception.status === 'confirmed' && !exception.used && now < new Date(exception.until);
}

/** Whether it does so after the closing that it departs from: before, the window itself is open. */
export function appliesLate(exception: LateException, now: Date): exception is LateExceptionIn<'confirmed'> {
  return isInForce(exception, now) && now >= new Date(exception.closesAt);
}

function requireUnbiased({ organisation }: LateTerms, actor: Actor): void {
  if (actor.organisation === organisation) throw new DomainError('conflict-of-interest');
}
