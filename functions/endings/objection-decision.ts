import type { Application, ApplicationIn } from '../filing/applications/application.ts';
import { statusLabels } from '../filing/applications/labels.ts';
import type { Reconsideration } from '../filing/applications/reconsideration.ts';
import type { Objection, ObjectionIn, StatedProposal } from '../publicity/objections/objection.ts';
import type { ActorReference } from '../shared/actor.ts';
import { DomainError } from '../shared/errors.ts';
import { fen } from '../shared/money.ts';

/** What an officer may find of what none has admitted; of an admitted one it is the rest. */
const ofUnadmitted: readonly StatedProposal['outcome'][] = ['inadmissible', 'merged'];

/**
 * What an objection can come to: one that no officer has admitted is no objection or says what another one says; the award
 * that an admitted one is about can be taken back or lowered while it is under notice, and what is complained of or reported
 * is true or not at any time.
 * @throws DomainError not-in-this-state, amount-too-high.
 */
export function requireFitting(
  application: Application,
  { kind, unadmitted }: Pick<Objection, 'kind' | 'unadmitted'>,
  proposed: Pick<StatedProposal, 'outcome'>,
): void {
  const { outcome } = proposed;
  if (ofUnadmitted.includes(outcome) !== (unadmitted ?? false)) {
    throw new DomainError('not-in-this-state', {
      detail: unadmitted
        ? {
            zh: '尚未受理：可予受理，或拟不予受理、并案',
            en: 'nobody has admitted it: admit it, or propose that it is inadmissible or merged',
          }
        : { zh: '已经受理，应当作出处理', en: 'it is admitted, and so it is to be decided' },
    });
  }
  if (outcome === 'dismissed' || unadmitted) return;
  const isAnswered = kind === 'complaint' || (kind === 'report' && application.status !== 'noticed');
  if (isAnswered && outcome === 'upheld') return;
  if (application.status !== 'noticed' || kind === 'complaint') {
    const now = statusLabels[application.status];
    throw new DomainError('not-in-this-state', {
      detail: {
        zh: `申报当前状态为“${now.zh}”，不能取消或变更奖励`,
        en: `the application is "${now.en}": its award is neither taken back nor lowered`,
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

/** Refuses to answer an objection with another one's answer unless both are of one kind and against one award. */
export function requireAlike(objection: Objection, other: Objection): void {
  const isMerged = other.status === 'decided' && other.proposal.outcome === 'merged';
  const { objectionId, applicationId, kind } = other;
  if (objectionId !== objection.objectionId && applicationId === objection.applicationId) {
    if (kind === objection.kind && !isMerged) return;
  }
  throw new DomainError('invalid-request', {
    faults: [
      {
        path: 'into',
        rule: 'alike',
        message: {
          zh: '只能并入同一奖补的另一同类事项，且后者未被并案',
          en: 'it is merged into another one of its kind against the same award, which is not merged itself',
        },
      },
    ],
  });
}

/**
 * What a decided objection makes of an award under notice: the application as it goes on, the note of its history,
 * whether that is its end, and how much of the award, in fen, goes back to its pool while it goes on.
 * @param reconsideration what the applicant may ask for where the award is taken back.
 */
export function afterObjection(
  application: ApplicationIn<'noticed'>,
  { objectionId, proposal, decision }: ObjectionIn<'decided'>,
  actor: ActorReference,
  reconsideration?: Reconsideration,
) {
  const { at } = decision;
  const changed: ApplicationIn<'noticed'> = {
    ...application,
    version: application.version + 1,
    updatedAt: at,
    deciders: { ...application.deciders, [proposal.by]: 'objection', [decision.by]: 'objection' },
    openObjections: (application.openObjections ?? []).filter((open) => open !== objectionId),
  };
  const note = { at, actor, note: objectionId, stage: 'objection' } as const;
  const reasons = [reasonOf(proposal)];
  switch (proposal.outcome) {
    case 'dismissed':
      return {
        to: changed,
        note: { ...note, event: 'objection-dismissed' as const },
        ends: false,
        loweredFen: fen(0),
      };
    case 'changed': {
      const award = { ...application.award, fen: proposal.amountFen };
      const loweredFen = fen(application.award.fen - award.fen);
      return {
        to: { ...changed, award },
        note: { ...note, event: 'award-lowered' as const, reasons },
        ends: false,
        loweredFen,
      };
    }
    case 'upheld': {
      // Nobody is to decide any more whether it is a duplicate.
      const { hold: _, ...rest } = changed;
      const to: Application = {
        ...{ ...rest, status: 'cancelled', reasons },
        ...(reconsideration && { reconsideration }),
      };
      return { to, note: { ...note, event: 'cancelled' as const, reasons }, ends: true, loweredFen: fen(0) };
    }
    default:
      throw new Error(`${objectionId} holds no award`);
  }
}

function reasonOf({ outcome, reason, citation }: StatedProposal) {
  return { code: `objection-${outcome}`, citation, message: reason };
}
