import type { AccountOpener } from '../../filing/bank-accounts/bank-account.ts';
import type { BankAccountStore } from '../../filing/bank-accounts/bank-account-store.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { ApplicationId, OrderId } from '../../shared/vocabulary.ts';
import type { OrderedLine, OrderLine } from '../orders/order.ts';
import { requireImpartial } from '../pools/duties.ts';
import { involved } from '../pools/duty-rules.ts';
import { advanceRound } from '../rounds/advance-round.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import { type BookingParts, bookingWrites, holdWrites, returnWrites } from './booking-writes.ts';
import { paymentFileOf } from './payment.ts';
import { stopped } from './payment-calculation.ts';
import { writtenOf } from './payment-file-content.ts';
import { withoutPayment } from './payment-file-lifecycle.ts';
import {
  bookedAfterAll,
  cameBack,
  dismissed,
  isRepeated,
  requireHeld,
  requireOrdered,
  type VerdictRequest,
  verdictOf,
} from './verdict-rules.ts';

export interface VerdictParts extends BookingParts {
  readonly rounds: RoundStore;
  readonly people: PeopleStore;
  readonly accounts: BankAccountStore;
  readonly opener: AccountOpener;
  readonly clock: Clock;
}

/**
 * Decides between two words of the bank on one payment, by somebody else than who brought the later one. Booked, the
 * money counts as paid, and another payment of the award that is under way is stopped; or, on evidence, as come back, to
 * be paid again. Dismissed, the earlier word stands, and what is left of the award can be paid. The same decision again changes nothing.
 * @returns the line as it is then.
 * @throws DomainError not-found; not-in-this-state when the award is not held for this word, or another decision was
 * taken on it; amount-too-high; same-person; conflict-of-interest; concurrent-change.
 */
export async function decidePayment(
  parts: VerdictParts,
  actor: Actor,
  { orderId, applicationId }: { readonly orderId: OrderId; readonly applicationId: ApplicationId },
  request: VerdictRequest,
): Promise<OrderLine> {
  if (!actor.roles.includes('budget-approver')) throw new DomainError('forbidden');
  const roundId = await decideAgainOnConflict(async () => {
    const payment = await parts.payments.payment(request.paymentId);
    const found = await parts.orders.line(orderId, applicationId);
    // Read after them: as long as there is none, they are as they were before anybody decided.
    const before = await parts.payments.verdict(request);
    const isOfLine = before?.orderId === orderId && before.applicationId === applicationId;
    const application = requireOrdered(await parts.applications.require(applicationId));
    if (before && isOfLine && isRepeated(before, request, actor.id)) return application.award.roundId;
    const { line, contradiction } = requireHeld(found, request, actor.id);
    const impartial = await requireImpartial(parts.people, actor, [involved(application, 'payment')]);
    const by = { by: actor.id, at: parts.clock().toISOString() };
    const kept = [impartial, parts.payments.keepVerdict(verdictOf(line, contradiction, request, by))];
    if (request.outcome === 'dismissed') {
      const released = dismissed(line, application, contradiction, by);
      await parts.payments.write([...kept, ...holdWrites(parts, released)]);
      return application.award.roundId;
    }
    if (!payment) throw new Error(`no payment ${contradiction.paymentId}`);
    const standing = { line, payment, application };
    if (contradiction.result === 'returned') {
      const back = cameBack(standing, contradiction, request, by);
      await parts.payments.write([
        ...kept,
        ...(await bookingWrites(parts, [back])),
        ...(await returnWrites(parts, [back])),
      ]);
      return application.award.roundId;
    }
    const booking = bookedAfterAll(standing, contradiction, request.bookedFen, by);
    await parts.payments.write([
      ...kept,
      ...(await bookingWrites(parts, [booking])),
      ...(await stopWrites(parts, line, by)),
    ]);
    return application.award.roundId;
  });
  // Also for a decision that was taken before: whoever took it may have stopped before this.
  await advanceRound(parts, roundId);
  const line = await parts.orders.line(orderId, applicationId);
  if (!line) throw new DomainError('not-found');
  return line;
}

/** The writes that keep the payment of a line that is under way from going, if there is one. */
async function stopWrites(
  { payments, opener }: Pick<VerdictParts, 'payments' | 'opener'>,
  line: OrderedLine,
  { by, at }: { readonly by: string; readonly at: string },
): Promise<GuardedWrite[]> {
  if (line.payment === undefined) return [];
  const underWay = await payments.payment(line.payment);
  // The bank answered for it since the line was read.
  if (underWay?.status !== 'under-way') throw new DomainError('concurrent-change');
  const file = await payments.require(paymentFileOf(line.payment));
  const others = (await payments.payments(file.paymentFileId)).filter(
    ({ paymentId }) => paymentId !== underWay.paymentId,
  );
  const rest = file.status === 'making' ? undefined : await writtenOf(opener, others);
  const note = { at, actor: { id: by, role: 'budget-approver' }, event: 'payment-stopped' } as const;
  return [payments.put(stopped(underWay)), ...payments.transition(file, withoutPayment(file, rest), note)];
}
