import type { Application, ApplicationIn } from '../filing/applications/application.ts';
import type { Reconsideration } from '../filing/applications/reconsideration.ts';
import type { ObjectionIn, StatedProposal } from '../publicity/objections/objection.ts';
import type { ActorReference } from '../shared/actor.ts';
import { DomainError } from '../shared/errors.ts';
import { fen } from '../shared/money.ts';

/** An award that is not under notice any more can only have its objection dismissed; a change lowers the award. */
export function requireFitting(application: Application, proposed: Pick<StatedProposal, 'outcome'>): void {
  if (proposed.outcome === 'dismissed') return;
  if (application.status !== 'noticed') {
    throw new DomainError('not-in-this-state', {
      detail: {
        zh: `申报当前状态为“${application.status}”，异议只能予以驳回`,
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

/**
 * What a decided objection makes of an award under notice: the application as it goes on, the note of its history,
 * whether that is its end, and how much of the award, in fen, goes back to its pool while it goes on.
 * @param reconsideration what the applicant may ask for where the award is taken back.
 */
export function afterObjection(
  application: ApplicationIn<'noticed'>,
  { objectionId, proposal, decision }: ObjectionIn<'decided'>,
  actor: ActorReference,
  reconsideration: Reconsideration,
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
      const to: Application = { ...rest, status: 'cancelled', reasons, reconsideration };
      return { to, note: { ...note, event: 'cancelled' as const, reasons }, ends: true, loweredFen: fen(0) };
    }
  }
}

function reasonOf({ outcome, reason, citation }: StatedProposal) {
  return { code: `objection-${outcome}`, citation, message: reason };
}
