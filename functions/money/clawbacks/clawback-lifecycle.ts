import type { HistoryNote } from '../../filing/applications/history-row.ts';
import type { ActorReference } from '../../shared/actor.ts';
import { DomainError } from '../../shared/errors.ts';
import type { StepNote } from '../../shared/history.ts';
import { type Fen, fen } from '../../shared/money.ts';
import { dayFault } from '../../shared/stated-day.ts';
import type { ClawbackId } from '../../shared/vocabulary.ts';
import { yuanOf } from '../../shared/yuan.ts';
import type { Paid } from '../payments/booking.ts';
import type { Movement } from '../pools/pool.ts';
import { type Clawback, type ClawbackIn, outstandingFen, type Receipt } from './clawback.ts';

/** The only ways from one status to another. */
export const clawbackTransitions = {
  proposed: ['demanded', 'refused'],
  refused: [],
  demanded: ['partly-recovered', 'recovered'],
  'partly-recovered': ['partly-recovered', 'recovered'],
  recovered: [],
} as const satisfies Record<Clawback['status'], readonly Clawback['status'][]>;

/** What happens to a clawback. */
export type ClawbackEvent = 'proposed' | 'refused' | 'demanded' | 'received';

/** What a clawback becomes, and what is noted of it. */
interface ClawbackStep<S extends Clawback['status']> {
  readonly to: ClawbackIn<S>;
  readonly note: StepNote<ClawbackEvent>;
}

/** What an application becomes with it. */
interface ApplicationStep {
  readonly to: Paid;
  readonly note: HistoryNote;
}

/** Who acts, by the subject of a token, and when. */
interface By {
  readonly by: string;
  readonly at: string;
}

export type ClawbackDecision =
  | { readonly outcome: 'confirm' }
  | { readonly outcome: 'refuse'; readonly reason: string };

/**
 * Refuses to demand nothing, or more than an award was paid and nobody has demanded yet.
 * @param others every clawback of the application.
 * @throws DomainError amount-too-high
 */
export function requireRecoverable(application: Paid, others: readonly Clawback[], amountFen: Fen): void {
  const demanded = others.reduce((sum, clawback) => sum + outstandingFen(clawback), 0);
  requireAmount(amountFen, netPaidFen(application) - demanded);
}

/** A clawback that waits for a second person. */
export function proposed(
  application: Paid,
  stated: {
    readonly clawbackId: ClawbackId;
    readonly amountFen: Fen;
    readonly reason: string;
    readonly citation: string;
  },
  { by, at }: By,
): ClawbackStep<'proposed'> {
  const { applicationId, organisation, content, pool: poolId } = application;
  return {
    to: {
      ...{ status: 'proposed', clawbackId: stated.clawbackId, applicationId, organisation },
      ...{ organisationName: content.enterprise.name, item: content.item, poolId },
      ...{ amountFen: stated.amountFen, reason: stated.reason, citation: stated.citation },
      ...{ version: 1, createdAt: at, proposedBy: by },
    },
    note: { at, actor: { id: by, role: 'operator' }, event: 'proposed' },
  };
}

/**
 * The clawback if a person may decide on it.
 * @throws DomainError not-in-this-state when it is decided; same-person for whoever proposed it.
 */
export function requireDecidable(clawback: Clawback, person: string): ClawbackIn<'proposed'> {
  if (clawback.status !== 'proposed') throw new DomainError('not-in-this-state');
  if (clawback.proposedBy === person) throw new DomainError('same-person');
  return clawback;
}

/** A clawback that a second person did not agree to. */
export function refused(
  clawback: ClawbackIn<'proposed'>,
  reason: string,
  { by, at }: By,
): ClawbackStep<'refused'> {
  return {
    to: {
      ...clawback,
      status: 'refused',
      version: clawback.version + 1,
      decision: { by, at, reason },
    },
    note: { at, actor: approver(by), event: 'refused' },
  };
}

/**
 * A clawback whose money is demanded, and its application with whoever decided so.
 * @param dueAt when the money has to be back.
 */
export function demanded(
  clawback: ClawbackIn<'proposed'>,
  application: Paid,
  dueAt: Date,
  { by, at }: By,
): ClawbackStep<'demanded'> & { readonly application: ApplicationStep } {
  const note = { at, actor: approver(by) };
  const { clawbackId, reason, citation } = clawback;
  return {
    to: {
      ...clawback,
      status: 'demanded',
      version: clawback.version + 1,
      decision: { by, at },
      dueAt: dueAt.toISOString(),
      recoveredFen: fen(0),
    },
    note: { ...note, event: 'demanded' },
    application: {
      to: {
        ...application,
        version: application.version + 1,
        updatedAt: at,
        deciders: { ...application.deciders, [by]: 'clawback' },
      },
      note: { ...note, event: 'clawback-demanded', note: `${clawbackId}: ${reason}（${citation}）` },
    },
  };
}

/**
 * Whether a receipt was booked before.
 * @param known what was booked under its reference, if anything was.
 * @throws DomainError invalid-request when that was another amount.
 */
export function isBooked(known: Receipt | undefined, receipt: Receipt): boolean {
  if (known?.amountFen === receipt.amountFen) return true;
  if (known) throw referenceKnown(known);
  return false;
}

/**
 * The clawback if money of it may come back. @throws DomainError not-in-this-state when nothing is demanded.
 */
export function requireDemanded(clawback: Clawback): ClawbackIn<'demanded' | 'partly-recovered'> {
  if (clawback.status !== 'demanded' && clawback.status !== 'partly-recovered') {
    throw new DomainError('not-in-this-state');
  }
  return clawback;
}

/**
 * A clawback of which money came back, its application, and the movement of the pool.
 * @throws DomainError invalid-request for a day that is still to come, or before the money was demanded; amount-too-high
 * above what is outstanding or what the award was paid.
 */
export function received(
  clawback: ClawbackIn<'demanded' | 'partly-recovered'>,
  application: Paid,
  { amountFen, reference, date }: Receipt,
  { by, at }: By,
): ClawbackStep<'partly-recovered' | 'recovered'> & {
  readonly application: ApplicationStep;
  readonly movement: Movement;
} {
  const what = { zh: '追回决定', en: 'it was demanded' };
  const fault = dayFault(date, new Date(at), { at: new Date(clawback.decision.at), what });
  if (fault) throw new DomainError('invalid-request', { faults: [{ path: 'date', ...fault }] });
  requireAmount(amountFen, Math.min(outstandingFen(clawback), netPaidFen(application)));
  const { clawbackId } = clawback;
  const actor = { id: by, role: 'operator' } as const;
  const recoveredFen = fen(clawback.recoveredFen + amountFen);
  return {
    to: {
      ...clawback,
      status: recoveredFen === clawback.amountFen ? 'recovered' : 'partly-recovered',
      version: clawback.version + 1,
      recoveredFen,
    },
    note: { at, actor, event: 'received' },
    application: {
      to: {
        ...application,
        version: application.version + 1,
        updatedAt: at,
        recoveredFen: fen((application.recoveredFen ?? 0) + amountFen),
      },
      note: { at, actor, event: 'clawback-received', note: clawbackId },
    },
    movement: {
      ...{ kind: 'clawback', amountFen, actor, at },
      cause: `clawback ${clawbackId}, bank reference ${reference}`,
      key: `clawback#${clawbackId}#${reference}`,
      confirmedBy: approver(clawback.decision.by),
      roundId: application.award.roundId,
      applicationId: application.applicationId,
    },
  };
}

/** What an award was paid less what was recovered of it. */
function netPaidFen({ paidFen, recoveredFen = fen(0) }: Paid): number {
  return paidFen - recoveredFen;
}

function approver(id: string): ActorReference {
  return { id, role: 'budget-approver' };
}

function requireAmount(amountFen: Fen, limitFen: number): void {
  if (amountFen > 0 && amountFen <= limitFen) return;
  const most = yuanOf(Math.max(0, limitFen));
  throw new DomainError('amount-too-high', {
    faults: [
      {
        path: 'amountFen',
        rule: 'recoverable',
        message: {
          zh: `金额须大于零且不超过 ${most} 元`,
          en: `it has to be more than nothing and at most ${most} yuan`,
        },
      },
    ],
  });
}

function referenceKnown({ reference, amountFen }: Receipt): DomainError {
  return new DomainError('invalid-request', {
    faults: [
      {
        path: 'reference',
        rule: 'reference-known',
        message: {
          zh: `该流水号已入账 ${yuanOf(amountFen)} 元`,
          en: `"${reference}" was booked with ${yuanOf(amountFen)} yuan`,
        },
      },
    ],
  });
}
