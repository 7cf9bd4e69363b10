import type { AccountOpener } from '../../filing/bank-accounts/bank-account.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { Signer } from '../../shared/signing.ts';
import type { PaymentFileId } from '../../shared/vocabulary.ts';
import type { OrderStore } from '../orders/order-store.ts';
import { requireNoInterestIn } from '../pools/duties.ts';
import type { PaymentFile } from './payment.ts';
import { stopped } from './payment-calculation.ts';
import { contentOf, hashOf, requireNotHeld } from './payment-file-content.ts';
import { type FileDecision, refused, released, requireFileDecidable } from './payment-file-lifecycle.ts';
import type { PaymentStore } from './payment-store.ts';

interface FreeParts {
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
}

export interface ReleaseParts extends FreeParts {
  readonly people: PeopleStore;
  readonly opener: AccountOpener;
  readonly signer: Signer;
  readonly clock: Clock;
}

/**
 * Takes the second person's decision on the bytes of a payment file, which they name by their hash: confirmed, they are
 * signed and go out; refused, its payments are stopped, and what they were of can be paid by another file. Its sender may
 * repeat a decision and gets the same answer.
 * @throws DomainError not-found; same-person for whoever made it; version-mismatch for other bytes; conflict-of-interest;
 * not-in-this-state when there is nothing to decide, or an award of it is held; concurrent-change. Error when the
 * payments were altered.
 */
export async function decidePaymentFile(
  parts: ReleaseParts,
  actor: Actor,
  paymentFileId: PaymentFileId,
  decision: FileDecision,
): Promise<PaymentFile> {
  if (!actor.roles.includes('budget-approver')) throw new DomainError('forbidden');
  const decided = await decideAgainOnConflict(async () => {
    const file = requireFileDecidable(await parts.payments.require(paymentFileId), decision, actor.id);
    if (file.status !== 'made') return file;
    const payments = await parts.payments.payments(paymentFileId);
    const paid = new Set(payments.map(({ applicationId }) => applicationId));
    const lines = (await parts.orders.lines(file.orderId)).filter((one) => paid.has(one.applicationId));
    const impartial = await requireNoInterestIn(parts.people, actor, lines);
    const by = { by: actor.id, at: parts.clock().toISOString() };
    if (decision.outcome === 'refuse') {
      const { to, note } = refused(file, decision, by);
      await parts.payments.write([impartial, ...parts.payments.transition(file, to, note)]);
      return to;
    }
    await requireNotHeld(parts, file.orderId, payments);
    const content = await contentOf(parts.opener, payments);
    if (hashOf(content) !== file.contentHash) throw new Error('the payments of the file were altered');
    const signature = await parts.signer.sign(Buffer.from(content));
    const { to, note } = released(file, decision.contentHash, { ...by, signature });
    await parts.payments.write([impartial, ...parts.payments.transition(file, to, note)]);
    return to;
  });
  if (decided.status === 'withdrawn') await freePayments(parts, paymentFileId);
  return decided;
}

/** Payments that one transaction frees, four items each, within 100. */
const perTransaction = 24;

/** Stops the payments of a file that does not go, and lets go of their lines; what was done before is not done again. */
export async function freePayments(
  { orders, payments }: FreeParts,
  paymentFileId: PaymentFileId,
): Promise<void> {
  await decideAgainOnConflict(async () => {
    const file = await payments.require(paymentFileId);
    const underWay = (await payments.payments(paymentFileId)).filter(({ status }) => status === 'under-way');
    for (let start = 0; start < underWay.length; start += perTransaction) {
      const chunk = underWay.slice(start, start + perTransaction);
      const writes = await Promise.all(
        chunk.map(async (payment) => {
          const line = await orders.line(file.orderId, payment.applicationId);
          if (line?.status !== 'ordered' || line.payment !== payment.paymentId) {
            throw new DomainError('concurrent-change');
          }
          const { paidFen } = line;
          return [payments.put(stopped(payment)), orders.changedLine(line, { paidFen, payment: undefined })];
        }),
      );
      await payments.write([payments.unchanged(file), ...writes.flat()]);
    }
  });
}
