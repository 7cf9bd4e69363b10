import type { ApplicationIn } from '../../filing/applications/application.ts';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { type Register, registerEntries } from '../../register/register-entry.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import { type Fen, fen } from '../../shared/money.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { budget } from '../../shared/tables.ts';
import type { ApplicationId, ClawbackId } from '../../shared/vocabulary.ts';
import { yuanOf } from '../payments/payment-csv.ts';
import { requireImpartial } from '../pools/duties.ts';
import { involvedIn } from '../pools/duty-rules.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { type Clawback, type ClawbackIn, ClawbackSchema, outstandingFen } from './clawback.ts';
import type { ClawbackStore, Receipt } from './clawback-store.ts';

export interface ClawbackParts {
  readonly applications: ApplicationStore;
  readonly pools: PoolStore;
  readonly clawbacks: ClawbackStore;
  readonly people: PeopleStore;
  readonly records: IdempotencyRecords;
  readonly register: Register;
  readonly policy: PolicyBook;
  readonly clock: Clock;
  readonly newId: NewId;
}

type Paid = ApplicationIn<'ordered' | 'closed'>;

/**
 * Proposes that an enterprise pays money back; a second person decides.
 * @throws DomainError not-found; not-in-this-state before anything was ordered; amount-too-high above what it was paid
 * and nobody has demanded yet; same-person; conflict-of-interest; idempotency-key-reused.
 */
export async function proposeClawback(
  parts: ClawbackParts,
  actor: Actor,
  request: {
    readonly applicationId: ApplicationId;
    readonly amountFen: Fen;
    readonly reason: string;
    readonly citation: string;
    readonly idempotencyKey: string;
  },
): Promise<Clawback> {
  const { idempotencyKey, ...content } = request;
  const { applicationId, amountFen, reason, citation } = content;
  const keyed = {
    key: budget.entities.clawbackAnswer.key({ applicationId, idempotencyKey }),
    content: { ...content, by: actor.id },
  };
  return decideAgainOnConflict(async () => {
    const application = await requirePaid(parts.applications, applicationId);
    const given = await parts.records.answer(keyed, ClawbackSchema);
    if (given) return given;
    await requireRecoverable(parts, application, amountFen);
    const impartial = await requireImpartial(parts.people, actor, [involved(application)]);
    const at = parts.clock().toISOString();
    const { organisation, content: stated, pool: poolId } = application;
    const proposed: Clawback = {
      ...{ status: 'proposed', clawbackId: parts.newId(), applicationId, organisation },
      ...{ organisationName: stated.enterprise.name, item: stated.item, poolId },
      ...{ amountFen, reason, citation, version: 1, createdAt: at, proposedBy: actor.id },
    };
    const note = { at, actor: { id: actor.id, role: 'operator' }, event: 'proposed' };
    await parts.clawbacks.write([
      impartial,
      ...parts.clawbacks.transition(undefined, proposed, note),
      parts.records.record(keyed, proposed),
    ]);
    return proposed;
  });
}

export type ClawbackDecision =
  | { readonly outcome: 'confirm' }
  | { readonly outcome: 'refuse'; readonly reason: string };

/**
 * Takes the second person's decision on a clawback. Confirmed, the money is demanded and due after the days that the
 * guide gives; the application's version keeps two demands at once from passing what was paid.
 * @throws DomainError not-found; not-in-this-state when it is decided; amount-too-high when less is left by now;
 * same-person; conflict-of-interest; calendar-missing.
 */
export async function decideClawback(
  parts: ClawbackParts,
  actor: Actor,
  clawbackId: ClawbackId,
  decision: ClawbackDecision,
): Promise<Clawback> {
  if (!actor.roles.includes('budget-approver')) throw new DomainError('forbidden');
  return decideAgainOnConflict(async () => {
    const clawback = await parts.clawbacks.require(clawbackId);
    if (clawback.status !== 'proposed') throw new DomainError('not-in-this-state');
    if (clawback.proposedBy === actor.id) throw new DomainError('same-person');
    const application = await requirePaid(parts.applications, clawback.applicationId);
    const impartial = await requireImpartial(parts.people, actor, [involved(application)]);
    const now = parts.clock();
    const at = now.toISOString();
    const by = { by: actor.id, at };
    const version = clawback.version + 1;
    const note = (event: string) => ({ at, actor: { id: actor.id, role: 'budget-approver' }, event });
    if (decision.outcome === 'refuse') {
      const { reason } = decision;
      const refused: Clawback = { ...clawback, status: 'refused', version, decision: { ...by, reason } };
      await parts.clawbacks.write([
        impartial,
        ...parts.clawbacks.transition(clawback, refused, note('refused')),
      ]);
      return refused;
    }
    await requireRecoverable(parts, application, clawback.amountFen);
    const pool = await parts.policy.pool(clawback.poolId);
    if (!pool) throw new Error(`no guide defines the pool ${clawback.poolId}`);
    const demanded: Clawback = {
      ...clawback,
      status: 'demanded',
      version,
      decision: by,
      dueAt: parts.policy.calendar.endOf(now, pool.clawbackDue).toISOString(),
      recoveredFen: fen(0),
    };
    const marked: Paid = {
      ...application,
      version: application.version + 1,
      updatedAt: at,
      deciders: { ...application.deciders, [actor.id]: 'clawback' },
    };
    await parts.clawbacks.write([
      impartial,
      ...parts.clawbacks.transition(clawback, demanded, note('demanded')),
      ...parts.applications.transition(application, marked, {
        ...note('clawback-demanded'),
        event: 'clawback-demanded',
        note: `${clawback.clawbackId}: ${clawback.reason}（${clawback.citation}）`,
      }),
    ]);
    return demanded;
  });
}

/**
 * Books money that came back of what was demanded: to the pool, where it is neither paid nor committed any more. The
 * same reference books it once.
 * @throws DomainError not-found; not-in-this-state when nothing is demanded; amount-too-high above what is outstanding
 * or what the award was paid; invalid-request for a reference that was booked with another amount.
 */
export async function receiveClawback(
  parts: ClawbackParts,
  actor: Actor,
  clawbackId: ClawbackId,
  receipt: Receipt,
): Promise<Clawback> {
  return decideAgainOnConflict(async () => {
    const clawback = await parts.clawbacks.require(clawbackId);
    const known = await parts.clawbacks.receipt(clawbackId, receipt.reference);
    if (known?.amountFen === receipt.amountFen) return clawback;
    if (known) throw referenceKnown(known);
    if (clawback.status !== 'demanded' && clawback.status !== 'partly-recovered') {
      throw new DomainError('not-in-this-state');
    }
    const application = await requirePaid(parts.applications, clawback.applicationId);
    const { amountFen, reference } = receipt;
    requireAmount(amountFen, Math.min(outstandingFen(clawback), netPaidFen(application)));
    const at = parts.clock().toISOString();
    const by = { id: actor.id, role: 'operator' };
    const recovered = received(clawback, amountFen);
    const after: Paid = {
      ...application,
      version: application.version + 1,
      updatedAt: at,
      recoveredFen: fen((application.recoveredFen ?? 0) + amountFen),
    };
    const pool = await parts.pools.require(application.pool);
    await parts.clawbacks.write([
      ...parts.clawbacks.transition(clawback, recovered, { at, actor: by, event: 'received' }),
      parts.clawbacks.keepReceipt(clawbackId, receipt),
      ...parts.applications.transition(application, after, {
        ...{ at, actor: by, event: 'clawback-received', note: clawbackId },
      }),
      ...parts.pools.movement(pool, [
        {
          ...{ kind: 'clawback', amountFen, actor: by, at },
          cause: `clawback ${clawbackId}, bank reference ${reference}`,
          key: `clawback#${clawbackId}#${reference}`,
          confirmedBy: { id: clawback.decision.by, role: 'budget-approver' },
          roundId: application.award.roundId,
          applicationId: application.applicationId,
        },
      ]),
      ...registerEntries(parts.register, [
        { event: 'recovered', application: after, amountFen, at, number: after.version },
      ]),
    ]);
    return recovered;
  });
}

function received(clawback: ClawbackIn<'demanded' | 'partly-recovered'>, amountFen: Fen): Clawback {
  const recoveredFen = fen(clawback.recoveredFen + amountFen);
  const status = recoveredFen === clawback.amountFen ? 'recovered' : 'partly-recovered';
  return { ...clawback, status, version: clawback.version + 1, recoveredFen };
}

async function requirePaid(applications: ApplicationStore, applicationId: ApplicationId): Promise<Paid> {
  const application = await applications.require(applicationId);
  if (application.status !== 'ordered' && application.status !== 'closed') {
    throw new DomainError('not-in-this-state');
  }
  return application;
}

/** What an award was paid less what was recovered of it. */
function netPaidFen({ paidFen, recoveredFen = fen(0) }: Paid): number {
  return paidFen - recoveredFen;
}

async function requireRecoverable(
  { clawbacks }: ClawbackParts,
  application: Paid,
  amountFen: Fen,
): Promise<void> {
  const others = await clawbacks.of(application.applicationId);
  const demanded = others.reduce((sum, clawback) => sum + outstandingFen(clawback), 0);
  requireAmount(amountFen, netPaidFen(application) - demanded);
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
          en: `${reference} was booked with ${yuanOf(amountFen)} yuan`,
        },
      },
    ],
  });
}

function involved(application: Paid) {
  const { applicationId, organisation, content } = application;
  const { predecessors } = content.enterprise;
  return { applicationId, organisation, predecessors, deciders: involvedIn(application, 'clawback') };
}
