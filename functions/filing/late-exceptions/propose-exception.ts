import type { PeopleStore } from '../../people/people-store.ts';
import { requireCitations } from '../../policy/guides/citations.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { applications } from '../../shared/tables.ts';
import { type LateException, LateExceptionSchema, type LateTerms } from './late-exception.ts';
import { decidedException, type LateDecision, proposedException } from './late-exception-decision.ts';
import type { LateExceptionStore } from './late-exception-store.ts';

export interface ExceptionParts {
  readonly exceptions: LateExceptionStore;
  readonly people: Pick<PeopleStore, 'noInterest'>;
  readonly policy: PolicyBook;
  readonly records: IdempotencyRecords;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** What an operator asks for. */
export type ExceptionRequest = Omit<LateTerms, 'guide' | 'closesAt'> & { readonly idempotencyKey: string };

/**
 * Proposes that one organisation may apply for one item after its closing, once: it opens nothing before another operator
 * confirms it. The same request under the same key is made once.
 * @throws DomainError not-found for an item of no guide; invalid-request for a citation of nothing, or an end too early;
 * already-exists; conflict-of-interest; idempotency-key-reused.
 */
export async function proposeException(
  parts: ExceptionParts,
  actor: Actor,
  { idempotencyKey, ...request }: ExceptionRequest,
): Promise<LateException> {
  const keyed = {
    key: applications.entities.lateExceptionAnswer.key({ idempotencyKey }),
    content: { by: actor.id, ...request },
  };
  return decideAgainOnConflict(async () => {
    const { organisation, item } = request;
    const newest = await parts.exceptions.newest(organisation, item);
    // Before the answer: whoever sees what this request has made sees its answer as well.
    const standing = await parts.exceptions.of(organisation, item);
    const given = await parts.records.answer(keyed, LateExceptionSchema.options[0]);
    if (given) return parts.exceptions.require(organisation, item, given.exceptionId);
    const window = (await parts.policy.latestWindows()).get(item);
    if (!window) throw new DomainError('not-found');
    const opened = await parts.policy.requireItem(window.guide, item);
    requireCitations([{ path: 'citation', citation: request.citation }], opened, parts.policy);
    const proposal = proposedException(
      { ...request, guide: window.guide, closesAt: window.window.closesAt },
      parts.newId(),
      standing,
      { actor, now: parts.clock() },
    );
    await parts.exceptions.write([
      ...parts.exceptions.creation(proposal, newest),
      parts.people.noInterest(actor.id, organisation),
      parts.records.record(keyed, proposal),
    ]);
    return proposal;
  });
}

/**
 * Takes the second operator's decision on an exception; its sender may repeat it and gets the same answer.
 * @throws DomainError not-found, and what `decidedException` refuses.
 */
export async function decideException(
  parts: ExceptionParts,
  actor: Actor,
  { organisation, item, exceptionId }: Pick<LateException, 'organisation' | 'item' | 'exceptionId'>,
  decision: LateDecision,
): Promise<LateException> {
  return decideAgainOnConflict(async () => {
    const exception = await parts.exceptions.require(organisation, item, exceptionId);
    const window = (await parts.policy.latestWindows()).get(item);
    const to = decidedException(exception, decision, { actor, now: parts.clock(), window });
    if (to === exception) return to;
    await parts.exceptions.write([
      parts.exceptions.settlement(to),
      ...(to.status === 'confirmed' ? [parts.exceptions.told(to)] : []),
      parts.people.noInterest(actor.id, organisation),
    ]);
    return to;
  });
}
