import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import { requireCitations } from '../../policy/guides/citations.ts';
import type { PolicyBook } from '../../policy/guides/policy-book.ts';
import { type Register, registerEntries } from '../../register/register-entry.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import type { IdempotencyRecords } from '../../shared/idempotency.ts';
import type { NewId } from '../../shared/ids.ts';
import type { Fen } from '../../shared/money.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import { budget } from '../../shared/tables.ts';
import type { ApplicationId, ClawbackId } from '../../shared/vocabulary.ts';
import { requireOrdered } from '../payments/verdict-rules.ts';
import { requireImpartial, requireNoInterestIn } from '../pools/duties.ts';
import { involved } from '../pools/duty-rules.ts';
import type { PoolStore } from '../pools/pool-store.ts';
import { type Clawback, ClawbackSchema, type Receipt } from './clawback.ts';
import {
  type ClawbackDecision,
  demanded,
  isBooked,
  proposed,
  received,
  refused,
  requireDecidable,
  requireDemanded,
  requireRecoverable,
} from './clawback-lifecycle.ts';
import type { ClawbackStore } from './clawback-store.ts';

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
  const { applicationId, amountFen } = content;
  const keyed = {
    key: budget.entities.clawbackAnswer.key({ applicationId, idempotencyKey }),
    content: { ...content, by: actor.id },
  };
  return decideAgainOnConflict(async () => {
    const application = requireOrdered(await parts.applications.require(applicationId));
    const given = await parts.records.answer(keyed, ClawbackSchema);
    if (given) return given;
    const opened = await parts.policy.requireItem(application.guide, application.content.item);
    requireCitations([{ path: 'citation', citation: content.citation }], opened, parts.policy);
    requireRecoverable(application, await parts.clawbacks.of(applicationId), amountFen);
    const impartial = await requireImpartial(parts.people, actor, [involved(application, 'clawback')]);
    const by = { by: actor.id, at: parts.clock().toISOString() };
    const { to, note } = proposed(application, { ...content, clawbackId: parts.newId() }, by);
    await parts.clawbacks.write([
      impartial,
      ...parts.clawbacks.transition(undefined, to, note),
      parts.records.record(keyed, to),
    ]);
    return to;
  });
}

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
    const clawback = requireDecidable(await parts.clawbacks.require(clawbackId), actor.id);
    const { applicationId, poolId } = clawback;
    const application = requireOrdered(await parts.applications.require(applicationId));
    const impartial = await requireImpartial(parts.people, actor, [involved(application, 'clawback')]);
    const now = parts.clock();
    const by = { by: actor.id, at: now.toISOString() };
    if (decision.outcome === 'refuse') {
      const { to, note } = refused(clawback, decision.reason, by);
      await parts.clawbacks.write([impartial, ...parts.clawbacks.transition(clawback, to, note)]);
      return to;
    }
    requireRecoverable(application, await parts.clawbacks.of(applicationId), clawback.amountFen);
    const pool = await parts.policy.pool(poolId);
    if (!pool) throw new Error(`no guide defines the pool ${poolId}`);
    const dueAt = parts.policy.calendar.endOf(now, pool.clawbackDue);
    const { to, note, application: marked } = demanded(clawback, application, dueAt, by);
    await parts.clawbacks.write([
      impartial,
      ...parts.clawbacks.transition(clawback, to, note),
      ...parts.applications.transition(application, marked.to, marked.note),
    ]);
    return to;
  });
}

/**
 * Books money that came back of what was demanded: to the pool, where it is neither paid nor committed any more. The
 * same reference books it once.
 * @throws DomainError not-found; not-in-this-state when nothing is demanded; amount-too-high above what is outstanding
 * or what the award was paid; conflict-of-interest; invalid-request for a reference that was booked with another amount, or for a day that is
 * still to come or before the demand.
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
    if (isBooked(known, receipt)) return clawback;
    const open = requireDemanded(clawback);
    const application = requireOrdered(await parts.applications.require(clawback.applicationId));
    const impartial = await requireNoInterestIn(parts.people, actor, [involved(application, 'clawback')]);
    const by = { by: actor.id, at: parts.clock().toISOString() };
    const { to, note, application: after, movement } = received(open, application, receipt, by);
    const pool = await parts.pools.require(application.pool);
    await parts.clawbacks.write([
      impartial,
      ...parts.clawbacks.transition(clawback, to, note),
      parts.clawbacks.keepReceipt(clawbackId, receipt),
      ...parts.applications.transition(application, after.to, after.note),
      ...parts.pools.movement(pool, [movement]),
      ...registerEntries(parts.register, [
        {
          event: 'recovered',
          application: after.to,
          amountFen: receipt.amountFen,
          at: by.at,
          number: after.to.version,
        },
      ]),
    ]);
    return to;
  });
}
