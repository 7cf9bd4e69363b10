import type { Application } from '../filing/applications/application.ts';
import type { ApplicationStore } from '../filing/applications/application-store.ts';
import { requireImpartial } from '../money/pools/duties.ts';
import { requireNotInvolved } from '../money/pools/duty-rules.ts';
import type { PeopleStore } from '../people/people-store.ts';
import { requireCitations } from '../policy/guides/citations.ts';
import type { PolicyBook } from '../policy/guides/policy-book.ts';
import type { Objection, ObjectionIn } from '../publicity/objections/objection.ts';
import type { ObjectionStore } from '../publicity/objections/objection-store.ts';
import { inBoth, type Remark } from '../review/sign-off/decision.ts';
import { reconsiderable } from '../review/sign-off/reconsideration-calculation.ts';
import type { Actor, ActorReference } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import type { Fen } from '../shared/money.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import type { ObjectionId } from '../shared/vocabulary.ts';
import { waitIds } from '../shared/wait-repository.ts';
import { type LetGoParts, letGo } from './let-go.ts';
import { afterObjection, requireAlike, requireFitting } from './objection-decision.ts';
import { involvedBefore } from './objection-duties.ts';

export interface DecideObjectionParts extends LetGoParts {
  readonly applications: ApplicationStore;
  readonly objections: ObjectionStore;
  readonly people: PeopleStore;
  readonly policy: PolicyBook;
  readonly clock: Clock;
}

/** What an officer proposes, in the words of a request. */
export type ProposedOutcome = (
  | { readonly outcome: 'dismissed' | 'upheld' | 'inadmissible' }
  | { readonly outcome: 'merged'; readonly into: ObjectionId }
  | { readonly outcome: 'changed'; readonly amountFen: Fen }
) & { readonly reason: Remark; readonly citation: string };

/** What the second person says of it. */
export type ObjectionDecision =
  | { readonly outcome: 'confirm' }
  | { readonly outcome: 'return'; readonly reason: string };

/**
 * Proposes how an objection is decided; a proposal that nobody has agreed to yet is replaced. One that no officer has
 * admitted is found inadmissible or to say what another one says, and nothing else; an admitted one is neither.
 * @throws DomainError not-found, not-in-this-state once it is decided, and for an outcome that it cannot have;
 * amount-too-high for a change that does not lower the award; invalid-request for a citation that there is not, or to merge
 * it into what it is not like; same-person, conflict-of-interest; concurrent-change.
 */
export async function proposeOutcome(
  parts: DecideObjectionParts,
  actor: Actor,
  objectionId: ObjectionId,
  proposed: ProposedOutcome,
): Promise<ObjectionIn<'proposed'>> {
  return decideAgainOnConflict(async () => {
    const objection = await parts.objections.require(objectionId);
    if (objection.status === 'decided') throw new DomainError('not-in-this-state');
    const application = await parts.applications.require(objection.applicationId);
    const impartial = await requireImpartial(parts.people, actor, [involvedBefore(application)]);
    requireFitting(application, objection, proposed);
    if (proposed.outcome === 'merged') requireAlike(objection, await parts.objections.require(proposed.into));
    const opened = await parts.policy.requireItem(application.guide, application.content.item);
    requireCitations([{ path: 'citation', citation: proposed.citation }], opened, parts.policy);
    const at = parts.clock().toISOString();
    const to: ObjectionIn<'proposed'> = {
      ...objection,
      status: 'proposed',
      version: objection.version + 1,
      proposal: { ...proposed, reason: inBoth(proposed.reason), by: actor.id, at },
    };
    await parts.objections.write([
      impartial,
      ...parts.objections.transition(objection, to, {
        at,
        actor: { id: actor.id, role: 'operator' } as const,
        event: 'proposed',
      }),
    ]);
    return to;
  });
}

/**
 * Agrees to a proposal, which gives it effect in the same transaction: an award is taken back or lowered and the money
 * returns to its pool, or the objection no longer holds the order. Or returns it with a reason.
 * @throws DomainError not-found, not-in-this-state; same-person for whoever proposed it or decided in another stage;
 * conflict-of-interest; concurrent-change; calendar-missing where the days of a reconsideration cannot be counted.
 */
export async function decideObjection(
  parts: DecideObjectionParts,
  actor: Actor,
  objectionId: ObjectionId,
  decision: ObjectionDecision,
): Promise<ObjectionIn<'screening' | 'received' | 'decided'>> {
  return decideAgainOnConflict(async () => {
    const objection = await parts.objections.require(objectionId);
    if (objection.status !== 'proposed') throw new DomainError('not-in-this-state');
    if (objection.proposal.by === actor.id) throw new DomainError('same-person');
    const application = await parts.applications.require(objection.applicationId);
    const impartial = await requireImpartial(parts.people, actor, [involvedBefore(application)]);
    const at = parts.clock().toISOString();
    const by = { id: actor.id, role: 'budget-approver' } as const;
    if (decision.outcome === 'return') {
      const { proposal: _, ...rest } = objection;
      const back: ObjectionIn<'screening' | 'received'> = {
        ...rest,
        status: objection.unadmitted ? 'screening' : 'received',
        version: objection.version + 1,
        returned: [...(objection.returned ?? []), { by: actor.id, at, reason: decision.reason }],
      };
      await parts.objections.write([
        impartial,
        ...parts.objections.transition(objection, back, { at, actor: by, event: 'returned' }),
      ]);
      return back;
    }
    const decided: ObjectionIn<'decided'> = {
      ...objection,
      status: 'decided',
      version: objection.version + 1,
      decision: { by: actor.id, at },
    };
    requireFitting(application, objection, objection.proposal);
    // Its author may have decided on the application in another stage since; it is returned then, and proposed by others.
    requireNotInvolved(objection.proposal.by, [involvedBefore(application)]);
    await parts.objections.write([
      impartial,
      ...parts.objections.transition(objection, decided, {
        at,
        actor: by,
        event: objection.proposal.outcome,
      }),
      ...(await effects(parts, application, decided, by)),
    ]);
    return decided;
  });
}

/**
 * The writes with which what no officer had admitted is looked at: it holds nothing by itself any more, and the award that
 * waits for that is asked again.
 */
export function screened(
  { objections, outbox }: Pick<DecideObjectionParts, 'objections' | 'outbox'>,
  objection: Objection,
  application: Application,
): GuardedWrite[] {
  if (application.status !== 'noticed') return [objections.release(objection)];
  const { applicationId, submission } = application;
  const waitId = waitIds.screening(applicationId, submission.number);
  return [
    objections.release(objection),
    outbox.message({ type: 'resume', waitId, output: { outcome: 'screened' } }),
  ];
}

/** What a decision does beside the objection itself: to an award under notice that it held, and to what waited for it. */
async function effects(
  parts: DecideObjectionParts,
  application: Application,
  objection: ObjectionIn<'decided'>,
  actor: ActorReference,
): Promise<GuardedWrite[]> {
  if (objection.unadmitted) return screened(parts, objection, application);
  if (application.status !== 'noticed' || objection.kind === 'complaint') return [];
  const { applicationId, pool: poolId, submission } = application;
  const reconsideration =
    objection.proposal.outcome === 'upheld'
      ? await reconsiderableFrom(parts, application, objection)
      : undefined;
  const { to, note, ends, loweredFen } = afterObjection(application, objection, actor, reconsideration);
  const { at } = note;
  const entry = { cause: `objection ${objection.objectionId}`, key: `objection#${objection.objectionId}` };
  const moved = parts.applications.transition(application, to, note);
  if (ends) {
    const cause = 'an objection was upheld';
    return [...moved, ...(await letGo(parts, application, { actor, at, cause, entry }))];
  }
  const isLast = 'openObjections' in to && to.openObjections?.length === 0;
  return [
    ...moved,
    ...(await parts.pools.release({ ...entry, poolId, applicationId, amountFen: loweredFen, actor, at })),
    ...(isLast
      ? [
          parts.outbox.message({
            type: 'resume',
            waitId: waitIds.objections(applicationId, submission.number),
            output: { outcome: 'decided' },
          }),
        ]
      : []),
  ];
}

/** What the applicant may ask for whose award is taken back. @throws DomainError calendar-missing */
async function reconsiderableFrom(
  { policy }: DecideObjectionParts,
  { guide, content }: Application,
  { decision }: ObjectionIn<'decided'>,
) {
  const opened = await policy.requireItem(guide, content.item);
  return reconsiderable(content, { opened, law: policy, now: new Date(decision.at) });
}
