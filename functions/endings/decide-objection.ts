import type { ApplicationIn } from '../filing/applications/application.ts';
import type { ApplicationStore } from '../filing/applications/application-store.ts';
import type { ClaimStore } from '../filing/applications/claim-store.ts';
import { involvedIn, requireImpartial, requireNotInvolved } from '../money/pools/duties.ts';
import { releaseCommitment } from '../money/pools/release-commitment.ts';
import type { PeopleStore } from '../people/people-store.ts';
import type { ObjectionIn, StatedProposal } from '../publicity/objections/objection.ts';
import type { ObjectionStore } from '../publicity/objections/objection-store.ts';
import { inBoth, type Remark } from '../review/sign-off/decision.ts';
import { SignOffTaskStore } from '../review/tasks/task-store.ts';
import type { Actor } from '../shared/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { DomainError } from '../shared/errors.ts';
import { type Fen, fen } from '../shared/money.ts';
import type { Outbox } from '../shared/outbox.ts';
import { decideAgainOnConflict } from '../shared/retry.ts';
import { Table } from '../shared/table.ts';
import type { GuardedWrite } from '../shared/transaction.ts';
import { waitIds } from '../shared/wait-repository.ts';

export interface DecideObjectionParts {
  readonly applications: ApplicationStore;
  readonly objections: ObjectionStore;
  readonly people: PeopleStore;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly budgetTable: string;
  readonly claims: ClaimStore;
}

/** What an officer proposes, in the words of a request. */
export type ProposedOutcome = (
  | { readonly outcome: 'dismissed' | 'upheld' }
  | { readonly outcome: 'changed'; readonly amountFen: Fen }
) & { readonly reason: Remark; readonly citation: string };

/** What the second person says of it. */
export type ObjectionDecision =
  | { readonly outcome: 'confirm' }
  | { readonly outcome: 'return'; readonly reason: string };

/**
 * Proposes how an objection is decided; a proposal that nobody has agreed to yet is replaced.
 * @throws DomainError not-found, not-in-this-state once it is decided; amount-too-high for a change that does not lower
 * the award; same-person, conflict-of-interest; concurrent-change.
 */
export async function proposeOutcome(
  parts: DecideObjectionParts,
  actor: Actor,
  objectionId: string,
  proposed: ProposedOutcome,
): Promise<ObjectionIn<'proposed'>> {
  return decideAgainOnConflict(async () => {
    const objection = await parts.objections.require(objectionId);
    if (objection.status === 'decided') throw new DomainError('not-in-this-state');
    const application = await parts.applications.require(objection.applicationId);
    const impartial = await requireImpartial(parts.people, actor, [involved(application)]);
    requireFitting(application, proposed);
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
        actor: { id: actor.id, role: 'operator' },
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
 * conflict-of-interest; concurrent-change.
 */
export async function decideObjection(
  parts: DecideObjectionParts,
  actor: Actor,
  objectionId: string,
  decision: ObjectionDecision,
): Promise<ObjectionIn<'received' | 'decided'>> {
  return decideAgainOnConflict(async () => {
    const objection = await parts.objections.require(objectionId);
    if (objection.status !== 'proposed') throw new DomainError('not-in-this-state');
    if (objection.proposal.by === actor.id) throw new DomainError('same-person');
    const application = await parts.applications.require(objection.applicationId);
    const impartial = await requireImpartial(parts.people, actor, [involved(application)]);
    const at = parts.clock().toISOString();
    const by = { id: actor.id, role: 'budget-approver' };
    if (decision.outcome === 'return') {
      const { proposal: _, ...rest } = objection;
      const back: ObjectionIn<'received'> = {
        ...rest,
        status: 'received',
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
    requireFitting(application, objection.proposal);
    // Its author may have decided on the application in another stage since; it is returned then, and proposed by others.
    requireNotInvolved(objection.proposal.by, [involved(application)]);
    await parts.objections.write([
      impartial,
      ...parts.objections.transition(objection, decided, {
        at,
        actor: by,
        event: objection.proposal.outcome,
      }),
      ...(application.status === 'noticed' ? await effects(parts, application, decided, by, at) : []),
    ]);
    return decided;
  });
}

type Decidable = Awaited<ReturnType<ApplicationStore['require']>>;

function involved(application: Decidable) {
  if (!('submission' in application) || !('scores' in application)) {
    // Withdrawn meanwhile: whoever prepared it is all that it still knows.
    const { applicationId, organisation, preparedBy } = application;
    return { applicationId, organisation, deciders: [...preparedBy] };
  }
  const { applicationId, organisation, content } = application;
  const { predecessors } = content.enterprise;
  return { applicationId, organisation, predecessors, deciders: involvedIn(application, 'objection') };
}

/** An award that is not under notice any more can only have its objection dismissed; a change lowers the award. */
function requireFitting(application: Decidable, proposed: Pick<StatedProposal, 'outcome'>): void {
  if (proposed.outcome === 'dismissed') return;
  if (application.status !== 'noticed') {
    throw new DomainError('not-in-this-state', {
      detail: {
        zh: `申报当前状态为 ${application.status}，异议只能予以驳回`,
        en: `the application is ${application.status}: its objection can only be dismissed`,
      },
    });
  }
  if (proposed.outcome !== 'changed' || !('amountFen' in proposed)) return;
  const amountFen = fen(Number(proposed.amountFen));
  if (amountFen > 0 && amountFen < application.award.fen) return;
  throw new DomainError('amount-too-high', {
    faults: [
      {
        path: 'amountFen',
        rule: 'below-the-notice',
        message: {
          zh: '变更后的金额须低于公示金额且大于零；取消奖励请选择 upheld',
          en: 'a change lowers the noticed amount to more than nothing; to take it back whole, uphold the objection',
        },
        citation: '三(三)',
      },
    ],
  });
}

async function effects(
  parts: DecideObjectionParts,
  application: ApplicationIn<'noticed'>,
  { objectionId, proposal, decision }: ObjectionIn<'decided'>,
  by: { readonly id: string; readonly role: string },
  at: string,
): Promise<GuardedWrite[]> {
  const { applicationId, submission } = application;
  const remaining = (application.openObjections ?? []).filter((open) => open !== objectionId);
  const changed = {
    ...application,
    version: application.version + 1,
    updatedAt: at,
    deciders: { ...application.deciders, [proposal.by]: 'objection', [decision.by]: 'objection' },
    openObjections: remaining,
  };
  const note = { at, actor: by, note: objectionId, stage: 'objection' };
  const goOn =
    remaining.length > 0
      ? []
      : [
          parts.outbox.message({
            type: 'resume',
            waitId: waitIds.objections(applicationId, submission.number),
            output: { outcome: 'decided' },
          }),
        ];
  switch (proposal.outcome) {
    case 'dismissed':
      return [
        ...parts.applications.transition(application, changed, { ...note, event: 'objection-dismissed' }),
        ...goOn,
      ];
    case 'changed': {
      const award = { ...application.award, fen: proposal.amountFen };
      return [
        ...parts.applications.transition(
          application,
          { ...changed, award },
          { ...note, event: 'award-lowered', reasons: [reasonOf(proposal)] },
        ),
        ...(await release(parts, application, fen(application.award.fen - award.fen), by, objectionId)),
        ...goOn,
      ];
    }
    case 'upheld': {
      const reasons = [reasonOf(proposal)];
      const { hold, ...rest } = changed;
      const { client, table } = parts.applications;
      return [
        ...parts.applications.transition(
          application,
          { ...rest, status: 'cancelled', reasons },
          { ...note, event: 'cancelled', reasons },
        ),
        // Nobody is to decide any more whether it is a duplicate.
        ...(hold ? [new SignOffTaskStore(new Table(client, table)).end(hold.taskId, 'closed')] : []),
        ...application.claims.map((claim) => parts.claims.release(claim, applicationId)),
        ...(await release(parts, application, application.award.fen, by, objectionId)),
        parts.outbox.message({
          type: 'stop-review',
          applicationId,
          submission: submission.number,
          reopening: submission.reopening,
          cause: 'an objection was upheld',
        }),
      ];
    }
  }
}

function release(
  { applications, budgetTable, clock }: DecideObjectionParts,
  { pool, applicationId }: ApplicationIn<'noticed'>,
  amountFen: Fen,
  actor: { readonly id: string; readonly role: string },
  objectionId: string,
): Promise<GuardedWrite[]> {
  const cause = `objection ${objectionId}`;
  const key = `objection#${objectionId}`;
  const commitment = { poolId: pool, applicationId, amountFen, actor, cause, key };
  return releaseCommitment(applications.client, budgetTable, commitment, clock);
}

function reasonOf({ outcome, reason, citation }: StatedProposal) {
  return { code: `objection-${outcome}`, citation, message: reason };
}
